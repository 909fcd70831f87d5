// What an entry tells.
#include <algorithm>
#include <new>
#include <utility>

#include "guard.h"
#include "handles.h"
#include "names.h"

using namespace gencache::core;
using namespace gencache::capi;

namespace {

bool has_value(const gc_entry *entry) { return entry != nullptr && entry->pursuit.has_value(); }

// The entries stand behind the head of their block.
constexpr std::size_t head_size = (sizeof(EntryBlock) + alignof(gc_entry) - 1) / alignof(gc_entry) * alignof(gc_entry);

void leave(EntryBlock *block, std::size_t entries) {
  if (block->entries.fetch_sub(entries, std::memory_order_acq_rel) > entries) return;
  const NoCancellation no_cancellation;  // with the cache, connections may close
  block->~EntryBlock();
  ::operator delete(block);
}

}  // namespace

namespace gencache::capi {

// The maker counts as one of them, so that the block outlives it.
EntryMaker::EntryMaker(std::shared_ptr<Cache> cache, std::size_t count) : left_(count) {
  if (count > (SIZE_MAX - head_size) / sizeof(gc_entry)) throw std::bad_alloc();
  void *memory = ::operator new(head_size + count * sizeof(gc_entry));
  block_ = new (memory) EntryBlock{std::move(cache), nullptr, {}, count + 1};
  next_ = reinterpret_cast<gc_entry *>(static_cast<char *>(memory) + head_size);
}

EntryMaker::~EntryMaker() { leave(block_, left_ + 1); }

// Mostly, all of them stand in one block.
void free_entries(gc_entry *const *entries, std::size_t count) {
  EntryBlock *block = nullptr;
  std::size_t left = 0;
  for (std::size_t i = 0; i < count; ++i) {
    gc_entry *const entry = entries[i];
    if (entry == nullptr) continue;
    if (entry->block != block && left > 0) leave(block, std::exchange(left, 0));
    block = entry->block;
    if (block == nullptr) {
      destroy(entry);
      continue;
    }
    if (entry->pursuit.turn) {
      const NoCancellation no_cancellation;
      entry->abandon();
    }
    entry->~gc_entry();
    ++left;
  }
  if (left > 0) leave(block, left);
}

}  // namespace gencache::capi

gc_status gc_entry_status(const gc_entry *entry) { return entry == nullptr ? GC_ERR_ARGUMENT : entry->pursuit.status; }

int32_t gc_entry_reason(const gc_entry *entry) {
  return entry == nullptr ? GC_REASON_UNAVAILABLE : entry->pursuit.found.reason;
}

const char *gc_reason_name(int32_t reason) { return reason_name(reason); }

const char *gc_entry_generation(const gc_entry *entry) {
  return entry == nullptr ? "" : entry->pursuit.found.generation.c_str();
}

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

void gc_entry_free(gc_entry *entry) { free_entries(&entry, 1); }

void gc_entries_free(gc_entry *const *entries, size_t n_entries) {
  if (entries != nullptr) free_entries(entries, n_entries);
}
