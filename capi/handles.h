// What stands behind the opaque handles.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "binding.h"
#include "cache.h"

struct gc_cache {
  std::shared_ptr<gencache::core::Cache> cache;
};

struct gc_options {
  std::optional<std::int64_t> ttl_ms;
  std::optional<std::int64_t> nothing_ttl_ms;
  std::optional<double> jitter;
  std::optional<std::int64_t> stale_for_ms;
  std::optional<std::int64_t> fail_safe_ms;
  std::optional<std::int64_t> lock_ms;
  std::optional<std::int64_t> wait_ms;
  std::optional<double> beta;
  std::optional<bool> refresh;
  std::optional<bool> log_misses;
};

/// The memory of entries that were made together; it goes with the last of them.
struct EntryBlock {
  std::shared_ptr<gencache::core::Cache> cache;
  std::shared_ptr<const gencache::core::Stem> stem;  // of the entries' keys
  gencache::core::Memory memory;                     // of their values
  std::atomic<std::size_t> entries;
};

struct gc_entry {
  gc_entry(std::shared_ptr<gencache::core::Cache> its_cache, gencache::core::Key key,
           const gencache::core::Policy &policy)
      : owner(std::move(its_cache)), cache(owner.get()), pursuit(std::move(key), policy) {}
  template <class MakeKey>
  gc_entry(EntryBlock &its_block, MakeKey make_key, const gencache::core::Policy &policy)
      : block(&its_block), cache(its_block.cache.get()), pursuit(make_key, policy) {}
  gc_entry(const gc_entry &) = delete;
  gc_entry &operator=(const gc_entry &) = delete;
  ~gc_entry() {
    if (pursuit.turn) abandon();
  }

  void abandon() noexcept try { cache->abandon(pursuit); } catch (...) {  // out of memory: the lock's lifetime ends it
  }

  EntryBlock *block = nullptr;                   // that it stands in
  std::shared_ptr<gencache::core::Cache> owner;  // where it stands alone
  gencache::core::Cache *cache;
  gencache::core::Pursuit pursuit;
};

struct gc_bound {
  std::shared_ptr<gencache::core::Cache> cache;
  gencache::core::Binding binding;
  gencache::core::Policy policy;
};

struct gc_batch {
  std::shared_ptr<gencache::core::Cache> cache;
  gc_batch *parent;
  gencache::core::Collected collected = {};
};

namespace gencache::capi {

/// Makes room for `count` entries that are to be freed one by one.
class EntryMaker {
 public:
  EntryMaker(std::shared_ptr<core::Cache> cache, std::size_t count);
  void hold(std::shared_ptr<const core::Stem> stem) { block_->stem = std::move(stem); }
  core::Memory &memory() { return block_->memory; }
  EntryMaker(const EntryMaker &) = delete;
  EntryMaker &operator=(const EntryMaker &) = delete;
  ~EntryMaker();

  template <class MakeKey>
  gc_entry *make(MakeKey make_key, const core::Policy &policy) {
    auto *entry = new (next_) gc_entry(*block_, make_key, policy);
    ++next_;
    --left_;
    return entry;
  }

 private:
  EntryBlock *block_;
  gc_entry *next_;
  std::size_t left_;
};

void free_entries(gc_entry *const *entries, std::size_t count);

/// `base`, changed by what `options` sets.
core::Policy policy_of(const gc_options *options, const core::Policy &base);

/// A value as it is stored: the bytes of a gc_value, which for scalars stand in `scalar`.
class Encoded {
 public:
  explicit Encoded(const gc_value &value);
  Encoded(const Encoded &) = delete;
  Encoded &operator=(const Encoded &) = delete;

  const core::Payload &payload() const { return payload_; }

 private:
  std::string scalar_;
  core::Payload payload_;
};

/// The value of a record. Throws a Failure where its bytes are not what its type promises.
gc_value decoded(const core::Record &record);

}  // namespace gencache::capi
