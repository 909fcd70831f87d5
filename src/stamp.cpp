#include "stamp.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "gencache/archive.hpp"

namespace gencache::core {

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
}

std::string encode(Stamp stamp) {
  std::string bytes;
  BoundedOutput archive(bytes);
  archive(static_cast<std::uint64_t>(stamp));
  return bytes;
}

std::optional<Stamp> decode_stamp(std::string_view bytes) {
  if (bytes.size() != sizeof(Stamp)) return std::nullopt;
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return Stamp{detail::little_endian(number)};
}

std::string to_hex(Stamp stamp) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(stamp));
  return digits;
}

}  // namespace gencache::core
