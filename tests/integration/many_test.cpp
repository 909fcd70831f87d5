// Many values at once: one trip, one computation for all that is missing, and each value's own outcome.
#include <numeric>
#include <stdexcept>

#include "many_rows.h"
#include "pool.h"

namespace gencache::test {
namespace {

class Many : public ManyRows {};

TEST_P(Many, HitsAndMisses) {
  store(1, "one");
  store(3, "three");
  ASSERT_TRUE(cache.invalidate("row:id", {gc_int("id", 3)}).ok());
  const GotMany got = get_many(cache, gens, rows({1, 2, 3, 1}));
  EXPECT_EQ(got.status, GC_MISS);
  EXPECT_EQ(got.data(), (Texts{"one", "", "", "one"}));
  EXPECT_EQ(got.entries[0].status(), GC_OK);
  EXPECT_EQ(got.entries[1].reason(), GC_REASON_ABSENT);
  EXPECT_EQ(got.entries[2].generation(), "row:id=3");
  EXPECT_EQ(got.entries[2].key(), "row:id=3,table");
  ASSERT_TRUE(fill(got.entries[1], "two").ok());
  ASSERT_TRUE(fill(got.entries[2], "three again").ok());
  EXPECT_EQ(fill(got.entries[0], "x").status, GC_ERR_ARGUMENT);
  const GotMany again = get_many(other(), gens, rows({3, 2, 1}));
  EXPECT_EQ(again.status, GC_OK);
  EXPECT_EQ(again.data(), (Texts{"three again", "two", "one"}));
}

TEST_P(Many, EachEntryLivesAsLongAsItIsKept) {
  for (int64_t i = 0; i < 6; ++i) store(i, std::string(i % 2 == 0 ? 10 : 100'000, static_cast<char>('a' + i)));
  GotMany got = get_many(cache, gens, rows({0, 1, 2, 3, 4, 5, 6}));
  for (const size_t gone : {0U, 3U, 2U}) got.entries[gone].reset();
  cache.close();
  EXPECT_EQ(got.entries[1].data(), std::string(100'000, 'b'));
  EXPECT_EQ(got.entries[4].data(), std::string(10, 'e'));
  got.entries[1].reset();
  got.entries[4].reset();
  EXPECT_EQ(got.entries[5].data(), std::string(100'000, 'f'));
  EXPECT_EQ(got.entries[6].key(), "row:id=6,table");
  EXPECT_TRUE(fill(got.entries[6], "of a cache that is closed").ok());
}

// Freed together, some have gone before, one still has its turn, and one is of another call.
TEST_P(Many, EntriesAreFreedTogether) {
  const Calls calls = rows({1, 2, 3, 4});
  std::vector<const gc_arg *> args;
  std::vector<size_t> n_args;
  for (const Args &call : calls) {
    args.push_back(call.data());
    n_args.push_back(call.size());
  }
  gc_entry *entries[6] = {};
  ASSERT_EQ(gc_get_many(cache.handle(), gens.data(), 2, args.data(), n_args.data(), 4, entries, nullptr), GC_MISS);
  gc_entry_free(std::exchange(entries[2], nullptr));
  ASSERT_EQ(gc_begin(cache.handle(), gens.data(), 2, args[3], 1, nullptr, &entries[5], nullptr), GC_MISS);
  gc_entries_free(entries, 6);
  EXPECT_EQ(begin(other(), gens, calls[3]).status, GC_MISS) << "the turn was given up";
  gc_entries_free(nullptr, 0);
}

TEST_P(Many, ALeaseOfEachIsFromBeforeAnInvalidation) {
  const GotMany got = get_many(cache, gens, rows({1, 2}));
  ASSERT_TRUE(cache.invalidate("row:id", {gc_int("id", 1)}).ok());
  for (const Entry &entry : got.entries) EXPECT_TRUE(fill(entry, "old").ok());
  EXPECT_EQ(get_many(cache, gens, rows({1, 2})).data(), (Texts{"", "old"}));
}

TEST_P(Many, OneComputationForAllThatIsMissing) {
  store(2, "two");
  const GotMany got = fetch_rows({1, 2, 3, 4}, fill_all);
  EXPECT_EQ(got.status, GC_OK) << got.message;
  EXPECT_EQ(got.data(), (Texts{"new 0", "two", "new 2", "new 3"}));
  EXPECT_EQ(asked.rounds, (std::vector<std::vector<size_t>>{{0, 2, 3}}));
  EXPECT_EQ(fetch_rows({4, 3, 2, 1}, fill_all).data(), (Texts{"new 3", "new 2", "two", "new 0"}));
  EXPECT_EQ(asked.rounds.size(), 1U);
}

TEST_P(Many, OneKeySeveralTimes) {
  EXPECT_EQ(get_many(cache, gens, rows({7, 7, 7})).status, GC_MISS);
  const GotMany got = fetch_rows({7, 8, 7, 7}, fill_all);
  EXPECT_EQ(got.status, GC_OK) << got.message;
  EXPECT_EQ(got.data(), (Texts{"new 0", "new 1", "new 0", "new 0"}));
  EXPECT_EQ(asked.rounds, (std::vector<std::vector<size_t>>{{0, 1}}));
}

TEST_P(Many, AThousand) {
  std::vector<int64_t> ids(1000);
  std::iota(ids.begin(), ids.end(), 0);
  EXPECT_EQ(fetch_rows(ids, fill_all).status, GC_OK);
  EXPECT_EQ(asked.rounds.size(), 1U);
  const GotMany got = get_many(other(), gens, rows(ids));
  EXPECT_EQ(got.status, GC_OK);
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(got.entries[i].data(), "new " + std::to_string(i));
  ASSERT_TRUE(cache.invalidate("table").ok());
  EXPECT_EQ(get_many(cache, gens, rows({0, 999})).data(), (Texts{"", ""}));
}

TEST_P(Many, NoneAtAll) {
  EXPECT_EQ(gc_get_many(cache.handle(), gens.data(), 2, nullptr, nullptr, 0, nullptr, nullptr), GC_OK);
  EXPECT_EQ(get_many(cache, gens, {}).status, GC_OK);
  EXPECT_EQ(fetch_rows({}, fill_all).status, GC_OK);
  EXPECT_TRUE(asked.rounds.empty());
}

TEST_P(Many, ValuesWithoutArguments) {
  const GotMany got = fetch_many(cache, {"nav"}, {{}, {gc_int("page", 1)}, {}}, fill_all);
  EXPECT_EQ(got.data(), (Texts{"new 0", "new 1", "new 0"}));
}

TEST_P(Many, WhatIsLeftUnfilledIsAMiss) {
  const GotMany got = fetch_rows({1, 2}, [](auto entries, auto) { return gives("one")(entries[0]); });
  EXPECT_EQ(got.status, GC_MISS);
  EXPECT_EQ(got.entries[0].status(), GC_OK);
  EXPECT_EQ(got.entries[1].status(), GC_MISS);
  EXPECT_EQ(got.data(), (Texts{"one", ""}));
  EXPECT_EQ(begin(other(), gens, {gc_int("id", 2)}).status, GC_MISS) << "nobody is locked out";
}

TEST_P(Many, AComputationThatFails) {
  store(1, "one");
  const auto fail = [](auto entries, auto) {
    gives("two")(entries[0]);
    return 33;
  };
  const GotMany got = fetch_rows({1, 2, 3}, fail);
  EXPECT_EQ(got.status, GC_ERR_ORIGIN);
  EXPECT_EQ(got.origin, 33);
  ASSERT_TRUE(got.entries[0]) << "each entry tells of itself";
  EXPECT_EQ(got.entries[0].data(), "one");
  EXPECT_EQ(got.entries[0].status(), GC_OK);
  EXPECT_EQ(got.entries[2].status(), GC_ERR_ORIGIN);
  EXPECT_EQ(get_many(cache, gens, rows({1, 2, 3})).data(), (Texts{"one", "two", ""})) << "what was filled is stored";
}

TEST_P(Many, AComputationThatFailsWhereOldValuesMayStandIn) {
  store(1, "one");
  store(2, "two");
  ASSERT_TRUE(cache.invalidate_soft({"table"}).ok());
  ASSERT_TRUE(cache.invalidate("row:id", {gc_int("id", 2)}).ok());
  const auto fail = [](auto, auto) { return 33; };
  const GotMany one = fetch_rows({1}, fail, {.fail_safe_ms = 60'000});
  EXPECT_EQ(one.status, GC_STALE);
  EXPECT_EQ(one.data(), (Texts{"one"}));
  const GotMany both = fetch_rows({1, 2}, fail, {.fail_safe_ms = 60'000});
  EXPECT_EQ(both.status, GC_ERR_ORIGIN);
  EXPECT_EQ(both.data(), (Texts{"one", ""}));
  EXPECT_EQ(both.entries[0].status(), GC_STALE);
}

TEST_P(Many, NoExceptionPassesTheLibrary) {
  const GotMany got = fetch_rows({1, 2}, [](auto, auto) -> int32_t { throw std::runtime_error("away"); });
  EXPECT_LT(got.status, 0);
  EXPECT_FALSE(got.entries[0]);
  EXPECT_NE(got.message.find("away"), std::string::npos) << got.message;
  EXPECT_EQ(fetch_rows({1, 2}, fill_all, {.wait_ms = 60'000}).data(), (Texts{"new 0", "new 1"}));
}

TEST_P(Many, RefreshComputesAll) {
  store(1, "one");
  EXPECT_EQ(fetch_rows({1, 2}, fill_all, {.refresh = true}).data(), (Texts{"new 0", "new 1"}));
  EXPECT_EQ(asked.rounds, (std::vector<std::vector<size_t>>{{0, 1}}));
}

TEST_P(Many, OfABoundCache) {
  const Bound bound(cache, gens, {gc_param("id"), gc_str("page", "home")});
  const Calls calls = {{gc_int(nullptr, 1)}, {gc_int("id", 2), gc_str("page", "x")}};
  EXPECT_EQ(bound.get_many(calls).status, GC_MISS);
  EXPECT_EQ(bound.fetch_many(calls, fill_all).data(), (Texts{"new 0", "new 1"}));
  EXPECT_EQ(bound.get_many(calls).data(), (Texts{"new 0", "new 1"}));
}

// What is asked for: each value once, and the stamps that they share once.
TEST(ManyOnAServer, OneRequest) {
  MemcachedServer server;
  Cache cache(server.url("timeout_ms=5000"));
  const Names shared = {"table", "nav"};
  ASSERT_EQ(fetch_many(cache, shared, rows({1, 2, 3, 4, 5}), fill_all).status, GC_OK);
  const int64_t before = server.stat("cmd_get");
  EXPECT_EQ(get_many(cache, shared, rows({1, 2, 3, 4, 5})).status, GC_OK);
  EXPECT_EQ(server.stat("cmd_get") - before, 5 + 3);
}

class ManyAway : public Pool {
 protected:
  Cache cache = start(3);
  std::vector<int64_t> ids;
  std::vector<size_t> homes;
  const Names gens = {"row:id"};

  void SetUp() override {
    for (int64_t id = 0; id < 30; ++id) ids.push_back(id);
    ASSERT_EQ(fetch_many(cache, gens, rows(ids), fill_all).status, GC_OK);
    for (const int64_t id : ids) homes.push_back(home_of(cache, gens, {gc_int("id", id)}));
    servers[1].stop();
  }
  void TearDown() override { servers[1].cont(); }
};

TEST_F(ManyAway, TheOtherServersValuesAreThere) {
  const GotMany got = within(kBudget, [&] { return get_many(cache, gens, rows(ids)); });
  EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE);
  EXPECT_NE(got.message.find(servers[1].address()), std::string::npos) << got.message;
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(got.entries[i].status(), homes[i] == 1 ? GC_ERR_UNAVAILABLE : GC_OK);
    EXPECT_EQ(got.entries[i].data(), homes[i] == 1 ? "" : "new " + std::to_string(i));
    EXPECT_EQ(got.entries[i].reason(), homes[i] == 1 ? GC_REASON_UNAVAILABLE : GC_REASON_HIT);
  }
}

TEST_F(ManyAway, WhatCannotBeReadIsComputed) {
  std::vector<size_t> computed;
  const GotMany got = fetch_many(cache, gens, rows(ids), [&](auto entries, auto indexes) {
    computed.insert(computed.end(), indexes.begin(), indexes.end());
    for (gc_entry *entry : entries) gives("computed")(entry);
    return 0;
  });
  EXPECT_EQ(got.status, GC_OK) << got.message;
  std::vector<size_t> expected;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (homes[i] == 1) expected.push_back(i);
    EXPECT_EQ(got.entries[i].data(), homes[i] == 1 ? "computed" : "new " + std::to_string(i));
  }
  EXPECT_EQ(computed, expected);
}

GENCACHE_ON_EVERY_STORE(Many);

}  // namespace
}  // namespace gencache::test
