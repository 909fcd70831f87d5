// What a server has missed: the invalidations that it could not be told. Delivered before anything is read from it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "key.h"

namespace gencache::core {

/// Thread-safe.
class Debt {
 public:
  /// Past this many names, the root's stands for them all.
  static constexpr std::size_t most_names = 1000;

  bool is_owed() const { return is_owed_.load(std::memory_order_acquire); }

  void add(const StampNames &names, const StampNames &root);

  /// What is owed now, and the moment up to which that is all.
  struct Demand {
    StampNames names;
    std::uint64_t moment = 0;
  };
  Demand demand() const;

  /// Forgets what was owed at that moment; what came later stays.
  void settle(std::uint64_t moment);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> names_;  // with the moment of the latest claim
  std::uint64_t moment_ = 0;
  std::atomic<bool> is_owed_{false};
};

}  // namespace gencache::core
