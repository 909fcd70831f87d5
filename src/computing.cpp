// The way to a value that has to be computed. Of the callers of one process that miss a key, one has the seat in front
// (Flights); of the processes, one has the fill lock. Both are courtesies to the source: whatever happens to them, the
// lease alone decides whether a value is valid.
#include <algorithm>
#include <cmath>
#include <thread>

#include "cache.h"
#include "random_part.h"
#include "round.h"

namespace gencache::core {
namespace {

// How long to wait before asking again for a value that another process computes: an eighth of what it has taken.
Clock::duration pause_after(Clock::duration waited) {
  using std::chrono::milliseconds;
  const auto pause = std::clamp<Clock::duration>(waited / 8, milliseconds(2), milliseconds(250));
  return std::chrono::duration_cast<Clock::duration>(pause * (0.75 + random_part() / 2));
}

Deadline patience_of(const Pursuit &pursuit) {
  return pursuit.began + std::chrono::milliseconds(pursuit.policy.wait_ms);
}

}  // namespace

bool Cache::has_turn(Process &process, Pursuit &pursuit) {
  if (!pursuit.turn || pursuit.turn->process == &process) return pursuit.turn.has_value();
  pursuit.turn->seat.forget();  // the parent's
  pursuit.turn.reset();
  return false;
}

// XFetch: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015.
bool Cache::is_due_early(const Pursuit &pursuit) const {
  const Record &record = pursuit.found.record;
  if (pursuit.policy.beta == 0 || record.lifetime.ttl_ms == 0) return false;
  const double cost_ms = record.cost_us / 1000.0;
  const double ahead_ms = -cost_ms * pursuit.policy.beta * std::log(random_part());
  const std::int64_t age_ms = pursuit.found.read_at_ms - record.lifetime.created_ms;
  return ahead_ms >= static_cast<double>(record.lifetime.ttl_ms) - static_cast<double>(age_ms);
}

// After the first look: whether that was not all.
bool Cache::needs_computation(Pursuit &pursuit) {
  Found &found = pursuit.found;
  if (!found.trouble.ok()) found.reason = GC_REASON_UNAVAILABLE;
  if (found.reason != GC_REASON_HIT) {
    tell_miss(pursuit);
    return true;
  }
  pursuit.status = GC_OK;
  pursuit.is_early = !pursuit.policy.refresh && is_due_early(pursuit);
  return pursuit.policy.refresh || pursuit.is_early;
}

void Cache::begin(Pursuit &pursuit) {
  Process &own = process();
  Found &found = pursuit.found;
  pursuit.began = pursuit.asked = Clock::now();
  Snapshot snapshot;
  const Deadline end = pursuit.began + timeout_;
  found.trouble = look(own, pursuit.key, snapshot, found, end);
  const bool is_to_be_computed = needs_computation(pursuit);
  Pursuit *const self = &pursuit;
  count_reads(own, {&self, 1}, pursuit.began);
  if (!is_to_be_computed) return;
  if (pursuit.policy.refresh) {
    if (found.trouble.ok()) complete_lease(own, pursuit, snapshot, end);
    take_turn(own, pursuit, {}, pursuit.began);
  } else {
    pursue(own, pursuit, pursuit.began);
  }
}

// What begin() has found may be long ago.
void Cache::wait(Pursuit &pursuit, Deadline until) {
  Process &own = process();
  pursuit.asked = Clock::now();
  if (!look_again(own, pursuit)) pursue(own, pursuit, until);
}

// Until there is a value, or the computation is the caller's, or `until` has come and it is still somebody else's.
void Cache::pursue(Process &process, Pursuit &pursuit, Deadline until) {
  const Deadline patience = patience_of(pursuit);
  bool has_waited = false;
  while (true) {
    Flights::Seat seat = process.flights.join(pursuit.key.wire());
    if (seat.leads()) {
      if (contend(process, pursuit, std::move(seat), std::min(until, patience))) return;
    } else {
      if (offer_old(process, pursuit, pursuit.policy.stale_for_ms)) return;
      if (Clock::now() < until && !std::exchange(has_waited, true)) count(process.stats->waits);
      if (seat.wait(std::min(until, patience))) {
        if (take_shared(process, pursuit, seat)) return;
        if (seat.has_failed() && offer_old(process, pursuit, pursuit.policy.fail_safe_ms)) return;
        if (look_again(process, pursuit)) return;
        continue;
      }
    }
    leave_to_others(process, pursuit);
    return;
  }
}

// Somebody else computes it, until the caller has waited long enough.
void Cache::leave_to_others(Process &process, Pursuit &pursuit) {
  if (Clock::now() < patience_of(pursuit)) {
    pursuit.status = GC_BUSY;
    pursuit.found.lease.reset();
  } else {
    if (pursuit.policy.wait_ms > 0) count(process.stats->waits_given_up);
    compute_beside(process, pursuit);
  }
}

// Another caller of this process has come to an end: mostly, its value is there.
bool Cache::look_again(Process &process, Pursuit &pursuit) {
  Snapshot snapshot;
  pursuit.found.trouble = look(process, pursuit.key, snapshot, pursuit.found, deadline());
  if (!pursuit.found.trouble.ok() || pursuit.found.reason != GC_REASON_HIT) return false;
  conclude(process, pursuit, {});
  return true;
}

// In front of this process: asks for the value and for the fill lock until one of them is there. False where another
// process still has the lock when `until` comes.
bool Cache::contend(Process &process, Pursuit &pursuit, Flights::Seat seat, Deadline until) {
  const Clock::time_point start = Clock::now();
  const std::int64_t known_ms = pursuit.found.record.lifetime.created_ms;
  // Its holder gave the lock back between our try and our look; or the server cannot keep one.
  constexpr int most_without_lock = 3;
  int without_lock = 0;
  bool has_waited = false;
  while (true) {
    const Clock::time_point began = Clock::now();
    Pursuit *const self = &pursuit;
    enter(process, {&self, 1}, Entrance::lock, nullptr, began + timeout_);
    if (is_decided(process, pursuit, seat, began, known_ms)) return true;
    if (!pursuit.lock.is_others) {
      if (++without_lock < most_without_lock) continue;
      take_turn(process, pursuit, std::move(seat), began);
      return true;
    }
    if (offer_old(process, pursuit, pursuit.policy.stale_for_ms)) return true;
    const Clock::time_point now = Clock::now();
    if (now >= until) return false;
    if (!std::exchange(has_waited, true)) count(process.stats->waits);
    std::this_thread::sleep_until(std::min(now + pause_after(now - start), until));
  }
}

// After an entrance with the lock: there is a value, or the computation is the caller's. A value that was to be
// computed early, and was created at `known_ms`, is one only where somebody has computed it anew meanwhile.
bool Cache::is_decided(Process &process, Pursuit &pursuit, Flights::Seat &seat, Clock::time_point began,
                       std::int64_t known_ms) {
  const Found &found = pursuit.found;
  const bool is_hit = found.trouble.ok() && found.reason == GC_REASON_HIT;
  pursuit.is_early = pursuit.is_early && is_hit && found.record.lifetime.created_ms == known_ms;
  if (is_hit && !pursuit.is_early) {
    release(process, pursuit, false);
    conclude(process, pursuit, {});
    return true;
  }
  if (found.trouble.ok() && !pursuit.lock.is_ours) return false;
  take_turn(process, pursuit, std::move(seat), began);
  return true;
}

// Computes without the lock, beside somebody else: the caller has waited long enough.
void Cache::compute_beside(Process &process, Pursuit &pursuit) {
  Found &found = pursuit.found;
  const Clock::time_point began = Clock::now();
  if (found.trouble.ok()) found.trouble = lease(process, pursuit.key, found.lease, began + timeout_);
  pursuit.lock.is_ours = false;
  take_turn(process, pursuit, {}, began);
}

void Cache::take_turn(Process &process, Pursuit &pursuit, Flights::Seat seat, Clock::time_point began) {
  const bool was_hit = pursuit.found.reason == GC_REASON_HIT;
  if (was_hit) pursuit.found.reason = GC_REASON_EXPIRED;  // as good as
  conclude(process, pursuit, began + timeout_);
  if (was_hit && pursuit.found.trouble.ok()) pursuit.found.outdated_ms = 0;
  pursuit.turn = Turn{std::move(seat), began, &process};
  count(process.stats->computations);
}

// The old value, where one is known that is not too old. A value that is still valid is no stale one.
bool Cache::offer_old(Process &process, Pursuit &pursuit, std::int64_t allowed_ms) {
  const auto outdated_ms = pursuit.found.outdated_ms;
  if (pursuit.is_early) {
    pursuit.found.reason = GC_REASON_HIT;
    pursuit.status = GC_OK;
    return true;
  }
  if (!outdated_ms || *outdated_ms >= allowed_ms) return false;
  pursuit.status = GC_STALE;
  pursuit.found.lease.reset();
  count(process.stats->stale_served);
  return true;
}

// For a computation that has failed. The caller does not hear of that then, so the log does.
bool Cache::stand_in(Process &process, Pursuit &pursuit) {
  if (!offer_old(process, pursuit, pursuit.policy.fail_safe_ms)) return false;
  shared_->log.tell(GC_LOG_WARNING,
                    "the computation of " + std::string(pursuit.key.text()) + " failed; an old value stands in");
  return true;
}

// Another caller's value, directly: only where its lease was taken after this call began. Else there may have been an
// invalidation in between that this caller knows of, and the server has to be asked.
bool Cache::take_shared(Process &process, Pursuit &pursuit, const Flights::Seat &seat) {
  const auto &result = seat.result();
  if (!result || result->began < pursuit.asked) return false;
  Found &found = pursuit.found;
  Record record;
  if (decode(result->record.view, record) != Decoded::ok || record.key != pursuit.key.text()) return false;
  found.bytes = result->record;
  found.record = std::move(record);
  found.read_at_ms = found.record.lifetime.created_ms;
  found.outdated_ms.reset();
  found.lease.reset();
  pursuit.status = GC_OK;
  count(process.stats->shared);
  return true;
}

void Cache::end_turn(Process &process, Pursuit &pursuit, bool has_failed) {
  Turn turn = std::move(*pursuit.turn);
  pursuit.turn.reset();
  process.stats->compute_time.add(Clock::now() - turn.began);
  std::optional<Flights::Result> result;
  if (has_failed) {
    count(process.stats->computations_failed);
  } else {
    result = Flights::Result{pursuit.found.bytes, turn.began};
  }
  release(process, pursuit, !has_failed);
  turn.seat.land(std::move(result), has_failed);
}

// Gives the lock back, and looks in the same trip whether the value that was stored is valid at all.
void Cache::release(Process &process, Pursuit &pursuit, bool is_filled) {
  if (!std::exchange(pursuit.lock.is_ours, false)) return;
  const std::string lock = pursuit.key.lock();
  const StampNames &names = pursuit.key.stamps();
  Exchange exchange;
  exchange.server = process.store->route(pursuit.key.wire());
  // Later it may be another one's.
  if (Clock::now() < pursuit.lock.ends) exchange.writes.push_back({Exchange::Verb::erase, lock});
  for (std::size_t i = 0; i < names.size(); ++i) exchange.names.push_back(names[i]);
  process.store->exchange({&exchange, 1}, deadline());
  note(process, exchange.server, exchange.answer);
  if (!exchange.answer.ok()) process.unreleased.add({exchange.server, lock, pursuit.lock.ends});
  if (!exchange.answer.ok() || !is_filled || !pursuit.found.lease) return;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Exchange::Item &item = exchange.items[i];
    if (item && decode_stamp(item.view) == pursuit.found.lease->stamps[i]) continue;
    count(process.stats->fills_already_invalid);
    return;
  }
}

void Cache::abandon(Pursuit &pursuit) {
  Process &own = process();
  if (!has_turn(own, pursuit)) return;
  end_turn(own, pursuit, true);
  stand_in(own, pursuit);
}

// After the caller's computation has returned: what it has not filled is given up, and the old value may stand in.
void Cache::close(Process &process, Pursuit &pursuit, std::int32_t origin) {
  pursuit.origin = origin;
  const bool is_filled = pursuit.has_value();
  if (has_turn(process, pursuit)) end_turn(process, pursuit, true);
  if (origin != 0 && !is_filled && stand_in(process, pursuit)) return;
  if (origin != 0) {
    pursuit.status = GC_ERR_ORIGIN;
  } else if (!is_filled) {
    pursuit.status = GC_MISS;
  }
}

void Cache::fetch(Pursuit &pursuit, const Compute &compute) {
  begin(pursuit);
  if (pursuit.status == GC_BUSY) pursue(process(), pursuit, patience_of(pursuit));
  if (!pursuit.turn) return;
  const auto index = std::size_t{0};
  Pursuit *const self = &pursuit;
  compute_round({&self, 1}, {&index, 1}, [&compute](auto) { return compute(); });
}

// Lets the caller compute the values of which this call has the turn. However that ends, the turns do.
void Cache::compute_round(std::span<Pursuit *const> pursuits, std::span<const std::size_t> mine,
                          const ComputeMany &compute) {
  std::int32_t origin = -1;
  const auto end_all = [&] {
    Process &own = process();
    for (const std::size_t i : mine) close(own, *pursuits[i], origin);
  };
  try {
    origin = compute(mine);
  } catch (...) {
    end_all();
    throw;
  }
  end_all();
}

void Cache::begin_many(std::span<Pursuit *const> pursuits, Memory &memory) {
  Process &own = process();
  const Clock::time_point start = Clock::now();
  enter(own, pursuits, Entrance::plain, &memory, start + timeout_);
  std::vector<Pursuit *> missing;
  for (Pursuit *const pursuit : pursuits) {
    pursuit->began = pursuit->asked = start;
    if (needs_computation(*pursuit)) missing.push_back(pursuit);
  }
  count_reads(own, pursuits, start);
  if (missing.empty()) return;
  if (missing[0]->policy.refresh) {
    complete_leases(own, missing, memory, start + timeout_);
    for (Pursuit *const pursuit : missing) take_turn(own, *pursuit, {}, start);
  } else {
    contend_for_many(own, missing, memory);
  }
}

// Those that nobody else computes first, all together; then those of the others one by one, so that no caller holds a
// turn while it waits for another one's.
void Cache::fetch_many(std::span<Pursuit *const> pursuits, Memory &memory, const ComputeMany &compute) {
  begin_many(pursuits, memory);
  std::vector<std::size_t> mine;
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < pursuits.size(); ++i) {
    if (pursuits[i]->turn) mine.push_back(i);
    if (pursuits[i]->status == GC_BUSY) others.push_back(i);
  }
  if (!mine.empty()) compute_round(pursuits, mine, compute);
  for (const std::size_t i : others) {
    Pursuit &pursuit = *pursuits[i];
    pursue(process(), pursuit, patience_of(pursuit));
    if (pursuit.turn) compute_round(pursuits, {&i, 1}, compute);
  }
}

// One step for all of them: a seat each, and one trip for the locks.
void Cache::contend_for_many(Process &process, std::span<Pursuit *const> missing, Memory &memory) {
  std::vector<Pursuit *> front;
  std::vector<Flights::Seat> seats;
  std::vector<std::int64_t> known_ms;
  const auto step_back = [&](Pursuit &pursuit) {
    if (!offer_old(process, pursuit, pursuit.policy.stale_for_ms)) leave_to_others(process, pursuit);
  };
  for (Pursuit *const pursuit : missing) {
    Flights::Seat seat = process.flights.join(pursuit->key.wire());
    if (!seat.leads()) {
      step_back(*pursuit);
      continue;
    }
    front.push_back(pursuit);
    seats.push_back(std::move(seat));
    known_ms.push_back(pursuit->found.record.lifetime.created_ms);
  }
  if (front.empty()) return;
  const Clock::time_point began = Clock::now();
  enter(process, front, Entrance::lock, &memory, began + timeout_);
  for (std::size_t n = 0; n < front.size(); ++n) {
    Pursuit &pursuit = *front[n];
    if (!is_decided(process, pursuit, seats[n], began, known_ms[n])) step_back(pursuit);
  }
}

}  // namespace gencache::core
