/**
 * @file value.hpp
 * @brief Which C++ types can be cached, and how they become the typed bytes that stand in the cache.
 *
 * | C++ | stored as |
 * |---|---|
 * | `bool` | GC_BOOL |
 * | integers, but not characters | GC_INT |
 * | `float`, `double` | GC_DOUBLE |
 * | `std::string` | GC_TEXT; GC_BYTES where it is not UTF-8 |
 * | `std::vector<std::byte>`, `std::vector<unsigned char>` | GC_BYTES |
 * | gencache::Json | GC_JSON |
 * | `std::nullptr_t` | GC_NULL |
 * | `std::optional<T>` | GC_NULL, or as `T` |
 * | any other type that cereal can save and load | GC_CEREAL |
 *
 * All but the last are read by every language. Cereal types are read by C++ programs that declare the type alike. There
 * is no trace of the type in the cache: give a type that changes another argument, or WrapOptions::version.
 */
#ifndef GENCACHE_VALUE_HPP
#define GENCACHE_VALUE_HPP

#include <cereal/types/array.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/vector.hpp>
#include <limits>

#include "gencache/archive.hpp"
#include "gencache/argument.hpp"

namespace gencache {

/** A JSON document, which is not parsed: UTF-8. @since 0.1 */
struct Json {
  std::string text; /**< The document. */

  /** Whether both are the same text. */
  friend bool operator==(const Json &, const Json &) = default;
};

/// @cond INTERNAL
namespace detail {

template <class T>
concept Bytes = std::same_as<T, std::vector<std::byte>> || std::same_as<T, std::vector<unsigned char>>;

template <class T>
concept Plain = std::same_as<T, bool> || Integer<T> || Float<T> || std::same_as<T, std::string> || Bytes<T> ||
    std::same_as<T, Json> || std::same_as<T, std::nullptr_t>;

template <class T>
concept Cereal = !Plain<T> && !is_optional<T> && std::is_object_v<T> && !std::is_pointer_v<T> && !std::is_array_v<T> &&
                 std::default_initializable<T> && cereal::traits::is_output_serializable<T, BoundedOutput>::value &&
                 cereal::traits::is_input_serializable<T, BoundedInput>::value;

// An optional of an optional has two kinds of nothing, and only one is stored.
template <class T>
inline constexpr bool is_storable = Plain<T> || Cereal<T>;
template <class T>
inline constexpr bool is_storable<std::optional<T>> = (Plain<T> || Cereal<T>)&&!std::same_as<T, std::nullptr_t>;

}  // namespace detail
/// @endcond

/**
 * What can be cached: the types of value.hpp's table. A type of your own needs a cereal `serialize` function (or `save`
 * and `load`) and a default constructor; the types that it holds need theirs, so include `cereal/types/…` where a
 * standard type that gencache does not include is among them. Raw pointers and references cannot be cached. @since 0.1
 */
template <class T>
concept Storable = std::same_as<T, std::remove_cvref_t<T>> && detail::is_storable<T>;

/// @cond INTERNAL
namespace detail {

// What a computation's result is kept as: text that is borrowed becomes a string.
template <class T>
using Kept = std::conditional_t<!std::same_as<std::remove_cvref_t<T>, std::string> && TextLike<std::remove_cvref_t<T>>,
                                std::string, std::remove_cvref_t<T>>;

template <class T>
decltype(auto) kept(const T &value) {
  if constexpr (std::same_as<T, Kept<T>>) {
    return (value);
  } else {
    return Kept<T>(value);
  }
}

// The stored form of `value`, which borrows from it and from `buffer`.
template <Storable T>
gc_value encode(const T &value, std::string &buffer) {
  if constexpr (is_optional<T>) {
    return value ? encode(*value, buffer) : gc_value_null();
  } else if constexpr (std::same_as<T, Json>) {
    return gc_value_data(GC_JSON, value.text.data(), value.text.size());
  } else if constexpr (Bytes<T>) {
    return gc_value_data(GC_BYTES, value.data(), value.size());
  } else if constexpr (Plain<T>) {
    return to_value(value);
  } else {
    BoundedOutput archive(buffer);
    archive(value);
    return gc_value_data(GC_CEREAL, buffer.data(), buffer.size());
  }
}

[[noreturn]] inline void refuse_type(std::int32_t type) {
  static constexpr const char *names[] = {"bytes",      "text",     "null", "a boolean",
                                          "an integer", "a double", "JSON", "a cereal value"};
  const bool is_known = type >= 0 && type < static_cast<std::int32_t>(std::size(names));
  throw TypeError(std::string("the value in the cache is ") + (is_known ? names[type] : "private to a language") +
                  ", which is not the type that was asked for");
}

inline void expect_type(const gc_value &value, std::int32_t type) {
  if (value.type != type) refuse_type(value.type);
}

template <Integer T>
T decode_integer(std::int64_t number) {
  if (!std::in_range<T>(number)) {
    throw TypeError("the integer in the cache is " + std::to_string(number) +
                    ", which the type that was asked for cannot hold");
  }
  return static_cast<T>(number);
}

template <Cereal T>
T decode_cereal(const gc_value &value) try {
  BoundedInput archive({static_cast<const char *>(value.as.data), value.size});
  T decoded{};
  archive(decoded);
  if (!archive.left().empty()) throw cereal::Exception("gencache: the input is too long");
  return decoded;
} catch (const cereal::Exception &error) {
  throw TypeError(std::string("the cereal value in the cache is of another type: ") + error.what());
}

template <Storable T>
T decode(const gc_value &value) {
  if constexpr (is_optional<T>) {
    return value.type == GC_NULL ? T() : T(decode<typename T::value_type>(value));
  } else if constexpr (std::same_as<T, std::string>) {
    if (value.type != GC_BYTES) expect_type(value, GC_TEXT);
    return {static_cast<const char *>(value.as.data), value.size};
  } else if constexpr (Bytes<T>) {
    expect_type(value, GC_BYTES);
    T decoded(value.size);
    if (value.size > 0) std::memcpy(decoded.data(), value.as.data, value.size);
    return decoded;
  } else if constexpr (std::same_as<T, Json>) {
    expect_type(value, GC_JSON);
    return {{static_cast<const char *>(value.as.data), value.size}};
  } else if constexpr (std::same_as<T, bool>) {
    expect_type(value, GC_BOOL);
    return value.as.i != 0;
  } else if constexpr (Integer<T>) {
    expect_type(value, GC_INT);
    return decode_integer<T>(value.as.i);
  } else if constexpr (Float<T>) {
    expect_type(value, GC_DOUBLE);
    return static_cast<T>(value.as.d);
  } else if constexpr (std::same_as<T, std::nullptr_t>) {
    expect_type(value, GC_NULL);
    return nullptr;
  } else {
    expect_type(value, GC_CEREAL);
    return decode_cereal<T>(value);
  }
}

// Calls `store(value)`. A string that is refused as text, since it is not UTF-8, goes as bytes.
template <Storable T, class Store>
gc_status store_as(const T &value, Store store) {
  std::string buffer;
  gc_value encoded = encode(value, buffer);
  const gc_status status = store(encoded);
  if (status != GC_ERR_ARGUMENT || encoded.type != GC_TEXT) return status;
  encoded.type = GC_BYTES;
  return store(encoded);
}

}  // namespace detail
/// @endcond

}  // namespace gencache

#endif
