// A value computed before an invalidation is never served after it, whatever way it was computed: each computation is
// stopped in the middle, when its source has been read.
#include <thread>

#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

// A way to compute: a call that asks `compute` and returns what it got.
struct Way {
  const char *name;
  std::function<std::string(const Cache &, const Compute &)> call;
};

const Names kNav = {"nav", "row:id"};
const Args kRow = {gc_int("id", 1)};

ComputeMany for_each(const Compute &compute) {
  return [compute](std::span<gc_entry *const> entries, std::span<const size_t>) {
    for (gc_entry *entry : entries) {
      if (const int32_t origin = compute(entry); origin != 0) return origin;
    }
    return 0;
  };
}

std::string by_steps(const Cache &cache, const Compute &compute) {
  Got got = begin(cache, kNav, kRow);
  while (got.entry.status() == GC_BUSY) wait(got.entry, 1000);
  if (got.entry.status() == GC_MISS) compute(got.entry.get());
  return got.data();
}

// Neither waits nor knows of turns, as part 1 has it.
std::string by_get_and_fill(const Cache &cache, const Compute &compute) {
  const Got got = cache.get(kNav, kRow);
  if (got.miss()) compute(got.entry.get());
  return got.data();
}

std::string by_many(const Cache &cache, const Compute &compute) {
  const GotMany got = fetch_many(cache, kNav, {kRow}, for_each(compute));
  return got.data()[0];
}

std::string by_bound(const Cache &cache, const Compute &compute) {
  return Bound(cache, kNav, {gc_param("id")}).fetch({gc_int(nullptr, 1)}, compute).data();
}

std::string by_bound_many(const Cache &cache, const Compute &compute) {
  return Bound(cache, kNav, {gc_param("id")}).fetch_many({{gc_int(nullptr, 1)}}, for_each(compute)).data()[0];
}

std::string by_refresh(const Cache &cache, const Compute &compute) {
  return fetch(cache, kNav, kRow, compute, Options(Settings{.refresh = true}).get()).data();
}

std::string by_fetch(const Cache &cache, const Compute &compute) { return fetch(cache, kNav, kRow, compute).data(); }

const Way kWays[] = {{"fetch", by_fetch},    {"steps", by_steps}, {"get and fill", by_get_and_fill},
                     {"many", by_many},      {"bound", by_bound}, {"many, bound", by_bound_many},
                     {"refresh", by_refresh}};

class ComputingRace : public EveryStore {
 protected:
  Cache cache = open();
  Cache second = in_memory() ? Cache("memory://") : open();
  const Cache &another_process() const { return in_memory() ? cache : second; }

  using Invalidate = std::function<Done(const Cache &)>;
  const std::vector<std::pair<const char *, Invalidate>> invalidations = {
      {"nav", [](const Cache &its) { return its.invalidate("nav"); }},
      {"row", [](const Cache &its) { return its.invalidate("row:id", kRow); }},
      {"soft", [](const Cache &its) { return its.invalidate_soft({"nav"}); }},
      {"clear", [](const Cache &its) { return its.clear(); }}};

  // Computes "old" by `way`, and does `act` while the computation stands still.
  template <class Act>
  void in_the_middle(const Way &way, const Compute &compute, Act act) {
    Halt halt;
    std::thread computing([&] { way.call(cache, halt.in(compute)); });
    EXPECT_TRUE(halt.begun.wait());
    act(halt);
    halt.go_on.set();
    computing.join();
  }

  // Both in this process and in another one.
  template <class Test>
  void for_both(Test test) {
    for (const Cache *its : {&std::as_const(cache), &another_process()}) {
      SCOPED_TRACE(its == &cache ? "this process" : "another process");
      test(*its);
      EXPECT_TRUE(cache.remove(kNav, kRow).ok());
      if (in_memory()) return;
    }
  }
};

TEST_P(ComputingRace, WhatWasComputedBeforeIsAMissAfterwards) {
  for (const Way &way : kWays) {
    for (const auto &[name, invalidate] : invalidations) {
      SCOPED_TRACE(std::string(way.name) + ", " + name);
      for_both([&, &act = invalidate](const Cache &its) {
        in_the_middle(way, gives("old"), [&](Halt &) { EXPECT_TRUE(act(its).ok()); });
        EXPECT_TRUE(cache.get(kNav, kRow).miss());
        EXPECT_EQ(get_many(another_process(), kNav, {kRow}).status, GC_MISS);
        EXPECT_EQ(fetch(another_process(), kNav, kRow, gives("new")).data(), "new");
      });
    }
  }
}

// It waits for the other's computation, as it should, and must not take its value.
TEST_P(ComputingRace, AWaiterThatBeganAfterwardsDoesNotGetIt) {
  for (const Way &computing : kWays) {
    for (const Way &waiting : kWays) {
      SCOPED_TRACE(std::string(waiting.name) + " waits for " + computing.name);
      for_both([&](const Cache &its) {
        std::string got;
        std::thread waiter;
        in_the_middle(computing, gives("old"), [&](Halt &halt) {
          EXPECT_TRUE(its.invalidate("row:id", kRow).ok());
          const uint64_t before = counters_of(its)["waits"];
          Event done;
          waiter = std::thread([&] { got = waiting.call(its, gives("new")); });
          // Those that wait do; the others are through by themselves.
          eventually([&] { return counters_of(its)["waits"] > before; }, std::chrono::milliseconds(20));
          halt.go_on.set();
        });
        waiter.join();
        EXPECT_EQ(got, "new");
      });
    }
  }
}

// A generation that turned up in the computation guards it from then on.
TEST_P(ComputingRace, WhatDependsOnAnExtraGeneration) {
  const Args author = {gc_int("author", 7)};
  for (const Way &way : kWays) {
    SCOPED_TRACE(way.name);
    for_both([&](const Cache &its) {
      Halt halt;
      std::thread computing([&] {
        way.call(cache, [&](gc_entry *entry) {
          EXPECT_TRUE(depend(entry, "author:author", author).ok());
          return halt.in(gives("old"))(entry);
        });
      });
      EXPECT_TRUE(halt.begun.wait());
      EXPECT_TRUE(its.invalidate("author:author", author).ok());
      halt.go_on.set();
      computing.join();
      const Got got = its.get(kNav, kRow);
      EXPECT_TRUE(got.miss()) << got.data();
      EXPECT_EQ(got.entry.generation(), "author:author=7");
      EXPECT_EQ(fetch(its, kNav, kRow, gives("new")).data(), "new");
    });
  }
}

// Its own computation began before: to hand it over is right.
TEST_P(ComputingRace, AWaiterThatBeganBeforehandMayGetIt) {
  Halt halt;
  std::thread computing([&] { fetch(cache, kNav, kRow, halt.in(gives("old"))); });
  ASSERT_TRUE(halt.begun.wait());
  const uint64_t before = counters_of(cache)["waits"];
  std::string got;
  std::thread waiter([&] { got = fetch(cache, kNav, kRow, gives("new")).data(); });
  EXPECT_TRUE(eventually([&] { return counters_of(cache)["waits"] > before; }));
  EXPECT_TRUE(cache.invalidate("nav").ok());
  halt.go_on.set();
  computing.join();
  waiter.join();
  EXPECT_TRUE(got == "old" || got == "new") << got;
  const Got afterwards = cache.get(kNav, kRow);
  EXPECT_FALSE(afterwards.hit() && afterwards.data() == "old");
}

TEST_P(ComputingRace, AFillThatComesAfterANewerOne) {
  Got late = begin(cache, kNav, kRow);
  ASSERT_EQ(late.status, GC_MISS);
  ASSERT_TRUE(another_process().invalidate("nav").ok());
  const Options hasty(Settings{.wait_ms = 0});
  EXPECT_EQ(fetch(another_process(), kNav, kRow, gives("new"), hasty.get()).data(), "new");
  EXPECT_TRUE(fill(late.entry, "old").ok());
  EXPECT_TRUE(cache.get(kNav, kRow).miss());
  EXPECT_EQ(fetch(cache, kNav, kRow, gives("newer")).data(), "newer");
}

GENCACHE_ON_EVERY_STORE(ComputingRace);

}  // namespace
}  // namespace gencache::test
