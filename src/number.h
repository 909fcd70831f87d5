// Numbers as they read in keys.
#pragma once

#include <array>
#include <charconv>
#include <string>

namespace gencache::core {

/// Appends `number` in the shortest form that reads back as the same number.
template <class Number, class... Format>
void append_number(std::string &out, Number number, Format... format) {
  std::array<char, 64> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number, format...);
  out.append(digits.data(), static_cast<std::size_t>(result.ptr - digits.data()));
}

}  // namespace gencache::core
