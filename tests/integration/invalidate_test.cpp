// Invalidating: what becomes a miss, what stays, and which reason is told.
#include <string>

#include "every_store.h"

namespace gencache::test {
namespace {

class Invalidate : public EveryStore {
 protected:
  Cache cache = open();

  static Args user(int64_t id) { return {gc_int("user_id", id)}; }

  void expect_invalidated(const Got &got, const std::string &generation) {
    EXPECT_TRUE(got.miss()) << got.summary();
    EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << got.summary();
    EXPECT_EQ(got.entry.generation(), generation);
    EXPECT_EQ(gc_entry_data(got.entry.get()), nullptr);
  }
};

TEST_P(Invalidate, AStaticGeneration) {
  ASSERT_TRUE(cache.set({"nav", "blog"}, {}, "both").ok());
  ASSERT_TRUE(cache.set({"blog"}, {}, "blog").ok());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  expect_invalidated(cache.get({"nav", "blog"}), "nav");
  EXPECT_TRUE(cache.get({"blog"}).hit());
}

TEST_P(Invalidate, OneValueOfAValueBasedGeneration) {
  const Names gens = {"nav", "nav_portal:user_id"};
  for (const int64_t id : {1, 2, 3}) ASSERT_TRUE(cache.set(gens, user(id), std::to_string(id)).ok());
  ASSERT_TRUE(cache.invalidate("nav_portal:user_id", user(2)).ok());
  expect_invalidated(cache.get(gens, user(2)), "nav_portal:user_id=2");
  EXPECT_EQ(cache.get(gens, user(1)).data(), "1");
  EXPECT_EQ(cache.get(gens, user(3)).data(), "3");
  ASSERT_TRUE(cache.invalidate("nav").ok());
  for (const int64_t id : {1, 3}) expect_invalidated(cache.get(gens, user(id)), "nav");
}

TEST_P(Invalidate, TheNameOfTheGenerationCountsNotOnlyItsArgument) {
  ASSERT_TRUE(cache.set({"nav:user_id"}, user(1), "nav").ok());
  ASSERT_TRUE(cache.set({"blog:user_id"}, user(1), "blog").ok());
  ASSERT_TRUE(cache.set({"nav"}, user(1), "static").ok());
  ASSERT_TRUE(cache.invalidate("nav:user_id", user(1)).ok());
  EXPECT_TRUE(cache.get({"nav:user_id"}, user(1)).miss());
  EXPECT_TRUE(cache.get({"blog:user_id"}, user(1)).hit());
  EXPECT_TRUE(cache.get({"nav"}, user(1)).hit());
}

TEST_P(Invalidate, EverythingThatDependsOnIt) {
  for (int64_t page = 0; page < 50; ++page) {
    ASSERT_TRUE(cache.set({"nav:user_id"}, {gc_int("user_id", page % 2), gc_int("page", page)}, "x").ok());
  }
  ASSERT_TRUE(cache.invalidate("nav:user_id", user(1)).ok());
  for (int64_t page = 0; page < 50; ++page) {
    const Got got = cache.get({"nav:user_id"}, {gc_int("user_id", page % 2), gc_int("page", page)});
    EXPECT_EQ(got.hit(), page % 2 == 0) << page;
  }
}

TEST_P(Invalidate, ArgumentsThatTheGenerationDoesNotNameAreIgnored) {
  ASSERT_TRUE(cache.set({"nav:user_id"}, user(1), "x").ok());
  ASSERT_TRUE(cache.invalidate("nav:user_id", {gc_str("page", "any"), gc_int("user_id", 1), gc_int(nullptr, 9)}).ok());
  expect_invalidated(cache.get({"nav:user_id"}, user(1)), "nav:user_id=1");
}

TEST_P(Invalidate, ManyInOneCall) {
  const Names gens = {"a", "b:user_id", "c"};
  for (const char *name : {"a", "b:user_id", "c", "d"}) ASSERT_TRUE(cache.set({name}, user(1), name).ok());
  ASSERT_TRUE(cache.invalidate_many(gens, user(1)).ok());
  for (const char *name : gens) EXPECT_EQ(cache.get({name}, user(1)).entry.reason(), GC_REASON_INVALIDATED) << name;
  EXPECT_EQ(cache.get({"d"}, user(1)).data(), "d");
}

TEST_P(Invalidate, WhatNothingDependsOn) {
  EXPECT_TRUE(cache.invalidate("never_used").ok());
  EXPECT_TRUE(cache.invalidate_many({"never_used", "never:user_id"}, user(1)).ok());
  ASSERT_TRUE(cache.set({"nav"}, {}, "x").ok());
  EXPECT_TRUE(cache.invalidate("never_used").ok());
  EXPECT_TRUE(cache.get({"nav"}).hit());
}

TEST_P(Invalidate, AgainAndAgain) {
  for (int round = 0; round < 20; ++round) {
    const std::string value = std::to_string(round);
    const Got miss = cache.get({"nav"});
    ASSERT_TRUE(miss.miss()) << round << " " << miss.data();
    ASSERT_TRUE(fill(miss.entry, value).ok());
    ASSERT_EQ(cache.get({"nav"}).data(), value);
    ASSERT_TRUE(cache.invalidate("nav").ok());
  }
}

TEST_P(Invalidate, OneOfTheTwoThatMovedIsNamed) {
  ASSERT_TRUE(cache.set({"a", "b", "c"}, {}, "x").ok());
  ASSERT_TRUE(cache.invalidate_many({"b", "c"}).ok());
  const std::string named = cache.get({"a", "b", "c"}).entry.generation();
  EXPECT_TRUE(named == "b" || named == "c") << named;
}

TEST_P(Invalidate, ANewValueAfterwardsIsAHit) {
  ASSERT_TRUE(cache.set({"nav"}, {}, "old").ok());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  ASSERT_TRUE(cache.set({"nav"}, {}, "new").ok());
  EXPECT_EQ(cache.get({"nav"}).data(), "new");
}

TEST_P(Invalidate, Clear) {
  ASSERT_TRUE(cache.set({"a"}, {}, "x").ok());
  ASSERT_TRUE(cache.set({"b:user_id"}, user(1), "x").ok());
  ASSERT_TRUE(cache.clear().ok());
  EXPECT_EQ(cache.get({"a"}).entry.reason(), GC_REASON_CLEARED);
  EXPECT_EQ(cache.get({"b:user_id"}, user(1)).entry.reason(), GC_REASON_CLEARED);
  EXPECT_EQ(cache.get({"a"}).entry.generation(), "");
  ASSERT_TRUE(cache.set({"a"}, {}, "new").ok());
  EXPECT_EQ(cache.get({"a"}).data(), "new");
  EXPECT_EQ(cache.get({"c"}).entry.reason(), GC_REASON_ABSENT);
}

TEST_P(Invalidate, ClearedIsToldBeforeInvalidated) {
  ASSERT_TRUE(cache.set({"a"}, {}, "x").ok());
  ASSERT_TRUE(cache.invalidate("a").ok());
  ASSERT_TRUE(cache.clear().ok());
  EXPECT_EQ(cache.get({"a"}).entry.reason(), GC_REASON_CLEARED);
}

TEST_P(Invalidate, InvalidatedIsToldBeforeExpired) {
  const auto options = Options::ttl_ms(1);
  ASSERT_TRUE(cache.set({"a"}, {}, "x", options->get()).ok());
  ASSERT_TRUE(cache.invalidate("a").ok());
  ASSERT_TRUE(eventually([&] { return cache.get({"a"}).miss(); }));
  expect_invalidated(cache.get({"a"}), "a");
}

TEST_P(Invalidate, ADeletedValueIsAbsentWhateverWasInvalidated) {
  ASSERT_TRUE(cache.set({"a"}, {}, "x").ok());
  ASSERT_TRUE(cache.invalidate("a").ok());
  ASSERT_TRUE(cache.remove({"a"}).ok());
  EXPECT_EQ(cache.get({"a"}).entry.reason(), GC_REASON_ABSENT);
}

// Two clients of the same servers.
class InvalidateShared : public Invalidate {};

TEST_P(InvalidateShared, IsSeenByEveryClient) {
  Cache other = open();
  ASSERT_TRUE(cache.set({"nav"}, {}, "x").ok());
  EXPECT_EQ(other.get({"nav"}).data(), "x");
  ASSERT_TRUE(other.invalidate("nav").ok());
  expect_invalidated(cache.get({"nav"}), "nav");
  ASSERT_TRUE(cache.set({"nav"}, {}, "y").ok());
  EXPECT_EQ(other.get({"nav"}).data(), "y");
  ASSERT_TRUE(cache.clear().ok());
  EXPECT_EQ(other.get({"nav"}).entry.reason(), GC_REASON_CLEARED);
}

GENCACHE_ON_EVERY_STORE(Invalidate);
GENCACHE_ON_EVERY_SERVER(InvalidateShared);

}  // namespace
}  // namespace gencache::test
