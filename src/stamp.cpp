#include "stamp.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "gencache/archive.hpp"

namespace gencache::core {
namespace {

constexpr std::uint64_t soft_bits = 0xFFFF;
constexpr std::uint64_t room_for_soft = 0x8000;  // 0 in a fresh stamp

}  // namespace

void make_fresh(std::span<Stamp> stamps) {
  auto bytes = std::as_writable_bytes(stamps);
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  for (Stamp &stamp : stamps) stamp = Stamp{static_cast<std::uint64_t>(stamp) & ~room_for_soft};
}

std::optional<unsigned> soft_steps(Stamp then, Stamp now) {
  const auto before = static_cast<std::uint64_t>(then);
  const auto after = static_cast<std::uint64_t>(now);
  if ((before | soft_bits) != (after | soft_bits) || after < before) return std::nullopt;
  return static_cast<unsigned>(after - before);
}

Stamp softened(Stamp stamp) {
  const auto number = static_cast<std::uint64_t>(stamp);
  if ((number & soft_bits) != soft_bits) return Stamp{number + 1};
  make_fresh({&stamp, 1});
  return stamp;
}

std::string encode(Stamp stamp) {
  std::string bytes;
  BoundedOutput archive(bytes);
  archive(static_cast<std::uint64_t>(stamp));
  return bytes;
}

std::string encode(Stamp stamp, std::int64_t softened_ms) {
  std::string bytes;
  BoundedOutput archive(bytes);
  archive(static_cast<std::uint64_t>(stamp), softened_ms);
  return bytes;
}

std::int64_t softened_ms(std::string_view bytes) {
  if (bytes.size() != sizeof(Stamp) + sizeof(std::int64_t)) return 0;
  std::int64_t moment = 0;
  BoundedInput archive(bytes.substr(sizeof(Stamp)));
  archive(moment);
  return moment;
}

std::optional<Stamp> decode_stamp(std::string_view bytes) {
  if (bytes.size() != sizeof(Stamp) && bytes.size() != sizeof(Stamp) + sizeof(std::int64_t)) return std::nullopt;
  return stamp_at(bytes.data());
}

std::string to_hex(Stamp stamp) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(stamp));
  return digits;
}

}  // namespace gencache::core
