// Computing through the cache for tests: computations that are C++ functions, and calls of one line.
#ifndef GENCACHE_TESTS_SUPPORT_COMPUTING_H
#define GENCACHE_TESTS_SUPPORT_COMPUTING_H

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/handles.h"

namespace gencache::test {

// A computation: fills the entry and returns 0, or returns what went wrong. It may be called on several threads at
// once, and by several processes.
using Compute = std::function<int32_t(gc_entry *)>;
using ComputeMany = std::function<int32_t(std::span<gc_entry *const>, std::span<const size_t> indexes)>;

// Computes `data`. Whether it can be stored makes no difference to it.
Compute gives(std::string data);
Compute fails_with(int32_t origin);
// Counts how often `compute` is called.
Compute counted(std::atomic<int> &count, Compute compute);

// Something that happens once, and that others wait for with a bound.
class Event {
 public:
  void set();
  bool wait(std::chrono::milliseconds bound = std::chrono::seconds(20)) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool is_set_ = false;
};

// A computation that stops in the middle, after its source has been read: it says that it has begun, and goes on when
// it is told to.
struct Halt {
  Event begun;
  Event go_on;

  Compute in(Compute compute);
};

Got fetch(const Cache &cache, const Names &generations, const Args &args, const Compute &compute,
          const gc_options *options = nullptr);
Got fetch_at(const Cache &cache, const char *function, int line, const Names &generations, const Args &args,
             const Compute &compute);

// In steps.
Got begin(const Cache &cache, const Names &generations, const Args &args = {}, const gc_options *options = nullptr);
Done wait(const Entry &entry, int64_t wait_ms);
Done abandon(const Entry &entry);
Done depend(gc_entry *entry, const char *generation, const Args &args = {});

// The outcome of a call for many values.
struct GotMany {
  gc_status status = GC_OK;
  std::vector<Entry> entries;
  std::string message;
  int32_t origin = 0;

  std::vector<std::string> data() const;
};

// The arguments of several calls.
using Calls = std::vector<Args>;

GotMany get_many(const Cache &cache, const Names &generations, const Calls &calls);
GotMany begin_many(const Cache &cache, const Names &generations, const Calls &calls,
                   const gc_options *options = nullptr);
GotMany fetch_many(const Cache &cache, const Names &generations, const Calls &calls, const ComputeMany &compute,
                   const gc_options *options = nullptr);

class Bound {
 public:
  Bound(const Cache &cache, const Names &generations, const Args &params, const gc_options *options = nullptr);

  gc_bound *handle() const { return bound_.get(); }
  Got fetch(const Args &args, const Compute &compute, const gc_options *options = nullptr) const;
  Got begin(const Args &args, const gc_options *options = nullptr) const;
  GotMany get_many(const Calls &calls) const;
  GotMany begin_many(const Calls &calls, const gc_options *options = nullptr) const;
  GotMany fetch_many(const Calls &calls, const ComputeMany &compute, const gc_options *options = nullptr) const;
  Done invalidate_soft(const Args &args = {}) const;

 private:
  std::unique_ptr<gc_bound, void (*)(gc_bound *)> bound_;
};

class Batch {
 public:
  explicit Batch(const Cache &cache, const Batch *parent = nullptr);

  gc_batch *handle() const { return batch_.get(); }
  Done invalidate(const Names &generations, const Args &args = {}) const;
  Done invalidate_soft(const Names &generations, const Args &args = {}) const;
  Done remove(const Names &generations, const Args &args = {}) const;
  Done commit() const;
  void cancel() const { gc_batch_cancel(batch_.get()); }
  void free() { batch_.reset(); }

 private:
  std::unique_ptr<gc_batch, void (*)(gc_batch *)> batch_;
};

gc_stats stats_of(const Cache &cache);

// What the counters were, by name, and by how much they have grown since: those that have not moved are left out.
using Counters = std::map<std::string, uint64_t>;
Counters counters_of(const Cache &cache);
Counters growth(const Counters &before, const Counters &after);

std::string metrics_of(const Cache &cache);

}  // namespace gencache::test

#endif
