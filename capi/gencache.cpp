// The exported functions: unwrap the handles, call the core, report. Nothing else.
#include "gencache/gencache.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "guard.h"
#include "handles.h"
#include "names.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

Key key_of(const Cache &cache, const char *const *generations, std::size_t n_generations, const gc_arg *args,
           std::size_t n_args) {
  return {cache.prefix(), parse_generations(generations, n_generations), parse_arguments(args, n_args)};
}

Policy policy_in(const Cache &cache, const gc_options *options) {
  Policy base;
  base.ttl_ms = cache.default_ttl_ms();
  return policy_of(options, base);
}

gc_value bytes_value(const void *data, std::size_t size, const char *parameter) {
  if (data == nullptr && size > 0)
    bad_argument(std::string(parameter) + " is NULL, but size is " + std::to_string(size));
  return gc_value_data(GC_BYTES, data, size);
}

// Hands the entry over, and reports what went wrong on the way to it.
gc_status deliver(std::unique_ptr<gc_entry> entry, gc_entry *&out, gc_error **err) {
  entry->generation = cause_of(entry->pursuit);
  out = entry.release();
  const gc_status status = out->pursuit.status;
  return status < 0 ? report(err, out->pursuit.found.trouble) : status;
}

gc_status get(const std::shared_ptr<Cache> &cache, Key key, const Policy &policy, gc_entry *&out, gc_error **err) {
  auto entry = std::make_unique<gc_entry>(cache, std::move(key), policy);
  cache->get(entry->pursuit);
  return deliver(std::move(entry), out, err);
}

// Somebody else's turn may have left a lease in it, which says nothing about whose value it is to compute.
void refuse_another_ones(const Pursuit &pursuit) {
  if (pursuit.status == GC_BUSY) bad_argument("entry is not yours to fill: somebody else computes its value");
  if (pursuit.status == GC_STALE) bad_argument("entry has a stale value: it is not yours to fill");
}

gc_status fill(gc_entry &entry, const gc_value &value, const gc_options *options, gc_error **err) {
  Pursuit &pursuit = entry.pursuit;
  refuse_another_ones(pursuit);
  if (!pursuit.found.lease && pursuit.found.trouble.ok()) {
    bad_argument(pursuit.found.reason == GC_REASON_HIT ? "entry is a hit: it carries no lease"
                                                       : "entry has been filled already");
  }
  const Encoded encoded(value);
  return report(err, entry.cache->fill(pursuit, encoded.payload(), policy_of(options, pursuit.policy)));
}

gc_status set(Cache &cache, const Key &key, const gc_value &value, const Policy &policy, gc_error **err) {
  return report(err, cache.set(key, Encoded(value).payload(), policy));
}

}  // namespace

// --- statuses and errors

gc_status gc_error_status(const gc_error *error) { return error == nullptr ? GC_OK : error->status; }

const char *gc_error_message(const gc_error *error) { return error == nullptr ? "" : error->message.c_str(); }

int32_t gc_error_origin(const gc_error *error) { return error == nullptr ? 0 : error->origin; }

void gc_error_free(gc_error *error) { delete error; }

const char *gc_status_name(gc_status status) { return status_name(status); }

// --- caches

gc_cache *gc_open(const char *url, gc_error **err) {
  gc_cache *cache = nullptr;
  guarded(err, [&] {
    if (url == nullptr) url = std::getenv("GENCACHE_URL");
    cache = new gc_cache{std::make_shared<Cache>(parse_url(url == nullptr ? "memory://" : url))};
    return GC_OK;
  });
  return cache;
}

void gc_close(gc_cache *cache) { destroy(cache); }

gc_status gc_ping(gc_cache *cache, gc_error **err) {
  return guarded(err, [&] { return report(err, required(cache, "cache").cache->ping()); });
}

void gc_set_log(gc_cache *cache, gc_log_fn log, void *payload, int32_t level) {
  if (cache != nullptr) cache->cache->log().set(log, payload, level);
}

const char *gc_version(void) { return GC_VERSION; }

// --- reading, filling, invalidating

gc_status gc_get(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                 size_t n_args, gc_entry **entry, gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const auto &own = required(cache, "cache").cache;
    return get(own, key_of(*own, generations, n_generations, args, n_args), policy_in(*own, nullptr), out, err);
  });
}

gc_status gc_fill(gc_entry *entry, const void *data, size_t size, const gc_options *options, gc_error **err) {
  return guarded(err, [&] { return fill(required(entry, "entry"), bytes_value(data, size, "data"), options, err); });
}

gc_status gc_fill_value(gc_entry *entry, gc_value value, const gc_options *options, gc_error **err) {
  return guarded(err, [&] { return fill(required(entry, "entry"), value, options, err); });
}

gc_status gc_depend(gc_entry *entry, const char *generation, const gc_arg *args, size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    gc_entry &own = required(entry, "entry");
    const Generations parsed = parse_generations(&generation, 1);
    const std::string text = generation_text(parsed[0], parse_arguments(args, n_args));
    refuse_another_ones(own.pursuit);
    if (own.pursuit.has_value()) bad_argument("entry has its value already");
    return report(err, own.cache->depend(own.pursuit, text));
  });
}

gc_status gc_set(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                 size_t n_args, const void *data, size_t size, const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    return set(own, key_of(own, generations, n_generations, args, n_args), bytes_value(data, size, "data"),
               policy_in(own, options), err);
  });
}

gc_status gc_set_value(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                       size_t n_args, gc_value value, const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    return set(own, key_of(own, generations, n_generations, args, n_args), value, policy_in(own, options), err);
  });
}

gc_status gc_delete(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                    size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    return report(err, own.erase(key_of(own, generations, n_generations, args, n_args)));
  });
}

gc_status gc_invalidate(gc_cache *cache, const char *generation, const gc_arg *args, size_t n_args, gc_error **err) {
  return gc_invalidate_many(cache, &generation, 1, args, n_args, err);
}

gc_status gc_invalidate_many(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                             size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    return report(err, own.invalidate(stamps_to_invalidate(own.prefix(), parse_generations(generations, n_generations),
                                                           parse_arguments(args, n_args))));
  });
}

gc_status gc_invalidate_soft(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                             size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    return report(err, own.invalidate(stamps_to_invalidate(own.prefix(), parse_generations(generations, n_generations),
                                                           parse_arguments(args, n_args)),
                                      true));
  });
}

gc_status gc_clear(gc_cache *cache, gc_error **err) {
  return guarded(err, [&] { return report(err, required(cache, "cache").cache->clear()); });
}

// --- computing

namespace {

gc_status begin(const std::shared_ptr<Cache> &cache, Key key, const Policy &policy, gc_entry *&out, gc_error **err) {
  auto entry = std::make_unique<gc_entry>(cache, std::move(key), policy);
  cache->begin(entry->pursuit);
  return deliver(std::move(entry), out, err);
}

gc_status origin_failed(std::int32_t origin, gc_error **err) {
  report(err, GC_ERR_ORIGIN, ("the computation returned " + std::to_string(origin)).c_str());
  if (err != nullptr && *err != nullptr) (*err)->origin = origin;
  return GC_ERR_ORIGIN;
}

gc_status fetch(const std::shared_ptr<Cache> &cache, Key key, const Policy &policy, gc_compute_fn compute,
                void *payload, gc_entry *&out, gc_error **err) {
  if (compute == nullptr) bad_argument("compute is NULL");
  auto entry = std::make_unique<gc_entry>(cache, std::move(key), policy);
  Pursuit &pursuit = entry->pursuit;
  cache->fetch(pursuit, [&] {
    entry->generation = cause_of(pursuit);
    return compute(payload, entry.get());
  });
  if (pursuit.status == GC_ERR_ORIGIN) return origin_failed(pursuit.origin, err);
  if (entry->generation.empty()) entry->generation = cause_of(pursuit);
  out = entry.release();
  return out->pursuit.status;
}

// `module.function:line`, the module without its ending.
std::string place_text(const char *file, const char *function, int line) {
  std::string_view module = file;
  const std::size_t dot = module.rfind('.');
  const std::size_t slash = module.rfind('/');
  if (dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash)) module = module.substr(0, dot);
  return std::string(module) + "." + function + ":" + std::to_string(line);
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
    entry->generation = cause_of(pursuit);
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

// --- many at once

namespace {

// The entries of one call, handed over together.
class Entries {
 public:
  Entries(const std::shared_ptr<Cache> &cache, gc_entry **entries, std::size_t count)
      : maker_(cache, count), out_(entries), count_(count) {
    if (entries == nullptr && count > 0) bad_argument("entries is NULL, but n_calls is " + std::to_string(count));
    for (std::size_t i = 0; i < count; ++i) entries[i] = nullptr;
    entries_.reserve(count);
    pursuits_.reserve(count);
  }

  template <class MakeKey>
  void make(const gc_arg *const *args, const std::size_t *n_args, const Policy &policy, MakeKey make_key) {
    if ((args == nullptr || n_args == nullptr) && count_ > 0) {
      bad_argument(std::string(args == nullptr ? "args" : "n_args") + " is NULL, but n_calls is " +
                   std::to_string(count_));
    }
    for (std::size_t i = 0; i < count_; ++i) {
      entries_.emplace_back(maker_.make([&] { return make_key(args[i], n_args[i]); }, policy));
      pursuits_.push_back(&entries_.back()->pursuit);
    }
  }

  void make(const gc_arg *const *args, const std::size_t *n_args, const Policy &policy, KeySeries keys) {
    maker_.hold(keys.stem());
    make(args, n_args, policy, [&keys](const gc_arg *some, std::size_t n) { return keys.make(some, n); });
  }

  std::span<Pursuit *const> pursuits() const { return pursuits_; }
  Memory &memory() { return maker_.memory(); }
  gc_entry *operator[](std::size_t i) const { return entries_[i].get(); }

  // The most serious status: an error, then a miss, then a stale value.
  gc_status deliver(gc_error **err) {
    gc_status all = GC_OK;
    for (std::size_t i = 0; i < count_; ++i) {
      gc_entry &entry = *entries_[i];
      const Pursuit &pursuit = entry.pursuit;
      if (pursuit.found.cause != 0) entry.generation = cause_of(pursuit);
      if (all < 0 || pursuit.status == GC_OK) continue;
      if (pursuit.status == GC_ERR_ORIGIN) {
        all = origin_failed(pursuit.origin, err);
      } else if (pursuit.status < 0) {
        all = report(err, pursuit.found.trouble);
      } else if (all == GC_OK || pursuit.status == GC_MISS) {
        all = pursuit.status;
      }
    }
    for (std::size_t i = 0; i < count_; ++i) out_[i] = entries_[i].release();
    return all;
  }

 private:
  struct Free {
    void operator()(gc_entry *entry) const { free_entries(&entry, 1); }
  };

  EntryMaker maker_;
  gc_entry **out_;
  std::size_t count_;
  std::vector<std::unique_ptr<gc_entry, Free>> entries_;
  std::vector<Pursuit *> pursuits_;
};

gc_status fetch_many(Cache &cache, Entries &entries, gc_compute_many_fn compute, void *payload, gc_error **err) {
  if (compute == nullptr) bad_argument("compute is NULL");
  cache.fetch_many(entries.pursuits(), entries.memory(), [&](std::span<const std::size_t> indexes) {
    std::vector<gc_entry *> misses;
    for (const std::size_t i : indexes) {
      entries[i]->generation = cause_of(entries[i]->pursuit);
      misses.push_back(entries[i]);
    }
    return compute(payload, misses.data(), indexes.data(), indexes.size());
  });
  return entries.deliver(err);
}

KeySeries keys_of(const Cache &cache, const char *const *generations, std::size_t n_generations) {
  return {cache.prefix(), parse_generations(generations, n_generations)};
}

}  // namespace

gc_status gc_get_many(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *const *args,
                      const size_t *n_args, size_t n_calls, gc_entry **entries, gc_error **err) {
  return guarded(err, [&] {
    const auto &own = required(cache, "cache").cache;
    Entries all(own, entries, n_calls);
    all.make(args, n_args, policy_in(*own, nullptr), keys_of(*own, generations, n_generations));
    own->get_many(all.pursuits(), all.memory());
    return all.deliver(err);
  });
}

gc_status gc_fetch_many(gc_cache *cache, const char *const *generations, size_t n_generations,
                        const gc_arg *const *args, const size_t *n_args, size_t n_calls, gc_compute_many_fn compute,
                        void *payload, const gc_options *options, gc_entry **entries, gc_error **err) {
  return guarded(err, [&] {
    const auto &own = required(cache, "cache").cache;
    Entries all(own, entries, n_calls);
    all.make(args, n_args, policy_in(*own, options), keys_of(*own, generations, n_generations));
    return fetch_many(*own, all, compute, payload, err);
  });
}

// --- batches

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

// --- bound caches

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

gc_status gc_bound_get_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                            gc_entry **entries, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    Entries all(own.cache, entries, n_calls);
    all.make(args, n_args, own.policy, [&](const gc_arg *some, size_t n) { return key_of(own, some, n); });
    own.cache->get_many(all.pursuits(), all.memory());
    return all.deliver(err);
  });
}

gc_status gc_bound_fetch_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                              gc_compute_many_fn compute, void *payload, const gc_options *options, gc_entry **entries,
                              gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    Entries all(own.cache, entries, n_calls);
    all.make(args, n_args, policy_of(options, own.policy),
             [&](const gc_arg *some, size_t n) { return key_of(own, some, n); });
    return fetch_many(*own.cache, all, compute, payload, err);
  });
}

// --- seeing inside

namespace {

gc_status give(const std::string &text, char *&out) {
  out = strdup(text.c_str());
  if (out == nullptr) throw std::bad_alloc();
  return GC_OK;
}

}  // namespace

gc_status gc_get_stats(gc_cache *cache, gc_stats *stats, size_t size, gc_error **err) {
  return guarded(err, [&] {
    const gc_stats all = required(cache, "cache").cache->stats();
    std::memcpy(&required(stats, "stats"), &all, std::min(size, sizeof all));
    return GC_OK;
  });
}

gc_status gc_metrics(gc_cache *cache, char **text, gc_error **err) {
  return guarded(err, [&] {
    char *&out = required(text, "text");
    out = nullptr;
    return give(required(cache, "cache").cache->metrics(), out);
  });
}

gc_status gc_explain(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                     size_t n_args, char **text, gc_error **err) {
  return guarded(err, [&] {
    char *&out = required(text, "text");
    out = nullptr;
    Cache &own = *required(cache, "cache").cache;
    Answer answer;
    const std::string explained = own.explain(key_of(own, generations, n_generations, args, n_args), answer);
    if (!answer.ok()) return report(err, answer);
    return give(explained, out);
  });
}

gc_status gc_key(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                 size_t n_args, char **text, gc_error **err) {
  return guarded(err, [&] {
    char *&out = required(text, "text");
    out = nullptr;
    const Cache &own = *required(cache, "cache").cache;
    return give(std::string(key_of(own, generations, n_generations, args, n_args).text()), out);
  });
}

void gc_string_free(char *text) { std::free(text); }
