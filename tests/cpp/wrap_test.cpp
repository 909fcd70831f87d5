// Functions that remember their results: what is computed when.
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class Wrap : public EveryCache {
 protected:
  int computed = 0;
  std::string compute(int user_id, std::string_view page) {
    return std::string(page) + std::to_string(user_id) + "#" + std::to_string(++computed);
  }
  auto wrapped(const Options &options = {}, WrapOptions how = {}) {
    return wrap(
        cache, {"nav", "portal:user_id"}, {"user_id", "page"},
        [this](int user_id, const std::string &page) { return compute(user_id, page); }, options, std::move(how));
  }
};

TEST_P(Wrap, Remembers) {
  const auto foobar = wrapped();
  EXPECT_EQ(foobar(1, "home"), "home1#1");
  EXPECT_EQ(foobar(1, "home"), "home1#1");
  EXPECT_EQ(foobar(2, "home"), "home2#2");
  EXPECT_EQ(foobar(1, "news"), "news1#3");
  EXPECT_EQ(foobar(1, "home"), "home1#1");
}

TEST_P(Wrap, InvalidatesWhatTheArgumentsName) {
  const auto foobar = wrapped();
  for (int user : {1, 2}) foobar(user, "home");
  foobar.invalidate(1);
  EXPECT_EQ(foobar(1, "home"), "home1#3");
  EXPECT_EQ(foobar(2, "home"), "home2#2");
  foobar.invalidate(arg("user_id", 2));
  EXPECT_EQ(foobar(2, "home"), "home2#4");
  EXPECT_EQ(foobar(1, "home"), "home1#3");
  foobar.invalidate();
  EXPECT_EQ(foobar(1, "home"), "home1#5") << "nav";
  EXPECT_THROW(foobar.invalidate(arg("page", "home")), ArgumentError);
  EXPECT_THROW(foobar.invalidate(arg("unknown", 1)), ArgumentError);
}

TEST_P(Wrap, RefreshesAndErasesOneResult) {
  const auto foobar = wrapped();
  EXPECT_EQ(foobar(1, "home"), "home1#1");
  EXPECT_EQ(foobar(1, "news"), "news1#2");
  EXPECT_EQ(foobar.refresh(1, "home"), "home1#3");
  EXPECT_EQ(foobar(1, "home"), "home1#3");
  foobar.erase(1, "home");
  EXPECT_EQ(foobar(1, "home"), "home1#4");
  EXPECT_EQ(foobar(1, "news"), "news1#2");
}

TEST_P(Wrap, AnInvalidationWhileComputingIsNotLost) {
  const auto foobar = wrap(cache, "portal:user_id", {"user_id"}, [&](int user_id) {
    if (++computed == 1) cache.invalidate("portal:user_id", {arg("user_id", user_id)});
    return computed;
  });
  EXPECT_EQ(foobar(1), 1);
  EXPECT_EQ(foobar(1), 2);
  EXPECT_EQ(foobar(1), 2);
}

TEST_P(Wrap, ExcludedParametersMakeNoDifference) {
  const auto foobar = wrapped({}, {.exclude = {"page"}});
  EXPECT_EQ(foobar(1, "home"), "home1#1");
  EXPECT_EQ(foobar(1, "news"), "home1#1");
}

TEST_P(Wrap, ItsOptionsHold) {
  const auto foobar = wrapped({.ttl = 5min}, {.place = false});
  foobar(1, "home");
  const auto entry = cache.get<std::string>({"nav", "portal:user_id"}, {arg("user_id", 1), arg("page", "home")});
  EXPECT_EQ(*entry, "home1#1");
  EXPECT_NE(entry.remaining(), std::nullopt);
}

TEST_P(Wrap, IgnoresTheCacheWhereAskedTo) {
  bool ignore = true;
  const auto foobar = wrapped({}, {.ignore_if = [&] { return ignore; }});
  EXPECT_EQ(foobar(1, "home"), "home1#1");
  EXPECT_EQ(foobar(1, "home"), "home1#2");
  ignore = false;
  EXPECT_EQ(foobar(1, "home"), "home1#3");
  EXPECT_EQ(foobar(1, "home"), "home1#3");
  ignore = true;
  EXPECT_EQ(foobar(1, "home"), "home1#4");
}

TEST_P(Wrap, IgnoresTheCacheLocally) {
  ASSERT_EQ(setenv("GENCACHE_LOCAL", "1", 1), 0);
  const auto local = wrapped({}, {.ignore_locally = true});
  ASSERT_EQ(setenv("GENCACHE_LOCAL", "0", 1), 0);
  const auto remote = wrapped({}, {.ignore_locally = true});
  ASSERT_EQ(unsetenv("GENCACHE_LOCAL"), 0);
  EXPECT_NE(local(1, "home"), local(1, "home"));
  EXPECT_EQ(remote(1, "home"), remote(1, "home"));
}

TEST_P(Wrap, LogsItsMisses) {
  std::vector<std::string> told;
  cache.log(LogLevel::info, [&](LogLevel, std::string_view message) { told.emplace_back(message); });
  const auto quiet = wrapped();
  quiet(1, "home");
  EXPECT_TRUE(told.empty());
  const auto foobar = wrapped({.log_misses = true});
  foobar(2, "home");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("portal:user_id=2"), std::string::npos) << told[0];
}

TEST_P(Wrap, WhatTheFunctionThrowsComesOutUntouched) {
  const auto broken = wrap(cache, "nav", []() -> int { throw std::domain_error("the database is away"); });
  EXPECT_THROW(broken(), std::domain_error);
}

TEST_P(Wrap, TheFunctionTellsWhatElseItDependsOn) {
  const auto book = wrap(cache, "book:id", {"id"}, [&](Filling &filling, int id) {
    filling.depend("author:author_id", {arg("author_id", 7)});
    return 100 * id + ++computed;
  });
  EXPECT_EQ(book(1), 101);
  EXPECT_EQ(book(1), 101);
  cache.invalidate("author:author_id", {arg("author_id", 7)});
  EXPECT_EQ(book(1), 102);
  const auto without = wrap(cache, "book", [](Filling &filling) { return filling.depend("author"); }, {},
                            {.ignore_if = [] { return true; }});
  EXPECT_FALSE(without()) << "without the cache there is nothing to note it in";
}

TEST_P(Wrap, CopiesAreTheSameFunction) {
  const auto foobar = wrapped();
  const auto copy = foobar;
  EXPECT_EQ(foobar(1, "home"), copy(1, "home"));
}

GENCACHE_CPP_ON_EVERY_STORE(Wrap);

}  // namespace
}  // namespace gencache::cpp_test
