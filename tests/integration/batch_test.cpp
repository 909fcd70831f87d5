// Batches: invalidations and deletions that wait for a commit.
#include "every_store.h"
#include "pool.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

class Batches : public EveryStore {
 protected:
  Cache cache = open();
  const Names page = {"page:id"};
  Batch batch{cache};

  static Args id(int64_t number) { return {gc_int("id", number)}; }
  void SetUp() override {
    const Options kept(Settings{.fail_safe_ms = 60'000});
    for (int64_t i = 1; i <= 4; ++i) ASSERT_TRUE(cache.set(page, id(i), "old", kept.get()).ok());
  }
  // The pages that are still valid.
  std::vector<int64_t> left() const {
    std::vector<int64_t> valid;
    for (int64_t i = 1; i <= 4; ++i) {
      if (cache.get(page, id(i)).hit()) valid.push_back(i);
    }
    return valid;
  }
  bool serves_stale(int64_t number) const {
    return fetch(cache, page, id(number), fails_with(1), Options(Settings{.fail_safe_ms = 60'000}).get()).stale();
  }
};

using Pages = std::vector<int64_t>;

TEST_P(Batches, NothingBeforeTheCommit) {
  EXPECT_TRUE(batch.invalidate(page, id(1)).ok());
  EXPECT_TRUE(batch.invalidate_soft(page, id(2)).ok());
  EXPECT_TRUE(batch.remove(page, id(3)).ok());
  EXPECT_EQ(left(), (Pages{1, 2, 3, 4}));
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(left(), (Pages{4}));
  EXPECT_EQ(cache.get(page, id(1)).entry.reason(), GC_REASON_INVALIDATED);
  EXPECT_EQ(cache.get(page, id(3)).entry.reason(), GC_REASON_ABSENT);
  EXPECT_FALSE(serves_stale(1));
  EXPECT_TRUE(serves_stale(2));
}

// The promise counts from the commit: a lease from before it is no good, whenever it was noted.
TEST_P(Batches, ALeaseFromBeforeTheCommit) {
  EXPECT_TRUE(batch.invalidate(page, id(9)).ok());
  const Got miss = cache.get(page, id(9));
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_TRUE(fill(miss.entry, "old").ok());
  EXPECT_TRUE(cache.get(page, id(9)).miss());
}

TEST_P(Batches, IsEmptyAfterwards) {
  EXPECT_TRUE(batch.invalidate(page, id(1)).ok());
  EXPECT_TRUE(batch.commit().ok());
  ASSERT_TRUE(cache.set(page, id(1), "new").ok());
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(left(), (Pages{1, 2, 3, 4}));
  EXPECT_TRUE(batch.remove(page, id(2)).ok());
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(left(), (Pages{1, 3, 4}));
}

TEST_P(Batches, CancelledOrFreedItIsDropped) {
  EXPECT_TRUE(batch.invalidate(page, id(1)).ok());
  EXPECT_TRUE(batch.remove(page, id(2)).ok());
  batch.cancel();
  EXPECT_TRUE(batch.commit().ok());
  {
    Batch freed(cache);
    EXPECT_TRUE(freed.invalidate(page, id(3)).ok());
  }
  EXPECT_EQ(left(), (Pages{1, 2, 3, 4}));
  gc_batch_cancel(nullptr);
  gc_batch_free(nullptr);
}

TEST_P(Batches, AHardOneWinsOverASoftOne) {
  EXPECT_TRUE(batch.invalidate_soft(page, id(1)).ok());
  EXPECT_TRUE(batch.invalidate(page, id(1)).ok());
  EXPECT_TRUE(batch.invalidate_soft(page, id(1)).ok());
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_FALSE(serves_stale(1));
}

TEST_P(Batches, ManyGenerationsInOneCommit) {
  ASSERT_TRUE(cache.set({"nav", "page:id"}, id(5), "old").ok());
  for (int64_t i = 1; i <= 3; ++i) EXPECT_TRUE(batch.invalidate(page, id(i)).ok());
  EXPECT_TRUE(batch.invalidate({"nav", "blog"}).ok());
  const Counters before = counters_of(cache);
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(growth(before, counters_of(cache)), (Counters{{"invalidations", 1}, {"invalidate_time", 1}}));
  EXPECT_EQ(left(), (Pages{4}));
  EXPECT_TRUE(cache.get({"nav", "page:id"}, id(5)).miss());
}

TEST_P(Batches, NestedTheyAreHandedOver) {
  Batch inner(cache, &batch);
  Batch innermost(cache, &inner);
  EXPECT_TRUE(innermost.invalidate(page, id(1)).ok());
  EXPECT_TRUE(innermost.commit().ok());
  EXPECT_TRUE(inner.remove(page, id(2)).ok());
  EXPECT_EQ(left(), (Pages{1, 2, 3, 4}));
  EXPECT_TRUE(inner.commit().ok());
  EXPECT_EQ(left(), (Pages{1, 2, 3, 4})) << "nothing is sent before the outer one is";
  EXPECT_TRUE(batch.invalidate(page, id(3)).ok());
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(left(), (Pages{4}));
}

TEST_P(Batches, NestedEachIsDroppedForItself) {
  Batch dropped(cache, &batch);
  EXPECT_TRUE(dropped.invalidate(page, id(1)).ok());
  dropped.free();
  Batch cancelled(cache, &batch);
  EXPECT_TRUE(cancelled.invalidate(page, id(2)).ok());
  cancelled.cancel();
  EXPECT_TRUE(cancelled.commit().ok());
  Batch kept(cache, &batch);
  EXPECT_TRUE(kept.invalidate(page, id(3)).ok());
  EXPECT_TRUE(kept.commit().ok());
  kept.free();
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(left(), (Pages{1, 2, 4}));
}

TEST_P(Batches, NestedAllIsDroppedWithTheOuterOne) {
  Batch inner(cache, &batch);
  EXPECT_TRUE(inner.invalidate(page, id(1)).ok());
  EXPECT_TRUE(inner.commit().ok());
  batch.cancel();
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(left(), (Pages{1, 2, 3, 4}));
}

TEST_P(Batches, OutliveTheirCache) {
  Cache closed = open();
  Batch its(closed);
  EXPECT_TRUE(its.invalidate(page, id(1)).ok());
  closed.close();
  EXPECT_TRUE(its.commit().ok());
  EXPECT_EQ(left(), in_memory() ? (Pages{1, 2, 3, 4}) : (Pages{2, 3, 4}));
}

class BatchAway : public Pool {
 protected:
  Cache cache = start(3);
  Cache other = open();  // owes nothing to the servers
  std::vector<int64_t> away;
  std::vector<int64_t> there;

  void SetUp() override {
    for (int64_t i = 0; i < 30; ++i) {
      ASSERT_TRUE(cache.set(nav, page(i), "old").ok());
      (home_of(cache, nav, page(i)) == 1 ? away : there).push_back(i);
    }
    ASSERT_GE(away.size(), 2U);
  }
  void expect_refused_by_one(const Batch &batch) {
    servers[1].stop();
    const Done done = batch.commit();
    EXPECT_EQ(done.status, GC_ERR_UNAVAILABLE);
    EXPECT_NE(done.message.find(servers[1].address()), std::string::npos) << done.message;
    servers[1].cont();
  }
  // Again and again, as a caller would.
  static void commit_in_the_end(const Batch &batch) {
    EXPECT_TRUE(eventually([&] { return batch.commit().ok(); }));
  }
};

TEST_F(BatchAway, KeepsAnInvalidationThatWasNotAcknowledged) {
  Batch batch(cache);
  EXPECT_TRUE(batch.invalidate(nav).ok());
  expect_refused_by_one(batch);
  EXPECT_TRUE(other.get(nav, page(there[0])).miss());
  commit_in_the_end(batch);
  for (int64_t i = 0; i < 30; ++i) EXPECT_TRUE(read_when_back(other, nav, page(i), "old").miss());
  ASSERT_TRUE(cache.set(nav, page(1), "new").ok());
  EXPECT_TRUE(batch.commit().ok());
  EXPECT_EQ(cache.get(nav, page(1)).data(), "new") << "nothing is left in it";
}

TEST_F(BatchAway, KeepsTheDeletionsThatFailed) {
  Batch batch(cache);
  for (int64_t i = 0; i < 30; ++i) EXPECT_TRUE(batch.remove(nav, page(i)).ok());
  expect_refused_by_one(batch);
  for (const int64_t i : there) {
    EXPECT_TRUE(cache.get(nav, page(i)).miss()) << "a server that does not answer does not keep the others back";
  }
  ASSERT_TRUE(cache.set(nav, page(there[0]), "new").ok());
  commit_in_the_end(batch);
  for (const int64_t i : away) EXPECT_TRUE(cache.get(nav, page(i)).miss());
  EXPECT_EQ(cache.get(nav, page(there[0])).data(), "new") << "what was done is not done again";
}

GENCACHE_ON_EVERY_STORE(Batches);

}  // namespace
}  // namespace gencache::test
