// Which C++ type stands for which type of a conformance value, and the way to it and back.
#pragma once

#include <gencache/gencache.hpp>
#include <stdexcept>
#include <type_traits>

#include "value.h"

namespace gencache::conformance {

using Bytes = std::vector<unsigned char>;

// The bytes of a cereal value as they are, of whatever type it is.
struct AnyCereal {
  std::string bytes;
};

inline void CEREAL_SAVE_FUNCTION_NAME(BoundedOutput &archive, const AnyCereal &value) {
  archive.append(value.bytes.data(), value.bytes.size());
}
inline void CEREAL_LOAD_FUNCTION_NAME(BoundedInput &archive, AnyCereal &value) {
  value.bytes = archive.take(archive.left().size());
}

// Calls `body` with the type that stands for `type`, as a std::type_identity.
template <class Body>
auto with_type(int32_t type, const Body &body) {
  switch (type) {
    case GC_BYTES:
      return body(std::type_identity<Bytes>());
    case GC_TEXT:
      return body(std::type_identity<std::string>());
    case GC_NULL:
      return body(std::type_identity<std::nullptr_t>());
    case GC_BOOL:
      return body(std::type_identity<bool>());
    case GC_INT:
      return body(std::type_identity<int64_t>());
    case GC_UINT:
      return body(std::type_identity<uint64_t>());
    case GC_DOUBLE:
      return body(std::type_identity<double>());
    case GC_JSON:
      return body(std::type_identity<gencache::Json>());
    case GC_CEREAL:
      return body(std::type_identity<AnyCereal>());
    default:
      throw std::invalid_argument("C++ has no type for what is private to a language");
  }
}

template <class T>
T typed(const Value &value) {
  if constexpr (std::is_same_v<T, std::nullptr_t>) {
    return nullptr;
  } else if constexpr (std::is_same_v<T, double>) {
    return as_double(value);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<T>(value.bits);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return {value.bytes.begin(), value.bytes.end()};
  } else {
    return T{value.bytes};
  }
}

inline Value untyped(std::nullptr_t) { return {}; }
inline Value untyped(bool value) { return {GC_BOOL, value ? 1U : 0U, {}}; }
inline Value untyped(int64_t value) { return {GC_INT, static_cast<uint64_t>(value), {}}; }
inline Value untyped(uint64_t value) { return {GC_UINT, value, {}}; }
inline Value untyped(double value) { return double_value(value); }
inline Value untyped(const Bytes &value) { return {GC_BYTES, 0, {value.begin(), value.end()}}; }
inline Value untyped(const std::string &value) { return {GC_TEXT, 0, value}; }
inline Value untyped(const gencache::Json &value) { return {GC_JSON, 0, value.text}; }
inline Value untyped(const AnyCereal &value) { return {GC_CEREAL, 0, value.bytes}; }

}  // namespace gencache::conformance
