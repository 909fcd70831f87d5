/**
 * @file cache.hpp
 * @brief The cache.
 */
#ifndef GENCACHE_CACHE_HPP
#define GENCACHE_CACHE_HPP

#include <chrono>

#include "gencache/bound.hpp"
#include "gencache/stats.hpp"

namespace gencache {

/// @cond INTERNAL
namespace detail {

// A log function must not be called any more once it is gone, also where entries outlive their cache.
struct CloseCache {
  bool has_log = false;

  void operator()(gc_cache *cache) const {
    if (has_log) gc_set_log(cache, nullptr, nullptr, GC_LOG_ERROR);
    gc_close(cache);
  }
};

inline void call_log(void *payload, std::int32_t level, const char *message) {
  try {
    (*static_cast<const LogFunction *>(payload))(static_cast<LogLevel>(level), message);
  } catch (...) {  // NOLINT(bugprone-empty-catch): there is nobody to tell
  }
}

inline std::string take_string(char *text) {
  const std::unique_ptr<char, void (*)(char *)> owned(text, gc_string_free);
  return owned.get();
}

}  // namespace detail
/// @endcond

/**
 * A namespace on a pool of memcached servers, or in this process.
 *
 * A function that reads or computes does not throw because a server is away: a read is a miss with Reason::unavailable,
 * a computed value is given to the caller. A function that changes something throws where it did not succeed, since an
 * old value may then be left.
 *
 * All functions but log, and moving and destroying the cache, may be called by any number of threads at once; after a
 * fork by parent and child. To be moved, not copied. @since 0.1
 */
class Cache {
 public:
  /** Opens `$GENCACHE_URL`, or `memory://` where that is not set. @throws ArgumentError if it is no good URL. */
  Cache() : Cache(nullptr) {}
  /** Opens @p url; see gc_open for what it may be. @throws ArgumentError if it is no good URL. */
  explicit Cache(const std::string &url) : Cache(url.c_str()) {}
  /** Opens @p url; null means what Cache() does. @throws ArgumentError if it is no good URL. */
  explicit Cache(const char *url) {
    detail::Failure failure;
    cache_.reset(gc_open(url, failure));
    if (!cache_) failure.raise();
  }

  /**
   * Reads a value: one round trip, to one server.
   * @tparam T What the value is expected to be.
   * @param generations What it depends on, at least one: `name` or `name:argument`.
   * @param args The arguments.
   * @return A hit with its value, or a miss, to be filled by Entry::fill. Where the server could not be asked it is a
   *   miss with Reason::unavailable.
   * @throws ArgumentError for bad generations or arguments. @throws TypeError if the value is no T.
   */
  template <Storable T>
  Entry<T> get(const Generations &generations, const Args &args = {}) const {
    gc_entry *out = nullptr;
    detail::Failure failure;
    const gc_status status =
        gc_get(handle(), generations.data(), generations.size(), args.data(), args.size(), &out, failure);
    detail::EntryHandle entry(out);
    detail::done(status, failure);
    return Entry<T>(std::move(entry));
  }

  /**
   * Stores a value that was not preceded by a miss. An invalidation between the moment the value was computed and this
   * call goes unnoticed: prefer get with Entry::fill, or fetch.
   * @param generations What it depends on.
   * @param args The arguments.
   * @param value The value.
   * @param options How to store it.
   * @throws Error where it was not stored; an older value may be left.
   */
  template <class T>
  requires Storable<detail::Kept<T>>
  void set(const Generations &generations, const Args &args, const T &value, const Options &options = {}) const {
    const detail::OptionsHandle handle_of_options = detail::to_handle(options);
    store(detail::kept(value), generations, args, handle_of_options.get());
  }

  /**
   * Gets a value, or computes and stores it. Of all callers that miss one key at once, in any process on any host, one
   * computes; the others wait for it, or take a stale value where the options allow it.
   *
   * A value of another type in the cache is computed anew and overwritten: a program whose types have changed goes on.
   * Two programs that differ in the type overwrite each other's values, so give one of them another argument.
   *
   * @tparam T What the value is; by default what @p compute returns (a std::string where that is borrowed text).
   * @param generations What the value depends on.
   * @param args The arguments.
   * @param compute The computation: a callable without parameters, or with a `Filling &` to depend on more generations.
   *   Called on this thread, at most once. What it throws comes out of fetch untouched, unless a stale value may stand
   *   in (Options::fail_safe).
   * @param options How to compute and store it.
   * @return The value, also where a server is away or could not store it.
   * @throws ArgumentError for bad input, or where the value cannot be stored at all.
   */
  template <class T = void, class F>
  requires ComputationOf<F, detail::Fetched<T, F>> detail::Fetched<T, F> fetch(const Generations &generations,
                                                                               const Args &args, F &&compute,
                                                                               const Options &options = {})
  const { return *fetch_entry<T>(generations, args, compute, options); }

  /** Like fetch, for those who want to know about the value: whether it is stale, its age, its key.
   * @return An entry with the value. */
  template <class T = void, class F>
  requires ComputationOf<F, detail::Fetched<T, F>> Entry<detail::Fetched<T, F>> fetch_entry(
      const Generations &generations, const Args &args, F &&compute, const Options &options = {})
  const {
    return detail::fetch_entry<detail::Fetched<T, F>>(
        compute, detail::to_handle(options).get(), [&] { return detail::to_refreshing_handle(options); },
        [&](gc_compute_fn run, void *payload, const gc_options *with, gc_entry **entry, gc_error **err) {
          return gc_fetch(handle(), generations.data(), generations.size(), args.data(), args.size(), run, payload,
                          with, entry, err);
        });
  }

  /**
   * Reads many values that depend on the same generations: one round trip, all servers at once.
   * @tparam T What the values are expected to be.
   * @param generations What they depend on.
   * @param calls For each value its arguments: each("user_id", ids), or a range of arrays or vectors of arguments.
   * @return An entry for each value, in their order; see get.
   * @throws ArgumentError for bad generations or arguments. @throws TypeError if a value is no T.
   */
  template <Storable T, class Range>
  std::vector<Entry<T>> get_many(const Generations &generations, const Range &calls) const {
    return detail::get_many<T>(detail::Calls(calls),
                               [&](const detail::Calls &asked, gc_entry **entries, gc_error **err) {
                                 return gc_get_many(handle(), generations.data(), generations.size(), asked.args(),
                                                    asked.sizes(), asked.size(), entries, err);
                               });
  }

  /**
   * Gets many values, and computes those that are missing all at once.
   *
   * ```cpp
   * auto users = cache.fetch_many<User>({"user:user_id"}, each("user_id", ids), [&](std::span<Gap<User>> gaps) {
   *   for (auto &gap : gaps) gap.fill(load(ids[gap.index()]));
   * });
   * ```
   *
   * @tparam T What the values are.
   * @param generations What they depend on.
   * @param calls For each value its arguments; see get_many.
   * @param compute Fills the gaps, of which it may leave some. Called on this thread, more than once where somebody
   *   else's computation was waited for and failed.
   * @param options How to compute and store them.
   * @return An entry for each value, in their order; one that was left unfilled is a miss.
   * @throws ArgumentError for bad input, or where a value cannot be stored at all; and what @p compute throws.
   */
  template <Storable T, class Range, ManyComputationOf<T> F>
  std::vector<Entry<T>> fetch_many(const Generations &generations, const Range &calls, F &&compute,
                                   const Options &options = {}) const {
    return detail::fetch_many<T>(
        detail::Calls(calls), compute, detail::to_handle(options).get(),
        [&] { return detail::to_refreshing_handle(options); },
        [&](const detail::Calls &asked, gc_compute_many_fn run, void *payload, const gc_options *with,
            gc_entry **entries, gc_error **err) {
          return gc_fetch_many(handle(), generations.data(), generations.size(), asked.args(), asked.sizes(),
                               asked.size(), run, payload, with, entries, err);
        });
  }

  /**
   * Invalidates generations: everything that depends on one of them is a miss, however much it is. Once this has
   * returned, no read that begins afterwards returns a value whose computation began before.
   * @param generations What to invalidate, in one round trip to each server.
   * @param args The arguments; those that no generation names are ignored.
   * @throws UnavailableError, RefusedError where a server has not acknowledged it; what() names the servers. This cache
   *   does not read from them before it has delivered the invalidation, but another process may: call again to be sure.
   * @throws ArgumentError for bad generations or arguments.
   */
  void invalidate(const Generations &generations, const Args &args = {}) const {
    call(gc_invalidate_many, generations, args);
  }

  /** Like invalidate, but what depends on the generations may still be served as stale to calls whose options allow it
   * (Options::stale_for, Options::fail_safe). Takes two round trips. */
  void invalidate_soft(const Generations &generations, const Args &args = {}) const {
    call(gc_invalidate_soft, generations, args);
  }

  /** Deletes one value, whether or not it is there. What depends on the same generations stays.
   * @throws Error where it failed. */
  void erase(const Generations &generations, const Args &args = {}) const { call(gc_delete, generations, args); }

  /** Invalidates everything in the namespace; see invalidate. Other namespaces on the same servers stay. */
  void clear() const {
    detail::Failure failure;
    detail::check(gc_clear(handle(), failure), failure);
  }

  /** Asks every server for an answer, and delivers what it missed while it was away. @throws UnavailableError */
  void ping() const {
    detail::Failure failure;
    detail::check(gc_ping(handle(), failure), failure);
  }

  /**
   * Binds generations and parameters, for values that are used in many places.
   * @param generations What the values depend on; each argument they name must be a parameter.
   * @param parameters The parameters in order: param("user_id"), or with a default arg("page", "home").
   * @param options How to compute and store the values.
   * @return The bound cache. @throws ArgumentError
   */
  Bound bind(const Generations &generations, const Args &parameters, const Options &options = {}) const {
    detail::Failure failure;
    gc_bound *bound = gc_bind(handle(), generations.data(), generations.size(), parameters.data(), parameters.size(),
                              detail::to_handle(options).get(), failure);
    if (bound == nullptr) failure.raise();
    return {bound, options};
  }

  /** @return The readable key of a call, without asking a server: what Entry::key tells. @throws ArgumentError. */
  std::string key(const Generations &generations, const Args &args = {}) const {
    char *text = nullptr;
    detail::Failure failure;
    detail::check(gc_key(handle(), generations.data(), generations.size(), args.data(), args.size(), &text, failure),
                  failure);
    return detail::take_string(text);
  }

  /** @return What a read would find, for people: the key, the server, each generation with its stored and its current
   * stamp, the verdict. @throws Error where the server could not be asked. */
  std::string explain(const Generations &generations, const Args &args = {}) const {
    char *text = nullptr;
    detail::Failure failure;
    detail::check(
        gc_explain(handle(), generations.data(), generations.size(), args.data(), args.size(), &text, failure),
        failure);
    return detail::take_string(text);
  }

  /** @return What the cache has done. Each number is exact; together they are no snapshot while calls are under way. */
  Stats stats() const {
    Stats stats{};
    detail::Failure failure;
    detail::check(gc_get_stats(handle(), &stats, sizeof(gc_stats), failure), failure);
    stats.server_errors = named(gc_server_errors);
    stats.top_generations = named(gc_top_generation);
    return stats;
  }

  /** @return The same and more as text for Prometheus (text exposition format 0.0.4). */
  std::string metrics() const {
    char *text = nullptr;
    detail::Failure failure;
    detail::check(gc_metrics(handle(), &text, failure), failure);
    return detail::take_string(text);
  }

  /**
   * Sets who is told what happens inside; nobody is at first. Not to be called while other calls are under way.
   * @param level The most detailed level to be told.
   * @param function The callback; an empty one for none.
   */
  void log(LogLevel level, LogFunction function) {
    auto kept = std::make_unique<LogFunction>(std::move(function));
    const bool is_given = static_cast<bool>(*kept);
    gc_set_log(handle(), is_given ? detail::call_log : nullptr, kept.get(), static_cast<std::int32_t>(level));
    log_ = std::move(kept);
    cache_.get_deleter().has_log = true;
  }

  /** @return The same cache with another budget for its calls, 1 ms to a minute, in the place of the URL's
   * `timeout_ms`. All else is shared; a log function stays with this cache. @throws ArgumentError */
  Cache with_timeout(std::chrono::milliseconds timeout) const {
    detail::Failure failure;
    Handle view(gc_with_timeout(handle(), timeout.count(), failure));
    if (!view) failure.raise();
    return Cache(std::move(view));
  }

  /** @return The C handle, borrowed. */
  gc_cache *handle() const noexcept { return cache_.get(); }

 private:
  using Handle = std::unique_ptr<gc_cache, detail::CloseCache>;

  explicit Cache(Handle cache) : cache_(std::move(cache)) {}

  template <class Call>
  std::vector<Stats::Named> named(Call function) const {
    std::vector<Stats::Named> all;
    while (true) {
      char *name = nullptr;
      Stats::Named one;
      detail::Failure failure;
      const gc_status status = function(handle(), all.size(), &name, &one.count, failure);
      if (status == GC_MISS) return all;
      detail::check(status, failure);
      one.name = detail::take_string(name);
      all.push_back(std::move(one));
    }
  }

  template <class Call>
  void call(Call function, const Generations &generations, const Args &args) const {
    detail::Failure failure;
    detail::check(function(handle(), generations.data(), generations.size(), args.data(), args.size(), failure),
                  failure);
  }

  template <Storable T>
  void store(const T &value, const Generations &generations, const Args &args, const gc_options *options) const {
    detail::Failure failure;
    const auto set_value = [&](const gc_value &stored) {
      return gc_set_value(handle(), generations.data(), generations.size(), args.data(), args.size(), stored, options,
                          failure);
    };
    detail::check(detail::store_as(value, set_value), failure);
  }

  std::unique_ptr<LogFunction> log_;  // lives longer than the handle that may call it
  Handle cache_;
};

}  // namespace gencache

#endif
