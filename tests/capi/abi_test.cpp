// What must never change: layouts that every language copies, numbers, names.
#include <gencache/gencache.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <map>
#include <string>

namespace {

TEST(Abi, ValueLayout) {
  EXPECT_EQ(sizeof(gc_value), 24U);
  EXPECT_EQ(alignof(gc_value), 8U);
  EXPECT_EQ(offsetof(gc_value, type), 0U);
  EXPECT_EQ(offsetof(gc_value, reserved), 4U);
  EXPECT_EQ(offsetof(gc_value, as), 8U);
  EXPECT_EQ(offsetof(gc_value, size), 16U);
}

TEST(Abi, ArgumentLayout) {
  EXPECT_EQ(sizeof(gc_arg), 32U);
  EXPECT_EQ(alignof(gc_arg), 8U);
  EXPECT_EQ(offsetof(gc_arg, name), 0U);
  EXPECT_EQ(offsetof(gc_arg, value), 8U);
}

TEST(Abi, HistogramLayout) {
  EXPECT_EQ(GC_HISTOGRAM_BUCKETS, 24);
  EXPECT_EQ(sizeof(gc_histogram), 26U * 8);
  EXPECT_EQ(offsetof(gc_histogram, buckets), 0U);
  EXPECT_EQ(offsetof(gc_histogram, count), 24U * 8);
  EXPECT_EQ(offsetof(gc_histogram, sum_us), 25U * 8);
}

// Fields may be added at the end.
TEST(Abi, StatsLayout) {
  EXPECT_EQ(offsetof(gc_stats, reads), 0U);
  EXPECT_EQ(sizeof(gc_stats::reads), 8U * 8);
  const size_t counters[] = {offsetof(gc_stats, fills),
                             offsetof(gc_stats, fills_failed),
                             offsetof(gc_stats, fills_already_invalid),
                             offsetof(gc_stats, computations),
                             offsetof(gc_stats, computations_failed),
                             offsetof(gc_stats, waits),
                             offsetof(gc_stats, waits_given_up),
                             offsetof(gc_stats, shared),
                             offsetof(gc_stats, stale_served),
                             offsetof(gc_stats, invalidations),
                             offsetof(gc_stats, invalidations_failed)};
  for (size_t i = 0; i < std::size(counters); ++i) EXPECT_EQ(counters[i], (8 + i) * 8);
  EXPECT_EQ(offsetof(gc_stats, read_time), 19U * 8);
  EXPECT_EQ(offsetof(gc_stats, compute_time), 19U * 8 + sizeof(gc_histogram));
  EXPECT_EQ(offsetof(gc_stats, invalidate_time), 19U * 8 + 2 * sizeof(gc_histogram));
  EXPECT_GE(sizeof(gc_stats), 19U * 8 + 3 * sizeof(gc_histogram));
}

TEST(Abi, StatusNumbersAndNames) {
  const std::map<gc_status, std::string> names = {
      {0, "GC_OK"},           {1, "GC_MISS"},           {2, "GC_STALE"},
      {3, "GC_BUSY"},         {-1, "GC_ERR_ARGUMENT"},  {-2, "GC_ERR_UNAVAILABLE"},
      {-3, "GC_ERR_REFUSED"}, {-4, "GC_ERR_TOO_LARGE"}, {-5, "GC_ERR_TYPE"},
      {-6, "GC_ERR_MEMORY"},  {-7, "GC_ERR_INTERNAL"},  {-8, "GC_ERR_ORIGIN"}};
  for (const auto &[status, name] : names) EXPECT_EQ(gc_status_name(status), name);
  for (const gc_status unknown : {-9, 4, 1000, INT32_MIN, INT32_MAX}) {
    EXPECT_STREQ(gc_status_name(unknown), "unknown status") << unknown;
  }
  EXPECT_EQ(GC_OK, 0);
  EXPECT_EQ(GC_MISS, 1);
  EXPECT_EQ(GC_STALE, 2);
  EXPECT_EQ(GC_BUSY, 3);
  EXPECT_EQ(GC_ERR_ARGUMENT, -1);
  EXPECT_EQ(GC_ERR_UNAVAILABLE, -2);
  EXPECT_EQ(GC_ERR_REFUSED, -3);
  EXPECT_EQ(GC_ERR_TOO_LARGE, -4);
  EXPECT_EQ(GC_ERR_TYPE, -5);
  EXPECT_EQ(GC_ERR_MEMORY, -6);
  EXPECT_EQ(GC_ERR_INTERNAL, -7);
  EXPECT_EQ(GC_ERR_ORIGIN, -8);
}

TEST(Abi, ReasonNumbersAndNames) {
  const std::map<int32_t, std::string> names = {{GC_REASON_HIT, "hit"},
                                                {GC_REASON_ABSENT, "absent"},
                                                {GC_REASON_EXPIRED, "expired"},
                                                {GC_REASON_INVALIDATED, "invalidated"},
                                                {GC_REASON_CLEARED, "cleared"},
                                                {GC_REASON_CORRUPT, "corrupt"},
                                                {GC_REASON_OTHER_VERSION, "other version"},
                                                {GC_REASON_UNAVAILABLE, "unavailable"}};
  int32_t number = 0;
  for (const auto &[reason, name] : names) {
    EXPECT_EQ(reason, number++);
    EXPECT_EQ(gc_reason_name(reason), name);
  }
  for (const int32_t unknown : {-1, 8, INT32_MIN, INT32_MAX}) {
    EXPECT_STREQ(gc_reason_name(unknown), "unknown reason") << unknown;
  }
}

TEST(Abi, TypeAndLevelNumbers) {
  EXPECT_EQ(GC_BYTES, 0);
  EXPECT_EQ(GC_TEXT, 1);
  EXPECT_EQ(GC_NULL, 2);
  EXPECT_EQ(GC_BOOL, 3);
  EXPECT_EQ(GC_INT, 4);
  EXPECT_EQ(GC_DOUBLE, 5);
  EXPECT_EQ(GC_JSON, 6);
  EXPECT_EQ(GC_CEREAL, 7);
  EXPECT_EQ(GC_UINT, 8);
  EXPECT_EQ(GC_PRIVATE, 16);
  EXPECT_EQ(GC_REQUIRED, -1);
  EXPECT_EQ(GC_LOG_ERROR, 1);
  EXPECT_EQ(GC_LOG_WARNING, 2);
  EXPECT_EQ(GC_LOG_INFO, 3);
  EXPECT_EQ(GC_LOG_DEBUG, 4);
}

TEST(Abi, HelpersMakeWhatTheySay) {
  EXPECT_EQ(gc_value_bool(7).as.i, 1);
  EXPECT_EQ(gc_value_int(INT64_MIN).as.i, INT64_MIN);
  EXPECT_EQ(gc_value_uint(UINT64_MAX).as.u, UINT64_MAX);
  EXPECT_EQ(gc_value_double(0.5).as.d, 0.5);
  EXPECT_EQ(gc_value_str("abc").size, 3U);
  EXPECT_EQ(gc_value_str(nullptr).type, GC_NULL);
  EXPECT_EQ(gc_str("name", nullptr).value.type, GC_NULL);
  EXPECT_EQ(gc_text("name", "abc", 2).value.size, 2U);
  EXPECT_EQ(gc_bytes("name", "abc", 2).value.type, GC_BYTES);
  EXPECT_EQ(gc_param("name").value.type, GC_REQUIRED);
}

TEST(Abi, VersionOfTheLibraryIsThatOfTheHeader) { EXPECT_STREQ(gc_version(), GC_VERSION); }

}  // namespace
