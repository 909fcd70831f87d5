// A stamp: the random 64-bit number that stands for the present state of a generation. Only equality counts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gencache::core {

enum class Stamp : std::uint64_t {};

/// Fills `stamps` with numbers from getrandom, so that no stamp is ever written twice: not by a retry, not by a
/// forked child.
void make_fresh(std::span<Stamp> stamps);

/// The 8 little-endian bytes that are stored on a server.
std::string encode(Stamp stamp);

/// Nothing where the bytes are no stamp.
std::optional<Stamp> decode_stamp(std::string_view bytes);

/// 16 hexadecimal digits, for people.
std::string to_hex(Stamp stamp);

}  // namespace gencache::core
