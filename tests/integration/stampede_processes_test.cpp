// Many processes that miss one key at once: one computes; and whoever holds the lock may die.
#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <thread>

#include "bounded.h"
#include "children.h"
#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

constexpr size_t kProcesses = 64;
constexpr Milliseconds kComputation(200);
// What no call here should come near to, and what one takes that waits for what it should not: a lock or patience of a
// minute, or the ten seconds of a lock that was not given back.
constexpr Milliseconds kSoon(5000);

// What all processes see.
struct Board {
  std::atomic<int> ready;
  std::atomic<int> computed;
  std::atomic<int> right;
  std::atomic<int64_t> slowest_ms;
};

class Processes : public EveryStore {
 protected:
  Processes()
      : board(static_cast<Board *>(
            mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  void SetUp() override { servers_of(GetParam()); }  // here, and not first in a child
  ~Processes() override { munmap(board, sizeof(Board)); }

  Board *const board;
  Gate gate;
  const Names nav = {"nav"};

  Compute compute(int32_t failures = 0) const {
    return [this, failures](gc_entry *entry) {
      const int number = ++board->computed;
      std::this_thread::sleep_for(kComputation);
      return number <= failures ? 17 : gives("value")(entry);
    };
  }

  void ask(const Cache &cache, const Compute &how, const gc_options *options) const {
    const auto start = std::chrono::steady_clock::now();
    if (fetch(cache, nav, {}, how, options).data() == "value") ++board->right;
    const int64_t took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start).count();
    for (int64_t known = board->slowest_ms; known < took && !board->slowest_ms.compare_exchange_weak(known, took);) {
      continue;
    }
  }

  // Each has a cache and a connection of its own before all start together.
  void stampede(const Compute &how) {
    std::vector<Child> children;
    for (size_t i = 0; i < kProcesses; ++i) {
      children.emplace_back([&] {
        const Cache cache = open();
        const Options options(Settings{.wait_ms = 60'000});
        if (!cache.ping().ok()) return false;
        ++board->ready;
        gate.wait();
        ask(cache, how, options.get());
        return true;
      });
    }
    EXPECT_TRUE(eventually([&] { return board->ready == kProcesses; }, Milliseconds(30'000)));
    gate.open();
    EXPECT_TRUE(all_succeeded(children));
  }

  // A process that has begun to compute and never ends by itself.
  Child stuck(const Settings &settings) {
    Child child([this, settings] {
      const Cache cache = open();
      fetch(
          cache, nav, {},
          [this](gc_entry *) {
            ++board->computed;
            std::this_thread::sleep_for(std::chrono::minutes(1));
            return 1;
          },
          Options(settings).get());
      return false;
    });
    EXPECT_TRUE(eventually([&] { return board->computed == 1; }));
    return child;
  }
};

TEST_P(Processes, OneComputationForAll) {
  stampede(compute());
  EXPECT_EQ(board->computed, 1);
  EXPECT_EQ(board->right, kProcesses);
  EXPECT_LE(board->slowest_ms, kSoon.count());
}

TEST_P(Processes, WhereOneFailsTheNextComputes) {
  stampede(compute(2));
  EXPECT_EQ(board->computed, 3);
  EXPECT_EQ(board->right, kProcesses - 2);
}

TEST_P(Processes, AHolderThatIsKilledCostsTheLifetimeOfItsLock) {
  constexpr Milliseconds kLock(3000);
  Child holder = stuck(Settings{.lock_ms = kLock.count()});
  const Cache cache = open();
  const Options patient(Settings{.wait_ms = 60'000});
  ASSERT_EQ(begin(cache, nav, {}, patient.get()).status, GC_BUSY);
  const auto killed = std::chrono::steady_clock::now();
  holder.kill9();
  const Got got = fetch(cache, nav, {}, compute(), patient.get());
  const auto took = std::chrono::steady_clock::now() - killed;
  EXPECT_EQ(got.data(), "value");
  EXPECT_LE(took, kLock + kSoon);
  EXPECT_EQ(board->computed, 2);
}

TEST_P(Processes, AHolderThatTakesLongDoesNotKeepTheOthersForever) {
  Child holder = stuck(Settings{.lock_ms = 60'000});
  const Cache cache = open();
  const Options options(Settings{.wait_ms = 200});
  const Got got = within(kSoon, [&] { return fetch(cache, nav, {}, compute(), options.get()); });
  EXPECT_EQ(got.data(), "value");
  EXPECT_EQ(board->computed, 2);
  EXPECT_EQ(fetch(cache, nav, {}, compute(), options.get()).data(), "value");
  EXPECT_EQ(board->computed, 2) << "it was stored";
  holder.kill9();
}

TEST_P(Processes, OneThatHasTheOldValueDoesNotWait) {
  const Cache cache = open();
  const Options options(Settings{.stale_for_ms = 60'000, .wait_ms = 60'000});
  ASSERT_TRUE(cache.set(nav, {}, "old", options.get()).ok());
  ASSERT_TRUE(cache.invalidate_soft(nav).ok());
  Child holder = stuck(Settings{.lock_ms = 60'000});
  const Got got = within(kSoon, [&] { return fetch(cache, nav, {}, compute(), options.get()); });
  EXPECT_EQ(got.status, GC_STALE) << got.summary();
  EXPECT_EQ(got.data(), "old");
  EXPECT_EQ(board->computed, 1);
  holder.kill9();
}

// One process computes, another one invalidates in the middle, and a third, which began after that, waits.
TEST_P(Processes, WhatWasComputedBeforeAnInvalidationIsNotServed) {
  Child computing([this] {
    return fetch(open(), nav, {},
                 [this](gc_entry *entry) {
                   ++board->computed;
                   gate.wait();
                   return gives("old")(entry);
                 })
        .hit();
  });
  EXPECT_TRUE(eventually([&] { return board->computed == 1; }));
  const Cache cache = open();
  ASSERT_TRUE(cache.invalidate("nav").ok());
  Child waiting([this] {
    const Cache its = open();
    std::thread opener([&] {
      eventually([&] { return counters_of(its)["waits"] == 1; });
      gate.open();
    });
    const Got got = fetch(its, nav, {}, gives("new"), Options(Settings{.wait_ms = 60'000}).get());
    opener.join();
    return got.data() == "new" && counters_of(its)["waits"] == 1;
  });
  EXPECT_TRUE(waiting.succeeded());
  EXPECT_TRUE(computing.succeeded());
  EXPECT_EQ(cache.get(nav).data(), "new");
}

// A turn belongs to the process that got it: the child may go on with the entry, and neither fill nor lock is its own.
TEST_P(Processes, AForkInTheMiddleOfATurn) {
  const Cache cache = open();
  Got mine = begin(cache, nav, {}, Options(Settings{.lock_ms = 60'000}).get());
  ASSERT_EQ(mine.status, GC_MISS);
  Child child([&] {
    mine.entry.reset();
    return begin(cache, nav).busy() && begin(open(), nav).busy();
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_TRUE(fill(mine.entry, "value").ok());
  EXPECT_EQ(open().get(nav).data(), "value");
}

GENCACHE_ON_EVERY_SERVER(Processes);

}  // namespace
}  // namespace gencache::test
