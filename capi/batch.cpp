// Batches: what is collected for a commit.
#include "calls.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

void collect(std::set<std::string, std::less<>> &names, const StampNames &more) {
  for (std::size_t i = 0; i < more.size(); ++i) names.emplace(more[i]);
}

gc_status collect(gc_batch *batch, bool is_soft, const char *const *generations, std::size_t n_generations,
                  const gc_arg *args, std::size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    gc_batch &own = required(batch, "batch");
    collect(is_soft ? own.collected.soft : own.collected.hard,
            stamps_to_invalidate(own.cache->prefix(), parse_generations(generations, n_generations),
                                 parse_arguments(args, n_args)));
    return GC_OK;
  });
}

}  // namespace

gc_batch *gc_batch_new(gc_cache *cache, gc_batch *parent, gc_error **err) {
  gc_batch *batch = nullptr;
  guarded(err, [&] {
    const auto &own = required(cache, "cache").cache;
    if (parent != nullptr && parent->cache != own) bad_argument("parent is a batch of another cache");
    batch = new gc_batch{own, parent};
    return GC_OK;
  });
  return batch;
}

gc_status gc_batch_invalidate(gc_batch *batch, const char *const *generations, size_t n_generations, const gc_arg *args,
                              size_t n_args, gc_error **err) {
  return collect(batch, false, generations, n_generations, args, n_args, err);
}

gc_status gc_batch_invalidate_soft(gc_batch *batch, const char *const *generations, size_t n_generations,
                                   const gc_arg *args, size_t n_args, gc_error **err) {
  return collect(batch, true, generations, n_generations, args, n_args, err);
}

gc_status gc_batch_delete(gc_batch *batch, const char *const *generations, size_t n_generations, const gc_arg *args,
                          size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    gc_batch &own = required(batch, "batch");
    own.collected.values.emplace(key_of(*own.cache, generations, n_generations, args, n_args).wire());
    return GC_OK;
  });
}

gc_status gc_batch_commit(gc_batch *batch, gc_error **err) {
  return guarded(err, [&] {
    gc_batch &own = required(batch, "batch");
    if (own.parent == nullptr) return report(err, own.cache->commit(own.collected));
    own.parent->collected.hard.merge(own.collected.hard);
    own.parent->collected.soft.merge(own.collected.soft);
    own.parent->collected.values.merge(own.collected.values);
    own.collected = {};
    return static_cast<gc_status>(GC_OK);
  });
}

void gc_batch_cancel(gc_batch *batch) {
  if (batch != nullptr) batch->collected = {};
}

void gc_batch_free(gc_batch *batch) { destroy(batch); }
