// Many values in steps: whose turn each one is, who waits, and how many trips it takes.
#include <numeric>
#include <thread>

#include "bounded.h"
#include "many_rows.h"
#include "pool.h"
#include "support/proxy.h"

namespace gencache::test {
namespace {

using Statuses = std::vector<gc_status>;

Statuses statuses_of(const GotMany &got) {
  Statuses statuses;
  for (const Entry &entry : got.entries) statuses.push_back(entry.status());
  return statuses;
}

class ManySteps : public ManyRows {
 protected:
  GotMany begin_rows(const Cache &with, const std::vector<int64_t> &ids, const Settings &settings = {}) {
    return begin_many(with, gens, rows(ids), Options(settings).get());
  }
};

TEST_P(ManySteps, WhatIsMissingIsTheCallers) {
  store(2, "two");
  const GotMany got = begin_rows(cache, {1, 2, 3});
  EXPECT_EQ(got.status, GC_MISS) << got.message;
  EXPECT_EQ(statuses_of(got), (Statuses{GC_MISS, GC_OK, GC_MISS}));
  EXPECT_EQ(got.entries[0].reason(), GC_REASON_ABSENT);
  EXPECT_EQ(got.entries[1].data(), "two");
  ASSERT_TRUE(fill(got.entries[0], "one").ok());
  ASSERT_TRUE(abandon(got.entries[2]).ok());
  EXPECT_EQ(begin(other(), gens, {gc_int("id", 3)}).status, GC_MISS) << "the turn was given up";
  EXPECT_EQ(get_many(other(), gens, rows({1, 2})).data(), (Texts{"one", "two"}));
  EXPECT_EQ(begin_rows(cache, {1, 2}).status, GC_OK);
}

TEST_P(ManySteps, WhatOthersComputeIsBusy) {
  const GotMany theirs = begin_rows(other(), {2, 3});
  ASSERT_EQ(statuses_of(theirs), (Statuses{GC_MISS, GC_MISS}));
  const GotMany got = begin_rows(cache, {1, 2, 3}, {.wait_ms = 60'000});
  EXPECT_EQ(got.status, GC_MISS);
  ASSERT_EQ(statuses_of(got), (Statuses{GC_MISS, GC_BUSY, GC_BUSY}));
  EXPECT_EQ(wait(got.entries[1], 0).status, GC_BUSY);
  ASSERT_TRUE(fill(got.entries[0], "one").ok());
  EXPECT_EQ(begin_rows(cache, {1, 2}, {.wait_ms = 60'000}).status, GC_BUSY) << "nothing is left to compute";
  ASSERT_TRUE(fill(theirs.entries[0], "two").ok());
  ASSERT_TRUE(abandon(theirs.entries[1]).ok());
  EXPECT_EQ(wait(got.entries[1], 20'000).status, GC_OK);
  EXPECT_EQ(wait(got.entries[2], 20'000).status, GC_MISS) << "their turn was given up";
  EXPECT_EQ(got.data(), (Texts{"one", "two", ""}));
}

TEST_P(ManySteps, OneKeySeveralTimes) {
  const GotMany got = begin_rows(cache, {7, 7}, {.wait_ms = 60'000});
  ASSERT_EQ(statuses_of(got), (Statuses{GC_MISS, GC_BUSY}));
  ASSERT_TRUE(fill(got.entries[0], "seven").ok());
  EXPECT_EQ(wait(got.entries[1], 20'000).status, GC_OK);
  EXPECT_EQ(got.entries[1].data(), "seven");
}

TEST_P(ManySteps, WhoDoesNotWaitComputesBeside) {
  const GotMany theirs = begin_rows(other(), {1, 2});
  const GotMany got = begin_rows(cache, {1, 2}, {.wait_ms = 0});
  EXPECT_EQ(statuses_of(got), (Statuses{GC_MISS, GC_MISS}));
  ASSERT_TRUE(fill(got.entries[0], "mine").ok());
  EXPECT_EQ(get_many(cache, gens, rows({1})).data(), (Texts{"mine"}));
}

TEST_P(ManySteps, StaleWhileAnotherOneComputes) {
  store(1, "old");
  store(2, "two");
  ASSERT_TRUE(cache.invalidate_soft({"row:id"}, {gc_int("id", 1)}).ok());
  const Got theirs = begin(other(), gens, {gc_int("id", 1)});
  const GotMany got = begin_rows(cache, {1, 2}, {.stale_for_ms = 60'000, .wait_ms = 60'000});
  EXPECT_EQ(got.status, GC_STALE);
  EXPECT_EQ(statuses_of(got), (Statuses{GC_STALE, GC_OK}));
  EXPECT_EQ(got.data(), (Texts{"old", "two"}));
}

TEST_P(ManySteps, RefreshGivesAllToTheCaller) {
  store(1, "one");
  const GotMany got = begin_rows(cache, {1, 2}, {.refresh = true});
  ASSERT_EQ(statuses_of(got), (Statuses{GC_MISS, GC_MISS}));
  ASSERT_TRUE(fill(got.entries[0], "new").ok());
  EXPECT_EQ(get_many(cache, gens, rows({1, 2})).data(), (Texts{"new", ""}));
}

TEST_P(ManySteps, AnInvalidationAfterTheyBeganCounts) {
  const GotMany got = begin_rows(cache, {1, 2});
  ASSERT_TRUE(cache.invalidate("row:id", {gc_int("id", 1)}).ok());
  for (const Entry &entry : got.entries) EXPECT_TRUE(fill(entry, "old").ok());
  EXPECT_EQ(get_many(cache, gens, rows({1, 2})).data(), (Texts{"", "old"}));
}

TEST_P(ManySteps, WhoWaitsInTheProcessGetsTheValue) {
  const GotMany mine = begin_rows(cache, {1, 2});
  const GotMany waiting = begin_rows(cache, {2, 1}, {.wait_ms = 60'000});
  ASSERT_EQ(statuses_of(waiting), (Statuses{GC_BUSY, GC_BUSY}));
  std::thread waiter([&] {
    for (const Entry &entry : waiting.entries) EXPECT_EQ(wait(entry, 20'000).status, GC_OK);
  });
  for (const Entry &entry : mine.entries) EXPECT_TRUE(fill(entry, entry.key()).ok());
  waiter.join();
  EXPECT_EQ(waiting.data(), (Texts{"row:id=2,table", "row:id=1,table"}));
}

TEST_P(ManySteps, OfABoundCache) {
  const Bound bound(cache, gens, {gc_param("id")});
  const Calls calls = {{gc_int(nullptr, 1)}, {gc_int("id", 2)}};
  const GotMany got = bound.begin_many(calls);
  ASSERT_EQ(statuses_of(got), (Statuses{GC_MISS, GC_MISS}));
  for (const Entry &entry : got.entries) EXPECT_TRUE(fill(entry, entry.key()).ok());
  EXPECT_EQ(bound.begin_many(calls).data(), (Texts{"row:id=1,table", "row:id=2,table"}));
}

TEST_P(ManySteps, NoneAtAll) {
  EXPECT_EQ(gc_begin_many(cache.handle(), gens.data(), 2, nullptr, nullptr, 0, nullptr, nullptr, nullptr), GC_OK);
}

// However many are missing: a look, and then the stamps and the locks of all.
class ManyStepsTrips : public testing::Test {
 protected:
  MemcachedServer server;
  const Proxy network{server.port()};
  Cache cache{"memcached://" + network.address() + "/?timeout_ms=5000"};
  const Names gens = {"row:id"};
  std::vector<int64_t> ids = std::vector<int64_t>(50);

  void SetUp() override {
    std::iota(ids.begin(), ids.end(), 0);
    ASSERT_TRUE(begin(cache, {"table"}).miss()) << "connects";
  }
  // That a call takes which finds nothing but computations of its own.
  size_t trips(const Settings &settings = {}) {
    const size_t before = network.trips();
    const GotMany got = begin_many(cache, gens, rows(ids), Options(settings).get());
    const size_t after = network.trips();
    EXPECT_EQ(statuses_of(got), Statuses(ids.size(), GC_MISS));
    return after - before;
  }
};

TEST_F(ManyStepsTrips, TwoOfMisses) { EXPECT_EQ(trips(), 2U); }
TEST_F(ManyStepsTrips, TwoOfARefreshOfMisses) { EXPECT_EQ(trips({.refresh = true}), 2U); }

TEST_F(ManyStepsTrips, OneOfARefreshOfHits) {
  ASSERT_EQ(fetch_many(cache, gens, rows(ids), fill_all).status, GC_OK);
  EXPECT_EQ(trips({.refresh = true}), 1U);
  const size_t before = network.trips();
  const Got one = begin(cache, gens, {gc_int("id", 1)}, Options(Settings{.refresh = true}).get());
  EXPECT_EQ(network.trips() - before, 1U) << "a single one, too";
  EXPECT_EQ(one.status, GC_MISS);
}

class ManyStepsAway : public Pool {};

TEST_F(ManyStepsAway, WhatCannotBeAskedIsTheCallersToo) {
  Cache cache = start(2);
  const Names gens = {"row:id"};
  std::vector<int64_t> ids(20);
  std::iota(ids.begin(), ids.end(), 0);
  std::vector<size_t> homes;
  for (const int64_t id : ids) homes.push_back(home_of(cache, gens, {gc_int("id", id)}));
  servers[1].stop();
  const GotMany got = within(2 * kBudget, [&] { return begin_many(cache, gens, rows(ids)); });
  EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE);
  EXPECT_NE(got.message.find(servers[1].address()), std::string::npos) << got.message;
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool is_away = homes[i] == 1;
    EXPECT_EQ(got.entries[i].status(), is_away ? GC_ERR_UNAVAILABLE : GC_MISS);
    EXPECT_EQ(fill(got.entries[i], "computed").status, is_away ? GC_ERR_UNAVAILABLE : GC_OK);
    EXPECT_EQ(got.entries[i].data(), "computed");
  }
  servers[1].cont();
}

GENCACHE_ON_EVERY_STORE(ManySteps);

}  // namespace
}  // namespace gencache::test
