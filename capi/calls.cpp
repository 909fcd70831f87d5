#include "calls.h"

namespace gencache::capi {

using namespace core;

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

namespace {

// Hands the entry over, and reports what went wrong on the way to it.
gc_status deliver(std::unique_ptr<gc_entry> entry, gc_entry *&out, gc_error **err) {
  out = entry.release();
  const gc_status status = out->pursuit.status;
  return status < 0 ? report(err, out->pursuit.found.trouble) : status;
}

}  // namespace

gc_status get(const std::shared_ptr<Cache> &cache, Key key, const Policy &policy, gc_entry *&out, gc_error **err) {
  auto entry = std::make_unique<gc_entry>(cache, std::move(key), policy);
  cache->get(entry->pursuit);
  return deliver(std::move(entry), out, err);
}

gc_status set(Cache &cache, const Key &key, const gc_value &value, const Policy &policy, gc_error **err) {
  return report(err, cache.set(key, Encoded(value).payload(), policy));
}

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
  cache->fetch(pursuit, [&] { return compute(payload, entry.get()); });
  if (pursuit.status == GC_ERR_ORIGIN) return origin_failed(pursuit.origin, err);
  out = entry.release();
  return out->pursuit.status;
}

gc_status Entries::deliver(gc_error **err) {
  const auto weight = [](gc_status status) { return status == GC_MISS ? GC_BUSY + 1 : status; };
  gc_status all = GC_OK;
  for (std::size_t i = 0; i < count_ && all >= 0; ++i) {
    const Pursuit &pursuit = *pursuits_[i];
    if (pursuit.status == GC_ERR_ORIGIN) {
      all = origin_failed(pursuit.origin, err);
    } else if (pursuit.status < 0) {
      all = report(err, pursuit.found.trouble);
    } else if (weight(pursuit.status) > weight(all)) {
      all = pursuit.status;
    }
  }
  for (std::size_t i = 0; i < count_; ++i) out_[i] = entries_[i].release();
  return all;
}

gc_status get_many(Cache &cache, Entries &entries, gc_error **err) {
  cache.get_many(entries.pursuits(), entries.memory());
  return entries.deliver(err);
}

gc_status begin_many(Cache &cache, Entries &entries, gc_error **err) {
  cache.begin_many(entries.pursuits(), entries.memory());
  return entries.deliver(err);
}

gc_status fetch_many(Cache &cache, Entries &entries, gc_compute_many_fn compute, void *payload, gc_error **err) {
  if (compute == nullptr) bad_argument("compute is NULL");
  cache.fetch_many(entries.pursuits(), entries.memory(), [&](std::span<const std::size_t> indexes) {
    std::vector<gc_entry *> misses;
    for (const std::size_t i : indexes) misses.push_back(entries[i]);
    return compute(payload, misses.data(), indexes.data(), indexes.size());
  });
  return entries.deliver(err);
}

}  // namespace gencache::capi
