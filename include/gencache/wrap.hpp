/**
 * @file wrap.hpp
 * @brief Functions that remember their results.
 */
#ifndef GENCACHE_WRAP_HPP
#define GENCACHE_WRAP_HPP

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "gencache/cache.hpp"
#include "gencache/place.hpp"
#include "gencache/signature.hpp"

namespace gencache {

/** What wrap makes of a function, beside its generations and parameters: `{.exclude = {"trace"}}`. @since 0.1 */
struct WrapOptions {
  std::vector<std::string> exclude = {}; /**< Parameters that make no difference to the result: left out of the key. */
  std::string version = {};              /**< Part of the key where not empty: a new version, new values. */
  bool place = true;                     /**< Whether the place of wrap is part of the key. */
  std::function<bool()> ignore_if = nullptr; /**< Asked at each call: whether to compute without the cache. */
  bool ignore_locally =
      false; /**< Whether to compute without the cache where `$GENCACHE_LOCAL` is set, and not to 0. */
};

/// @cond INTERNAL
namespace detail {

inline bool is_local() {
  const char *local = std::getenv("GENCACHE_LOCAL");
  return local != nullptr && *local != '\0' && std::string_view(local) != "0";
}

// All of a wrapped function that does not depend on its types, made once. Never moves: it points into itself.
class WrapPlan {
 public:
  // `function` is what tells the function from others: see identity_of.
  WrapPlan(const Cache &cache, const Generations &generations, std::vector<Parameter> parameters, Options options,
           WrapOptions how, const Place &place, const std::string &function)
      : cache_(cache.handle()),
        names_(generations.data(), generations.data() + generations.size()),
        parameters_(std::move(parameters)),
        options_(options),
        handle_(to_handle(options)),
        refreshing_(to_refreshing_handle(options)),
        place_(how.place ? place.text() : ""),
        version_(how.version.empty() ? "" : "v" + how.version),
        ignore_if_(std::move(how.ignore_if)),
        ignore_(how.ignore_locally && is_local()) {
    for (const std::string &name : names_) generations_.push_back(name.c_str());
    for (const std::string &name : how.exclude) exclude(name);
    for (std::size_t i = 0; i < parameters_.size(); ++i) require_argument(i);
    bind();
    if (how.place) taken_.emplace(all_but_values(), place_, function);
  }
  WrapPlan(const WrapPlan &) = delete;
  WrapPlan &operator=(const WrapPlan &) = delete;

  static constexpr std::size_t own_arguments = 2;

  // Puts the arguments that every call has into `out`; returns how many.
  std::size_t begin(gc_arg *out) const {
    std::size_t n = 0;
    if (!place_.empty()) out[n++] = gc_named(nullptr, text_value(place_));
    if (!version_.empty()) out[n++] = gc_named(nullptr, text_value(version_));
    return n;
  }
  bool is_kept(std::size_t i) const { return parameters_[i].is_kept; }
  const char *name(std::size_t i) const { return parameters_[i].name.empty() ? nullptr : parameters_[i].name.c_str(); }

  // The parameter that the value at `position` is for, where values are given without the excluded ones.
  std::size_t kept_at(std::size_t position) const {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parameters_.size(); ++i)
      if (parameters_[i].is_kept && kept++ == position) return i;
    throw ArgumentError("argument " + std::to_string(position) + " is one too many: there are " + std::to_string(kept) +
                        " parameters in the key");
  }
  // How messages call a parameter.
  std::string title(std::size_t i) const {
    return "parameter " + (parameters_[i].name.empty() ? std::to_string(i) : '"' + parameters_[i].name + '"');
  }

  // An argument that is already made cannot be converted any more: `arg("admin", 1)` would name another generation than
  // `true`. Text stands for any value in a generation, and an integer for the number that it is.
  void require_type(const gc_arg &given, std::size_t position) const {
    const std::size_t i = given.name == nullptr ? kept_at(position) : named(given.name);
    if (i == parameters_.size()) return;
    const std::int32_t wanted = parameters_[i].scalar;
    const std::int32_t type = given.value.type == GC_UINT ? GC_INT : given.value.type;
    const bool is_scalar = type == GC_BOOL || type == GC_INT || type == GC_DOUBLE;
    const bool is_fine = type == wanted || (type == GC_INT && wanted == GC_DOUBLE);
    if (is_scalar && wanted != not_scalar && !is_fine)
      throw ArgumentError(title(i) + " is " + scalar_name(wanted) + ", but the argument is " + scalar_name(type));
  }

  bool ignores_cache() const { return ignore_ || (ignore_if_ && ignore_if_()); }
  gc_cache *cache() const { return cache_; }
  Generations generations() const { return generations_; }
  const Options &given_options() const { return options_; }
  const gc_options *options() const { return handle_.get(); }
  const gc_options *refreshing() const { return refreshing_.get(); }
  gc_bound *bound() const { return bound_.get(); }

  std::string key(const gc_arg *args, std::size_t n) const {
    char *text = nullptr;
    Failure failure;
    check(gc_key(cache_, generations_.data(), generations_.size(), args, n, &text, failure), failure);
    return take_string(text);
  }

 private:
  void exclude(const std::string &name) {
    const std::size_t i = named(name);
    if (name.empty() || i == parameters_.size()) throw ArgumentError("exclude: there is no parameter \"" + name + '"');
    parameters_[i].is_kept = false;
  }

  // The number of parameters where none has the name.
  std::size_t named(std::string_view name) const {
    const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                    [&](const Parameter &parameter) { return parameter.name == name; });
    return static_cast<std::size_t>(found - parameters_.begin());
  }

  void require_argument(std::size_t i) const {
    const Parameter &parameter = parameters_[i];
    if (!parameter.is_kept) return;
    if (!parameter.is_argument)
      throw ArgumentError(title(i) +
                          " has a type that cannot be part of a key: exclude it, or write gencache_arg for its type");
    if (parameter.is_out)
      throw ArgumentError(title(i) +
                          " is a reference that the function may write to, which it does not do where its result is "
                          "remembered: exclude it, or take it by value");
  }

  // What calls have in common in their keys.
  std::string all_but_values() const {
    std::string text = std::to_string(reinterpret_cast<std::uintptr_t>(cache_));
    const auto add = [&](const std::string &part) { text.append(1, '\0').append(part); };
    for (const std::string &name : names_) add(name);
    add(place_);
    add(version_);
    for (const Parameter &parameter : parameters_)
      if (parameter.is_kept) add(parameter.name);
    return text;
  }

  // A bound cache finds the generations that some arguments name, and refuses those that no parameter is for.
  void bind() {
    std::vector<std::string> positions;
    positions.reserve(parameters_.size());
    std::vector<gc_arg> params;
    for (const Parameter &parameter : parameters_) {
      positions.push_back(std::to_string(positions.size()));
      if (parameter.is_kept)
        params.push_back(gc_param((parameter.name.empty() ? positions.back() : parameter.name).c_str()));
    }
    Failure failure;
    bound_.reset(
        gc_bind(cache_, generations_.data(), generations_.size(), params.data(), params.size(), nullptr, failure));
    if (!bound_) failure.raise();
  }

  gc_cache *cache_;
  std::vector<std::string> names_;
  std::vector<const char *> generations_;
  std::vector<Parameter> parameters_;
  Options options_;
  OptionsHandle handle_;
  OptionsHandle refreshing_;
  std::string place_;
  std::string version_;
  std::function<bool()> ignore_if_;
  bool ignore_;
  std::unique_ptr<gc_bound, FreeBound> bound_;
  std::optional<PlaceTaken> taken_;
};

// The arguments of one call of a wrapped function: on the stack, borrowed from the caller's.
template <std::size_t N>
class WrapArguments {
 public:
  template <class... P>
  explicit WrapArguments(const WrapPlan &plan, const P &...values) : size_(plan.begin(args_.data())) {
    std::size_t parameter = 0;
    (add(plan, parameter++, values), ...);
  }
  const gc_arg *data() const { return args_.data(); }
  std::size_t size() const { return size_; }

 private:
  template <class P>
  void add(const WrapPlan &plan, std::size_t parameter, const P &value) {
    if constexpr (Argument<P>) {
      if (plan.is_kept(parameter)) args_[size_++] = gc_named(plan.name(parameter), to_value(value));
    }
  }

  std::array<gc_arg, WrapPlan::own_arguments + N> args_;
  std::size_t size_;
};

// Made for each parameter that it could be, also those that the call is not about: no reason to warn.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wfloat-conversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
// Tells `then` what stands in a key for `value` once it is converted to P, as a call converts it. What that borrows
// lives until `then` has returned.
template <class P, class A, class Then>
void give_as(const WrapPlan &plan, std::size_t parameter, A &&value, const Then &then) {
  using Own = std::remove_cvref_t<P>;
  if constexpr (Argument<P> && std::is_convertible_v<A, P>)
    then(to_value(static_cast<P>(std::forward<A>(value))));
  else if constexpr (Argument<P> && std::is_constructible_v<Own, A>)
    then(to_value(static_cast<Own>(std::forward<A>(value))));
  else
    throw ArgumentError("the argument for " + plan.title(parameter) + " does not convert to its type");
}
#pragma GCC diagnostic pop

// The same with the type of that one of the parameters.
template <class... P, std::size_t... I, class A, class Then>
void give(Types<P...>, std::index_sequence<I...>, const WrapPlan &plan, std::size_t parameter, A &&value,
          const Then &then) {
  ((I == parameter ? give_as<P>(plan, parameter, std::forward<A>(value), then) : void()), ...);
}

}  // namespace detail
/// @endcond

/**
 * A function that remembers its results; what wrap returns. It is called like the function that was wrapped, one that
 * is a method with the object in front. A copy is the same wrapped function. May be called by any number of threads at
 * once if the function may. The cache must outlive it. @since 0.1
 */
template <class F, class Signature>
class Wrapped;

/// The same, with the parts of its signature.
template <class F, class R, bool is_method, class... P>
class Wrapped<F, detail::Call<R, is_method, P...>> {
 public:
  /** What a call returns. */
  using Result = detail::Kept<R>;

  /** Wraps @p function as @p plan says. */
  Wrapped(std::shared_ptr<const detail::WrapPlan> plan, F function)
      : plan_(std::move(plan)), function_(std::make_shared<F>(std::move(function))) {}

  /** @return The result, from the cache or computed and stored; see Cache::fetch. */
  Result operator()(P... arguments) const {
    if (plan_->ignores_cache()) return compute_without_cache(arguments...);
    return fetch(plan_->options(), arguments...);
  }

  /** Computes the result anew and stores it, whatever is in the cache. @return The result. */
  Result refresh(P... arguments) const { return fetch(plan_->refreshing(), arguments...); }

  /**
   * Invalidates those of the function's generations that the arguments given here name; without arguments, its static
   * ones.
   * @param arguments The first arguments of the function (without the object of a method, and without excluded ones),
   *   or `arg("user_id", 1)`. The former convert to the parameters' types as in a call, the latter do not.
   * @throws ArgumentError if no generation is named, or where an argument is of another type than its parameter.
   * @throws UnavailableError like Cache::invalidate.
   */
  template <class... A>
  void invalidate(A &&...arguments) const {
    on_bound(gc_bound_invalidate, std::forward<A>(arguments)...);
  }

  /** Like invalidate, softly: see Cache::invalidate_soft. */
  template <class... A>
  void invalidate_soft(A &&...arguments) const {
    on_bound(gc_bound_invalidate_soft, std::forward<A>(arguments)...);
  }

  /** Deletes this one result. @throws Error where it failed. */
  void erase(P... arguments) const {
    const Arguments args(*plan_, arguments...);
    detail::Failure failure;
    detail::check(gc_delete(plan_->cache(), plan_->generations().data(), plan_->generations().size(), args.data(),
                            args.size(), failure),
                  failure);
  }

  /** @return The readable key of this result; no server is asked. */
  std::string key(P... arguments) const {
    const Arguments args(*plan_, arguments...);
    return plan_->key(args.data(), args.size());
  }

 private:
  using Arguments = detail::WrapArguments<sizeof...(P)>;

  Result compute_without_cache(std::remove_reference_t<P> &...arguments) const {
    Filling nothing(nullptr);
    return compute(nothing, arguments...);
  }

  // Happens at most once in a call, so the function gets the arguments as it takes them: by move where by value.
  // Out of line, since GCC 12 else warns of methods of small objects as if they were virtual.
  [[gnu::noinline]] Result compute(Filling &filling, std::remove_reference_t<P> &...arguments) const {
    if constexpr (!detail::wants_filling<F>) {
      return Result(std::invoke(*function_, static_cast<P &&>(arguments)...));
    } else if constexpr (is_method) {
      const auto call = [&](auto &&object, auto &&...rest) -> Result {
        return Result(std::invoke(*function_, object, filling, static_cast<decltype(rest) &&>(rest)...));
      };
      return call(static_cast<P &&>(arguments)...);
    } else {
      return Result(std::invoke(*function_, filling, static_cast<P &&>(arguments)...));
    }
  }

  Result fetch(const gc_options *options, std::remove_reference_t<P> &...arguments) const {
    const Arguments args(*plan_, arguments...);
    const Generations generations = plan_->generations();
    const auto computation = [&](Filling &filling) { return compute(filling, arguments...); };
    return *detail::fetch_entry<Result>(
        computation, options, [&] { return detail::to_refreshing_handle(plan_->given_options()); },
        [&](gc_compute_fn run, void *payload, const gc_options *with, gc_entry **entry, gc_error **err) {
          return gc_fetch(plan_->cache(), generations.data(), generations.size(), args.data(), args.size(), run,
                          payload, with, entry, err);
        });
  }

  template <class Call, class... A>
  void on_bound(Call call, A &&...arguments) const {
    std::array<gc_arg, sizeof...(A)> given;
    const auto call_with_them = [&] {
      detail::Failure failure;
      detail::check(call(plan_->bound(), given.data(), given.size(), failure), failure);
    };
    give(given.data(), 0, call_with_them, std::forward<A>(arguments)...);
  }

  template <class Then>
  void give(gc_arg *, std::size_t, const Then &then) const {
    then();
  }
  // Each argument is converted around the rest of the work, so that what it borrows lives long enough.
  template <class Then, class First, class... Rest>
  void give(gc_arg *out, std::size_t position, const Then &then, First &&first, Rest &&...rest) const {
    if constexpr (std::same_as<std::remove_cvref_t<First>, gc_arg>) {
      plan_->require_type(first, position);
      *out = first;
      give(out + 1, first.name == nullptr ? position + 1 : position, then, std::forward<Rest>(rest)...);
    } else {
      detail::give(detail::Types<P...>(), std::index_sequence_for<P...>(), *plan_, plan_->kept_at(position),
                   std::forward<First>(first), [&](const gc_value &value) {
                     *out = gc_named(nullptr, value);
                     give(out + 1, position + 1, then, std::forward<Rest>(rest)...);
                   });
    }
  }

  std::shared_ptr<const detail::WrapPlan> plan_;
  std::shared_ptr<F> function_;
};

/// @cond INTERNAL
namespace detail {

// With names for all parameters, or for all but the object of a method, which is then left out.
template <class Signature>
std::vector<Parameter> named_parameters(std::span<const char *const> names) {
  std::vector<Parameter> parameters = parameters_of<Signature>();
  const std::size_t unnamed = parameters.size() - names.size();
  for (std::size_t i = 0; i < unnamed; ++i) parameters[i].is_kept = false;
  for (std::size_t i = 0; i < names.size(); ++i) parameters[unnamed + i].name = names[i];
  return parameters;
}

template <class F>
auto make_wrapped(const Cache &cache, const Generations &generations, std::vector<Parameter> parameters, F &&function,
                  const Options &options, WrapOptions how, const Place &place) {
  using Function = std::decay_t<F>;
  using Result = Kept<typename Signature<F>::Result>;
  static_assert(Storable<Result>, "gencache::wrap: the function's result cannot be stored: see gencache::Storable");
  auto plan = std::make_shared<WrapPlan>(cache, generations, std::move(parameters), options, std::move(how), place,
                                         identity_of<Function>(function));
  return Wrapped<Function, Signature<F>>(std::move(plan), std::forward<F>(function));
}

}  // namespace detail
/// @endcond

/**
 * Makes a function remember its results.
 *
 * ```cpp
 * const auto foobar = gencache::wrap(cache, {"nav", "nav_portal:user_id"}, {"user_id", "page"},
 *                                    [&](int user_id, const std::string &page) { return render(user_id, page); },
 *                                    {.ttl = 5min});
 * foobar(1, "home");     // computed, then remembered
 * foobar.invalidate(1);  // everything that depends on nav_portal:user_id=1
 * ```
 *
 * The key holds the place of this call, `module.function:line`, and each argument by name, but for those that a
 * generation takes and those that are excluded. Two functions with the same generations so have different values; a
 * program in which lines have moved starts with new ones (WrapOptions::place, WrapOptions::version). What a function
 * captures is no part of the key.
 *
 * A helper that wraps the functions it is given does so at one place: let it take the place of its caller and pass it
 * on, or a version for each function. Another function at the place of one that is still wrapped is refused, as far as
 * they can be told apart: by their types, and function pointers by where they point.
 *
 * @param cache The cache, which must outlive what is returned.
 * @param generations What the results depend on; each argument they name must be a parameter.
 * @param names The names of the parameters in order. One that the function may write to, a reference that is not const,
 *   must be excluded: nothing is written where the result is remembered. Of a method, the object comes first only if it
 * shall be part of the key: then its type needs a `gencache_arg` (see Argument).
 * @param function A function, a lambda, a pointer to a method. If its first parameter (after the object) is a
 *   `Filling &`, it is none for the caller: the function tells by it what else the result depends on.
 * @param options How to compute and store the results.
 * @param how What else there is to say.
 * @param place Where this stands; leave it to its default, or pass on the place (a std::source_location, too) of a
 *   caller.
 * @return The Wrapped function. @throws ArgumentError where something of this does not fit together, or another
 * function is wrapped at this place. @since 0.1
 */
template <std::size_t N, Wrappable F>
auto wrap(const Cache &cache, const Generations &generations, const char *const (&names)[N], F &&function,
          const Options &options = {}, WrapOptions how = {}, const Place &place = Place::here()) {
  using Signature = detail::Signature<F>;
  static_assert(N == Signature::arity || (Signature::is_method && N == Signature::arity + 1),
                "gencache::wrap: there must be a name for each parameter");
  return detail::make_wrapped(cache, generations, detail::named_parameters<Signature>(names), std::forward<F>(function),
                              options, std::move(how), place);
}

/// A cache that is gone after this expression cannot be called, so keep what Cache::with_timeout returns.
template <std::size_t N, Wrappable F>
void wrap(const Cache &&cache, const Generations &generations, const char *const (&names)[N], F &&function,
          const Options &options = {}, WrapOptions how = {}, const Place &place = Place::here()) = delete;

/**
 * Makes a function remember its results, with its arguments by position: all are parts of the key without a name, so
 * the generations are static. For functions without parameters, above all. The object of a method is left out.
 * @since 0.1
 */
template <Wrappable F>
auto wrap(const Cache &cache, const Generations &generations, F &&function, const Options &options = {},
          WrapOptions how = {}, const Place &place = Place::here()) {
  using Signature = detail::Signature<F>;
  auto parameters = detail::parameters_of<Signature>();
  if (Signature::is_method) parameters.front().is_kept = false;
  return detail::make_wrapped(cache, generations, std::move(parameters), std::forward<F>(function), options,
                              std::move(how), place);
}

/// A cache that is gone after this expression cannot be called, so keep what Cache::with_timeout returns.
template <Wrappable F>
void wrap(const Cache &&cache, const Generations &generations, F &&function, const Options &options = {},
          WrapOptions how = {}, const Place &place = Place::here()) = delete;

}  // namespace gencache

#endif
