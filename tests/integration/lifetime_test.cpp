// Lifetimes: values end when they should, not before, and age is told.
#include <chrono>
#include <string>
#include <vector>

#include "every_store.h"

namespace gencache::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr int64_t kDay = 24LL * 60 * 60 * 1000;

class Lifetimes : public EveryStore {
 protected:
  Cache cache = open();
  const Names nav = {"nav"};

  static int64_t now_ms() {
    return std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
  static int64_t remaining(const Got &got) { return gc_entry_remaining_ms(got.entry.get()); }
  static int64_t age(const Got &got) { return gc_entry_age_ms(got.entry.get()); }
};

TEST_P(Lifetimes, AValueEndsAndSaysSo) {
  const auto options = Options::ttl_ms(300);
  const int64_t before = now_ms();
  ASSERT_TRUE(cache.set(nav, {}, "x", options->get()).ok());
  Got got;
  ASSERT_TRUE(eventually([&] { return (got = cache.get(nav)).miss(); }));
  EXPECT_GE(now_ms() - before, 300);
  EXPECT_EQ(got.entry.reason(), GC_REASON_EXPIRED) << got.summary();
  EXPECT_EQ(got.entry.generation(), "");
  ASSERT_TRUE(fill(got.entry, "new").ok());
  EXPECT_EQ(cache.get(nav).data(), "new");
}

// memcached counts in whole seconds and could drop an item up to a second early.
TEST_P(Lifetimes, NoValueEndsBeforeItsTime) {
  const auto options = Options::ttl_ms(1000);
  std::vector<int64_t> stored(20);
  for (size_t i = 0; i < stored.size(); ++i) {
    const int64_t start = now_ms();
    ASSERT_TRUE(eventually([&] { return now_ms() >= start + 50; }));
    stored[i] = now_ms();
    ASSERT_TRUE(cache.set(nav, {gc_int("i", static_cast<int64_t>(i))}, "x", options->get()).ok());
    for (size_t j = 0; j <= i; ++j) {
      const Got got = cache.get(nav, {gc_int("i", static_cast<int64_t>(j))});
      if (now_ms() < stored[j] + 1000) {
        EXPECT_TRUE(got.hit()) << j << " " << got.summary();
      }
    }
  }
}

TEST_P(Lifetimes, WithoutOneAValueHasNoEnd) {
  ASSERT_TRUE(cache.set(nav, {}, "x").ok());
  EXPECT_EQ(remaining(cache.get(nav)), -1);
  const auto none = Options::ttl_ms(0);
  ASSERT_TRUE(cache.set(nav, {}, "x", none->get()).ok());
  EXPECT_EQ(remaining(cache.get(nav)), -1);
}

TEST_P(Lifetimes, TheUrlSetsTheDefault) {
  Cache limited = open("ttl=100");
  ASSERT_TRUE(limited.set(nav, {}, "x").ok());
  EXPECT_GT(remaining(limited.get(nav)), 0);
  EXPECT_LE(remaining(limited.get(nav)), 100'000);
  const auto longer = Options::ttl_ms(200'000);
  ASSERT_TRUE(limited.set(nav, {}, "x", longer->get()).ok());
  EXPECT_GT(remaining(limited.get(nav)), 100'000);
  const auto none = Options::ttl_ms(0);
  ASSERT_TRUE(limited.set(nav, {}, "x", none->get()).ok());
  EXPECT_EQ(remaining(limited.get(nav)), -1);
  const Options untouched;
  ASSERT_TRUE(limited.set(nav, {}, "x", untouched.get()).ok());
  EXPECT_LE(remaining(limited.get(nav)), 100'000) << "options without a lifetime leave the default";
}

TEST_P(Lifetimes, LongOnesAreHits) {
  for (const int64_t ttl :
       {30 * kDay - 1, 30 * kDay, 30 * kDay + 1, 31 * kDay, 365 * kDay, 100 * 365 * kDay, INT64_MAX}) {
    SCOPED_TRACE(ttl);
    const auto options = Options::ttl_ms(ttl);
    ASSERT_TRUE(cache.set(nav, {}, "x", options->get()).ok());
    const Got got = cache.get(nav);
    ASSERT_TRUE(got.hit()) << got.summary();
    EXPECT_LE(remaining(got), ttl);
    EXPECT_GT(remaining(got), ttl - 60'000);
  }
}

TEST_P(Lifetimes, AgeGrowsAndTheRestShrinks) {
  const auto options = Options::ttl_ms(60'000);
  ASSERT_TRUE(cache.set(nav, {}, "x", options->get()).ok());
  const Got first = cache.get(nav);
  EXPECT_GE(age(first), 0);
  EXPECT_LT(age(first), 60'000);
  ASSERT_TRUE(eventually([&] { return age(cache.get(nav)) >= age(first) + 20; }));
  const Got second = cache.get(nav);
  EXPECT_LE(remaining(second), remaining(first) - 20);
  EXPECT_NEAR(static_cast<double>(age(second) + remaining(second)), 60'000, 100);
}

TEST_P(Lifetimes, OfABoundCache) {
  const auto options = Options::ttl_ms(50'000);
  const gc_arg param = gc_param("id");
  const gc_arg arg = gc_int("id", 1);
  Error error;
  gc_bound *bound = gc_bind(cache.handle(), nav.data(), 1, &param, 1, options->get(), error.out());
  ASSERT_NE(bound, nullptr) << error.message();
  const auto left = [&] { return remaining(cache.get(nav, {arg})); };
  EXPECT_EQ(gc_bound_set(bound, &arg, 1, "x", 1, nullptr, error.out()), GC_OK);
  EXPECT_GT(left(), 0);
  EXPECT_LE(left(), 50'000);
  const auto longer = Options::ttl_ms(500'000);
  EXPECT_EQ(gc_bound_set(bound, &arg, 1, "x", 1, longer->get(), error.out()), GC_OK);
  EXPECT_GT(left(), 50'000);
  EXPECT_TRUE(cache.remove(nav, {arg}).ok());
  gc_entry *entry = nullptr;
  EXPECT_EQ(gc_bound_get(bound, &arg, 1, &entry, error.out()), GC_MISS);
  EXPECT_TRUE(fill(Entry(entry), "filled").ok());
  EXPECT_GT(left(), 0) << "a miss of a bound cache is filled with its lifetime";
  EXPECT_LE(left(), 50'000);
  gc_bound_free(bound);
}

GENCACHE_ON_EVERY_STORE(Lifetimes);

}  // namespace
}  // namespace gencache::test
