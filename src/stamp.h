// A stamp: the random 64-bit number that stands for the present state of a generation. Only equality counts, of the
// whole number, or, where a stale value is allowed, of its upper 48 bits: a soft invalidation counts the others up.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gencache/archive.hpp"

namespace gencache::core {

enum class Stamp : std::uint64_t {};

/// Fills `stamps` with numbers from getrandom, so that no stamp is ever written twice: not by a retry, not by a
/// forked child. Each has room for 32,768 soft invalidations at least.
void make_fresh(std::span<Stamp> stamps);

/// How often a generation with the stamp `now` was softly invalidated since it had the stamp `then`; nothing where it
/// was invalidated hard, too.
std::optional<unsigned> soft_steps(Stamp then, Stamp now);

/// The stamp after a soft invalidation; a fresh one, which makes it a hard one, where there is no further number.
Stamp softened(Stamp stamp);

/// The 8 little-endian bytes that are stored on a server.
std::string encode(Stamp stamp);

/// The same with the moment of a soft invalidation (milliseconds since 1970, wall clock) in 8 bytes behind it.
std::string encode(Stamp stamp, std::int64_t softened_ms);

/// The stamp that stands in the 8 bytes at `bytes`.
inline Stamp stamp_at(const char *bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  return Stamp{detail::little_endian(number)};
}

/// Nothing where the bytes are no stamp.
std::optional<Stamp> decode_stamp(std::string_view bytes);

/// The moment that stands behind a stamp; 0 where none does.
std::int64_t softened_ms(std::string_view bytes);

/// 16 hexadecimal digits, for people.
std::string to_hex(Stamp stamp);

}  // namespace gencache::core
