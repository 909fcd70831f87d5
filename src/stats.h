// What a cache counts. Every call writes it, so all of it is relaxed atomics, but for a small table that only misses
// touch.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gencache/gencache.h"

namespace gencache::core {

using Counter = std::atomic<std::uint64_t>;

inline void count(Counter &counter) { counter.fetch_add(1, std::memory_order_relaxed); }

class Histogram {
 public:
  void add(std::chrono::nanoseconds took);
  gc_histogram copy() const;

 private:
  std::array<Counter, GC_HISTOGRAM_BUCKETS> buckets_{};
  Counter sum_us_{0};
};

/// The most frequent names of a stream in bounded memory, each with an upper bound of its count: the "space saving"
/// algorithm of Metwally, Agrawal, El Abbadi (ICDT 2005). Thread-safe.
class Frequent {
 public:
  static constexpr std::size_t most_names = 64;

  void add(std::string_view name);
  /// Most frequent first.
  std::vector<std::pair<std::string, std::uint64_t>> top() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

struct Stats {
  explicit Stats(std::size_t servers) : server_errors(servers) {}

  std::array<Counter, GC_REASON_UNAVAILABLE + 1> reads{};
  Counter fills{0};
  Counter fills_failed{0};
  Counter fills_already_invalid{0};
  Counter computations{0};
  Counter computations_failed{0};
  Counter waits{0};
  Counter waits_given_up{0};
  Counter shared{0};
  Counter stale_served{0};
  Counter invalidations{0};
  Counter invalidations_failed{0};
  Histogram read_time;
  Histogram compute_time;
  Histogram invalidate_time;
  std::vector<Counter> server_errors;
  Frequent causes;  // the generations that caused misses

  gc_stats copy() const;
};

/// The text that Prometheus reads.
std::string metrics_text(const Stats &stats, const std::string &prefix,
                         const std::vector<std::pair<std::string, std::uint64_t>> &server_errors);

}  // namespace gencache::core
