// Remembers which generations turned up while values were computed, so that a read can ask for their stamps at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>

#include "key.h"
#include "record.h"

namespace gencache::core {

/// The generations of one value that its callers do not declare.
struct Known {
  Extras extras;
  StampNames stamps;
};

/// Bounded: the least recently used are forgotten. Thread-safe.
class Remembered {
 public:
  static constexpr std::size_t most_values = 16'384;

  Remembered();
  ~Remembered();

  /// As long as no value has extras, nothing has to be looked up.
  bool is_empty() const { return is_empty_.load(std::memory_order_acquire); }

  /// Null where nothing is known.
  std::shared_ptr<const Known> find(const Key &key);

  /// Notes the extras of the value of `key`, none included, and returns what is known now.
  std::shared_ptr<const Known> learn(const Key &key, const Extras &extras);

 private:
  struct Table;
  std::atomic<bool> is_empty_{true};
  std::mutex mutex_;
  std::unique_ptr<Table> table_;
};

}  // namespace gencache::core
