// The exported functions: unwrap the handles, call the core, report. Nothing else.
#include "gencache/gencache.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "calls.h"
#include "names.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

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

// One that is empty is none.
std::string_view url_of_environment() {
  const char *url = std::getenv("GENCACHE_URL");
  return url == nullptr || *url == '\0' ? "memory://" : url;
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
    cache = new gc_cache{std::make_shared<Cache>(parse_url(url == nullptr ? url_of_environment() : url))};
    return GC_OK;
  });
  return cache;
}

gc_cache *gc_with_timeout(gc_cache *cache, int64_t timeout_ms, gc_error **err) {
  gc_cache *view = nullptr;
  guarded(err, [&] {
    const Cache &own = *required(cache, "cache").cache;
    if (timeout_ms < 1 || timeout_ms > longest_timeout.count()) {
      bad_argument("timeout_ms is " + std::to_string(timeout_ms) + ", but takes 1 to " +
                   std::to_string(longest_timeout.count()));
    }
    view = new gc_cache{std::make_shared<Cache>(own, std::chrono::milliseconds(timeout_ms))};
    return GC_OK;
  });
  return view;
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

namespace {

gc_status invalidate(gc_cache *cache, bool is_soft, const char *const *generations, std::size_t n_generations,
                     const gc_arg *args, std::size_t n_args, gc_error **err) {
  return guarded(err, [&] {
    Cache &own = *required(cache, "cache").cache;
    const StampNames names = stamps_to_invalidate(own.prefix(), parse_generations(generations, n_generations),
                                                  parse_arguments(args, n_args));
    return report(err, own.invalidate(names, is_soft));
  });
}

}  // namespace

gc_status gc_invalidate_many(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                             size_t n_args, gc_error **err) {
  return invalidate(cache, false, generations, n_generations, args, n_args, err);
}

gc_status gc_invalidate_soft(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                             size_t n_args, gc_error **err) {
  return invalidate(cache, true, generations, n_generations, args, n_args, err);
}

gc_status gc_clear(gc_cache *cache, gc_error **err) {
  return guarded(err, [&] { return report(err, required(cache, "cache").cache->clear()); });
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

namespace {

// One of a list of names with numbers.
gc_status give(const std::vector<std::pair<std::string, std::uint64_t>> &list, std::size_t index, char *&name,
               std::uint64_t &number) {
  number = 0;
  if (index >= list.size()) return GC_MISS;
  number = list[index].second;
  return give(list[index].first, name);
}

}  // namespace

gc_status gc_server_errors(gc_cache *cache, size_t server, char **name, uint64_t *errors, gc_error **err) {
  return guarded(err, [&] {
    char *&out = required(name, "name");
    out = nullptr;
    std::uint64_t &number = required(errors, "errors");
    return give(required(cache, "cache").cache->server_errors(), server, out, number);
  });
}

gc_status gc_top_generation(gc_cache *cache, size_t rank, char **generation, uint64_t *misses, gc_error **err) {
  return guarded(err, [&] {
    char *&out = required(generation, "generation");
    out = nullptr;
    std::uint64_t &number = required(misses, "misses");
    return give(required(cache, "cache").cache->top_generations(), rank, out, number);
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
