// What the processes of the consistency test share.
#ifndef GENCACHE_TESTS_CONSISTENCY_SHARED_H
#define GENCACHE_TESTS_CONSISTENCY_SHARED_H

#include <array>
#include <atomic>
#include <cstdint>

namespace gencache::test {

inline constexpr unsigned kWorkers = 6;
inline constexpr unsigned kMaxRows = 16;
inline constexpr unsigned kReasons = 8;  // GC_REASON_HIT … GC_REASON_UNAVAILABLE

// The wire names of stamps begin with it; a nemesis deletes some.
inline constexpr char kPrefix[] = "consistency";

using Counter = std::atomic<uint64_t>;
static_assert(Counter::is_always_lock_free, "atomics are shared between processes");

// One row of the "database". `acked` never exceeds `committed`, and neither ever falls.
struct Row {
  Counter committed;
  Counter acked;  // the floor: no read that begins now may hit a smaller value
};

// In memory that is shared and all zero at first.
struct Shared {
  std::array<Row, kMaxRows> rows;

  Counter operations;  // reads that were answered and invalidations that succeeded
  Counter hits;
  std::array<Counter, kReasons> misses;  // by reason
  Counter fills, fills_failed;
  Counter fetched;  // values that gc_fetch or gc_fetch_many gave
  Counter invalidations, invalidations_failed;
  Counter longest_us;  // of a single call that does not wait for others

  Counter violations;  // stale + foreign + future
  Counter stale;       // a hit below the floor
  Counter foreign;     // a hit with another key's value
  Counter future;      // a hit above what was ever committed

  std::atomic<bool> stop;
};

inline void raise_to(Counter &counter, uint64_t value) {
  uint64_t seen = counter.load();
  while (seen < value && !counter.compare_exchange_weak(seen, value)) continue;
}

}  // namespace gencache::test

#endif
