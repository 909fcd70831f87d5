// Options out of range: refused, and what they were stays.
#include <cmath>
#include <limits>

#include "refused.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

class BadOptions : public BadInput {
 protected:
  const Names kept = {"kept:id"};
  const Args two = {gc_int("id", 2)};
  Error error;

  void refused(gc_status status, const std::vector<std::string> &named) {
    EXPECT_EQ(error.status(), status);
    expect_refused({status, error.message()}, named);
  }
};

TEST_F(BadOptions, OutOfRange) {
  const Options options;
  gc_options *own = options.get();
  constexpr int64_t hour = 3'600'000;
  refused(gc_options_set_nothing_ttl_ms(own, -1, error.out()), {"nothing_ttl_ms", "-1"});
  refused(gc_options_set_stale_for_ms(own, -1, error.out()), {"stale_for_ms", "-1"});
  refused(gc_options_set_fail_safe_ms(own, INT64_MIN, error.out()), {"fail_safe_ms"});
  for (const int64_t lock_ms : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1999}, hour + 1, INT64_MAX}) {
    refused(gc_options_set_lock_ms(own, lock_ms, error.out()), {"lock_ms", std::to_string(lock_ms)});
  }
  for (const int64_t wait_ms : {INT64_MIN, int64_t{-1}, hour + 1, INT64_MAX}) {
    refused(gc_options_set_wait_ms(own, wait_ms, error.out()), {"wait_ms", std::to_string(wait_ms)});
  }
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double part : {-0.001, 1.001, infinity, -infinity, std::nan("")}) {
    refused(gc_options_set_jitter(own, part, error.out()), {"jitter"});
    refused(gc_options_set_beta(own, part * 100, error.out()), {"beta"});
  }
}

TEST_F(BadOptions, AtTheirLimits) {
  const Options options;
  gc_options *own = options.get();
  for (const int64_t ms : {int64_t{0}, INT64_MAX}) {
    EXPECT_EQ(gc_options_set_nothing_ttl_ms(own, ms, nullptr), GC_OK);
    EXPECT_EQ(gc_options_set_stale_for_ms(own, ms, nullptr), GC_OK);
    EXPECT_EQ(gc_options_set_fail_safe_ms(own, ms, nullptr), GC_OK);
  }
  for (const int64_t ms : {2000, 3'600'000}) EXPECT_EQ(gc_options_set_lock_ms(own, ms, nullptr), GC_OK);
  for (const int64_t ms : {0, 3'600'000}) EXPECT_EQ(gc_options_set_wait_ms(own, ms, nullptr), GC_OK);
  for (const double part : {0.0, 1.0}) EXPECT_EQ(gc_options_set_jitter(own, part, nullptr), GC_OK);
  for (const double beta : {0.0, 100.0}) EXPECT_EQ(gc_options_set_beta(own, beta, nullptr), GC_OK);
  EXPECT_EQ(gc_options_set_ttl_ms(own, INT64_MAX, nullptr), GC_OK);
  EXPECT_EQ(fetch(cache, kept, two, gives("value"), own).data(), "value") << "with the extremes of all of them";
  EXPECT_EQ(fetch(cache, kept, two, gives("another"), own).data(), "value");
}

TEST_F(BadOptions, Null) {
  refused(gc_options_set_nothing_ttl_ms(nullptr, 1, error.out()), {"options"});
  refused(gc_options_set_jitter(nullptr, 0, error.out()), {"options"});
  refused(gc_options_set_stale_for_ms(nullptr, 1, error.out()), {"options"});
  refused(gc_options_set_fail_safe_ms(nullptr, 1, error.out()), {"options"});
  refused(gc_options_set_lock_ms(nullptr, 2000, error.out()), {"options"});
  refused(gc_options_set_wait_ms(nullptr, 1, error.out()), {"options"});
  refused(gc_options_set_beta(nullptr, 1, error.out()), {"options"});
  refused(gc_options_set_refresh(nullptr, 1, error.out()), {"options"});
  refused(gc_options_set_log_misses(nullptr, 1, error.out()), {"options"});
}

// A number that is refused leaves the one before.
TEST_F(BadOptions, NothingHasChanged) {
  const Options options(Settings{.ttl_ms = 50'000});
  EXPECT_EQ(gc_options_set_ttl_ms(options.get(), -1, error.out()), GC_ERR_ARGUMENT);
  const Got got = fetch(cache, kept, two, gives("value"), options.get());
  EXPECT_GT(gc_entry_remaining_ms(got.entry.get()), 0);
  EXPECT_LE(gc_entry_remaining_ms(got.entry.get()), 50'000);
}

}  // namespace
}  // namespace gencache::test
