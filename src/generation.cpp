#include "generation.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "failure.h"
#include "number.h"
#include "text.h"

namespace gencache::core {
namespace {

[[noreturn]] void refuse(std::size_t index, const char *declared, const char *why) {
  bad_argument("generations[" + std::to_string(index) + "]" + (declared ? " " + quoted(declared) : "") + why);
}

// Most of them: names that need no escaping.
std::optional<Generation> parse_plain(const char *declared) {
  const std::size_t name = safe_prefix(declared);
  if (name == 0) return std::nullopt;
  if (declared[name] == '\0') return Generation{{declared, name}, {declared, name}, {}, true};
  if (declared[name] != ':') return std::nullopt;
  const char *argument = declared + name + 1;
  const std::size_t size = safe_prefix(argument);
  if (size == 0 || argument[size] != '\0') return std::nullopt;
  return Generation{{declared, name + 1 + size}, {declared, name}, {argument, size}, true};
}

Generation parse_generation(const char *declared, std::size_t index) {
  if (declared == nullptr) refuse(index, declared, " is NULL");
  if (const auto plain = parse_plain(declared)) return *plain;
  Generation generation{declared, declared, {}};
  const std::size_t colon = generation.declared.find(':');
  if (colon != std::string_view::npos) {
    generation.name = generation.declared.substr(0, colon);
    generation.argument = generation.declared.substr(colon + 1);
    if (generation.argument.empty()) refuse(index, declared, " names no argument after its colon");
    if (generation.argument.find(':') != std::string_view::npos) refuse(index, declared, " has more than one colon");
    if (const char *problem = problem_with_name(generation.argument)) refuse(index, declared, problem);
  }
  if (const char *problem = problem_with_name(generation.name)) refuse(index, declared, problem);
  return generation;
}

void append_double(std::string &out, double number) {
  number = std::isnan(number) ? std::fabs(number) : number;  // a NaN's sign is an accident
  constexpr double beyond_uint64 = 18446744073709551616.0;
  if (std::trunc(number) == number && std::fabs(number) < beyond_uint64) {
    append_number(out, number + 0.0, std::chars_format::fixed, 0);  // + 0.0: no "-0"
  } else {
    append_number(out, number);
  }
}

}  // namespace

Generations parse_generations(const char *const *generations, std::size_t count) {
  if (count == 0) bad_argument("n_generations is 0: a value depends on at least one generation");
  if (generations == nullptr) bad_argument("generations is NULL");
  constexpr std::size_t most = 60'000;  // and some more that turn up while computing: a record counts in 16 bits
  if (count > most) bad_argument("n_generations is " + std::to_string(count) + ", but at most 60000 are possible");
  Generations parsed;
  parsed.reserve(count);
  for (std::size_t i = 0; i < count; ++i) parsed.push_back(parse_generation(generations[i], i));
  if (!std::is_sorted(parsed.begin(), parsed.end())) std::sort(parsed.begin(), parsed.end());
  parsed.erase(std::unique(parsed.begin(), parsed.end()), parsed.end());
  return parsed;
}

void append_in_generation(std::string &out, const gc_value &value) {
  switch (value.type) {
    case GC_NULL:
      out += "null";
      break;
    case GC_BOOL:
      out += value.as.i != 0 ? "true" : "false";
      break;
    case GC_INT:
      append_number(out, value.as.i);
      break;
    case GC_UINT:
      append_number(out, value.as.u);
      break;
    case GC_DOUBLE: {
      append_double(out, value.as.d);
      break;
    }
    default:
      append_escaped(out, {static_cast<const char *>(value.as.data), value.size});
  }
}

}  // namespace gencache::core
