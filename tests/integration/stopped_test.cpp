// Servers that are there but do not answer: SIGSTOP of one, two, all.
#include <string>
#include <vector>

#include "pool.h"

namespace gencache::test {
namespace {

constexpr int64_t kPages = 30;

class Stopped : public Pool {
 protected:
  Cache cache = start(3);
  std::vector<size_t> homes;

  void SetUp() override {
    for (int64_t i = 0; i < kPages; ++i) {
      ASSERT_TRUE(cache.set(nav, page(i), "old").ok());
      homes.push_back(home_of(cache, nav, page(i)));
    }
    for (size_t server = 0; server < 3; ++server) {
      ASSERT_NE(std::count(homes.begin(), homes.end(), server), 0) << "the pages are not spread";
    }
  }

  bool names_exactly(const std::string &message, size_t stopped) const {
    for (size_t i = 0; i < servers.size(); ++i) {
      if ((message.find(servers[i].address()) != std::string::npos) != (i < stopped)) return false;
    }
    return true;
  }

  // The first `stopped` servers do not answer.
  void expect_failures_only_there(size_t stopped) {
    for (int64_t i = 0; i < kPages; ++i) {
      const Got got = within(kBudget, [&] { return cache.get(nav, page(i)); });
      if (homes[static_cast<size_t>(i)] >= stopped) {
        EXPECT_EQ(got.data(), "old") << got.summary();
      } else {
        EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE) << got.summary();
        EXPECT_EQ(got.entry.reason(), GC_REASON_UNAVAILABLE);
        EXPECT_EQ(fill(got.entry, "x").status, GC_ERR_UNAVAILABLE);
      }
    }
    const Done ping = within(kBudget, [&] { return cache.ping(); });
    EXPECT_EQ(ping.status, GC_ERR_UNAVAILABLE);
    EXPECT_TRUE(names_exactly(ping.message, stopped)) << ping.message;
  }

  void expect_invalidation_delivered_on_return(size_t stopped) {
    const Done done = within(kBudget, [&] { return cache.invalidate("nav"); });
    EXPECT_EQ(done.status, GC_ERR_UNAVAILABLE);
    EXPECT_TRUE(names_exactly(done.message, stopped)) << done.message;
    for (size_t i = 0; i < stopped; ++i) servers[i].cont();
    for (int64_t i = 0; i < kPages; ++i) {
      const Got got = read_when_back(cache, nav, page(i), "old");
      EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << i << " " << got.summary();
      EXPECT_EQ(got.entry.generation(), "nav");
      EXPECT_TRUE(fill(got.entry, "new").ok());
      EXPECT_EQ(cache.get(nav, page(i)).data(), "new");
    }
    EXPECT_TRUE(cache.ping().ok());
    EXPECT_TRUE(cache.invalidate("nav").ok());
  }

  void run(size_t stopped) {
    for (size_t i = 0; i < stopped; ++i) servers[i].stop();
    expect_failures_only_there(stopped);
    expect_invalidation_delivered_on_return(stopped);
  }
};

TEST_F(Stopped, One) { run(1); }
TEST_F(Stopped, Two) { run(2); }
TEST_F(Stopped, All) { run(3); }

// Nothing has told the library yet: this call pays for all three at once.
TEST_F(Stopped, OneBudgetForAllTogether) {
  for (MemcachedServer &server : servers) server.stop();
  const Done done = within(kBudget, [&] { return cache.invalidate_many({"nav", "blog", "portal"}); });
  EXPECT_EQ(done.status, GC_ERR_UNAVAILABLE);
  EXPECT_TRUE(names_exactly(done.message, 3)) << done.message;
}

TEST_F(Stopped, AnotherBudget) {
  constexpr Milliseconds kShort{100};
  const Cache hurried = cache.with_timeout(kShort.count());
  for (MemcachedServer &server : servers) server.stop();
  EXPECT_EQ(within(kShort, [&] { return hurried.get(nav, page(0)); }).status, GC_ERR_UNAVAILABLE);
  EXPECT_EQ(within(kShort, [&] { return hurried.invalidate("nav"); }).status, GC_ERR_UNAVAILABLE);
  cache.close();
  for (MemcachedServer &server : servers) server.cont();
  for (int64_t i = 0; i < kPages; ++i) EXPECT_TRUE(read_when_back(hurried, nav, page(i), "old").miss());
}

TEST_F(Stopped, WhatAnotherBudgetsCallOwesIsOwed) {
  {
    const Cache hurried = cache.with_timeout(100);
    servers[0].stop();
    EXPECT_EQ(hurried.invalidate("nav").status, GC_ERR_UNAVAILABLE);
  }
  servers[0].cont();
  for (int64_t i = 0; i < kPages; ++i) EXPECT_TRUE(read_when_back(cache, nav, page(i), "old").miss());
}

TEST_F(Stopped, PingDeliversWhatWasMissed) {
  servers[0].stop();
  EXPECT_EQ(cache.invalidate("nav").status, GC_ERR_UNAVAILABLE);
  servers[0].cont();
  EXPECT_TRUE(eventually([&] { return within(kBudget, [&] { return cache.ping(); }).ok(); }));
  Cache other = open();
  for (int64_t i = 0; i < kPages; ++i) EXPECT_TRUE(other.get(nav, page(i)).miss()) << "read by another client";
}

TEST_F(Stopped, AClearIsDeliveredOnReturn) {
  servers[0].stop();
  EXPECT_EQ(within(kBudget, [&] { return cache.clear(); }).status, GC_ERR_UNAVAILABLE);
  servers[0].cont();
  for (int64_t i = 0; i < kPages; ++i) {
    EXPECT_EQ(read_when_back(cache, nav, page(i), "old").entry.reason(), GC_REASON_CLEARED);
  }
}

TEST_F(Stopped, AFillBetweenStopAndReturn) {
  const int64_t away = std::find(homes.begin(), homes.end(), 0U) - homes.begin();
  ASSERT_TRUE(cache.invalidate("nav").ok());
  const Got lease = cache.get(nav, page(away));
  ASSERT_TRUE(lease.miss());
  servers[0].stop();
  EXPECT_EQ(within(kBudget, [&] { return fill(lease.entry, "old"); }).status, GC_ERR_UNAVAILABLE);
  EXPECT_EQ(within(kBudget, [&] { return cache.invalidate("nav"); }).status, GC_ERR_UNAVAILABLE);
  servers[0].cont();
  EXPECT_TRUE(read_when_back(cache, nav, page(away), "old").miss());
}

TEST_F(Stopped, ForgetsNothingHoweverMuchWasMissed) {
  constexpr int64_t kMissed = 5000;
  const Names row = {"row:id"};
  std::vector<int64_t> there;
  for (int64_t id = 0; id < kMissed; id += 250) {
    ASSERT_TRUE(cache.set(row, {gc_int("id", id)}, "old").ok());
    there.push_back(id);
  }
  servers[0].stop();
  for (int64_t id = 0; id < kMissed; ++id) {
    EXPECT_EQ(cache.invalidate("row:id", {gc_int("id", id)}).status, GC_ERR_UNAVAILABLE);
  }
  servers[0].cont();
  for (const int64_t id : there) EXPECT_TRUE(read_when_back(cache, row, {gc_int("id", id)}, "old").miss());
}

TEST_F(Stopped, AHalfWrittenValue) {
  const int64_t away = std::find(homes.begin(), homes.end(), 0U) - homes.begin();
  const std::string large(900'000, 'L');
  ASSERT_TRUE(cache.remove(nav, page(away)).ok());
  const Got lease = cache.get(nav, page(away));
  servers[0].stop();
  EXPECT_EQ(within(kBudget, [&] { return fill(lease.entry, large); }).status, GC_ERR_UNAVAILABLE);
  servers[0].cont();
  const Got got = read_when_back(cache, nav, page(away), "old");
  EXPECT_TRUE(got.miss() || got.data() == large) << got.data().size();
  for (int64_t i = 0; i < kPages; ++i) {
    if (i != away) {
      EXPECT_EQ(cache.get(nav, page(i)).data(), "old");
    }
  }
}

}  // namespace
}  // namespace gencache::test
