#include "text.h"

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>

namespace gencache::core {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

constexpr std::array<bool, 256> safe_bytes = [] {
  std::array<bool, 256> safe{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~/@+-"))
    safe[static_cast<unsigned char>(c)] = true;
  return safe;
}();

bool is_safe(char c) { return safe_bytes[static_cast<unsigned char>(c)]; }

}  // namespace

bool is_utf8(std::string_view text) {
  namespace utf = boost::locale::utf;
  const char *at = text.data();
  const char *const end = at + text.size();
  while (at != end) {
    if (static_cast<unsigned char>(*at) < 0x80) {
      ++at;
      continue;
    }
    const utf::code_point point = utf::utf_traits<char>::decode(at, end);
    if (point == utf::illegal || point == utf::incomplete) return false;
  }
  return true;
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

const char *problem_with_name(std::string_view name) {
  if (name.empty()) return " has an empty name";
  if (std::all_of(name.begin(), name.end(), is_safe)) return nullptr;
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (std::any_of(name.begin(), name.end(), is_control)) return " holds a control character in its name";
  return is_utf8(name) ? nullptr : " has a name that is not UTF-8";
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string out = "'";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += "\\x";
      out += hex_digits[byte >> 4U];
      out += hex_digits[byte & 15U];
    }
  }
  return out + (text.size() > longest ? "…'" : "'");
}

std::size_t safe_prefix(const char *text) {
  const char *end = text;
  while (is_safe(*end)) ++end;  // a NUL is not
  return static_cast<std::size_t>(end - text);
}

namespace {

template <class IsFine>
void append_escaped(std::string &out, std::string_view text, IsFine is_fine) {
  while (!text.empty()) {
    const auto bad = std::find_if_not(text.begin(), text.end(), is_fine);
    const auto run = static_cast<std::size_t>(bad - text.begin());
    out.append(text.substr(0, run));
    if (run == text.size()) return;
    const auto byte = static_cast<unsigned char>(text[run]);
    out += '%';
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 15U];
    text.remove_prefix(run + 1);
  }
}

}  // namespace

void append_escaped(std::string &out, std::string_view text) { append_escaped(out, text, is_safe); }

void append_quoted(std::string &out, std::string_view text) {
  const auto is_fine = [](char c) { return is_safe(c) || c == ':'; };
  out += '"';
  if (std::all_of(text.begin(), text.end(), is_fine)) {  // nearly always
    out += text;
  } else {
    append_escaped(out, text, is_fine);
  }
  out += '"';
}

}  // namespace gencache::core
