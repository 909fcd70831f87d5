// Counting in bounded memory: histograms, and the most frequent names.
#include "stats.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

namespace gencache::core {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

int bucket_of(nanoseconds took) {
  Histogram histogram;
  histogram.add(took);
  const gc_histogram copy = histogram.copy();
  EXPECT_EQ(copy.count, 1U);
  const auto *const end = copy.buckets + GC_HISTOGRAM_BUCKETS;
  return static_cast<int>(std::find(copy.buckets, end, 1U) - copy.buckets);
}

TEST(Histogram, TheBucketsAreThePowersOfTwo) {
  EXPECT_EQ(bucket_of(nanoseconds(0)), 0);
  EXPECT_EQ(bucket_of(nanoseconds(999)), 0);
  EXPECT_EQ(bucket_of(microseconds(1)), 1);
  for (int i = 1; i < GC_HISTOGRAM_BUCKETS - 1; ++i) {
    EXPECT_EQ(bucket_of(microseconds(std::int64_t{1} << i) - nanoseconds(1)), i);
    EXPECT_EQ(bucket_of(microseconds(std::int64_t{1} << i)), i + 1);
  }
  EXPECT_EQ(bucket_of(std::chrono::hours(1000)), GC_HISTOGRAM_BUCKETS - 1);
  EXPECT_EQ(bucket_of(nanoseconds(-5)), 0) << "a clock that went back";
}

TEST(Histogram, TheSum) {
  Histogram histogram;
  for (const int us : {1, 10, 100}) histogram.add(microseconds(us));
  histogram.add(nanoseconds(-1'000'000));
  EXPECT_EQ(histogram.copy().count, 4U);
  EXPECT_EQ(histogram.copy().sum_us, 111U);
}

using Counts = std::map<std::string, std::uint64_t>;

Counts counts_of(const Frequent &frequent) {
  const auto top = frequent.top();
  return {top.begin(), top.end()};
}

TEST(Frequent, ExactWhereThereIsRoom) {
  Frequent frequent;
  EXPECT_TRUE(frequent.top().empty());
  for (std::size_t i = 0; i < Frequent::most_names; ++i) {
    for (std::size_t n = 0; n <= i; ++n) frequent.add("name" + std::to_string(i));
  }
  const auto top = frequent.top();
  ASSERT_EQ(top.size(), Frequent::most_names);
  for (std::size_t i = 0; i < top.size(); ++i) {
    EXPECT_EQ(top[i].first, "name" + std::to_string(Frequent::most_names - 1 - i));
    EXPECT_EQ(top[i].second, Frequent::most_names - i);
  }
}

// However many names there are, each count is at least the true one and at most a 64th of all too large; so whatever
// is more frequent than that is there.
RC_GTEST_PROP(FrequentProperty, BoundsOfEachCount, ()) {
  Frequent frequent;
  Counts truth;
  const auto names = *rc::gen::container<std::vector<int>>(3000, rc::gen::inRange(0, 40));
  for (const int name : names) {
    // A few are frequent, and most are hardly ever met.
    const std::string text = std::to_string(name < 20 ? name % 5 : name * 1000 + static_cast<int>(truth.size()) % 97);
    frequent.add(text);
    ++truth[text];
  }
  const Counts counts = counts_of(frequent);
  const std::uint64_t error = names.size() / Frequent::most_names;
  RC_ASSERT(counts.size() <= Frequent::most_names);
  std::uint64_t sum = 0;
  for (const auto &[name, count] : counts) {
    RC_ASSERT(count >= truth[name]);
    RC_ASSERT(count <= truth[name] + error);
    sum += count;
  }
  RC_ASSERT(sum == names.size());
  for (const auto &[name, count] : truth) RC_ASSERT(count <= error || counts.count(name) == 1);
}

TEST(Frequent, ManyThreads) {
  Frequent frequent;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5000; ++i) frequent.add(i % 2 == 0 ? "shared" : "own" + std::to_string(t * 100 + i % 100));
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(frequent.top()[0], std::make_pair(std::string("shared"), std::uint64_t{10'000}));
}

TEST(Stats, ACopyHasEachCounter) {
  Stats stats(2);
  Counter *const counters[] = {&stats.fills,
                               &stats.fills_failed,
                               &stats.fills_already_invalid,
                               &stats.computations,
                               &stats.computations_failed,
                               &stats.waits,
                               &stats.waits_given_up,
                               &stats.shared,
                               &stats.stale_served,
                               &stats.invalidations,
                               &stats.invalidations_failed};
  for (std::size_t i = 0; i < std::size(counters); ++i) *counters[i] = 100 + i;
  for (std::size_t i = 0; i < stats.reads.size(); ++i) stats.reads[i] = 10 + i;
  const gc_stats copy = stats.copy();
  for (std::size_t i = 0; i < stats.reads.size(); ++i) EXPECT_EQ(copy.reads[i], 10 + i);
  const std::uint64_t *const first = &copy.fills;
  for (std::size_t i = 0; i < std::size(counters); ++i) EXPECT_EQ(first[i], 100 + i);
}

TEST(Stats, LabelsAreEscaped) {
  const std::string text = metrics_text(Stats(1), "shop", {{"a\"b\\c\nd", 0}});
  EXPECT_NE(text.find("{prefix=\"shop\",server=\"a\\\"b\\\\c\\nd\"} 0\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace gencache::core
