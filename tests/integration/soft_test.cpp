// Soft invalidation: a miss for everybody, and an old value for those who allow it, for as long as they do.
#include <thread>

#include "every_store.h"
#include "pool.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int64_t kLong = 60'000;

class Soft : public EveryStore {
 protected:
  Cache cache = open();
  const Names gens = {"nav", "row:id"};
  const Args row = {gc_int("id", 1)};
  const Options stale_allowed{Settings{.stale_for_ms = kLong, .wait_ms = kLong}};
  const Options fail_safe{Settings{.fail_safe_ms = kLong}};

  void SetUp() override { store("old"); }
  void store(const std::string &data, const Settings &settings = {.stale_for_ms = kLong}) {
    ASSERT_TRUE(cache.set(gens, row, data, Options(settings).get()).ok());
  }

  // What comes back while somebody computes: a stale value, or that one is to wait.
  gc_status while_computed(const Settings &settings) {
    Settings patient = settings;
    patient.wait_ms = kLong;
    const Got holder = begin(cache, gens, row);
    EXPECT_EQ(holder.status, GC_MISS) << holder.summary();
    const Got got = begin(cache, gens, row, Options(patient).get());
    EXPECT_EQ(got.data(), got.stale() ? "old" : "") << got.summary();
    return got.status;
  }
  gc_status while_computed() { return while_computed({.stale_for_ms = kLong}); }
};

TEST_P(Soft, IsAMissThatNamesItsGeneration) {
  ASSERT_TRUE(cache.invalidate_soft({"row:id"}, row).ok());
  const Got got = cache.get(gens, row);
  EXPECT_TRUE(got.miss());
  EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED);
  EXPECT_EQ(got.entry.generation(), "row:id=1");
  EXPECT_EQ(got.data(), "") << "gc_get serves nothing stale";
  ASSERT_TRUE(fill(got.entry, "new").ok());
  EXPECT_EQ(cache.get(gens, row).data(), "new");
}

TEST_P(Soft, OnlyWhoAllowsItGetsTheOldValue) {
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  EXPECT_EQ(while_computed({}), GC_BUSY);
  EXPECT_EQ(while_computed({.fail_safe_ms = kLong}), GC_BUSY) << "only where the computation fails";
  EXPECT_EQ(while_computed(), GC_STALE);
  EXPECT_EQ(fetch(cache, gens, row, fails_with(5)).origin, 5);
  EXPECT_EQ(fetch(cache, gens, row, fails_with(5), stale_allowed.get()).origin, 5) << "only while somebody computes";
  EXPECT_EQ(fetch(cache, gens, row, fails_with(5), fail_safe.get()).data(), "old");
}

TEST_P(Soft, WhatDoesNotDependOnItStaysAHit) {
  ASSERT_TRUE(cache.invalidate_soft({"row:id"}, {gc_int("id", 2)}).ok());
  ASSERT_TRUE(cache.invalidate_soft({"blog", "portal"}).ok());
  EXPECT_EQ(cache.get(gens, row).data(), "old");
}

TEST_P(Soft, Several) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
    ASSERT_TRUE(cache.invalidate_soft({"nav", "row:id"}, row).ok());
  }
  EXPECT_TRUE(cache.get(gens, row).miss());
  EXPECT_EQ(while_computed(), GC_STALE);
}

TEST_P(Soft, ThenHard) {
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  EXPECT_EQ(while_computed(), GC_BUSY);
}

TEST_P(Soft, AfterHard) {
  ASSERT_TRUE(cache.invalidate("nav").ok());
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  EXPECT_EQ(while_computed(), GC_BUSY);
}

TEST_P(Soft, OfOneGenerationAndHardOfAnother) {
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  ASSERT_TRUE(cache.invalidate("row:id", row).ok());
  EXPECT_EQ(while_computed(), GC_BUSY);
  EXPECT_EQ(cache.get(gens, row).entry.generation(), "row:id=1") << "the hard one is why";
}

TEST_P(Soft, AndCleared) {
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  ASSERT_TRUE(cache.clear().ok());
  EXPECT_EQ(while_computed(), GC_BUSY);
}

TEST_P(Soft, AtTheSameTimeAHardOneWins) {
  for (int round = 0; round < 100; ++round) {
    store("old");
    std::vector<std::thread> threads;
    threads.emplace_back([&] { EXPECT_TRUE(cache.invalidate("nav").ok()); });
    for (int i = 0; i < 2; ++i) threads.emplace_back([&] { EXPECT_TRUE(cache.invalidate_soft({"nav"}).ok()); });
    for (std::thread &thread : threads) thread.join();
    ASSERT_EQ(while_computed(), GC_BUSY) << "in round " << round;
  }
}

TEST_P(Soft, AFillUnderALeaseFromBefore) {
  ASSERT_TRUE(cache.remove(gens, row).ok());
  const Got miss = cache.get(gens, row);
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  ASSERT_TRUE(fill(miss.entry, "old", stale_allowed.get()).ok());
  EXPECT_TRUE(cache.get(gens, row).miss()) << "the promise holds for a soft one";
  EXPECT_EQ(while_computed(), GC_STALE);
}

TEST_P(Soft, OfABoundCache) {
  const Bound bound(cache, gens, {gc_param("id")});
  ASSERT_TRUE(bound.invalidate_soft({gc_int(nullptr, 1)}).ok());
  EXPECT_EQ(cache.get(gens, row).entry.generation(), "row:id=1");
  EXPECT_EQ(while_computed(), GC_STALE);
  store("old");
  ASSERT_TRUE(bound.invalidate_soft().ok());
  EXPECT_EQ(cache.get(gens, row).entry.generation(), "nav");
  EXPECT_EQ(while_computed(), GC_STALE);
}

// From the invalidation on: never later than it is allowed, and, while it is allowed, all the time.
TEST_P(Soft, TheOldValueIsServedForSoLongAndNoLonger) {
  const Settings brief{.stale_for_ms = 1500};
  const auto before = Clock::now();
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  const auto after = Clock::now();
  int served = 0;
  EXPECT_TRUE(eventually([&] {
    const auto asked = Clock::now();
    const bool is_served = while_computed(brief) == GC_STALE;
    served += is_served ? 1 : 0;
    EXPECT_TRUE(!is_served || asked - after <= Milliseconds(1505));
    return !is_served;
  }));
  EXPECT_GE(Clock::now() - before, Milliseconds(1495));
  EXPECT_GT(served, 0);
  EXPECT_EQ(while_computed(), GC_STALE) << "for whoever allows more";
}

TEST_P(Soft, AnExpiredOneIsServedForSoLongAndNoLonger) {
  store("old", {.ttl_ms = 100, .stale_for_ms = kLong});
  const auto stored = Clock::now();
  ASSERT_TRUE(eventually([&] { return cache.get(gens, row).miss(); }));
  const Settings brief{.stale_for_ms = 1500};
  EXPECT_EQ(while_computed(brief), GC_STALE);
  EXPECT_TRUE(eventually([&] { return while_computed(brief) == GC_BUSY; }));
  EXPECT_GE(Clock::now() - stored, Milliseconds(1590));
  EXPECT_EQ(while_computed(), GC_STALE);
}

TEST_P(Soft, OfSeveralTheFirstOneCounts) {
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  std::this_thread::sleep_for(Milliseconds(200));
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  EXPECT_EQ(while_computed({.stale_for_ms = 150}), GC_BUSY);
}

// The value is as old as what its computation has read, and not as the moment when it was stored.
TEST_P(Soft, OfSeveralWhileItWasComputedTheFirstOneCounts) {
  ASSERT_TRUE(cache.remove(gens, row).ok());
  const Got mine = begin(cache, gens, row);
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  ASSERT_TRUE(cache.invalidate_soft({"nav"}).ok());
  std::this_thread::sleep_for(Milliseconds(200));
  ASSERT_TRUE(fill(mine.entry, "old", stale_allowed.get()).ok());
  EXPECT_EQ(while_computed({.stale_for_ms = 150}), GC_BUSY);
  EXPECT_EQ(while_computed(), GC_STALE);
}

TEST(SoftOnAServer, AStampThatIsUnreadable) {
  MemcachedServer server;
  Cache cache(server.url("timeout_ms=5000"));
  ASSERT_TRUE(cache.set({"nav"}, {}, "old").ok());
  server.set("gc:nav", "not a stamp");
  EXPECT_TRUE(cache.invalidate_soft({"nav"}).ok());
  EXPECT_TRUE(cache.get({"nav"}).miss());
  ASSERT_TRUE(fill(cache.get({"nav"}).entry, "new").ok());
  EXPECT_EQ(cache.get({"nav"}).data(), "new");
}

class SoftAway : public Pool {
 protected:
  Cache cache = start(1);
  const Options options{Settings{.stale_for_ms = kLong, .fail_safe_ms = kLong}};
};

// What is delivered late is delivered as a hard one: nobody knows how much it has missed.
TEST_F(SoftAway, IsDeliveredLaterAsAHardOne) {
  ASSERT_TRUE(cache.set(nav, {}, "old", options.get()).ok());
  servers[0].stop();
  const Done done = within(kBudget, [&] { return cache.invalidate_soft({"nav"}); });
  EXPECT_EQ(done.status, GC_ERR_UNAVAILABLE);
  EXPECT_NE(done.message.find(servers[0].address()), std::string::npos) << done.message;
  servers[0].cont();
  EXPECT_EQ(read_when_back(cache, nav, {}, "old").entry.reason(), GC_REASON_INVALIDATED);
  EXPECT_EQ(fetch(cache, nav, {}, fails_with(3), options.get()).origin, 3) << "nothing old is left";
  EXPECT_TRUE(cache.invalidate_soft({"nav"}).ok());
}

TEST_F(SoftAway, OneOfThree) {
  servers.emplace_back();
  servers.emplace_back();
  Cache pool = open();
  for (int64_t i = 0; i < 30; ++i) ASSERT_TRUE(pool.set(nav, page(i), "old", options.get()).ok());
  std::vector<size_t> homes;
  for (int64_t i = 0; i < 30; ++i) homes.push_back(home_of(pool, nav, page(i)));
  servers[1].stop();
  EXPECT_EQ(within(kBudget, [&] { return pool.invalidate_soft({"nav"}); }).status, GC_ERR_UNAVAILABLE);
  servers[1].cont();
  for (int64_t i = 0; i < 30; ++i) {
    EXPECT_TRUE(read_when_back(pool, nav, page(i), "old").miss());
    const gc_status status = fetch(pool, nav, page(i), fails_with(3), options.get()).status;
    EXPECT_EQ(status, homes[static_cast<size_t>(i)] == 1 ? GC_ERR_ORIGIN : GC_STALE) << i;
  }
}

GENCACHE_ON_EVERY_STORE(Soft);

}  // namespace
}  // namespace gencache::test
