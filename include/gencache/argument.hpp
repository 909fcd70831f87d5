/**
 * @file argument.hpp
 * @brief Generations and arguments of a call: views that borrow what they are made of and allocate nothing.
 */
#ifndef GENCACHE_ARGUMENT_HPP
#define GENCACHE_ARGUMENT_HPP

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gencache/error.hpp"

namespace gencache {

/// @cond INTERNAL
namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// A character is not clearly a number and not clearly a text.
template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !Character<T> && sizeof(T) <= sizeof(std::int64_t);

template <class T>
concept Float = std::same_as<T, float> || std::same_as<T, double>;

template <class T>
concept Null = std::same_as<T, std::nullptr_t> || std::same_as<T, std::nullopt_t>;

template <class T>
concept TextLike = std::convertible_to<const T &, std::string_view> && !Null<T>;

template <class T>
concept BytesLike = !TextLike<T> && (std::convertible_to<const T &, std::span<const std::byte>> ||
                                     std::convertible_to<const T &, std::span<const unsigned char>>);

// What stands for itself in a key.
template <class T>
concept PlainArgument =
    std::same_as<T, bool> || Integer<T> || Float<T> || std::is_enum_v<T> || Null<T> || TextLike<T> || BytesLike<T>;

// gencache_arg(const T &), found beside the type: what stands for an object of that type in a key.
template <class T>
concept HookedArgument = (!PlainArgument<T> || std::is_enum_v<T>)&&requires(const T &value) {
  {gencache_arg(value)};
  requires PlainArgument<std::remove_cvref_t<decltype(gencache_arg(value))>>;
  // Text and bytes are borrowed until the end of the call, so the hook must not return them by value.
  requires std::is_reference_v<decltype(gencache_arg(value))> ||
      std::is_trivially_copyable_v<decltype(gencache_arg(value))>;
};

// Can be borrowed from while a range is read further: it stands in the range, or it is no text and no bytes of its own.
template <class T, class Plain = std::remove_cvref_t<T>>
concept Outlasting = std::is_lvalue_reference_v<T> ||
    (std::is_trivially_copyable_v<Plain> && !HookedArgument<Plain> &&
     (!(TextLike<Plain> || BytesLike<Plain>) || std::is_pointer_v<Plain> || std::ranges::borrowed_range<Plain>));

template <class T>
struct IsArgument : std::bool_constant<PlainArgument<T> || HookedArgument<T>> {};
template <class T>
struct IsArgument<std::optional<T>> : IsArgument<T> {};

}  // namespace detail
/// @endcond

/**
 * What can be an argument: numbers, booleans, enumerations, text (whatever converts to std::string_view), bytes
 * (whatever converts to a span of std::byte or unsigned char), nothing (nullptr, std::nullopt), std::optional of those,
 * and types with a function `gencache_arg(const T &)` beside them, which returns one of the former: a number, say, or a
 * std::string_view into the object.
 *
 * A single character and a long double are none: say whether they are a number or a text. @since 0.1
 */
template <class T>
concept Argument = detail::IsArgument<std::remove_cvref_t<T>>::value;

/// @cond INTERNAL
namespace detail {

inline gc_value text_value(std::string_view text) { return gc_value_data(GC_TEXT, text.data(), text.size()); }

template <class T>
gc_value to_value(const T &value) {
  if constexpr (is_optional<T>) {
    return value ? to_value(*value) : gc_value_null();
  } else if constexpr (std::same_as<T, bool>) {
    return gc_value_bool(value);
  } else if constexpr (HookedArgument<T>) {
    return to_value(gencache_arg(value));
  } else if constexpr (std::is_enum_v<T>) {
    return to_value(
        static_cast<std::conditional_t<std::is_signed_v<std::underlying_type_t<T>>, std::int64_t, std::uint64_t>>(
            value));
  } else if constexpr (Integer<T>) {
    if constexpr (std::is_signed_v<T>)
      return gc_value_int(value);
    else
      return gc_value_uint(value);
  } else if constexpr (Float<T>) {
    return gc_value_double(value);
  } else if constexpr (Null<T>) {
    return gc_value_null();
  } else if constexpr (std::is_convertible_v<const T &, const char *>) {
    return gc_value_str(value);
  } else if constexpr (TextLike<T>) {
    return text_value(value);
  } else if constexpr (std::convertible_to<const T &, std::span<const std::byte>>) {
    const std::span<const std::byte> bytes(value);
    return gc_value_data(GC_BYTES, bytes.data(), bytes.size());
  } else {
    const std::span<const unsigned char> bytes(value);
    return gc_value_data(GC_BYTES, bytes.data(), bytes.size());
  }
}

// A gc_arg of a list in braces. Of a pair in braces, `{"user_id", 7}`, a gc_arg would take 7 as the type of its value.
struct Given {
  template <std::same_as<gc_arg> T>
  Given(const T &its_arg) : arg(its_arg) {}  // NOLINT(google-explicit-constructor)

  gc_arg arg;
};
static_assert(sizeof(Given) == sizeof(gc_arg) && std::is_standard_layout_v<Given>,
              "an array of one is one of the other");

inline gc_arg to_arg(const gc_arg &arg) { return arg; }
template <Argument T>
gc_arg to_arg(const T &value) {
  return gc_named(nullptr, to_value(value));
}

}  // namespace detail
/// @endcond

/**
 * An argument with a name.
 * @param name Borrowed, as is the value where it is text or bytes: both must live until the call has returned.
 * @param value The value; see Argument for what it may be.
 * @return The argument, for Args. @since 0.1
 */
template <Argument T>
gc_arg arg(const char *name, const T &value) {
  return gc_named(name, detail::to_value(value));
}

/**
 * An explicit extra part of the key; of a bound cache or a wrapped function an argument by position.
 * @param value The value, borrowed where it is text or bytes: it must live until the call has returned.
 * @return The argument, for Args. @since 0.1
 */
template <Argument T>
gc_arg arg(const T &value) {
  return detail::to_arg(value);
}

/**
 * Several arguments, where a list in braces cannot be written: `args(7, arg("page", "home"))`.
 * @param values Values, which become extra parts, or what arg() returned. Borrowed like those of arg().
 * @return An array to make Args of. @since 0.1
 */
template <class... T>
std::array<gc_arg, sizeof...(T)> args(const T &...values) {
  return {detail::to_arg(values)...};
}

/**
 * A parameter of a bound cache that has no default. One with a default is written arg("page", "home").
 * @param name Its name.
 * @return The parameter, for Cache::bind. @since 0.1
 */
inline gc_arg param(const char *name) { return gc_param(name); }

/** The arguments of a call: `{arg("user_id", 1), arg("page", "home")}`, an array or a vector of them. Borrows them: to
 * be used within the expression that it is made in. @since 0.1 */
class Args {
 public:
  /** No arguments. */
  Args() = default;
  /** Those of a list in braces. */
  Args(std::initializer_list<detail::Given> list)
      : args_(list.size() == 0 ? nullptr : &list.begin()->arg, list.size()) {}
  /** Those of an array or a vector. */
  template <class Range>
  requires std::convertible_to<const Range &, std::span<const gc_arg>> Args(const Range &range)
      : args_(range) {}  // NOLINT(google-explicit-constructor)

  /** @return The first one. */
  const gc_arg *data() const noexcept { return args_.data(); }
  /** @return How many there are. */
  std::size_t size() const noexcept { return args_.size(); }

 private:
  std::span<const gc_arg> args_;
};

/** What values depend on: `"nav"`, `{"nav", "nav_portal:user_id"}`, or an array or a vector of such names. Borrows
 * them: to be used within the expression that it is made in. @since 0.1 */
class Generations {
 public:
  /** A single one. */
  Generations(const char *name) : one_(name) {}  // NOLINT(google-explicit-constructor)
  /** A single one. */
  Generations(const std::string &name) : one_(name.c_str()) {  // NOLINT(google-explicit-constructor)
    if (name.find('\0') != std::string::npos) throw ArgumentError("generations: a NUL character in a name");
  }
  /** Those of a list in braces. */
  Generations(std::initializer_list<const char *> list) : many_(list.begin(), list.size()) {}
  /** Those of an array or a vector. */
  template <class Range>
  requires std::convertible_to<const Range &, std::span<const char *const>> Generations(const Range &range)
      : many_(range) {}  // NOLINT(google-explicit-constructor)

  /** @return The first one. */
  const char *const *data() const noexcept { return one_ == nullptr ? many_.data() : &one_; }
  /** @return How many there are. */
  std::size_t size() const noexcept { return one_ == nullptr ? many_.size() : 1; }

 private:
  const char *one_ = nullptr;
  std::span<const char *const> many_;
};

/**
 * The arguments of many calls that differ in one: `each("user_id", ids)`, for Cache::get_many and Cache::fetch_many.
 * @param name The argument's name, borrowed.
 * @param values Its values, one for each call; those that are text or bytes are borrowed, so a view that makes strings
 *   while it is read cannot be given.
 * @return Arguments for each call, in the order of @p values. @since 0.1
 */
template <class Range>
requires Argument<decltype(*std::begin(std::declval<const Range &>()))> &&
    detail::Outlasting<decltype(*std::begin(std::declval<const Range &>()))>
        std::vector<std::array<gc_arg, 1>> each(const char *name, const Range &values) {
  std::vector<std::array<gc_arg, 1>> calls;
  calls.reserve(std::size(values));
  for (const auto &value : values) calls.push_back({arg(name, value)});
  return calls;
}

}  // namespace gencache

#endif
