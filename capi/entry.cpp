// What an entry tells.
#include <algorithm>

#include "guard.h"
#include "handles.h"
#include "names.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

bool has_value(const gc_entry *entry) { return entry != nullptr && entry->pursuit.has_value(); }

}  // namespace

gc_status gc_entry_status(const gc_entry *entry) { return entry == nullptr ? GC_ERR_ARGUMENT : entry->pursuit.status; }

int32_t gc_entry_reason(const gc_entry *entry) {
  return entry == nullptr ? GC_REASON_UNAVAILABLE : entry->pursuit.found.reason;
}

const char *gc_reason_name(int32_t reason) { return reason_name(reason); }

const char *gc_entry_generation(const gc_entry *entry) { return entry == nullptr ? "" : entry->generation.c_str(); }

const char *gc_entry_key(const gc_entry *entry) { return entry == nullptr ? "" : entry->pursuit.key.text().data(); }

const void *gc_entry_data(const gc_entry *entry) {
  return has_value(entry) ? entry->pursuit.found.record.payload.data() : nullptr;
}

size_t gc_entry_size(const gc_entry *entry) {
  return has_value(entry) ? entry->pursuit.found.record.payload.size() : 0;
}

int32_t gc_entry_type(const gc_entry *entry) { return has_value(entry) ? entry->pursuit.found.record.type : -1; }

gc_status gc_entry_value(const gc_entry *entry, gc_value *value, gc_error **err) {
  return guarded(err, [&] {
    const gc_entry &found = required(entry, "entry");
    gc_value &out = required(value, "value");
    if (!has_value(entry)) bad_argument("entry has no value: it is no hit, and has not been filled");
    out = decoded(found.pursuit.found.record);
    return GC_OK;
  });
}

int64_t gc_entry_age_ms(const gc_entry *entry) {
  if (!has_value(entry)) return -1;
  const Found &found = entry->pursuit.found;
  return std::max<int64_t>(found.read_at_ms - found.record.lifetime.created_ms, 0);
}

int64_t gc_entry_remaining_ms(const gc_entry *entry) {
  if (!has_value(entry) || entry->pursuit.found.record.lifetime.ttl_ms == 0) return -1;
  return std::max<int64_t>(entry->pursuit.found.record.lifetime.ttl_ms - gc_entry_age_ms(entry), 0);
}

void gc_entry_free(gc_entry *entry) { destroy(entry); }
