// What an entry tells.
#include <algorithm>
#include <new>

#include "guard.h"
#include "handles.h"
#include "names.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

bool has_value(const gc_entry *entry) { return entry != nullptr && entry->pursuit.has_value(); }

// The entries stand behind the head of their block.
constexpr std::size_t head_size = (sizeof(EntryBlock) + alignof(gc_entry) - 1) / alignof(gc_entry) * alignof(gc_entry);

void leave(EntryBlock *block) {
  if (block->entries.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  block->~EntryBlock();
  ::operator delete(block);
}

}  // namespace

namespace gencache::capi {

// The maker counts as one of them, so that the block outlives it.
EntryMaker::EntryMaker(std::shared_ptr<Cache> cache, std::size_t count) {
  if (count > (SIZE_MAX - head_size) / sizeof(gc_entry)) throw std::bad_alloc();
  void *memory = ::operator new(head_size + count * sizeof(gc_entry));
  block_ = new (memory) EntryBlock{std::move(cache), 1};
  next_ = reinterpret_cast<gc_entry *>(static_cast<char *>(memory) + head_size);
}

EntryMaker::~EntryMaker() { leave(block_); }

gc_entry *EntryMaker::make(Key key, const Policy &policy) {
  auto *entry = new (next_) gc_entry(*block_, std::move(key), policy);
  block_->entries.fetch_add(1, std::memory_order_relaxed);
  ++next_;
  return entry;
}

void free_entry(gc_entry *entry) {
  if (entry == nullptr) return;
  EntryBlock *const block = entry->block;
  if (block == nullptr) {
    delete entry;
  } else {
    entry->~gc_entry();
    leave(block);
  }
}

}  // namespace gencache::capi

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

void gc_entry_free(gc_entry *entry) {
  const NoCancellation no_cancellation;
  free_entry(entry);
}
