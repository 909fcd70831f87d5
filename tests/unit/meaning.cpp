#include "meaning.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace gencache::test {
namespace {

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    int byte = 0;
    std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16);
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

// All NaNs of one sign are one value.
std::string identity(double number) {
  if (std::isnan(number)) return std::signbit(number) ? "-nan" : "nan";
  return std::to_string(double_value(number).bits);
}

std::string bare(const Value &value) {
  if (value.type == GC_NULL) return "null";
  if (value.type == GC_BOOL) return value.bits != 0 ? "true" : "false";
  if (value.type == GC_INT) return std::to_string(static_cast<std::int64_t>(value.bits));
  if (value.type == GC_UINT) return std::to_string(value.bits);
  if (value.type != GC_DOUBLE) return value.bytes;
  const double number = double_of(value);
  if (std::trunc(number) == number && std::fabs(number) < 0x1p64) {
    return (number < 0 ? "-" : "") + std::to_string(static_cast<std::uint64_t>(std::fabs(number)));
  }
  char digits[64];
  return {digits, std::to_chars(digits, std::end(digits), number).ptr};
}

Meaning::Part part_of(const Value &value) {
  if (value.type == GC_NULL) return {'n', ""};
  if (value.type == GC_BOOL) return {'b', bare(value)};
  if (value.type == GC_DOUBLE) return {'d', identity(double_of(value))};
  if (value.type == GC_TEXT) return {'t', value.bytes};
  return {value.type == GC_BYTES ? 'y' : 'i', bare(value)};
}

Meaning::Part read_part(std::string_view text) {
  if (text == "null") return {'n', ""};
  if (text == "true" || text == "false") return {'b', std::string(text)};
  if (text.starts_with("b\"")) return {'y', unescaped(text.substr(2, text.size() - 3))};
  if (text.starts_with('"')) return {'t', unescaped(text.substr(1, text.size() - 2))};
  if (text.find_first_of(".en") == std::string_view::npos) return {'i', std::string(text)};
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return {'d', identity(number)};
}

}  // namespace

Meaning meaning_of(const Call &call) {
  Meaning meaning;
  std::map<std::string_view, const Value *> values;
  for (const Arg &arg : call.args) {
    if (arg.name) values[*arg.name] = &arg.value;
  }
  std::set<std::string> taken;
  for (const std::string &declared : std::set<std::string>(call.generations.begin(), call.generations.end())) {
    const std::vector<std::string_view> halves = split(declared, ':');
    if (halves.size() == 1) {
      meaning.generations.push_back({declared, "", ""});
    } else {
      meaning.generations.push_back({std::string(halves[0]), std::string(halves[1]), bare(*values.at(halves[1]))});
      taken.emplace(halves[1]);
    }
  }
  for (const Arg &arg : call.args) {
    if (!arg.name) meaning.extras.push_back(part_of(arg.value));
    if (arg.name && !taken.contains(*arg.name)) meaning.named[*arg.name] = part_of(arg.value);
  }
  return meaning;
}

Meaning read_key(std::string_view text) {
  Meaning meaning;
  const std::vector<std::string_view> halves = split(text, '|');
  for (const std::string_view generation : split(halves[0], ',')) {
    const std::size_t colon = generation.find(':');
    const std::size_t equals = std::min(generation.find('='), generation.size() - 1);
    const std::string_view argument =
        colon == std::string_view::npos ? "" : generation.substr(colon + 1, equals - colon - 1);
    const std::string_view value = colon == std::string_view::npos ? "" : generation.substr(equals + 1);
    meaning.generations.push_back({unescaped(generation.substr(0, colon)), unescaped(argument), unescaped(value)});
  }
  if (halves.size() == 1) return meaning;
  for (const std::string_view part : split(halves[1], ',')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      meaning.extras.push_back(read_part(part));
    } else {
      meaning.named[unescaped(part.substr(0, equals))] = read_part(part.substr(equals + 1));
    }
  }
  return meaning;
}

}  // namespace gencache::test
