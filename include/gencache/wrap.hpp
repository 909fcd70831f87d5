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
  // An empty name: a parameter by position. `is_argument` tells whether its type can be part of a key.
  struct Parameter {
    std::string name;
    bool is_argument;
    bool is_kept = true;
  };

  WrapPlan(const Cache &cache, const Generations &generations, std::vector<Parameter> parameters, Options options,
           WrapOptions how, const Place &place)
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
    for (const Parameter &parameter : parameters_) require_argument(parameter);
    bind();
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
    const auto named = std::find_if(parameters_.begin(), parameters_.end(),
                                    [&](const Parameter &parameter) { return parameter.name == name; });
    if (name.empty() || named == parameters_.end())
      throw ArgumentError("exclude: there is no parameter \"" + name + '"');
    named->is_kept = false;
  }

  static void require_argument(const Parameter &parameter) {
    if (!parameter.is_kept || parameter.is_argument) return;
    throw ArgumentError("parameter \"" + parameter.name +
                        "\" has a type that cannot be part of a key: exclude it, or write gencache_arg for its type");
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
   *   or `arg("user_id", 1)`.
   * @throws ArgumentError if no generation is named. @throws UnavailableError like Cache::invalidate.
   */
  template <class... A>
  void invalidate(const A &...arguments) const {
    on_bound(gc_bound_invalidate, arguments...);
  }

  /** Like invalidate, softly: see Cache::invalidate_soft. */
  template <class... A>
  void invalidate_soft(const A &...arguments) const {
    on_bound(gc_bound_invalidate_soft, arguments...);
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
  void on_bound(Call call, const A &...arguments) const {
    const auto given = args(arguments...);
    detail::Failure failure;
    detail::check(call(plan_->bound(), given.data(), given.size(), failure), failure);
  }

  std::shared_ptr<const detail::WrapPlan> plan_;
  std::shared_ptr<F> function_;
};

/// @cond INTERNAL
namespace detail {

template <class... P>
std::vector<WrapPlan::Parameter> parameters_of(Types<P...>) {
  return {WrapPlan::Parameter{"", Argument<P>}...};
}

// With names for all parameters, or for all but the object of a method, which is then left out.
template <class Signature>
std::vector<WrapPlan::Parameter> named_parameters(std::span<const char *const> names) {
  std::vector<WrapPlan::Parameter> parameters = parameters_of(typename Signature::Parameters());
  const std::size_t unnamed = parameters.size() - names.size();
  for (std::size_t i = 0; i < unnamed; ++i) parameters[i].is_kept = false;
  for (std::size_t i = 0; i < names.size(); ++i) parameters[unnamed + i].name = names[i];
  return parameters;
}

template <class F>
auto make_wrapped(const Cache &cache, const Generations &generations, std::vector<WrapPlan::Parameter> parameters,
                  F &&function, const Options &options, WrapOptions how, const Place &place) {
  using Function = std::decay_t<F>;
  using Result = Kept<typename Signature<F>::Result>;
  static_assert(Storable<Result>, "gencache::wrap: the function's result cannot be stored: see gencache::Storable");
  return Wrapped<Function, Signature<F>>(
      std::make_shared<WrapPlan>(cache, generations, std::move(parameters), options, std::move(how), place),
      std::forward<F>(function));
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
 * program in which lines have moved starts with new ones (WrapOptions::place, WrapOptions::version).
 *
 * @param cache The cache, which must outlive what is returned.
 * @param generations What the results depend on; each argument they name must be a parameter.
 * @param names The names of the parameters in order. Of a method, the object comes first only if it shall be part of
 *   the key: then its type needs a `gencache_arg` (see Argument).
 * @param function A function, a lambda, a pointer to a method. If its first parameter (after the object) is a
 *   `Filling &`, it is none for the caller: the function tells by it what else the result depends on.
 * @param options How to compute and store the results.
 * @param how What else there is to say.
 * @param place Where this stands; leave it to its default, or pass on the place (a std::source_location, too) of a
 *   caller.
 * @return The Wrapped function. @throws ArgumentError where something of this does not fit together. @since 0.1
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

/**
 * Makes a function remember its results, with its arguments by position: all are parts of the key without a name, so
 * the generations are static. For functions without parameters, above all. The object of a method is left out.
 * @since 0.1
 */
template <Wrappable F>
auto wrap(const Cache &cache, const Generations &generations, F &&function, const Options &options = {},
          WrapOptions how = {}, const Place &place = Place::here()) {
  using Signature = detail::Signature<F>;
  auto parameters = detail::parameters_of(typename Signature::Parameters());
  if (Signature::is_method) parameters.front().is_kept = false;
  return detail::make_wrapped(cache, generations, std::move(parameters), std::forward<F>(function), options,
                              std::move(how), place);
}

}  // namespace gencache

#endif
