// What the counters count: each moves when it should, and nothing else does.
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <thread>

#include "children.h"
#include "every_store.h"
#include "pool.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

class Stats : public EveryStore {
 protected:
  Cache cache = open();
  const Names nav = {"nav"};
  const Options hasty{Settings{.wait_ms = 500}};  // more than the call takes until it has to wait

  // By how much the counters grow while `act` is done.
  template <class Act>
  Counters moved(Act act) const {
    return moved_of(cache, act);
  }

 public:
  template <class Act>
  static Counters moved_of(const Cache &its, Act act) {
    const Counters before = counters_of(its);
    act();
    return growth(before, counters_of(its));
  }
};

// What a computation that ends well adds to a read.
Counters with_computation(Counters all) {
  for (const char *name : {"computations", "compute_time", "fills", "read_time"}) all[name] = 1;
  return all;
}

Counters with_failure(Counters all) {
  for (const char *name : {"computations", "computations_failed", "compute_time", "read_time"}) all[name] = 1;
  return all;
}

TEST_P(Stats, AllAreZeroAtFirst) {
  const gc_stats stats = stats_of(cache);
  const gc_stats zero{};
  EXPECT_EQ(std::memcmp(&stats, &zero, sizeof zero), 0);
}

TEST_P(Stats, Reads) {
  EXPECT_EQ(moved([&] { cache.get(nav); }), (Counters{{"absent", 1}, {"read_time", 1}}));
  EXPECT_EQ(moved([&] { cache.set(nav, {}, "x"); }), (Counters{{"fills", 1}}));
  EXPECT_EQ(moved([&] { cache.get(nav); }), (Counters{{"hit", 1}, {"read_time", 1}}));
  const Counters invalidation{{"invalidations", 1}, {"invalidate_time", 1}};
  EXPECT_EQ(moved([&] { cache.invalidate("nav"); }), invalidation);
  EXPECT_EQ(moved([&] { cache.get(nav); }), (Counters{{"invalidated", 1}, {"read_time", 1}}));
  EXPECT_EQ(moved([&] { cache.clear(); }), invalidation);
  EXPECT_EQ(moved([&] { cache.get(nav); }), (Counters{{"cleared", 1}, {"read_time", 1}}));
  cache.set(nav, {}, "x", Options(Settings{.ttl_ms = 1}).get());
  std::this_thread::sleep_for(Milliseconds(5));
  EXPECT_EQ(moved([&] { cache.get(nav); }), (Counters{{"expired", 1}, {"read_time", 1}}));
}

TEST_P(Stats, WhatIsNeitherReadNorWritten) {
  EXPECT_EQ(moved([&] {
              cache.ping();
              cache.remove(nav);
              cache.explain(nav);
              metrics_of(cache);
              cache.get({"a:b:c"});
              cache.set({}, {}, "x");
            }),
            Counters{});
}

TEST_P(Stats, OfManyEachIsAReadAndAllAreOneCall) {
  cache.set(nav, {}, "x");
  EXPECT_EQ(moved([&] {
              get_many(cache, nav, {{}, {gc_int("page", 1)}, {}});
            }),
            (Counters{{"hit", 2}, {"absent", 1}, {"read_time", 1}}));
}

TEST_P(Stats, Computations) {
  EXPECT_EQ(moved([&] { fetch(cache, nav, {}, gives("x")); }), with_computation({{"absent", 1}}));
  EXPECT_EQ(moved([&] { fetch(cache, nav, {}, gives("x")); }), (Counters{{"hit", 1}, {"read_time", 1}}));
  cache.remove(nav);
  EXPECT_EQ(moved([&] { fetch(cache, nav, {}, fails_with(1)); }), with_failure({{"absent", 1}}));
  EXPECT_EQ(moved([&] { fetch(cache, nav, {}, [](gc_entry *) { return 0; }); }), with_failure({{"absent", 1}}));
  EXPECT_EQ(moved([&] { fill(begin(cache, nav).entry, "x"); }), with_computation({{"absent", 1}}));
  cache.remove(nav);
  EXPECT_EQ(moved([&] { abandon(begin(cache, nav).entry); }), with_failure({{"absent", 1}}));
  EXPECT_EQ(moved([&] { begin(cache, nav); }), with_failure({{"absent", 1}})) << "freed";
}

TEST_P(Stats, AFillThatWasInvalidAlready) {
  Counters expected = with_computation({{"absent", 1}, {"invalidations", 1}, {"fills_already_invalid", 1}});
  expected["invalidate_time"] = 1;
  EXPECT_EQ(moved([&] {
              fetch(cache, nav, {}, [&](gc_entry *entry) {
                cache.invalidate("nav");
                return gives("old")(entry);
              });
            }),
            expected);
}

TEST_P(Stats, StaleValues) {
  cache.set(nav, {}, "old", Options(Settings{.stale_for_ms = 60'000}).get());
  cache.invalidate_soft(nav);
  const Options fail_safe(Settings{.fail_safe_ms = 60'000});
  EXPECT_EQ(moved([&] { fetch(cache, nav, {}, fails_with(1), fail_safe.get()); }),
            with_failure({{"invalidated", 1}, {"stale_served", 1}}));
  const Got mine = begin(cache, nav);
  const Options stale_allowed(Settings{.stale_for_ms = 60'000});
  EXPECT_EQ(moved([&] { begin(cache, nav, {}, stale_allowed.get()); }),
            (Counters{{"invalidated", 1}, {"read_time", 1}, {"stale_served", 1}}));
}

TEST_P(Stats, Waits) {
  const Got mine = begin(cache, nav);
  EXPECT_EQ(moved([&] { begin(cache, nav); }), (Counters{{"absent", 1}, {"read_time", 1}})) << "it has not waited";
  EXPECT_EQ(moved([&] { fetch(cache, nav, {}, gives("x"), hasty.get()); }),
            with_computation({{"absent", 1}, {"waits", 1}, {"waits_given_up", 1}}));
  cache.remove(nav);
  const Got busy = begin(cache, nav);
  ASSERT_TRUE(busy.busy()) << busy.summary();
  fill(mine.entry, "value");
  EXPECT_EQ(moved([&] { wait(busy.entry, 20'000); }), Counters{}) << "it is there already";
}

// Those who wait while the first computation fails were there before the second one began, so that its value is good
// for them. It takes long enough for all to be waiting again.
TEST_P(Stats, Shared) {
  constexpr size_t kWaiters = 3;
  Halt failing;
  std::thread first([&] { fetch(cache, nav, {}, failing.in(fails_with(1))); });
  ASSERT_TRUE(failing.begun.wait());
  std::vector<std::thread> waiters;
  for (size_t i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&] {
      const auto slow = [](gc_entry *entry) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1000));
        return gives("value")(entry);
      };
      EXPECT_EQ(fetch(cache, nav, {}, slow).data(), "value");
    });
  }
  EXPECT_TRUE(eventually([&] { return counters_of(cache)["waits"] == kWaiters; }));
  failing.go_on.set();
  first.join();
  for (std::thread &waiter : waiters) waiter.join();
  EXPECT_EQ(counters_of(cache)["fills"], 1U);
  EXPECT_GE(counters_of(cache)["shared"], 1U);
  EXPECT_LT(counters_of(cache)["shared"], kWaiters);
}

TEST_P(Stats, WhatIsTooLargeIsNotStored) {
  const std::string large(8 << 20, 'x');
  EXPECT_EQ(moved([&] { cache.set(nav, {}, large); }), (Counters{{"fills_failed", 1}}));
  EXPECT_EQ(moved([&] { fill(cache.get(nav).entry, large); }),
            (Counters{{"absent", 1}, {"read_time", 1}, {"fills_failed", 1}}));
}

TEST_P(Stats, TimesAreInTheirBuckets) {
  fetch(cache, nav, {}, [](gc_entry *entry) {
    std::this_thread::sleep_for(Milliseconds(70));
    return gives("x")(entry);
  });
  const gc_histogram time = stats_of(cache).compute_time;
  EXPECT_EQ(time.count, 1U);
  EXPECT_EQ(std::accumulate(std::begin(time.buckets), std::end(time.buckets), uint64_t{0}), 1U);
  EXPECT_GE(time.sum_us, 70'000U);
  EXPECT_LT(time.sum_us, 20'000'000U);
  const auto bucket = std::find(std::begin(time.buckets), std::end(time.buckets), 1U) - std::begin(time.buckets);
  EXPECT_GE(bucket, 17) << "2^16 microseconds and more";
  EXPECT_TRUE(bucket == 23 || time.sum_us < uint64_t{1} << bucket);
}

TEST_P(Stats, NoMoreIsWrittenThanThereIsRoom) {
  cache.get(nav);
  gc_stats stats;
  std::memset(&stats, 0xAB, sizeof stats);
  Error error;
  EXPECT_EQ(gc_get_stats(cache.handle(), &stats, sizeof stats.reads, error.out()), GC_OK);
  EXPECT_EQ(stats.reads[GC_REASON_ABSENT], 1U);
  EXPECT_EQ(stats.fills, 0xABABABABABABABABU);
  EXPECT_EQ(gc_get_stats(cache.handle(), &stats, 0, error.out()), GC_OK);
}

TEST_P(Stats, ExactWhateverTheThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) cache.get(nav);
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(counters_of(cache)["absent"], 2000U);
  EXPECT_EQ(counters_of(cache)["read_time"], 2000U);
}

// Of a server that is away.
class StatsAway : public Pool {
 protected:
  Cache cache = start(1);
};

TEST_F(StatsAway, CountsWhatFails) {
  cache.set(nav, {}, "x");
  const Got miss = cache.get(nav, page(1));
  servers[0].kill9();
  EXPECT_EQ(Stats::moved_of(cache, [&] { cache.get(nav); }), (Counters{{"unavailable", 1}, {"read_time", 1}}));
  EXPECT_EQ(Stats::moved_of(cache, [&] { fill(miss.entry, "x"); }), (Counters{{"fills_failed", 1}}));
  EXPECT_EQ(Stats::moved_of(cache, [&] { cache.set(nav, {}, "x"); }), (Counters{{"fills_failed", 1}}));
  EXPECT_EQ(Stats::moved_of(cache, [&] { cache.invalidate("nav"); }),
            (Counters{{"invalidations", 1}, {"invalidations_failed", 1}, {"invalidate_time", 1}}));
  Counters expected{{"unavailable", 1}, {"read_time", 1}, {"computations", 1}, {"compute_time", 1}};
  expected["fills_failed"] = 1;
  EXPECT_EQ(Stats::moved_of(cache, [&] { fetch(cache, nav, {}, gives("x")); }), expected);
}

TEST_F(StatsAway, NamesTheServerThatFails) {
  char *name = nullptr;
  uint64_t errors = 7;
  EXPECT_EQ(gc_server_errors(cache.handle(), 0, &name, &errors, nullptr), GC_OK);
  EXPECT_EQ(errors, 0U);
  EXPECT_EQ(name, "127.0.0.1:" + std::to_string(servers[0].port()));
  gc_string_free(name);
  servers[0].kill9();
  cache.get(nav);
  EXPECT_EQ(gc_server_errors(cache.handle(), 0, &name, &errors, nullptr), GC_OK);
  EXPECT_EQ(errors, 1U);
  gc_string_free(name);
  EXPECT_EQ(gc_server_errors(cache.handle(), 1, &name, &errors, nullptr), GC_MISS);
}

TEST_F(StatsAway, CountsWhatIsDamaged) {
  cache.set(nav, {}, "x");
  servers[0].set("gc/nav", "no record");
  EXPECT_EQ(Stats::moved_of(cache, [&] { cache.get(nav); }), (Counters{{"corrupt", 1}, {"read_time", 1}}));
}

#ifndef __SANITIZE_THREAD__  // which does not support threads in the children of a program with threads
TEST_F(StatsAway, AChildCountsForItself) {
  cache.get(nav);
  Child child([&] {
    cache.get(nav);
    cache.get(nav);
    return counters_of(cache)["absent"] == 2;
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(counters_of(cache)["absent"], 1U);
}
#endif

GENCACHE_ON_EVERY_STORE(Stats);

}  // namespace
}  // namespace gencache::test
