/**
 * @file bound.hpp
 * @brief A cache whose generations, parameters, defaults and options are given once.
 */
#ifndef GENCACHE_BOUND_HPP
#define GENCACHE_BOUND_HPP

#include "gencache/fetch.hpp"

namespace gencache {

/// @cond INTERNAL
namespace detail {
struct FreeBound {
  void operator()(gc_bound *bound) const { gc_bound_free(bound); }
};
}  // namespace detail
/// @endcond

/**
 * A bound cache, from Cache::bind. Arguments are given by name, `{arg("user_id", 1)}`, or by position in the order of
 * the parameters, `args(1, "home")`. May be used by any number of threads, and outlive its cache; to be moved, not
 * copied. What each function throws stands at the one of the same name in Cache. @since 0.1
 */
class Bound {
 public:
  /** Takes over @p bound, which was bound with @p options. */
  Bound(gc_bound *bound, const Options &options) : bound_(bound), options_(options) {}

  /** Like Cache::get. */
  template <Storable T>
  Entry<T> get(const Args &args) const {
    gc_entry *out = nullptr;
    detail::Failure failure;
    const gc_status status = gc_bound_get(handle(), args.data(), args.size(), &out, failure);
    detail::EntryHandle entry(out);
    detail::done(status, failure);
    return Entry<T>(std::move(entry));
  }

  /** Like Cache::set, with the options of the bound cache. */
  template <class T>
  requires Storable<detail::Kept<T>>
  void set(const Args &args, const T &value) const { store(detail::kept(value), args, nullptr); }
  /** Like Cache::set, with other options. */
  template <class T>
  requires Storable<detail::Kept<T>>
  void set(const Args &args, const T &value, const Options &options) const {
    store(detail::kept(value), args, detail::to_handle(options).get());
  }

  /** Like Cache::fetch, with the options of the bound cache. */
  template <class T = void, class F>
  requires ComputationOf<F, detail::Fetched<T, F>> detail::Fetched<T, F> fetch(const Args &args, F &&compute)
  const { return *fetch_entry<T>(args, compute); }
  /** Like Cache::fetch, with other options. */
  template <class T = void, class F>
  requires ComputationOf<F, detail::Fetched<T, F>> detail::Fetched<T, F> fetch(const Args &args, F &&compute,
                                                                               const Options &options)
  const { return *fetch_entry<T>(args, compute, options); }

  /** Like Cache::fetch_entry, with the options of the bound cache. */
  template <class T = void, class F>
  requires ComputationOf<F, detail::Fetched<T, F>> Entry<detail::Fetched<T, F>> fetch_entry(const Args &args,
                                                                                            F &&compute)
  const { return fetch_with<detail::Fetched<T, F>>(args, compute, nullptr, options_); }
  /** Like Cache::fetch_entry, with other options. */
  template <class T = void, class F>
  requires ComputationOf<F, detail::Fetched<T, F>> Entry<detail::Fetched<T, F>> fetch_entry(const Args &args,
                                                                                            F &&compute,
                                                                                            const Options &options)
  const { return fetch_with<detail::Fetched<T, F>>(args, compute, detail::to_handle(options).get(), options); }

  /** Like Cache::get_many. */
  template <Storable T, class Range>
  std::vector<Entry<T>> get_many(const Range &calls) const {
    return detail::get_many<T>(
        detail::Calls(calls), [&](const detail::Calls &asked, gc_entry **entries, gc_error **err) {
          return gc_bound_get_many(handle(), asked.args(), asked.sizes(), asked.size(), entries, err);
        });
  }

  /** Like Cache::fetch_many, with the options of the bound cache. */
  template <Storable T, class Range, ManyComputationOf<T> F>
  std::vector<Entry<T>> fetch_many(const Range &calls, F &&compute) const {
    return detail::fetch_many<T>(
        detail::Calls(calls), compute, nullptr, [&] { return detail::to_refreshing_handle(options_); },
        [&](const detail::Calls &asked, gc_compute_many_fn run, void *payload, const gc_options *options,
            gc_entry **entries, gc_error **err) {
          return gc_bound_fetch_many(handle(), asked.args(), asked.sizes(), asked.size(), run, payload, options,
                                     entries, err);
        });
  }

  /** Like Cache::erase. */
  void erase(const Args &args) const { call(gc_bound_delete, args); }

  /** Invalidates those of its generations that the arguments given here name; without arguments, its static ones.
   * Defaults are not used. @throws ArgumentError if that is none. @throws UnavailableError like Cache::invalidate. */
  void invalidate(const Args &args = {}) const { call(gc_bound_invalidate, args); }

  /** Like invalidate, softly: see Cache::invalidate_soft. */
  void invalidate_soft(const Args &args = {}) const { call(gc_bound_invalidate_soft, args); }

  /** @return The C handle, borrowed. */
  gc_bound *handle() const noexcept { return bound_.get(); }

 private:
  template <class Call>
  void call(Call function, const Args &args) const {
    detail::Failure failure;
    detail::check(function(handle(), args.data(), args.size(), failure), failure);
  }

  template <Storable T>
  void store(const T &value, const Args &args, const gc_options *options) const {
    detail::Failure failure;
    detail::check(detail::store_as(value,
                                   [&](const gc_value &stored) {
                                     return gc_bound_set_value(handle(), args.data(), args.size(), stored, options,
                                                               failure);
                                   }),
                  failure);
  }

  template <Storable T, class F>
  Entry<T> fetch_with(const Args &args, F &compute, const gc_options *options, const Options &of_refresh) const {
    return detail::fetch_entry<T>(
        compute, options, [&] { return detail::to_refreshing_handle(of_refresh); },
        [&](gc_compute_fn run, void *payload, const gc_options *with, gc_entry **entry, gc_error **err) {
          return gc_bound_fetch(handle(), args.data(), args.size(), run, payload, with, entry, err);
        });
  }

  std::unique_ptr<gc_bound, detail::FreeBound> bound_;
  Options options_;
};

}  // namespace gencache

#endif
