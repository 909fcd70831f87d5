// What is in the key of a wrapped function.
#include <version>

#include "every_cache.h"

namespace gencache::cpp_test {

struct Site {
  int id = 3;
  friend int gencache_arg(const Site &site) { return site.id; }
  int page(int user_id) const { return id + user_id; }
};
struct Database {};

namespace {

class WrapKey : public EveryCache {
 protected:
  static int none() { return 0; }
  static int page(int user_id, std::string_view name, bool) { return user_id + static_cast<int>(name.size()); }
};

TEST_P(WrapKey, PlaceThenNamedArguments) {
  const int line = __LINE__ + 1;
  const auto wrapped = wrap(cache, {"nav", "portal:user_id"}, {"user_id", "name", "full"}, page);
  const std::string key = wrapped.key(1, "home", true);
  const std::string rest = "wrap_key_test.TestBody:" + std::to_string(line) + "\",full=true,name=\"home\"";
  EXPECT_TRUE(key.starts_with("nav,portal:user_id=1|\"")) << key;
  EXPECT_TRUE(key.ends_with(rest)) << key;
}

TEST_P(WrapKey, PlaceThenPositionalArguments) {
  const auto wrapped = wrap(cache, "nav", page, {}, {}, Place("shop/pages.cpp", "page", 12));
  EXPECT_EQ(wrapped.key(1, "home", true), "nav|\"shop/pages.page:12\",1,\"home\",true");
}

TEST_P(WrapKey, PlaceAsGcFetchAtHasIt) {
  const char *nav = "nav";
  gc_entry *entry = nullptr;
  const auto fill = [](void *, gc_entry *miss) -> std::int32_t {
    return gc_fill_value(miss, gc_value_int(7), nullptr, nullptr);
  };
  ASSERT_EQ(gc_fetch_at(cache.handle(), "shop/pages.cpp", "page", 12, &nav, 1, nullptr, 0, fill, nullptr, nullptr,
                        &entry, nullptr),
            GC_OK);
  gc_entry_free(entry);
  EXPECT_EQ(wrap(cache, "nav", none, {}, {}, Place("shop/pages.cpp", "page", 12))(), 7);
}

TEST_P(WrapKey, WithoutPlace) {
  EXPECT_EQ(wrap(cache, "nav", none, {}, {.place = false}).key(), "nav");
  EXPECT_EQ(wrap(cache, "nav:user_id", {"user_id", "name", "full"}, page, {}, {.place = false}).key(1, "x", false),
            "nav:user_id=1|full=false,name=\"x\"");
}

TEST_P(WrapKey, Version) {
  EXPECT_EQ(wrap(cache, "nav", none, {}, {.version = "2", .place = false}).key(), "nav|\"v2\"");
  EXPECT_EQ(wrap(cache, "nav", none, {}, {.version = "2"}, Place("a.cpp", "f", 1)).key(), "nav|\"a.f:1\",\"v2\"");
}

TEST_P(WrapKey, Exclude) {
  const auto wrapped =
      wrap(cache, "nav", {"user_id", "name", "full"}, page, {}, {.exclude = {"name", "full"}, .place = false});
  EXPECT_EQ(wrapped.key(1, "home", true), "nav|user_id=1");
  EXPECT_THROW(wrap(cache, "nav", {"user_id", "name", "full"}, page, {}, {.exclude = {"nme"}}), ArgumentError);
  EXPECT_THROW(wrap(cache, "nav:name", {"user_id", "name", "full"}, page, {}, {.exclude = {"name"}}), ArgumentError);
}

TEST_P(WrapKey, ATypeThatCannotBePartOfAKeyIsExcluded) {
  const auto query = [](Database &, int id) { return id; };
  EXPECT_THROW(wrap(cache, "nav", {"database", "id"}, query), ArgumentError);
  const auto wrapped = wrap(cache, "nav", {"database", "id"}, query, {}, {.exclude = {"database"}, .place = false});
  Database database;
  EXPECT_EQ(wrapped.key(database, 1), "nav|id=1");
  EXPECT_EQ(wrapped(database, 1), 1);
}

TEST_P(WrapKey, TheObjectOfAMethodOnlyWhereAskedFor) {
  const Site site;
  EXPECT_EQ(wrap(cache, "nav", {"user_id"}, &Site::page, {}, {.place = false}).key(site, 1), "nav|user_id=1");
  EXPECT_EQ(wrap(cache, "nav", &Site::page, {}, {.place = false}).key(site, 1), "nav|1");
  EXPECT_EQ(wrap(cache, "nav:site", {"site", "user_id"}, &Site::page, {}, {.place = false}).key(site, 1),
            "nav:site=3|user_id=1");
}

TEST_P(WrapKey, GenerationsNeedTheirParameters) {
  EXPECT_THROW(wrap(cache, "portal:user_id", none), ArgumentError);
  EXPECT_THROW(wrap(cache, "portal:userid", {"user_id", "name", "full"}, page), ArgumentError);
}

TEST(PlaceText, ModuleFunctionLine) {
  EXPECT_EQ(Place("shop/pages.cpp", "page", 12).text(), "shop/pages.page:12");
  EXPECT_EQ(Place("shop.d/pages", "page", 12).text(), "shop.d/pages.page:12");
  EXPECT_EQ(Place("shop/.pages", "page", 12).text(), "shop/.pages.page:12");
  EXPECT_EQ(Place("pages.cpp", "", 12).text(), "pages:12") << "outside of a function";
#ifdef __cpp_lib_source_location
  EXPECT_EQ(Place(std::source_location::current()).text(), Place::here().text());
#endif
}

GENCACHE_CPP_ON_EVERY_STORE(WrapKey);

}  // namespace
}  // namespace gencache::cpp_test
