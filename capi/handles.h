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
};

struct gc_entry {
  std::shared_ptr<gencache::core::Cache> cache;
  gencache::core::Key key;
  std::int64_t default_ttl_ms;
  gencache::core::Found found = {};
  std::string generation = {};
};

struct gc_bound {
  std::shared_ptr<gencache::core::Cache> cache;
  gencache::core::Binding binding;
  std::int64_t default_ttl_ms;
};

namespace gencache::capi {

/// A value as it is stored: the bytes of a gc_value, which for scalars stand in `scalar`.
class Encoded {
 public:
  Encoded(const gc_value &value, std::int64_t ttl_ms);
  Encoded(const Encoded &) = delete;
  Encoded &operator=(const Encoded &) = delete;

  const core::Payload &payload() const { return payload_; }

 private:
  std::string scalar_;
  core::Payload payload_;
};

/// The value of a hit. Throws a Failure where its bytes are not what its type promises.
gc_value decoded(const core::Record &record);

}  // namespace gencache::capi
