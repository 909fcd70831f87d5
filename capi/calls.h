// What the exported functions of every group share: from handles to the core and back.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "guard.h"
#include "handles.h"

namespace gencache::capi {

core::Key key_of(const core::Cache &cache, const char *const *generations, std::size_t n_generations,
                 const gc_arg *args, std::size_t n_args);

/// Of a call on the cache itself.
core::Policy policy_in(const core::Cache &cache, const gc_options *options);

/// Bytes given as data and size; `parameter` is what they are called.
gc_value bytes_value(const void *data, std::size_t size, const char *parameter);

using SharedCache = std::shared_ptr<core::Cache>;

gc_status get(const SharedCache &cache, core::Key key, const core::Policy &policy, gc_entry *&out, gc_error **err);
gc_status set(core::Cache &cache, const core::Key &key, const gc_value &value, const core::Policy &policy,
              gc_error **err);
gc_status begin(const SharedCache &cache, core::Key key, const core::Policy &policy, gc_entry *&out, gc_error **err);
gc_status fetch(const SharedCache &cache, core::Key key, const core::Policy &policy, gc_compute_fn compute,
                void *payload, gc_entry *&out, gc_error **err);

/// Reports that the caller's computation has failed.
gc_status origin_failed(std::int32_t origin, gc_error **err);

/// For calls that fail before there are entries.
inline void clear(gc_entry **entries, std::size_t count) {
  if (entries != nullptr) std::fill_n(entries, count, nullptr);
}

/// The entries of one call, handed over together.
class Entries {
 public:
  Entries(const std::shared_ptr<core::Cache> &cache, gc_entry **entries, std::size_t count)
      : maker_(cache, count), out_(entries), count_(count) {
    if (entries == nullptr && count > 0) core::bad_argument("entries is NULL, but n_calls is " + std::to_string(count));
    entries_.reserve(count);
    pursuits_.reserve(count);
  }

  template <class MakeKey>
  void make(const gc_arg *const *args, const std::size_t *n_args, const core::Policy &policy, MakeKey make_key) {
    if ((args == nullptr || n_args == nullptr) && count_ > 0) {
      core::bad_argument(std::string(args == nullptr ? "args" : "n_args") + " is NULL, but n_calls is " +
                         std::to_string(count_));
    }
    for (std::size_t i = 0; i < count_; ++i) {
      entries_.emplace_back(maker_.make([&] { return make_key(args[i], n_args[i]); }, policy));
      pursuits_.push_back(&entries_.back()->pursuit);
    }
  }

  void make(const gc_arg *const *args, const std::size_t *n_args, const core::Policy &policy, core::KeySeries keys) {
    maker_.hold(keys.stem());
    make(args, n_args, policy, [&keys](const gc_arg *some, std::size_t n) { return keys.make(some, n); });
  }

  std::span<core::Pursuit *const> pursuits() const { return pursuits_; }
  core::Memory &memory() { return maker_.memory(); }
  gc_entry *operator[](std::size_t i) const { return entries_[i].get(); }

  /// The most serious status: an error, then a miss, then one that is busy, then a stale value.
  gc_status deliver(gc_error **err);

 private:
  struct Free {
    void operator()(gc_entry *entry) const { free_entries(&entry, 1); }
  };

  EntryMaker maker_;
  gc_entry **out_;
  std::size_t count_;
  std::vector<std::unique_ptr<gc_entry, Free>> entries_;
  std::vector<core::Pursuit *> pursuits_;
};

/// What a call for many values was given.
struct Many {
  const gc_arg *const *args;
  const std::size_t *n_args;
  std::size_t n_calls;
  gc_entry **entries;
};

/// Prepares the entries, where `keys` makes a key of a call's arguments, and has `run` do the call on them.
template <class Keys, class Run>
gc_status with_entries(const SharedCache &cache, const Many &many, const core::Policy &policy, Keys &&keys, Run run) {
  Entries all(cache, many.entries, many.n_calls);
  all.make(many.args, many.n_args, policy, std::forward<Keys>(keys));
  return run(*cache, all);
}

gc_status get_many(core::Cache &cache, Entries &entries, gc_error **err);
gc_status begin_many(core::Cache &cache, Entries &entries, gc_error **err);
gc_status fetch_many(core::Cache &cache, Entries &entries, gc_compute_many_fn compute, void *payload, gc_error **err);

}  // namespace gencache::capi
