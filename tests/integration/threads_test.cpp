// Many threads on one cache, all operations mixed, each hit checked against what had been acknowledged before.
#include <array>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "every_store.h"

namespace gencache::test {
namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 400;
constexpr int kRows = 8;

// A table of rows, as a database would hold it. A write raises `row`, invalidates, then raises `acknowledged`.
struct Row {
  std::atomic<int64_t> row{1};
  std::atomic<int64_t> acknowledged{1};
};

class Threads : public EveryStore {
 protected:
  static void raise(std::atomic<int64_t> &number, int64_t to) {
    int64_t now = number.load();
    while (now < to && !number.compare_exchange_weak(now, to)) continue;
  }

  void write(const Cache &cache, int64_t id) {
    const int64_t version = ++rows_[static_cast<size_t>(id)].row;
    const Done done = version % 3 == 0 ? cache.invalidate_many({"other", "row:id"}, {gc_int("id", id)})
                                       : cache.invalidate("row:id", {gc_int("id", id)});
    EXPECT_TRUE(done.ok()) << done.message;
    if (done.ok()) raise(rows_[static_cast<size_t>(id)].acknowledged, version);
  }

  void read(const Cache &cache, int64_t id, int64_t page) {
    Row &row = rows_[static_cast<size_t>(id)];
    const Names gens = {"table", "row:id"};
    const Args args = {gc_int("id", id), gc_int("page", page)};
    const int64_t floor = row.acknowledged.load();
    const Got got = cache.get(gens, args);
    if (got.hit()) {
      ++hits_;
      gc_value value;
      EXPECT_EQ(gc_entry_value(got.entry.get(), &value, nullptr), GC_OK);
      EXPECT_GE(value.as.i, floor) << "a value from before an acknowledged invalidation";
    } else if (got.miss()) {
      const Done done = fill(got.entry, gc_value_int(row.row.load()));
      EXPECT_TRUE(done.ok()) << done.message;
    } else {
      ADD_FAILURE() << got.summary();
    }
  }

  void work(const Cache &cache, unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < kRounds; ++round) {
      const auto id = static_cast<int64_t>(random() % kRows);
      const auto page = static_cast<int64_t>(random() % 3);
      const auto dice = random() % 100;
      if (dice < 80) {
        read(cache, id, page);
      } else if (dice < 92) {
        write(cache, id);
      } else if (dice < 95) {
        EXPECT_TRUE(cache.remove({"table", "row:id"}, {gc_int("id", id), gc_int("page", page)}).ok());
      } else if (dice < 97) {
        EXPECT_FALSE(cache.explain({"table", "row:id"}, {gc_int("id", id), gc_int("page", page)}).empty());
      } else if (dice < 98) {
        EXPECT_TRUE(cache.clear().ok());
      } else if (dice < 99) {
        EXPECT_TRUE(cache.ping().ok());
      } else {
        EXPECT_TRUE(cache.set({"other"}, {gc_int("page", page)}, "x").ok());
      }
    }
  }

  void run(const Cache &cache) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { work(cache, i); });
    for (std::thread &thread : threads) thread.join();
    EXPECT_GT(hits_.load(), 0);
  }

 private:
  std::array<Row, kRows> rows_;
  std::atomic<int> hits_{0};
};

TEST_P(Threads, MixAllOperations) { run(open()); }

TEST_P(Threads, OfOneBoundCacheAndItsCache) {
  const Cache cache = open();
  const Names gens = {"row:id"};
  const gc_arg param = gc_param("id");
  gc_bound *bound = gc_bind(cache.handle(), gens.data(), 1, &param, 1, nullptr, nullptr);
  ASSERT_NE(bound, nullptr);
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const gc_arg arg = gc_int("id", i);
      const std::string own = std::to_string(i);
      for (int round = 0; round < kRounds / 4; ++round) {
        EXPECT_EQ(gc_bound_set(bound, &arg, 1, own.data(), own.size(), nullptr, nullptr), GC_OK);
        gc_entry *entry = nullptr;
        EXPECT_EQ(gc_bound_get(bound, &arg, 1, &entry, nullptr), GC_OK);
        EXPECT_EQ(Entry(entry).data(), own);
        EXPECT_EQ(gc_bound_invalidate(bound, &arg, 1, nullptr), GC_OK);
        EXPECT_TRUE(cache.get(gens, {arg}).miss());
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  gc_bound_free(bound);
}

class ThreadsOnServers : public Threads {};

TEST_P(ThreadsOnServers, WithFewerConnectionsThanThreads) { run(open("connections=2")); }

GENCACHE_ON_EVERY_STORE(Threads);
GENCACHE_ON_EVERY_SERVER(ThreadsOnServers);

}  // namespace
}  // namespace gencache::test
