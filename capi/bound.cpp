// Bound caches.
#include "calls.h"

using namespace gencache::core;
using namespace gencache::capi;

gc_bound *gc_bind(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *params,
                  size_t n_params, const gc_options *options, gc_error **err) {
  gc_bound *bound = nullptr;
  guarded(err, [&] {
    const auto &own = required(cache, "cache").cache;
    bound = new gc_bound{own, {generations, n_generations, params, n_params}, policy_in(*own, options)};
    return GC_OK;
  });
  return bound;
}

void gc_bound_free(gc_bound *bound) { destroy(bound); }

namespace {

Key key_of(const gc_bound &bound, const gc_arg *args, std::size_t n_args) {
  return {bound.cache->prefix(), bound.binding.generations(), bound.binding.complete(args, n_args)};
}

}  // namespace

gc_status gc_bound_get(gc_bound *bound, const gc_arg *args, size_t n_args, gc_entry **entry, gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const gc_bound &own = required(bound, "bound");
    return get(own.cache, key_of(own, args, n_args), own.policy, out, err);
  });
}

gc_status gc_bound_set(gc_bound *bound, const gc_arg *args, size_t n_args, const void *data, size_t size,
                       const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    return set(*own.cache, key_of(own, args, n_args), bytes_value(data, size, "data"), policy_of(options, own.policy),
               err);
  });
}

gc_status gc_bound_set_value(gc_bound *bound, const gc_arg *args, size_t n_args, gc_value value,
                             const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    return set(*own.cache, key_of(own, args, n_args), value, policy_of(options, own.policy), err);
  });
}

gc_status gc_bound_delete(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    return report(err, own.cache->erase(key_of(own, args, n_args)));
  });
}

namespace {

gc_status invalidate(const gc_bound &bound, const gc_arg *args, std::size_t n_args, bool is_soft, gc_error **err) {
  const Arguments given = bound.binding.given(args, n_args);
  const StampNames names = stamps_to_invalidate(bound.cache->prefix(), bound.binding.chosen_by(given), given);
  return report(err, bound.cache->invalidate(names, is_soft));
}

}  // namespace

gc_status gc_bound_invalidate(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err) {
  return guarded(err, [&] { return invalidate(required(bound, "bound"), args, n_args, false, err); });
}

gc_status gc_bound_invalidate_soft(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err) {
  return guarded(err, [&] { return invalidate(required(bound, "bound"), args, n_args, true, err); });
}

gc_status gc_bound_fetch(gc_bound *bound, const gc_arg *args, size_t n_args, gc_compute_fn compute, void *payload,
                         const gc_options *options, gc_entry **entry, gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const gc_bound &own = required(bound, "bound");
    return fetch(own.cache, key_of(own, args, n_args), policy_of(options, own.policy), compute, payload, out, err);
  });
}

gc_status gc_bound_begin(gc_bound *bound, const gc_arg *args, size_t n_args, const gc_options *options,
                         gc_entry **entry, gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const gc_bound &own = required(bound, "bound");
    return begin(own.cache, key_of(own, args, n_args), policy_of(options, own.policy), out, err);
  });
}

namespace {

template <class Run>
gc_status on_many(const gc_bound *bound, const Many &many, const gc_options *options, gc_error **err, Run run) {
  return guarded(err, [&] {
    clear(many.entries, many.n_calls);
    const gc_bound &own = required(bound, "bound");
    return with_entries(
        own.cache, many, policy_of(options, own.policy),
        [&](const gc_arg *args, std::size_t n_args) { return key_of(own, args, n_args); }, run);
  });
}

}  // namespace

gc_status gc_bound_get_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                            gc_entry **entries, gc_error **err) {
  return on_many(bound, {args, n_args, n_calls, entries}, nullptr, err,
                 [&](Cache &own, Entries &all) { return get_many(own, all, err); });
}

gc_status gc_bound_begin_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                              const gc_options *options, gc_entry **entries, gc_error **err) {
  return on_many(bound, {args, n_args, n_calls, entries}, options, err,
                 [&](Cache &own, Entries &all) { return begin_many(own, all, err); });
}

gc_status gc_bound_fetch_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                              gc_compute_many_fn compute, void *payload, const gc_options *options, gc_entry **entries,
                              gc_error **err) {
  return on_many(bound, {args, n_args, n_calls, entries}, options, err,
                 [&](Cache &own, Entries &all) { return fetch_many(own, all, compute, payload, err); });
}
