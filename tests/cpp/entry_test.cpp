// What a read gives: a value, or a miss that is filled without a race.
#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class Entries : public EveryCache {
 protected:
  const std::vector<const char *> generations{"nav", "portal:user_id"};
  const std::vector<gc_arg> user1{arg("user_id", 1), arg("page", "home")};

  Entry<std::string> get() { return cache.get<std::string>(generations, user1); }
};

TEST_P(Entries, GetThenFill) {
  auto page = get();
  EXPECT_FALSE(page);
  EXPECT_EQ(page.reason(), Reason::absent);
  EXPECT_THROW((void)page.value(), std::bad_optional_access);
  EXPECT_EQ(page.key(), "nav,portal:user_id=1|page=\"home\"");

  EXPECT_TRUE(page.fill("<h1>"));
  EXPECT_EQ(*page, "<h1>") << "a miss that was filled has the value";
  page = get();
  ASSERT_TRUE(page);
  EXPECT_EQ(page.value(), "<h1>");
  EXPECT_EQ(page->size(), 4U);
  EXPECT_EQ(page.reason(), Reason::hit);
  EXPECT_FALSE(page.is_stale());
}

TEST_P(Entries, WhatATemporaryTellsIsACopy) {
  const auto key = get().key();
  EXPECT_EQ(key, "nav,portal:user_id=1|page=\"home\"");
  get().fill("<h1>");
  std::string letters;
  for (const char letter : *get()) letters += letter;
  EXPECT_EQ(letters, "<h1>");
  EXPECT_EQ(get().value(), "<h1>");
  cache.invalidate("nav");
  const auto cause = get().generation();
  EXPECT_EQ(cause, "nav");
}

TEST_P(Entries, WhatIsInvalidatedBeforeTheFillIsNeverRead) {
  auto page = get();
  cache.invalidate("portal:user_id", user1);
  EXPECT_TRUE(page.fill("old"));
  page = get();
  EXPECT_FALSE(page);
  EXPECT_EQ(page.reason(), Reason::invalidated);
  EXPECT_EQ(page.generation(), "portal:user_id=1");
}

TEST_P(Entries, ReasonsOfMisses) {
  ASSERT_TRUE(get().fill("page"));
  cache.invalidate("nav");
  EXPECT_EQ(get().reason(), Reason::invalidated);
  ASSERT_TRUE(get().fill("page"));
  cache.clear();
  EXPECT_EQ(get().reason(), Reason::cleared);
  ASSERT_TRUE(get().fill("page"));
  cache.erase(generations, user1);
  EXPECT_EQ(get().reason(), Reason::absent);
  EXPECT_STREQ(name(Reason::other_version), "other version");
}

TEST_P(Entries, Lifetimes) {
  ASSERT_TRUE(get().fill("page"));
  EXPECT_EQ(get().remaining(), std::nullopt) << "no end";
  cache.set(generations, user1, "page", {.ttl = 5min});
  const auto page = get();
  ASSERT_TRUE(page.age() && page.remaining());
  EXPECT_GE(*page.age(), 0ms);
  EXPECT_LE(*page.age() + *page.remaining(), 5min);
  EXPECT_GT(*page.remaining(), 4min);
  const auto miss = cache.get<std::string>("other");
  EXPECT_EQ(miss.age(), std::nullopt);
  EXPECT_EQ(miss.remaining(), std::nullopt);
}

TEST_P(Entries, AHitCannotBeFilled) {
  ASSERT_TRUE(get().fill("page"));
  auto page = get();
  EXPECT_THROW(page.fill("other"), ArgumentError);
  EXPECT_EQ(*page, "page");
}

TEST_P(Entries, DependOnWhatTurnsUpLater) {
  auto page = get();
  EXPECT_TRUE(page.depend("author:id", {arg("id", 7)}));
  ASSERT_TRUE(page.fill("by 7"));
  EXPECT_TRUE(get());
  cache.invalidate("author:id", {arg("id", 8)});
  EXPECT_TRUE(get());
  cache.invalidate("author:id", {arg("id", 7)});
  EXPECT_EQ(get().generation(), "author:id=7");
}

TEST_P(Entries, MayOutliveTheirCache) {
  auto page = get();
  { const Cache closed = std::move(cache); }
  EXPECT_TRUE(page.fill("page"));
  EXPECT_EQ(*page, "page");
}

TEST_P(Entries, ValuesThatCanOnlyBeMoved) {
  cache.set("nav", {}, std::vector<int>{1, 2, 3});
  const std::vector<int> taken = *cache.get<std::vector<int>>("nav");
  EXPECT_EQ(taken.size(), 3U);
}

GENCACHE_CPP_ON_EVERY_STORE(Entries);

}  // namespace
}  // namespace gencache::cpp_test
