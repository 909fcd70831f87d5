#include "record.h"

#define XXH_INLINE_ALL
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

namespace {

// A number of the header, as the archive has written it. An archive of cereal's is not made for every read: it brings
// tables for shared pointers, which cost more than all the header's numbers.
template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return detail::little_endian(number);
}

Extras read_extras(BoundedInput archive, std::size_t count, std::string_view &rest) {
  Extras extras;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t size = 0;
    archive(size);
    extras.emplace_back(archive.take(size));
  }
  rest = archive.left();
  return extras;
}

}  // namespace

Decoded decode(std::string_view bytes, Record &record) {
  if (bytes.size() < preamble_size) return Decoded::corrupt;
  const bool is_whole = number_at<std::uint64_t>(bytes, checksum_at) == checksum(bytes);
  if (static_cast<std::uint8_t>(bytes[0]) != magic || !is_whole) return Decoded::corrupt;
  if (static_cast<std::uint8_t>(bytes[1]) != version || bytes[3] != 0) return Decoded::other_version;
  if (bytes.size() < preamble_size + header_size) return Decoded::corrupt;
  record.type = static_cast<std::uint8_t>(bytes[2]);
  record.lifetime = {number_at<std::int64_t>(bytes, 12), number_at<std::int64_t>(bytes, 20)};
  record.cost_us = number_at<std::uint32_t>(bytes, 28);
  const std::size_t key_size = number_at<std::uint32_t>(bytes, 32);
  const std::size_t stamps = number_at<std::uint16_t>(bytes, 36);
  const std::size_t extras = number_at<std::uint16_t>(bytes, 38);
  if (extras > stamps || !is_stored_type(record.type)) return Decoded::corrupt;
  if (record.lifetime.created_ms < 0 || record.lifetime.ttl_ms < 0) return Decoded::corrupt;
  const std::string_view rest = bytes.substr(preamble_size + header_size);
  const std::size_t stamps_size = stamps * sizeof(Stamp);
  if (stamps_size + key_size > rest.size()) return Decoded::corrupt;
  record.stamps = rest.substr(0, stamps_size);
  record.key = rest.substr(stamps_size, key_size);
  record.payload = rest.substr(stamps_size + key_size);
  record.extras.clear();
  if (extras > 0) try {
      record.extras = read_extras(BoundedInput(record.payload), extras, record.payload);
    } catch (const cereal::Exception &) {
      return Decoded::corrupt;
    }
  return Decoded::ok;
}

}  // namespace gencache::core
