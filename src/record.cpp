#include "record.h"

#include <xxhash.h>

#include "gencache/archive.hpp"
#include "gencache/gencache.h"

namespace gencache::core {
namespace {

constexpr std::uint8_t magic = 0x67;
constexpr std::uint8_t version = 1;

// These stay where they are in every later version: who finds another version can still tell damage from age.
struct Preamble {
  std::uint8_t magic = core::magic;
  std::uint8_t version = core::version;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint64_t checksum = 0;

  template <class Archive>
  void serialize(Archive &archive) {
    archive(magic, version, type, flags, checksum);
  }
};
constexpr std::size_t preamble_size = 12;
constexpr std::size_t checksum_at = 4;

struct Header {
  std::int64_t created_ms = 0;
  std::int64_t ttl_ms = 0;
  std::uint32_t cost_us = 0;  // of computing the value; 0: not known
  std::uint32_t key_size = 0;
  std::uint16_t stamps = 0;
  std::uint16_t extras = 0;  // how many of the stamps are not of the call's generations

  template <class Archive>
  void serialize(Archive &archive) {
    archive(created_ms, ttl_ms, cost_us, key_size, stamps, extras);
  }
};
constexpr std::size_t header_size = 28;

bool is_stored_type(std::int32_t type) {
  return (type >= GC_BYTES && type <= GC_CEREAL) || (type >= GC_PRIVATE && type < GC_PRIVATE + 16);
}

// Everything but itself: what stands before it seeds what stands behind it.
std::uint64_t checksum(std::string_view bytes) {
  std::uint32_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  seed = detail::little_endian(seed);
  const std::string_view rest = bytes.substr(preamble_size);
  return XXH3_64bits_withSeed(rest.data(), rest.size(), seed);
}

}  // namespace

std::size_t record_overhead(std::size_t stamps, const Extras &extras) {
  std::size_t size = preamble_size + header_size + stamps * sizeof(Stamp);
  for (const std::string &extra : extras) size += sizeof(std::uint32_t) + extra.size();
  return size;
}

std::string encode(const Record &record, std::span<const Stamp> stamps) {
  std::string bytes;
  bytes.reserve(record_overhead(stamps.size(), record.extras) + record.key.size() + record.payload.size());
  BoundedOutput archive(bytes);
  Preamble preamble;
  preamble.type = static_cast<std::uint8_t>(record.type);
  archive(preamble);
  Header header;
  header.created_ms = record.lifetime.created_ms;
  header.ttl_ms = record.lifetime.ttl_ms;
  header.cost_us = record.cost_us;
  header.key_size = static_cast<std::uint32_t>(record.key.size());
  header.stamps = static_cast<std::uint16_t>(stamps.size());
  header.extras = static_cast<std::uint16_t>(record.extras.size());
  archive(header);
  for (const Stamp stamp : stamps) archive(static_cast<std::uint64_t>(stamp));
  archive.append(record.key.data(), record.key.size());
  for (const std::string &extra : record.extras) {
    archive(static_cast<std::uint32_t>(extra.size()));
    archive.append(extra.data(), extra.size());
  }
  archive.append(record.payload.data(), record.payload.size());

  const std::uint64_t sum = detail::little_endian(checksum(bytes));
  std::memcpy(bytes.data() + checksum_at, &sum, sizeof sum);
  return bytes;
}

Decoded decode(std::string_view bytes, Record &record) try {
  BoundedInput archive(bytes);
  Preamble preamble;
  archive(preamble);
  if (preamble.magic != magic || preamble.checksum != checksum(bytes)) return Decoded::corrupt;
  if (preamble.version != version || preamble.flags != 0) return Decoded::other_version;
  Header header;
  archive(header);
  if (header.extras > header.stamps) return Decoded::corrupt;
  if (!is_stored_type(preamble.type) || header.created_ms < 0 || header.ttl_ms < 0) return Decoded::corrupt;
  record.type = preamble.type;
  record.lifetime = {header.created_ms, header.ttl_ms};
  record.cost_us = header.cost_us;
  record.stamps = archive.take(header.stamps * sizeof(Stamp));
  record.key = archive.take(header.key_size);
  record.extras.clear();
  for (std::size_t i = 0; i < header.extras; ++i) {
    std::uint32_t size = 0;
    archive(size);
    record.extras.emplace_back(archive.take(size));
  }
  record.payload = archive.left();
  return Decoded::ok;
} catch (const cereal::Exception &) {
  return Decoded::corrupt;
}

}  // namespace gencache::core
