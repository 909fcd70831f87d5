// Bad generations and arguments: refused by every call with a message that names the culprit.
#include <array>
#include <string>

#include "refused.h"

namespace gencache::test {
namespace {

TEST_F(BadInput, NoGeneration) {
  expect_all_refuse(cache, nullptr, 0, nullptr, 0, {"generation"});
  expect_all_refuse(cache, nullptr, 2, nullptr, 0, {"generations"});
  expect_all_refuse(cache, {"kept:id", nullptr}, {gc_int("id", 1)}, {"generations[1]"});
}

TEST_F(BadInput, GenerationNames) {
  for (const char *name :
       {"", ":", ":id", "kept:", "kept:id:x", "kept::id", "ke\npt", "kept:i\rd", "\x7fkept", "\x01"}) {
    SCOPED_TRACE(name);
    const Args args = {gc_int("id", 1)};
    expect_all_refuse(cache, {"kept:id", name}, args, {"generations[1]"});
    expect_refused(cache.invalidate(name, args), {"generation"});
  }
}

TEST_F(BadInput, GenerationNotUtf8) {
  for (const char *name : {"caf\xe9", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "kept:\xff"}) {
    expect_all_refuse(cache, {name}, {gc_int("id", 1)}, {"generations[0]", "UTF-8"});
    expect_refused(cache.invalidate(name, {gc_int("id", 1)}), {"UTF-8"});
  }
}

TEST_F(BadInput, GenerationIsNull) { expect_refused(cache.invalidate(nullptr), {"generation"}); }

TEST_F(BadInput, ArgumentOfAGenerationIsMissing) {
  expect_all_refuse(cache, {"nav", "nav_portal:user_id"}, {gc_int("user", 1)}, {"nav_portal:user_id", "user_id"});
  expect_all_refuse(cache, {"nav_portal:user_id"}, {}, {"nav_portal:user_id", "user_id"});
  // An extra part of the key is nobody's argument.
  expect_all_refuse(cache, {"nav_portal:user_id"}, {gc_int(nullptr, 1)}, {"nav_portal:user_id", "user_id"});
  expect_refused(cache.invalidate("nav_portal:user_id"), {"nav_portal:user_id", "user_id"});
}

TEST_F(BadInput, ArgumentsAreNull) { expect_all_refuse(cache, Names{"nav"}.data(), 1, nullptr, 1, {"args"}); }

TEST_F(BadInput, ArgumentNames) {
  expect_all_refuse(cache, {"kept:id"}, {gc_int("id", 1), gc_int("", 1)}, {"args[1]"});
  expect_all_refuse(cache, {"kept:id"}, {gc_int("id", 1), gc_int("a\nb", 1)}, {"a\\x0Ab", "control"});
  expect_all_refuse(cache, {"kept:id"}, {gc_int("id", 1), gc_int("\xff", 1)}, {"\\xFF", "UTF-8"});
}

TEST_F(BadInput, ArgumentGivenTwice) {
  expect_all_refuse(cache, {"kept:id"}, {gc_int("id", 1), gc_int("page", 1), gc_int("id", 1)}, {"id", "twice"});
  expect_all_refuse(cache, {"kept"}, {gc_int("page", 1), gc_str("page", "x")}, {"page", "twice"});
}

TEST_F(BadInput, ArgumentTypes) {
  const std::array<int32_t, 9> types = {GC_JSON, GC_CEREAL, 9, 15, GC_PRIVATE, GC_PRIVATE + 15, 32, -1, INT32_MIN};
  for (const int32_t type : types) {
    SCOPED_TRACE(type);
    expect_all_refuse(cache, {"kept:id"}, {gc_named("id", gc_value_data(type, "{}", 2))}, {"id"});
    expect_all_refuse(cache, {"kept"}, {gc_named(nullptr, gc_value_data(type, "{}", 2))}, {"args[0]"});
  }
}

TEST_F(BadInput, ArgumentValues) {
  expect_all_refuse(cache, {"kept"}, {gc_text("page", "\xff", 1)}, {"page", "UTF-8"});
  expect_all_refuse(cache, {"kept"}, {gc_text("page", nullptr, 3)}, {"page", "NULL"});
  expect_all_refuse(cache, {"kept"}, {gc_bytes("page", nullptr, 3)}, {"page", "NULL"});
  gc_arg neither = gc_bool("page", 1);
  neither.value.as.i = 2;
  expect_all_refuse(cache, {"kept"}, {neither}, {"page", "boolean"});
}

TEST_F(BadInput, Timeouts) {
  for (const int64_t timeout_ms : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{60'001}, INT64_MAX}) {
    Error error;
    EXPECT_EQ(gc_with_timeout(cache.handle(), timeout_ms, error.out()), nullptr);
    expect_refused({error.status(), error.message()}, {"timeout_ms", std::to_string(timeout_ms)});
  }
}

TEST_F(BadInput, EmptyTextAndBytesMayBeNull) {
  EXPECT_TRUE(cache.set({"kept"}, {gc_text("a", nullptr, 0), gc_bytes("b", nullptr, 0)}, "x").ok());
  EXPECT_TRUE(cache.get({"kept"}, {gc_text("a", "", 0), gc_bytes("b", "", 0)}).hit());
}

TEST_F(BadInput, NullHandles) {
  const Names names = {"kept"};
  Error error;
  gc_entry *entry = nullptr;
  char *text = nullptr;
  const auto refused = [&](gc_status status, const char *named) { expect_refused({status, error.message()}, {named}); };
  refused(gc_get(nullptr, names.data(), 1, nullptr, 0, &entry, error.out()), "cache");
  refused(gc_get(cache.handle(), names.data(), 1, nullptr, 0, nullptr, error.out()), "entry");
  refused(gc_set(nullptr, names.data(), 1, nullptr, 0, "x", 1, nullptr, error.out()), "cache");
  refused(gc_set_value(nullptr, names.data(), 1, nullptr, 0, gc_value_null(), nullptr, error.out()), "cache");
  refused(gc_delete(nullptr, names.data(), 1, nullptr, 0, error.out()), "cache");
  refused(gc_invalidate(nullptr, "kept", nullptr, 0, error.out()), "cache");
  refused(gc_invalidate_many(nullptr, names.data(), 1, nullptr, 0, error.out()), "cache");
  refused(gc_clear(nullptr, error.out()), "cache");
  refused(gc_ping(nullptr, error.out()), "cache");
  EXPECT_EQ(gc_with_timeout(nullptr, 1, error.out()), nullptr);
  refused(error.status(), "cache");
  refused(gc_explain(nullptr, names.data(), 1, nullptr, 0, &text, error.out()), "cache");
  refused(gc_explain(cache.handle(), names.data(), 1, nullptr, 0, nullptr, error.out()), "text");
  refused(gc_fill(nullptr, "x", 1, nullptr, error.out()), "entry");
  refused(gc_fill_value(nullptr, gc_value_null(), nullptr, error.out()), "entry");
  refused(gc_bound_get(nullptr, nullptr, 0, &entry, error.out()), "bound");
  refused(gc_bound_set(nullptr, nullptr, 0, "x", 1, nullptr, error.out()), "bound");
  refused(gc_bound_set_value(nullptr, nullptr, 0, gc_value_null(), nullptr, error.out()), "bound");
  refused(gc_bound_delete(nullptr, nullptr, 0, error.out()), "bound");
  refused(gc_bound_invalidate(nullptr, nullptr, 0, error.out()), "bound");
  refused(gc_options_set_ttl_ms(nullptr, 1, error.out()), "options");
  EXPECT_EQ(gc_bind(nullptr, names.data(), 1, nullptr, 0, nullptr, error.out()), nullptr);
  refused(error.status(), "cache");
}

TEST_F(BadInput, Bind) {
  const auto refused = [&](const Names &names, const Args &params, const std::vector<std::string> &named) {
    Error error;
    EXPECT_EQ(gc_bind(cache.handle(), names.data(), names.size(), params.data(), params.size(), nullptr, error.out()),
              nullptr);
    expect_refused({error.status(), error.message()}, named);
  };
  refused({}, {gc_param("id")}, {"generation"});
  refused({"kept::id"}, {gc_param("id")}, {"kept::id"});
  refused({"kept:id"}, {gc_param("page")}, {"kept:id", "id"});
  refused({"kept"}, {gc_param("id"), gc_param("id")}, {"id", "twice"});
  refused({"kept"}, {gc_param(nullptr)}, {"params[0]"});
  refused({"kept"}, {gc_param("")}, {"params[0]"});
  refused({"kept"}, {gc_param("a\nb")}, {"a\\x0Ab", "control"});
  refused({"kept"}, {gc_text("page", "\xff", 1)}, {"page"});
  refused({"kept"}, {gc_named("page", gc_value_data(GC_JSON, "{}", 2))}, {"page"});
}

TEST_F(BadInput, CallsOfABoundCache) {
  const Names names = {"kept", "kept:id"};
  const Args params = {gc_param("id"), gc_str("page", "home")};
  Error error;
  gc_bound *bound = gc_bind(cache.handle(), names.data(), 2, params.data(), 2, nullptr, error.out());
  ASSERT_NE(bound, nullptr) << error.message();
  const auto refused = [&](const Args &args, const std::vector<std::string> &named) {
    gc_entry *entry = nullptr;
    expect_refused({gc_bound_get(bound, args.data(), args.size(), &entry, error.out()), error.message()}, named);
    EXPECT_EQ(entry, nullptr);
    expect_refused({gc_bound_set(bound, args.data(), args.size(), "x", 1, nullptr, error.out()), error.message()},
                   named);
    expect_refused({gc_bound_delete(bound, args.data(), args.size(), error.out()), error.message()}, named);
  };
  refused({}, {"id"});
  refused({gc_str("page", "x")}, {"id"});
  refused({gc_int("id", 1), gc_int("unknown", 1)}, {"unknown"});
  refused({gc_int(nullptr, 1), gc_int("id", 1)}, {"id"});
  refused({gc_int(nullptr, 1), gc_str(nullptr, "x"), gc_int(nullptr, 3)}, {"args[2]"});
  refused({gc_named("id", gc_value_data(GC_JSON, "1", 1))}, {"id"});
  gc_bound_free(bound);
}

TEST_F(BadInput, BoundInvalidateOfNothing) {
  const Names names = {"kept:id"};
  const Args params = {gc_param("id"), gc_str("page", "home")};
  const Args other = {gc_str("page", "x")};
  Error error;
  gc_bound *bound = gc_bind(cache.handle(), names.data(), 1, params.data(), 2, nullptr, error.out());
  ASSERT_NE(bound, nullptr) << error.message();
  EXPECT_EQ(gc_bound_invalidate(bound, nullptr, 0, error.out()), GC_ERR_ARGUMENT);
  EXPECT_NE(error.message(), "");
  EXPECT_EQ(gc_bound_invalidate(bound, other.data(), other.size(), error.out()), GC_ERR_ARGUMENT);
  EXPECT_NE(error.message(), "");
  gc_bound_free(bound);
}

}  // namespace
}  // namespace gencache::test
