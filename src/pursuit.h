// One caller's way to one value: what it asked for, what was found, and, where it is to compute the value, its turn.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

#include "flights.h"
#include "key.h"
#include "record.h"
#include "store.h"

namespace gencache::core {

/// How a value is stored and computed; see the setters of gc_options.
struct Policy {
  std::int64_t ttl_ms = 0;
  std::optional<std::int64_t> nothing_ttl_ms;
  double jitter = 0;
  std::int64_t stale_for_ms = 0;
  std::int64_t fail_safe_ms = 0;
  std::int64_t lock_ms = 10'000;
  std::int64_t wait_ms = 30'000;
  double beta = 0;
  bool refresh = false;
  bool log_misses = false;
};

/// The right to fill a miss: the stamps as they were before the value was computed.
struct Lease {
  std::size_t server = 0;
  LeasedStamps stamps;  // of the call's generations, then of the extras
  Extras extras;
};

/// A reason on the way: the record has extras whose stamps were not asked for.
inline constexpr std::int32_t reason_extras_unknown = -1;

/// What a read found.
struct Found {
  std::int32_t reason = GC_REASON_UNAVAILABLE;
  std::string generation;  // that was invalidated, as it stands in a key text
  Bytes bytes;             // of a hit or an old value, with the record that points into them
  Record record;
  std::int64_t read_at_ms = 0;
  std::optional<std::int64_t> outdated_ms;  // of an old value that options may allow: since when it is old, at most
  bool is_blank = false;                    // the reply showed nothing at all: it was maybe none
  Answer trouble;                           // why the reason is `unavailable`
  // Cold, so behind the rest.
  std::optional<Lease> lease;  // of a miss
};

/// What is to be stored.
struct Payload {
  std::int32_t type = GC_BYTES;
  std::string_view bytes;
};

/// The fill lock of a value, when it was last asked for.
struct Lock {
  bool is_ours = false;
  bool is_others = false;
  Clock::time_point ends;  // at the earliest
};

/// The right, and the duty towards those who wait, to compute a value.
struct Turn {
  Flights::Seat seat;  // none where nobody in this process waits
  Clock::time_point began;
  const void *process = nullptr;  // a forked child has no turn
};

struct Pursuit {
  Pursuit(Key its_key, const Policy &its_policy) : key(std::move(its_key)), policy(its_policy) {}

  template <std::invocable MakeKey>
  Pursuit(MakeKey make_key, const Policy &its_policy) : key(make_key()), policy(its_policy) {}

  bool has_value() const { return status == GC_OK || status == GC_STALE; }

  Key key;
  Policy policy;
  gc_status status = GC_MISS;
  Lock lock;
  Clock::time_point began;
  Clock::time_point asked;  // the call that reads now: begin(), or a later wait()
  bool is_early = false;    // the value is still valid, and to be recomputed before it expires
  std::int32_t origin = 0;  // what the caller's computation returned when it failed
  Found found;
  std::optional<Turn> turn;
};

}  // namespace gencache::core
