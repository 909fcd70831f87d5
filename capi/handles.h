// What stands behind the opaque handles.
#pragma once

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

struct gc_entry {
  gc_entry(std::shared_ptr<gencache::core::Cache> its_cache, gencache::core::Key key,
           const gencache::core::Policy &policy)
      : cache(std::move(its_cache)), pursuit(std::move(key), policy) {}
  gc_entry(const gc_entry &) = delete;
  gc_entry &operator=(const gc_entry &) = delete;
  ~gc_entry() {
    try {
      cache->abandon(pursuit);
    } catch (...) {  // out of memory: the lock's lifetime ends it
    }
  }

  std::shared_ptr<gencache::core::Cache> cache;
  gencache::core::Pursuit pursuit;
  std::string generation = {};  // that caused the miss
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
