// Many threads that miss one key at once: one computes.
#include <thread>

#include "bounded.h"
#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

constexpr size_t kThreads = 64;
constexpr Milliseconds kComputation(200);
constexpr Milliseconds kLockEnds(10'000);  // by itself, for those who were not told that it was given back

// Runs `call` on many threads that start together, and returns how long the slowest took.
template <class Call>
Milliseconds stampede(Call call) {
  Event start;
  std::atomic<int64_t> slowest{0};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      start.wait();
      const auto began = std::chrono::steady_clock::now();
      call();
      const int64_t took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began).count();
      for (int64_t known = slowest; known < took && !slowest.compare_exchange_weak(known, took);) continue;
    });
  }
  start.set();
  for (std::thread &thread : threads) thread.join();
  return Milliseconds(slowest);
}

Compute slowly(Compute compute) {
  return [compute = std::move(compute)](gc_entry *entry) {
    std::this_thread::sleep_for(kComputation);
    return compute(entry);
  };
}

class Stampede : public EveryStore {
 protected:
  Cache cache = open();
  const Names nav = {"nav"};
  std::atomic<int> computed{0};
  std::atomic<int> right{0};
  const Options patient{Settings{.wait_ms = 60'000}};
};

TEST_P(Stampede, OneComputationForAll) {
  const Compute compute = counted(computed, slowly(gives("value")));
  const Milliseconds slowest = stampede([&] {
    if (fetch(cache, nav, {}, compute, patient.get()).data() == "value") ++right;
  });
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(right, kThreads);
  EXPECT_LE(slowest, kLockEnds / 2) << slowest.count();
}

TEST_P(Stampede, AnExpensiveInvalidatedValueToo) {
  ASSERT_TRUE(cache.set(nav, {}, "old").ok());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  const Compute compute = counted(computed, slowly(gives("new")));
  stampede([&] {
    if (fetch(cache, nav, {}, compute, patient.get()).data() == "new") ++right;
  });
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(right, kThreads);
}

TEST_P(Stampede, ManyKeysOneComputationEach) {
  const Compute compute = counted(computed, slowly(gives("value")));
  std::atomic<int64_t> next{0};
  stampede([&] {
    const Args row = {gc_int("id", next++ % 8)};
    if (fetch(cache, {"row:id"}, row, compute, patient.get()).data() == "value") ++right;
  });
  EXPECT_EQ(computed, 8);
  EXPECT_EQ(right, kThreads);
}

TEST_P(Stampede, StaleValuesKeepAllButOneFromWaiting) {
  const Options options(Settings{.stale_for_ms = 60'000, .wait_ms = 60'000});
  ASSERT_TRUE(cache.set(nav, {}, "old", options.get()).ok());
  ASSERT_TRUE(cache.invalidate_soft(nav).ok());
  Halt halt;
  const Compute compute = counted(computed, halt.in(gives("new")));
  std::atomic<int> stale{0};
  stampede([&] {
    const Got got = fetch(cache, nav, {}, compute, options.get());
    if (got.stale() && got.data() == "old" && ++stale == kThreads - 1) halt.go_on.set();
    if (got.hit() && got.data() == "new") ++right;
  });
  EXPECT_EQ(stale, kThreads - 1) << "none of them waited for the computation";
  EXPECT_EQ(right, 1);
  EXPECT_EQ(computed, 1);
}

TEST_P(Stampede, WhereOneFailsTheNextComputes) {
  const Compute compute = [&](gc_entry *entry) {
    std::this_thread::sleep_for(Milliseconds(50));
    return ++computed <= 3 ? 17 : gives("value")(entry);
  };
  std::atomic<int> failed{0};
  stampede([&] {
    const Got got = fetch(cache, nav, {}, compute, patient.get());
    if (got.data() == "value") ++right;
    if (got.origin == 17) ++failed;
  });
  EXPECT_EQ(computed, 4);
  EXPECT_EQ(failed, 3) << "each error reaches the caller whose computation it was";
  EXPECT_EQ(right, kThreads - 3);
}

TEST_P(Stampede, WhoHasWaitedEnoughComputesToo) {
  Halt halt;
  std::thread first([&] { fetch(cache, nav, {}, halt.in(gives("first")), patient.get()); });
  ASSERT_TRUE(halt.begun.wait());
  const Got second = within(
      kLockEnds / 2, [&] { return fetch(cache, nav, {}, gives("second"), Options(Settings{.wait_ms = 100}).get()); });
  EXPECT_EQ(second.data(), "second");
  halt.go_on.set();
  first.join();
}

TEST_P(Stampede, AComputationOfAnotherKeyIsNoReasonToWait) {
  Halt halt;
  std::thread first([&] { fetch(cache, nav, {gc_int("page", 1)}, halt.in(gives("first")), patient.get()); });
  ASSERT_TRUE(halt.begun.wait());
  EXPECT_EQ(fetch(cache, nav, {gc_int("page", 2)}, gives("second"), patient.get()).data(), "second");
  halt.go_on.set();
  first.join();
}

// Nobody can ask the server whether another's value is still valid, so a caller takes only one whose computation began
// after its own call did: a crowd is served by two of them at most. The first one ends when all the others wait for it,
// and the second one takes long enough for all to be waiting again.
TEST(StampedeAway, WithoutItsServerTheProcessComputesTogether) {
  MemcachedServer server;
  Cache cache(server.url("timeout_ms=5000"));
  server.kill9();
  std::atomic<int> computed{0};
  std::atomic<int> right{0};
  const Options patient(Settings{.wait_ms = 60'000});
  const Compute compute = [&](gc_entry *entry) {
    if (++computed == 1) {
      EXPECT_TRUE(eventually([&] { return counters_of(cache)["waits"] == kThreads - 1; }));
    } else {
      std::this_thread::sleep_for(5 * kComputation);
    }
    return gives("value")(entry);
  };
  stampede([&] {
    if (fetch(cache, {"nav"}, {}, compute, patient.get()).data() == "value") ++right;
  });
  EXPECT_EQ(right, kThreads);
  EXPECT_GE(computed, 1);
  EXPECT_LE(computed, 2);
}

GENCACHE_ON_EVERY_STORE(Stampede);

}  // namespace
}  // namespace gencache::test
