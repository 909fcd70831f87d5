// Computing through the cache, and many values at once.
#include <algorithm>

#include "calls.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

// `module.function:line`, the module without its ending.
std::string place_text(const char *file, const char *function, int line) {
  std::string_view module = file;
  const std::size_t dot = module.rfind('.');
  const std::size_t slash = module.rfind('/');
  if (dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash)) module = module.substr(0, dot);
  return std::string(module) + "." + function + ":" + std::to_string(line);
}

template <class Run>
gc_status on_many(gc_cache *cache, const char *const *generations, std::size_t n_generations, const Many &many,
                  const gc_options *options, gc_error **err, Run run) {
  return guarded(err, [&] {
    clear(many.entries, many.n_calls);
    const auto &own = required(cache, "cache").cache;
    return with_entries(own, many, policy_in(*own, options),
                        KeySeries(own->prefix(), parse_generations(generations, n_generations)), run);
  });
}

}  // namespace

gc_status gc_fetch(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                   size_t n_args, gc_compute_fn compute, void *payload, const gc_options *options, gc_entry **entry,
                   gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const auto &own = required(cache, "cache").cache;
    return fetch(own, key_of(*own, generations, n_generations, args, n_args), policy_in(*own, options), compute,
                 payload, out, err);
  });
}

gc_status gc_fetch_at(gc_cache *cache, const char *file, const char *function, int line, const char *const *generations,
                      size_t n_generations, const gc_arg *args, size_t n_args, gc_compute_fn compute, void *payload,
                      const gc_options *options, gc_entry **entry, gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const auto &own = required(cache, "cache").cache;
    if (args == nullptr && n_args > 0) bad_argument("args is NULL, but n_args is " + std::to_string(n_args));
    const std::string place = place_text(&required(file, "file"), &required(function, "function"), line);
    std::vector<gc_arg> all{gc_text(nullptr, place.data(), place.size())};
    all.insert(all.end(), args, args + n_args);
    return fetch(own, key_of(*own, generations, n_generations, all.data(), all.size()), policy_in(*own, options),
                 compute, payload, out, err);
  });
}

gc_status gc_begin(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                   size_t n_args, const gc_options *options, gc_entry **entry, gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const auto &own = required(cache, "cache").cache;
    return begin(own, key_of(*own, generations, n_generations, args, n_args), policy_in(*own, options), out, err);
  });
}

gc_status gc_wait(gc_entry *entry, int64_t wait_ms, gc_error **err) {
  return guarded(err, [&] {
    Pursuit &pursuit = required(entry, "entry").pursuit;
    if (pursuit.status != GC_BUSY) bad_argument("entry is not busy: there is nobody to wait for");
    if (wait_ms < 0) bad_argument("wait_ms is negative: " + std::to_string(wait_ms));
    entry->cache->wait(pursuit, Clock::now() + std::chrono::milliseconds(std::min(wait_ms, pursuit.policy.wait_ms)));
    return pursuit.status < 0 ? report(err, pursuit.found.trouble) : pursuit.status;
  });
}

gc_status gc_abandon(gc_entry *entry, gc_error **err) {
  return guarded(err, [&] {
    Pursuit &pursuit = required(entry, "entry").pursuit;
    if (!pursuit.turn) bad_argument("entry is not yours to compute: there is nothing to abandon");
    entry->cache->abandon(pursuit);
    return pursuit.has_value() ? pursuit.status : GC_OK;
  });
}

gc_status gc_get_many(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *const *args,
                      const size_t *n_args, size_t n_calls, gc_entry **entries, gc_error **err) {
  return on_many(cache, generations, n_generations, {args, n_args, n_calls, entries}, nullptr, err,
                 [&](Cache &own, Entries &all) { return get_many(own, all, err); });
}

gc_status gc_begin_many(gc_cache *cache, const char *const *generations, size_t n_generations,
                        const gc_arg *const *args, const size_t *n_args, size_t n_calls, const gc_options *options,
                        gc_entry **entries, gc_error **err) {
  return on_many(cache, generations, n_generations, {args, n_args, n_calls, entries}, options, err,
                 [&](Cache &own, Entries &all) { return begin_many(own, all, err); });
}

gc_status gc_fetch_many(gc_cache *cache, const char *const *generations, size_t n_generations,
                        const gc_arg *const *args, const size_t *n_args, size_t n_calls, gc_compute_many_fn compute,
                        void *payload, const gc_options *options, gc_entry **entries, gc_error **err) {
  return on_many(cache, generations, n_generations, {args, n_args, n_calls, entries}, options, err,
                 [&](Cache &own, Entries &all) { return fetch_many(own, all, compute, payload, err); });
}
