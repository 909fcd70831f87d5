/**
 * @file signature.hpp
 * @brief What a callable takes and returns, deduced. Nothing to be used directly.
 */
#ifndef GENCACHE_SIGNATURE_HPP
#define GENCACHE_SIGNATURE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <vector>

#include "gencache/entry.hpp"

namespace gencache {

/// @cond INTERNAL
namespace detail {

template <class...>
struct Types {};

// A method takes its object first; a function or lambda has none.
template <class R, bool takes_object, class... P>
struct Call {
  using Result = R;
  using Parameters = Types<P...>;
  static constexpr bool is_method = takes_object;
  static constexpr std::size_t arity = sizeof...(P) - (takes_object ? 1 : 0);
};

// `R (C::*)(P...)` with its qualifiers: as a method of C, or as the call operator of a lambda.
template <class Member>
struct MemberSignature;

// NOLINTBEGIN(bugprone-macro-parentheses): they are types and qualifiers
#define GENCACHE_MEMBER_SIGNATURE(qualifiers, object) \
  template <class R, class C, class... P>             \
  struct MemberSignature<R (C::*)(P...) qualifiers> { \
    using AsMethod = Call<R, true, object, P...>;     \
    using AsFunction = Call<R, false, P...>;          \
  };
GENCACHE_MEMBER_SIGNATURE(, C &)
GENCACHE_MEMBER_SIGNATURE(const, const C &)
GENCACHE_MEMBER_SIGNATURE(&, C &)
GENCACHE_MEMBER_SIGNATURE(const &, const C &)
GENCACHE_MEMBER_SIGNATURE(noexcept, C &)
GENCACHE_MEMBER_SIGNATURE(const noexcept, const C &)
GENCACHE_MEMBER_SIGNATURE(&noexcept, C &)
GENCACHE_MEMBER_SIGNATURE(const &noexcept, const C &)
#undef GENCACHE_MEMBER_SIGNATURE
// NOLINTEND(bugprone-macro-parentheses)

template <class F>
struct SignatureOf {};
template <class F>
requires requires { &F::operator(); }
struct SignatureOf<F> {
  using Type = typename MemberSignature<decltype(&F::operator())>::AsFunction;
};
template <class F>
requires std::is_member_function_pointer_v<F>
struct SignatureOf<F> {
  using Type = typename MemberSignature<F>::AsMethod;
};
template <class R, class... P>
struct SignatureOf<R (*)(P...)> {
  using Type = Call<R, false, P...>;
};
template <class R, class... P>
struct SignatureOf<R (*)(P...) noexcept> {
  using Type = Call<R, false, P...>;
};

// Without a `Filling &` in front, which is no parameter for the caller.
template <class C>
struct WithoutFilling {
  using Type = C;
  static constexpr bool takes_filling = false;
};
template <class R, class... P>
struct WithoutFilling<Call<R, false, Filling &, P...>> {
  using Type = Call<R, false, P...>;
  static constexpr bool takes_filling = true;
};
template <class R, class C, class... P>
struct WithoutFilling<Call<R, true, C, Filling &, P...>> {
  using Type = Call<R, true, C, P...>;
  static constexpr bool takes_filling = true;
};

}  // namespace detail
/// @endcond

/** A function, a pointer to a method, or an object with one call operator (a lambda without `auto`): what wrap can tell
 * the signature of. @since 0.1 */
template <class F>
concept Wrappable = requires {
  typename detail::SignatureOf<std::decay_t<F>>::Type;
};

/// @cond INTERNAL
namespace detail {
template <Wrappable F>
using SignatureWithFilling = typename SignatureOf<std::decay_t<F>>::Type;
template <Wrappable F>
using Signature = typename WithoutFilling<SignatureWithFilling<F>>::Type;
template <Wrappable F>
inline constexpr bool wants_filling = WithoutFilling<SignatureWithFilling<F>>::takes_filling;

// What a T is in a key: GC_BOOL, GC_INT, GC_DOUBLE, or a text or bytes.
inline constexpr std::int32_t not_scalar = 0;
template <class T>
constexpr std::int32_t scalar_of() {
  if constexpr (is_optional<T>)
    return scalar_of<typename T::value_type>();
  else if constexpr (std::same_as<T, bool>)
    return GC_BOOL;
  else if constexpr (Integer<T> || std::is_enum_v<T>)
    return GC_INT;
  else if constexpr (Float<T>)
    return GC_DOUBLE;
  else if constexpr (HookedArgument<T>)
    return scalar_of<std::remove_cvref_t<decltype(gencache_arg(std::declval<const T &>()))>>();
  else
    return not_scalar;
}
inline const char *scalar_name(std::int32_t scalar) {
  return scalar == GC_BOOL ? "a boolean" : scalar == GC_INT ? "an integer" : "a floating-point number";
}

// A parameter of a function that is to be wrapped.
struct Parameter {
  std::string name;     // empty: by position
  bool is_argument;     // whether its type can be part of a key
  bool is_out;          // whether the function may write to what it is given
  std::int32_t scalar;  // see scalar_of
  bool is_kept = true;  // whether it is part of the key
};

template <class P>
inline constexpr bool is_writable = std::is_lvalue_reference_v<P> && !std::is_const_v<std::remove_reference_t<P>>;

template <class... P>
std::vector<Parameter> parameters_of(Types<P...>) {
  return {Parameter{"", Argument<P>, is_writable<P>, scalar_of<std::remove_cvref_t<P>>()}...};
}
template <class Signature>
std::vector<Parameter> parameters_of() {
  std::vector<Parameter> parameters = parameters_of(typename Signature::Parameters());
  if constexpr (Signature::is_method) parameters.front().is_out = false;  // a result is no less one of a method
  return parameters;
}

// What tells a function from others: its type, which each lambda has for itself, and where a pointer points.
template <class F>
std::string identity_of(const F &function) {
  std::string identity;
#ifdef __cpp_rtti
  identity = typeid(F).name();
#endif
  if constexpr (std::is_pointer_v<F> || std::is_member_pointer_v<F>)
    identity.append(reinterpret_cast<const char *>(&function), sizeof function);
  return identity;
}
}  // namespace detail
/// @endcond

}  // namespace gencache

#endif
