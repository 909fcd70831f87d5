// Getting a value or computing it, in steps: whose turn it is, who waits, and how a turn ends.
#include <thread>

#include "bounded.h"
#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

class Steps : public EveryStore {
 protected:
  Cache cache = open();
  const Names nav = {"nav"};
  const Options patient{Settings{.wait_ms = 60'000}};

  // Another process's, where the store is one that processes share.
  Cache second = in_memory() ? Cache("memory://") : open();
  const Cache &other() const { return in_memory() ? cache : second; }
};

TEST_P(Steps, AHitIsThereAtOnce) {
  ASSERT_TRUE(cache.set(nav, {}, "value").ok());
  const Got got = begin(cache, nav);
  EXPECT_EQ(got.status, GC_OK);
  EXPECT_EQ(got.data(), "value");
  EXPECT_EQ(fill(got.entry, "x").status, GC_ERR_ARGUMENT);
  EXPECT_EQ(abandon(got.entry).status, GC_ERR_ARGUMENT);
  EXPECT_EQ(wait(got.entry, 0).status, GC_ERR_ARGUMENT);
}

TEST_P(Steps, MissFillHit) {
  const Got mine = begin(cache, nav);
  ASSERT_EQ(mine.status, GC_MISS) << mine.summary();
  EXPECT_EQ(mine.entry.reason(), GC_REASON_ABSENT);
  EXPECT_EQ(wait(mine.entry, 0).status, GC_ERR_ARGUMENT) << "there is nobody to wait for";
  ASSERT_TRUE(fill(mine.entry, "value").ok());
  EXPECT_EQ(mine.entry.status(), GC_OK);
  EXPECT_EQ(mine.data(), "value");
  EXPECT_EQ(abandon(mine.entry).status, GC_ERR_ARGUMENT) << "the turn is over";
  EXPECT_EQ(begin(other(), nav).data(), "value");
}

TEST_P(Steps, TheOthersAreBusyUntilItIsFilled) {
  const Got mine = begin(cache, nav);
  const Got busy = begin(other(), nav, {}, patient.get());
  ASSERT_EQ(busy.status, GC_BUSY) << busy.summary();
  EXPECT_EQ(busy.entry.status(), GC_BUSY);
  EXPECT_EQ(busy.data(), "");
  EXPECT_EQ(wait(busy.entry, 0).status, GC_BUSY);
  EXPECT_EQ(wait(busy.entry, 20).status, GC_BUSY);
  ASSERT_TRUE(fill(mine.entry, "value").ok());
  EXPECT_EQ(wait(busy.entry, 20'000).status, GC_OK);
  EXPECT_EQ(busy.data(), "value");
}

// A wait is a read of its own: what was invalidated before it is not given by it.
TEST_P(Steps, AWaitIsNotGivenWhatWasInvalidatedBeforeIt) {
  const Got first = begin(cache, nav);
  const Got waiting = begin(cache, nav, {}, patient.get());
  ASSERT_EQ(waiting.status, GC_BUSY);
  ASSERT_TRUE(abandon(first.entry).ok());
  const Got next = begin(cache, nav);
  ASSERT_EQ(next.status, GC_MISS);
  ASSERT_TRUE(cache.invalidate("nav").ok());
  Done waited;
  std::thread waiter([&] { waited = wait(waiting.entry, 20'000); });
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (counters_of(cache)["waits"] == 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  ASSERT_TRUE(fill(next.entry, "old").ok());
  waiter.join();
  EXPECT_EQ(waited.status, GC_MISS) << waited.message;
}

// Whoever has not the turn has nothing to fill: the computation is another one's.
TEST_P(Steps, WhatIsBusyIsNotYoursToFill) {
  const Got mine = begin(cache, nav);
  const Got busy = begin(other(), nav, {}, patient.get());
  const Done done = fill(busy.entry, "not mine");
  EXPECT_EQ(done.status, GC_ERR_ARGUMENT);
  EXPECT_NE(done.message.find("entry"), std::string::npos) << done.message;
  EXPECT_EQ(abandon(busy.entry).status, GC_ERR_ARGUMENT);
  EXPECT_TRUE(cache.get(nav).miss());
}

TEST_P(Steps, WhatIsStaleIsNotYoursToFill) {
  const Options options(Settings{.stale_for_ms = 60'000});
  ASSERT_TRUE(cache.set(nav, {}, "old", options.get()).ok());
  ASSERT_TRUE(cache.invalidate_soft(nav).ok());
  const Got mine = begin(cache, nav);
  ASSERT_EQ(mine.status, GC_MISS);
  const Got stale = begin(other(), nav, {}, options.get());
  ASSERT_EQ(stale.status, GC_STALE) << stale.summary();
  EXPECT_EQ(stale.entry.status(), GC_STALE);
  EXPECT_EQ(stale.data(), "old");
  EXPECT_EQ(stale.entry.reason(), GC_REASON_INVALIDATED);
  EXPECT_EQ(stale.entry.generation(), "nav");
  EXPECT_EQ(fill(stale.entry, "not mine").status, GC_ERR_ARGUMENT);
  EXPECT_EQ(wait(stale.entry, 0).status, GC_ERR_ARGUMENT);
  EXPECT_EQ(stale.data(), "old");
}

TEST_P(Steps, AbandonedItIsTheNextOnes) {
  const Got mine = begin(cache, nav);
  const Got next = begin(other(), nav, {}, patient.get());
  ASSERT_EQ(next.status, GC_BUSY);
  EXPECT_EQ(abandon(mine.entry).status, GC_OK);
  EXPECT_EQ(wait(next.entry, 20'000).status, GC_MISS);
  ASSERT_TRUE(fill(next.entry, "value").ok());
  EXPECT_EQ(cache.get(nav).data(), "value");
}

TEST_P(Steps, ToFreeItIsToAbandonIt) {
  Got mine = begin(cache, nav);
  mine.entry.reset();
  EXPECT_EQ(begin(other(), nav).status, GC_MISS);
}

TEST_P(Steps, AnAbandonedOneGetsTheOldValueWhereFailSafe) {
  const Options options(Settings{.fail_safe_ms = 60'000});
  ASSERT_TRUE(cache.set(nav, {}, "old", options.get()).ok());
  ASSERT_TRUE(cache.invalidate_soft(nav).ok());
  const Got mine = begin(cache, nav, {}, options.get());
  ASSERT_EQ(mine.status, GC_MISS);
  EXPECT_EQ(mine.data(), "");
  EXPECT_EQ(abandon(mine.entry).status, GC_STALE);
  EXPECT_EQ(mine.data(), "old");
  const Got plain = begin(cache, nav);
  EXPECT_EQ(abandon(plain.entry).status, GC_OK);
  EXPECT_EQ(plain.data(), "");
}

TEST_P(Steps, PatienceHasAnEnd) {
  const Got mine = begin(cache, nav);
  const Options options(Settings{.wait_ms = 1000});  // more than the call takes until it tells that it is busy
  const Got busy = begin(other(), nav, {}, options.get());
  ASSERT_EQ(busy.status, GC_BUSY);
  gc_status status = GC_BUSY;
  EXPECT_TRUE(eventually([&] { return (status = wait(busy.entry, 10).status) != GC_BUSY; }));
  EXPECT_EQ(status, GC_MISS) << "the computation is its own, beside the other one";
  ASSERT_TRUE(fill(busy.entry, "second").ok());
  EXPECT_EQ(cache.get(nav).data(), "second");
  ASSERT_TRUE(fill(mine.entry, "first").ok()) << "both leases are good";
  EXPECT_EQ(cache.get(nav).data(), "first");
}

TEST_P(Steps, NoPatienceAtAll) {
  const Got mine = begin(cache, nav);
  const Got own = begin(other(), nav, {}, Options(Settings{.wait_ms = 0}).get());
  EXPECT_EQ(own.status, GC_MISS) << own.summary();
  EXPECT_TRUE(fill(own.entry, "value").ok());
}

TEST_P(Steps, AWaitEndsInTime) {
  const Got mine = begin(cache, nav);
  const Got busy = begin(other(), nav, {}, patient.get());
  EXPECT_EQ(within(Milliseconds(200), [&] { return wait(busy.entry, 200); }).status, GC_BUSY);
}

TEST_P(Steps, AFillThatIsTooLargeEndsTheTurn) {
  const Got mine = begin(cache, nav);
  EXPECT_EQ(fill(mine.entry, std::string(8 << 20, 'x')).status, GC_ERR_TOO_LARGE);
  EXPECT_EQ(mine.data().size(), size_t{8} << 20) << "the caller has its value";
  const Got next = begin(other(), nav);
  EXPECT_EQ(next.status, GC_MISS) << "nobody waits for what cannot be stored: " << next.summary();
}

TEST_P(Steps, BadInputLeavesTheTurn) {
  const Got mine = begin(cache, nav);
  EXPECT_EQ(fill(mine.entry, gc_value_data(GC_TEXT, "\xff", 1)).status, GC_ERR_ARGUMENT);
  EXPECT_EQ(begin(other(), nav, {}, patient.get()).status, GC_BUSY);
  EXPECT_TRUE(fill(mine.entry, "value").ok());
  EXPECT_EQ(cache.get(nav).data(), "value");
}

TEST_P(Steps, ABoundCacheHasItsOptions) {
  const Options options(Settings{.ttl_ms = 50'000, .wait_ms = 0});
  const Bound bound(cache, {"row:id"}, {gc_param("id")}, options.get());
  const Got mine = bound.begin({gc_int(nullptr, 1)});
  ASSERT_EQ(mine.status, GC_MISS);
  EXPECT_EQ(bound.begin({gc_int(nullptr, 1)}).status, GC_MISS) << "it does not wait";
  ASSERT_TRUE(fill(mine.entry, "value").ok());
  EXPECT_LE(gc_entry_remaining_ms(mine.entry.get()), 50'000);
  EXPECT_GT(gc_entry_remaining_ms(mine.entry.get()), 0);
}

TEST(StepsAway, WithoutItsServerTheValueIsSharedInTheProcess) {
  MemcachedServer server;
  Cache cache(server.url("timeout_ms=5000"));
  server.kill9();
  const Got mine = begin(cache, {"nav"});
  EXPECT_EQ(mine.status, GC_ERR_UNAVAILABLE);
  EXPECT_NE(mine.message.find(server.address()), std::string::npos) << mine.message;
  const Got busy = begin(cache, {"nav"});
  ASSERT_EQ(busy.status, GC_BUSY) << busy.summary();
  std::thread filler([&] { EXPECT_EQ(fill(mine.entry, "value").status, GC_ERR_UNAVAILABLE); });
  EXPECT_EQ(wait(busy.entry, 20'000).status, GC_ERR_UNAVAILABLE)
      << "its own computation: that one's lease was taken before this call began";
  filler.join();
}

GENCACHE_ON_EVERY_STORE(Steps);

}  // namespace
}  // namespace gencache::test
