#include "value.h"

#include <bit>
#include <charconv>
#include <map>
#include <ostream>
#include <stdexcept>

namespace gencache::conformance {
namespace {

const std::map<std::string, int32_t, std::less<>> types = {
    {"bytes", GC_BYTES}, {"text", GC_TEXT},     {"null", GC_NULL}, {"bool", GC_BOOL},     {"int", GC_INT},
    {"uint", GC_UINT},   {"double", GC_DOUBLE}, {"json", GC_JSON}, {"cereal", GC_CEREAL}, {"private", GC_PRIVATE}};

template <class Number>
Number number_from(std::string_view digits, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw std::invalid_argument("no number: " + std::string(digits));
  }
  return number;
}

}  // namespace

Value value_from(const Json &json) {
  Value value{types.at(json.at("type")), 0, {}};
  switch (value.type) {
    case GC_NULL:
      break;
    case GC_BOOL:
      value.bits = json.at("is").get<bool>() ? 1 : 0;
      break;
    case GC_INT:
      value.bits = static_cast<uint64_t>(number_from<int64_t>(json.at("number").get<std::string>()));
      break;
    case GC_UINT:
      value.bits = number_from<uint64_t>(json.at("number").get<std::string>());
      break;
    case GC_DOUBLE:
      value.bits = number_from<uint64_t>(json.at("bits").get<std::string>(), 16);
      break;
    case GC_TEXT:
    case GC_JSON:
      value.bytes = json.at("text");
      break;
    case GC_PRIVATE:
      value.type = number_from<int32_t>(json.at("number").get<std::string>());
      [[fallthrough]];
    default:
      value.bytes = from_hex(json.at("hex").get<std::string>());
  }
  return value;
}

Value value_from(const gc_value &value) {
  switch (value.type) {
    case GC_NULL:
      return {};
    case GC_BOOL:
    case GC_INT:
      return {value.type, static_cast<uint64_t>(value.as.i), {}};
    case GC_UINT:
      return {value.type, value.as.u, {}};
    case GC_DOUBLE:
      return double_value(value.as.d);
    default:
      return {value.type, 0, {static_cast<const char *>(value.as.data), value.size}};
  }
}

gc_value borrowed(const Value &value) {
  switch (value.type) {
    case GC_NULL:
      return gc_value_null();
    case GC_BOOL:
      return gc_value_bool(value.bits != 0 ? 1 : 0);
    case GC_INT:
      return gc_value_int(static_cast<int64_t>(value.bits));
    case GC_UINT:
      return gc_value_uint(value.bits);
    case GC_DOUBLE:
      return gc_value_double(as_double(value));
    default:
      return gc_value_data(value.type, value.bytes.data(), value.bytes.size());
  }
}

double as_double(const Value &value) { return std::bit_cast<double>(value.bits); }

Value double_value(double number) { return {GC_DOUBLE, std::bit_cast<uint64_t>(number), {}}; }

std::ostream &operator<<(std::ostream &out, const Value &value) {
  return out << "type " << value.type << ", number " << value.bits << ", bytes " << to_hex(value.bytes);
}

Arguments arguments_from(const Json &json) {
  Arguments arguments;
  for (const Json &one : json) {
    Argument argument;
    if (!one.at("name").is_null()) argument.name = one.at("name");
    if (one.contains("type")) argument.value = value_from(one);
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

std::vector<gc_arg> borrowed(const Arguments &arguments) {
  std::vector<gc_arg> args;
  for (const Argument &argument : arguments) {
    const char *const name = argument.name ? argument.name->c_str() : nullptr;
    args.push_back(argument.value ? gc_named(name, borrowed(*argument.value)) : gc_param(name));
  }
  return args;
}

std::vector<const char *> borrowed(const std::vector<std::string> &names) {
  std::vector<const char *> pointers;
  for (const std::string &name : names) pointers.push_back(name.c_str());
  return pointers;
}

std::string from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) throw std::invalid_argument("half a byte: " + std::string(hex));
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(number_from<unsigned char>(hex.substr(i, 2), 16));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {digits[byte >> 4U], digits[byte & 15U]};
  }
  return hex;
}

}  // namespace gencache::conformance
