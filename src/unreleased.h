// Fill locks that could not be given back because their server was away: else everybody would wait for them until their
// lifetimes are over, although nobody computes any more.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "store.h"

namespace gencache::core {

/// Bounded: the oldest are forgotten, and end with their lifetimes. Thread-safe.
class Unreleased {
 public:
  static constexpr std::size_t most_locks = 1000;

  struct Lock {
    std::size_t server = 0;
    std::string name;
    Clock::time_point ends;  // later it may be another one's
  };

  bool is_empty() const { return is_empty_.load(std::memory_order_acquire); }
  void add(Lock lock);

  /// Takes those on `server` whose time is not over.
  std::vector<Lock> take(std::size_t server, Clock::time_point now);

 private:
  std::atomic<bool> is_empty_{true};
  std::mutex mutex_;
  std::deque<Lock> locks_;
};

}  // namespace gencache::core
