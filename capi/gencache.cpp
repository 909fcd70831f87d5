// The exported functions: unwrap the handles, call the core, report. Nothing else.
#include "gencache/gencache.h"

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

std::int64_t ttl_of(const gc_options *options, std::int64_t fallback) {
  return options == nullptr ? fallback : options->ttl_ms.value_or(fallback);
}

gc_value bytes_value(const void *data, std::size_t size, const char *parameter) {
  if (data == nullptr && size > 0)
    bad_argument(std::string(parameter) + " is NULL, but size is " + std::to_string(size));
  return gc_value_data(GC_BYTES, data, size);
}

gc_status get(const std::shared_ptr<Cache> &cache, Key key, std::int64_t ttl_ms, gc_entry *&out, gc_error **err) {
  auto entry = std::unique_ptr<gc_entry>(new gc_entry{cache, std::move(key), ttl_ms});
  entry->found = cache->get(entry->key);
  entry->generation = entry->key.generation(entry->found.cause);
  out = entry.release();
  if (!out->found.trouble.ok()) return report(err, out->found.trouble);
  return out->found.reason == GC_REASON_HIT ? GC_OK : GC_MISS;
}

gc_status fill(gc_entry &entry, const gc_value &value, const gc_options *options, gc_error **err) {
  if (!entry.found.lease) {
    if (entry.found.reason == GC_REASON_UNAVAILABLE) return report(err, entry.found.trouble);
    bad_argument(entry.found.reason == GC_REASON_HIT ? "entry is a hit: it carries no lease"
                                                     : "entry has been filled already");
  }
  const Encoded encoded(value, ttl_of(options, entry.default_ttl_ms));
  const Answer answer = entry.cache->fill(entry.key, *entry.found.lease, encoded.payload());
  if (answer.ok()) entry.found.lease.reset();
  return report(err, answer);
}

gc_status set(Cache &cache, const Key &key, const gc_value &value, std::int64_t ttl_ms, gc_error **err) {
  return report(err, cache.set(key, Encoded(value, ttl_ms).payload()));
}

bool is_hit(const gc_entry *entry) { return entry != nullptr && entry->found.reason == GC_REASON_HIT; }

}  // namespace

// --- statuses and errors

gc_status gc_error_status(const gc_error *error) { return error == nullptr ? GC_OK : error->status; }

const char *gc_error_message(const gc_error *error) { return error == nullptr ? "" : error->message.c_str(); }

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

// --- options

gc_options *gc_options_new(void) { return new (std::nothrow) gc_options; }

void gc_options_free(gc_options *options) { delete options; }

gc_status gc_options_set_ttl_ms(gc_options *options, int64_t ttl_ms, gc_error **err) {
  return guarded(err, [&] {
    if (ttl_ms < 0) bad_argument("ttl_ms is negative: " + std::to_string(ttl_ms));
    required(options, "options").ttl_ms = ttl_ms;
    return GC_OK;
  });
}

// --- entries

int32_t gc_entry_reason(const gc_entry *entry) {
  return entry == nullptr ? GC_REASON_UNAVAILABLE : entry->found.reason;
}

const char *gc_reason_name(int32_t reason) { return reason_name(reason); }

const char *gc_entry_generation(const gc_entry *entry) { return entry == nullptr ? "" : entry->generation.c_str(); }

const char *gc_entry_key(const gc_entry *entry) { return entry == nullptr ? "" : entry->key.text().data(); }

const void *gc_entry_data(const gc_entry *entry) {
  return is_hit(entry) ? entry->found.record.payload.data() : nullptr;
}

size_t gc_entry_size(const gc_entry *entry) { return is_hit(entry) ? entry->found.record.payload.size() : 0; }

int32_t gc_entry_type(const gc_entry *entry) { return is_hit(entry) ? entry->found.record.type : -1; }

gc_status gc_entry_value(const gc_entry *entry, gc_value *value, gc_error **err) {
  return guarded(err, [&] {
    const gc_entry &found = required(entry, "entry");
    gc_value &out = required(value, "value");
    if (!is_hit(entry)) bad_argument("entry is no hit: it has no value");
    out = decoded(found.found.record);
    return GC_OK;
  });
}

int64_t gc_entry_age_ms(const gc_entry *entry) {
  if (!is_hit(entry)) return -1;
  return std::max<int64_t>(entry->found.read_at_ms - entry->found.record.lifetime.created_ms, 0);
}

int64_t gc_entry_remaining_ms(const gc_entry *entry) {
  if (!is_hit(entry) || entry->found.record.lifetime.ttl_ms == 0) return -1;
  return entry->found.record.lifetime.ttl_ms - gc_entry_age_ms(entry);
}

void gc_entry_free(gc_entry *entry) { destroy(entry); }

// --- reading, filling, invalidating

gc_status gc_get(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                 size_t n_args, gc_entry **entry, gc_error **err) {
  return guarded(err, [&] {
    gc_entry *&out = required(entry, "entry");
    out = nullptr;
    const auto &own = required(cache, "cache").cache;
    return get(own, key_of(*own, generations, n_generations, args, n_args), own->default_ttl_ms(), out, err);
  });
}

gc_status gc_fill(gc_entry *entry, const void *data, size_t size, const gc_options *options, gc_error **err) {
  return guarded(err, [&] { return fill(required(entry, "entry"), bytes_value(data, size, "data"), options, err); });
}

gc_status gc_fill_value(gc_entry *entry, gc_value value, const gc_options *options, gc_error **err) {
  return guarded(err, [&] { return fill(required(entry, "entry"), value, options, err); });
}

gc_status gc_set(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                 size_t n_args, const void *data, size_t size, const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    return set(own, key_of(own, generations, n_generations, args, n_args), bytes_value(data, size, "data"),
               ttl_of(options, own.default_ttl_ms()), err);
  });
}

gc_status gc_set_value(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                       size_t n_args, gc_value value, const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    return set(own, key_of(own, generations, n_generations, args, n_args), value, ttl_of(options, own.default_ttl_ms()),
               err);
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

gc_status gc_clear(gc_cache *cache, gc_error **err) {
  return guarded(err, [&] { return report(err, required(cache, "cache").cache->clear()); });
}

// --- bound caches

gc_bound *gc_bind(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *params,
                  size_t n_params, const gc_options *options, gc_error **err) {
  gc_bound *bound = nullptr;
  guarded(err, [&] {
    const auto &own = required(cache, "cache").cache;
    bound = new gc_bound{own, {generations, n_generations, params, n_params}, ttl_of(options, own->default_ttl_ms())};
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
    return get(own.cache, key_of(own, args, n_args), own.default_ttl_ms, out, err);
  });
}

gc_status gc_bound_set(gc_bound *bound, const gc_arg *args, size_t n_args, const void *data, size_t size,
                       const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    return set(*own.cache, key_of(own, args, n_args), bytes_value(data, size, "data"),
               ttl_of(options, own.default_ttl_ms), err);
  });
}

gc_status gc_bound_set_value(gc_bound *bound, const gc_arg *args, size_t n_args, gc_value value,
                             const gc_options *options, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    return set(*own.cache, key_of(own, args, n_args), value, ttl_of(options, own.default_ttl_ms), err);
  });
}

gc_status gc_bound_delete(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    return report(err, own.cache->erase(key_of(own, args, n_args)));
  });
}

gc_status gc_bound_invalidate(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    const gc_bound &own = required(bound, "bound");
    const Arguments given = own.binding.given(args, n_args);
    return report(
        err, own.cache->invalidate(stamps_to_invalidate(own.cache->prefix(), own.binding.chosen_by(given), given)));
  });
}

// --- seeing inside

gc_status gc_explain(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                     size_t n_args, char **text, gc_error **err) {
  return guarded(err, [&] {
    char *&out = required(text, "text");
    out = nullptr;
    Cache &own = *required(cache, "cache").cache;
    Answer answer;
    const std::string explained = own.explain(key_of(own, generations, n_generations, args, n_args), answer);
    if (!answer.ok()) return report(err, answer);
    out = strdup(explained.c_str());
    if (out == nullptr) throw std::bad_alloc();
    return static_cast<gc_status>(GC_OK);
  });
}

void gc_string_free(char *text) { std::free(text); }
