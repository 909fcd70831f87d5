// A typed value of a conformance case, which owns what it holds.
#pragma once

#include <gencache/gencache.h>

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gencache::conformance {

using Json = nlohmann::json;

// Of a scalar `bits` is the number, of a double its IEEE 754 bits; of all others `bytes` are the data.
struct Value {
  int32_t type = GC_NULL;
  uint64_t bits = 0;
  std::string bytes;

  friend bool operator==(const Value &, const Value &) = default;
};

Value value_from(const Json &json);
Value value_from(const gc_value &value);
gc_value borrowed(const Value &value);
double as_double(const Value &value);
Value double_value(double number);
std::ostream &operator<<(std::ostream &out, const Value &value);

struct Argument {
  std::optional<std::string> name;  // nothing: an extra part, or by position
  std::optional<Value> value;       // nothing: a parameter without a default
};
using Arguments = std::vector<Argument>;

Arguments arguments_from(const Json &json);
std::vector<gc_arg> borrowed(const Arguments &arguments);

// What a call names.
struct Call {
  std::vector<std::string> generations;
  Arguments args;
};

std::vector<const char *> borrowed(const std::vector<std::string> &names);

std::string from_hex(std::string_view hex);
std::string to_hex(std::string_view bytes);

}  // namespace gencache::conformance
