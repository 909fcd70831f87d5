// Many values at once, while others compute some of them.
#include <thread>

#include "bounded.h"
#include "many_rows.h"

namespace gencache::test {
namespace {

class ManyContended : public ManyRows {};

// The others first, and then it waits for that one.
TEST_P(ManyContended, AnotherOneComputesOneOfThem) {
  const Got theirs = begin(other(), gens, {gc_int("id", 2)});
  ASSERT_EQ(theirs.status, GC_MISS);
  const auto fill_then_let_go = [&](auto entries, auto indexes) {
    EXPECT_TRUE(fill(theirs.entry, "theirs").ok());
    return fill_all(entries, indexes);
  };
  const GotMany got = fetch_rows({1, 2, 3}, fill_then_let_go, {.wait_ms = 60'000});
  EXPECT_EQ(got.status, GC_OK) << got.message;
  EXPECT_EQ(got.data(), (Texts{"new 0", "theirs", "new 2"}));
  EXPECT_EQ(asked.rounds, (std::vector<std::vector<size_t>>{{0, 2}}));
}

TEST_P(ManyContended, AnotherOneGivesItUp) {
  const Got theirs = begin(other(), gens, {gc_int("id", 2)});
  const auto fill_after_it_is_abandoned = [&](auto entries, auto indexes) {
    if (asked.rounds.size() == 1) abandon(theirs.entry);
    return fill_all(entries, indexes);
  };
  const GotMany got = fetch_rows({1, 2, 3}, fill_after_it_is_abandoned, {.wait_ms = 60'000});
  EXPECT_EQ(got.data(), (Texts{"new 0", "new 1", "new 2"}));
  EXPECT_EQ(asked.rounds, (std::vector<std::vector<size_t>>{{0, 2}, {1}}));
}

TEST_P(ManyContended, AnotherOneTakesTooLong) {
  const Got theirs = begin(other(), gens, {gc_int("id", 2)});
  EXPECT_EQ(fetch_rows({1, 2}, fill_all, {.wait_ms = 1000}).data(), (Texts{"new 0", "new 1"}));
  EXPECT_EQ(asked.rounds.size(), 2U);
}

TEST_P(ManyContended, StaleWhileAnotherOneComputes) {
  store(2, "old");
  ASSERT_TRUE(cache.invalidate_soft({"row:id"}, {gc_int("id", 2)}).ok());
  const Got theirs = begin(other(), gens, {gc_int("id", 2)});
  const GotMany got = fetch_rows({1, 2}, fill_all, {.stale_for_ms = 60'000, .wait_ms = 60'000});
  EXPECT_EQ(got.status, GC_STALE);
  EXPECT_EQ(got.data(), (Texts{"new 0", "old"}));
  EXPECT_EQ(got.entries[1].status(), GC_STALE);
}

// Each holds what the other one wants next.
TEST_P(ManyContended, InEveryOrderAtOnce) {
  std::atomic<int> computed{0};
  const auto compute = [&](auto entries, auto) {
    std::this_thread::sleep_for(Milliseconds(1));
    for (gc_entry *entry : entries) {
      ++computed;
      gives(gc_entry_key(entry))(entry);
    }
    return 0;
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      std::vector<int64_t> ids;
      for (int64_t i = 0; i < 24; ++i) ids.push_back((t % 2 == 0 ? i : 23 - i) * (t + 1) % 24);
      const GotMany got = fetch_many(cache, gens, rows(ids), compute, Options(Settings{.wait_ms = 60'000}).get());
      EXPECT_EQ(got.status, GC_OK) << got.message;
      for (const Entry &entry : got.entries) EXPECT_EQ(entry.data(), entry.key());
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(computed, 24) << "each value once";
}

GENCACHE_ON_EVERY_STORE(ManyContended);

}  // namespace
}  // namespace gencache::test
