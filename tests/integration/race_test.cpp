// The race that a lease decides: a value computed before an invalidation is never served after it.
#include <functional>
#include <string>

#include "children.h"
#include "every_store.h"

namespace gencache::test {
namespace {

class Race : public EveryStore {
 protected:
  Cache cache = open();
  const Names gens = {"nav", "portal:user_id"};
  const Args args = {gc_int("user_id", 1)};

  void expect_invalidated(const std::string &generation) {
    const Got got = cache.get(gens, args);
    EXPECT_TRUE(got.miss()) << got.data();
    EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << got.summary();
    EXPECT_EQ(got.entry.generation(), generation);
  }
};

TEST_P(Race, LeaseThenInvalidateThenFill) {
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(miss.miss());
  ASSERT_TRUE(cache.invalidate("portal:user_id", args).ok());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  expect_invalidated("portal:user_id=1");
}

TEST_P(Race, TheLeaseOfAnInvalidatedValue) {
  ASSERT_TRUE(cache.set(gens, args, "older").ok());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(cache.invalidate("nav").ok());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  expect_invalidated("nav");
  const Got again = cache.get(gens, args);
  ASSERT_TRUE(fill(again.entry, "new").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "new");
}

TEST_P(Race, LeaseThenClearThenFill) {
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(cache.clear().ok());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  EXPECT_EQ(cache.get(gens, args).entry.reason(), GC_REASON_CLEARED);
}

TEST_P(Race, ALateFillDoesNotReviveAnOldValueOverANewOne) {
  const Got late = cache.get(gens, args);
  ASSERT_TRUE(cache.invalidate("nav").ok());
  const Got fresh = cache.get(gens, args);
  ASSERT_TRUE(fill(fresh.entry, "new").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "new");
  ASSERT_TRUE(fill(late.entry, "old").ok());
  expect_invalidated("nav");
}

TEST_P(Race, TwoLeasesOfOneStateBothHold) {
  const Got first = cache.get(gens, args);
  const Got second = cache.get(gens, args);
  ASSERT_TRUE(fill(first.entry, "first").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "first");
  ASSERT_TRUE(fill(second.entry, "second").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "second");
}

TEST_P(Race, AnotherGenerationDoesNotHarmTheLease) {
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(cache.invalidate("portal:user_id", {gc_int("user_id", 2)}).ok());
  ASSERT_TRUE(cache.invalidate("blog").ok());
  ASSERT_TRUE(fill(miss.entry, "value").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "value");
}

TEST_P(Race, ADeleteBetweenLeaseAndFill) {
  ASSERT_TRUE(cache.set(gens, args, "older").ok());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(cache.remove(gens, args).ok());
  ASSERT_TRUE(fill(miss.entry, "value").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "value") << "a delete takes what is stored, not what will be";
}

// Two processes, each with a cache that it has opened itself.
class RaceOfProcesses : public Race {
 protected:
  // The other process is there before this one has opened a connection; it acts when it is told to.
  Gate gate;
  Child other_that(const std::function<bool(const Cache &)> &act) {
    return Child([&, act] {
      gate.wait();
      return act(open());
    });
  }
};

TEST_P(RaceOfProcesses, TheOtherInvalidates) {
  Child other =
      other_that([](const Cache &its) { return its.invalidate("portal:user_id", {gc_int("user_id", 1)}).ok(); });
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(miss.miss());
  gate.open();
  ASSERT_TRUE(other.succeeded());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  expect_invalidated("portal:user_id=1");
}

TEST_P(RaceOfProcesses, TheOtherInvalidatesAndFills) {
  Child other = other_that([this](const Cache &its) {
    return its.invalidate("nav").ok() && fill(its.get(gens, args).entry, "new").ok() &&
           its.get(gens, args).data() == "new";
  });
  const Got miss = cache.get(gens, args);
  ASSERT_TRUE(miss.miss());
  gate.open();
  ASSERT_TRUE(other.succeeded());
  EXPECT_EQ(cache.get(gens, args).data(), "new");
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  expect_invalidated("nav");
}

TEST_P(RaceOfProcesses, TheOtherClears) {
  Child other = other_that([](const Cache &its) { return its.clear().ok(); });
  const Got miss = cache.get(gens, args);
  gate.open();
  ASSERT_TRUE(other.succeeded());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  EXPECT_EQ(cache.get(gens, args).entry.reason(), GC_REASON_CLEARED);
}

class RaceInMemory : public Race {};

TEST_P(RaceInMemory, AForkedChildHasAnEmptyStoreOfItsOwn) {
  ASSERT_TRUE(cache.set(gens, args, "parent's").ok());
  const Got lease = cache.get({"nav"}, {gc_int("page", 1)});
  Child other([&] {
    if (!cache.get(gens, args).miss()) return false;
    if (!cache.set(gens, args, "child's").ok() || cache.get(gens, args).data() != "child's") return false;
    fill(lease.entry, "of the parent's stamps");
    if (cache.get({"nav"}, {gc_int("page", 1)}).hit()) return false;
    return cache.invalidate("nav").ok() && cache.get(gens, args).miss();
  });
  ASSERT_TRUE(other.succeeded());
  EXPECT_EQ(cache.get(gens, args).data(), "parent's");
  EXPECT_TRUE(fill(lease.entry, "value").ok());
  EXPECT_EQ(cache.get({"nav"}, {gc_int("page", 1)}).data(), "value");
}

GENCACHE_ON_EVERY_STORE(Race);
GENCACHE_ON_EVERY_SERVER(RaceOfProcesses);
INSTANTIATE_TEST_SUITE_P(On, RaceInMemory, testing::Values(Store::memory), store_name);

}  // namespace
}  // namespace gencache::test
