// The record: what is stored for a value. A header with the stamps the value was computed under, the key text, and
// the payload, serialized with cereal (docs/protocol.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stamp.h"

namespace gencache::core {

/// How long a value is valid, from `created_ms` (milliseconds since 1970, wall clock).
struct Lifetime {
  std::int64_t created_ms = 0;
  std::int64_t ttl_ms = 0;  // 0: no end

  bool is_over(std::int64_t now_ms) const { return ttl_ms != 0 && now_ms - created_ms >= ttl_ms; }
};

/// Generations that turned up only while a value was computed, as they stand in a key text.
using Extras = std::vector<std::string>;

/// A record's content; the views point into what it was decoded from or is to be encoded from.
struct Record {
  std::int32_t type = 0;  // of the payload: GC_BYTES …
  Lifetime lifetime;
  std::uint32_t cost_us = 0;  // of computing the value; 0: not known
  std::string_view key;
  std::string_view payload;
  std::string_view stamps;  // as they stand in the record; set by decode()
  Extras extras;

  std::size_t stamp_count() const { return stamps.size() / sizeof(Stamp); }
  Stamp stamp(std::size_t i) const { return stamp_at(stamps.data() + i * sizeof(Stamp)); }
};

enum class Decoded { ok, corrupt, other_version };

/// The bytes of a record beside its key text and its payload. `stamps` counts those of `extras` too.
std::size_t record_overhead(std::size_t stamps, const Extras &extras);

/// The most stamps that a record holds.
inline constexpr std::size_t most_stamps = 0xFFFF;

/// `stamps`: the root's first, then the generations' in the order of the key text, then those of the extras.
std::string encode(const Record &record, std::span<const Stamp> stamps);

/// Never throws for bad bytes. Where it returns ok, the checksum has been compared.
Decoded decode(std::string_view bytes, Record &record);

}  // namespace gencache::core
