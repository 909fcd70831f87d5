// Invalidations that wait for a commit.
#include <stdexcept>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class Batches : public EveryCache {
 protected:
  void SetUp() override {
    for (int id : {1, 2}) cache.set("user:id", {arg("id", id)}, id);
  }
  bool has(int id) { return static_cast<bool>(cache.get<int>("user:id", {arg("id", id)})); }
};

TEST_P(Batches, SendNothingBeforeTheCommit) {
  Batch batch(cache);
  batch.invalidate("user:id", {arg("id", 1)});
  batch.erase("user:id", {arg("id", 2)});
  EXPECT_TRUE(has(1) && has(2));
  batch.commit();
  EXPECT_FALSE(has(1));
  EXPECT_FALSE(has(2));
}

TEST_P(Batches, AreDroppedByTheirDestructor) {
  const auto transaction = [&] {
    Batch batch(cache);
    batch.invalidate("user:id", {arg("id", 1)});
    throw std::domain_error("rolled back");
  };
  EXPECT_THROW(transaction(), std::domain_error);
  EXPECT_TRUE(has(1));
}

TEST_P(Batches, AreDroppedByCancelAndUsedAgain) {
  Batch batch(cache);
  batch.invalidate("user:id", {arg("id", 1)});
  batch.cancel();
  batch.invalidate("user:id", {arg("id", 2)});
  batch.commit();
  EXPECT_TRUE(has(1));
  EXPECT_FALSE(has(2));
  cache.set("user:id", {arg("id", 2)}, 2);
  batch.commit();
  EXPECT_TRUE(has(2)) << "a committed batch is empty";
}

TEST_P(Batches, Nest) {
  Batch outer(cache);
  {
    Batch inner(cache, outer);
    inner.invalidate("user:id", {arg("id", 1)});
    inner.commit();
  }
  {
    Batch dropped(cache, outer);
    dropped.invalidate("user:id", {arg("id", 2)});
  }
  EXPECT_TRUE(has(1)) << "handed over, not sent";
  outer.commit();
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(has(2));
}

TEST_P(Batches, Move) {
  Batch batch(cache);
  batch.invalidate("user:id", {arg("id", 1)});
  Batch moved = std::move(batch);
  moved.commit();
  EXPECT_FALSE(has(1));
}

TEST_P(Batches, SoftInvalidationsLeaveStaleValues) {
  const Options options{.fail_safe = 1min};
  cache.set("user:id", {arg("id", 1)}, 1, options);
  Batch batch(cache);
  batch.invalidate_soft("user:id", {arg("id", 1)});
  batch.commit();
  EXPECT_FALSE(has(1));
  const auto broken = []() -> int { throw std::domain_error("the database is away"); };
  EXPECT_EQ(cache.fetch("user:id", {arg("id", 1)}, broken, options), 1);
}

TEST_P(Batches, RefuseBadInputAtOnce) {
  Batch batch(cache);
  EXPECT_THROW(batch.invalidate("user:id"), ArgumentError);
  batch.commit();
  EXPECT_TRUE(has(1));
}

TEST_P(Batches, AreNoParentsAfterAMove) {
  Batch batch(cache);
  const Batch moved = std::move(batch);
  EXPECT_THROW(Batch(cache, batch), ArgumentError);  // NOLINT(bugprone-use-after-move)
}

GENCACHE_CPP_ON_EVERY_STORE(Batches);

}  // namespace
}  // namespace gencache::cpp_test
