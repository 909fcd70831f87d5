/**
 * @file options.hpp
 * @brief How a value is to be stored and computed, for designated initializers.
 */
#ifndef GENCACHE_OPTIONS_HPP
#define GENCACHE_OPTIONS_HPP

#include <chrono>
#include <memory>
#include <optional>

#include "gencache/error.hpp"

namespace gencache {

/**
 * How a value is to be stored and computed: `Options{.ttl = 5min, .stale_for = 30s}`. What is left out has its default,
 * which for `ttl` is that of the bound cache or the URL. A number out of range is an ArgumentError of the call that it
 * is given to. See gencache.h for each in full. @since 0.1
 */
struct Options {
  /** A time in milliseconds; std::chrono converts whatever is coarser. */
  using Time = std::chrono::milliseconds;

  std::optional<Time> ttl = std::nullopt;         /**< Lifetime; 0 for no end. */
  std::optional<Time> nothing_ttl = std::nullopt; /**< Lifetime of "nothing": a nullptr or an empty std::optional. */
  double jitter = 0; /**< The part of a lifetime that may be taken away at random, 0 to 1. */
  Time stale_for =
      Time(0); /**< How long an old value may be served while another caller computes; not at all by default. */
  Time fail_safe =
      Time(0); /**< How long an old value may be served where the computation fails; not at all by default. */
  std::optional<Time> lock = std::nullopt; /**< Lifetime of the fill lock: longer than the longest computation. */
  std::optional<Time> wait = std::nullopt; /**< How long to wait for somebody else's computation. */
  double beta = 0;         /**< How early a value is recomputed before it expires; 1 is the optimum under load. */
  bool refresh = false;    /**< Whether to compute in any case. */
  bool log_misses = false; /**< Whether misses are told at GC_LOG_INFO. */
};

/// @cond INTERNAL
namespace detail {

struct FreeOptions {
  void operator()(gc_options *options) const { gc_options_free(options); }
};
// Empty where all options are at their defaults.
using OptionsHandle = std::unique_ptr<gc_options, FreeOptions>;

class OptionsBuilder {
 public:
  template <class Setter, class Value>
  void set(Setter setter, Value value) {
    if (!options_) options_.reset(gc_options_new());
    if (!options_) throw MemoryError("out of memory");
    Failure failure;
    check(setter(options_.get(), value, failure), failure);
  }
  template <class Setter>
  void set_if_given(Setter setter, std::optional<Options::Time> time) {
    if (time) set(setter, time->count());
  }
  template <class Setter>
  void set_unless_zero(Setter setter, Options::Time time) {
    if (time.count() != 0) set(setter, time.count());
  }
  template <class Setter>
  void set_unless_zero(Setter setter, double number) {
    if (number != 0) set(setter, number);
  }
  template <class Setter>
  void set_if_true(Setter setter, bool truth) {
    if (truth) set(setter, 1);
  }
  OptionsHandle take() { return std::move(options_); }

 private:
  OptionsHandle options_;
};

inline OptionsHandle to_handle(const Options &options) {
  OptionsBuilder builder;
  builder.set_if_given(gc_options_set_ttl_ms, options.ttl);
  builder.set_if_given(gc_options_set_nothing_ttl_ms, options.nothing_ttl);
  builder.set_unless_zero(gc_options_set_jitter, options.jitter);
  builder.set_unless_zero(gc_options_set_stale_for_ms, options.stale_for);
  builder.set_unless_zero(gc_options_set_fail_safe_ms, options.fail_safe);
  builder.set_if_given(gc_options_set_lock_ms, options.lock);
  builder.set_if_given(gc_options_set_wait_ms, options.wait);
  builder.set_unless_zero(gc_options_set_beta, options.beta);
  builder.set_if_true(gc_options_set_refresh, options.refresh);
  builder.set_if_true(gc_options_set_log_misses, options.log_misses);
  return builder.take();
}

inline OptionsHandle to_refreshing_handle(Options options) {
  options.refresh = true;
  return to_handle(options);
}

}  // namespace detail
/// @endcond

}  // namespace gencache

#endif
