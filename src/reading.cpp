// Reading: one round trip where the stamps are all there, a verdict on what came back, and a lease where it is a miss.
#include <algorithm>
#include <array>
#include <deque>

#include "cache.h"
#include "names.h"
#include "round.h"
#include "text.h"
#include "wall_clock.h"

namespace gencache::core {
namespace {

Expiry lock_lifetime(const Policy &policy) {
  return std::chrono::ceil<Expiry>(std::chrono::milliseconds(policy.lock_ms));
}

std::string generation_of(const Key &key, const Found &found, std::size_t stamp) {
  const std::size_t declared = key.stamps().size();
  if (stamp < declared) return std::string(key.generation(stamp));
  return found.record.extras[stamp - declared];
}

std::string why_text(const Found &found) {
  std::string why = reason_name(found.reason);
  if (found.reason == GC_REASON_INVALIDATED) why += " by " + found.generation;
  return why;
}

// Not a static in a function: a child that is forked while a thread makes one would wait for it without end.
const StampNames none;

std::string text_of(const std::optional<Stamp> &stamp) { return stamp ? to_hex(*stamp) : "none"; }

}  // namespace

// Reads and judges, in one round trip but for a value with extras that this process does not know yet.
Answer Cache::look(Process &process, const Key &key, Snapshot &snapshot, Found &found, Deadline deadline) {
  constexpr int most_trips = 3;  // where somebody else changes the extras meanwhile
  const std::size_t server = process.store->route(key.wire());
  std::shared_ptr<const Known> known = process.remembered.find(key);
  Answer answer = settle(process, server, deadline);
  for (int trip = 1; answer.ok(); ++trip) {
    answer = process.store->read(server, key, known ? known->stamps : none, snapshot, deadline);
    if (!answer.ok()) break;
    snapshot.read_at_ms = wall_clock_ms();
    judge(key, snapshot, known.get(), found);
    if (found.reason != reason_extras_unknown) break;
    known = process.remembered.learn(key, found.record.extras);
    found.reason = GC_REASON_INVALIDATED;  // unless the next trip shows better
    if (trip == most_trips) break;
  }
  note(process, server, answer);
  return answer;
}

// A hit is a record that is there, is ours, and carries exactly the stamps that were read with it.
void Cache::judge(const Key &key, Snapshot &snapshot, const Known *known, Found &found) const {
  found.reason = GC_REASON_ABSENT;
  found.generation.clear();
  found.outdated_ms.reset();
  found.is_blank = !snapshot.shows_anything();
  if (!snapshot.value) return;
  switch (decode(snapshot.value->view, found.record)) {
    case Decoded::corrupt:
      found.reason = GC_REASON_CORRUPT;
      shared_->log.tell(GC_LOG_WARNING, "corrupt record for " + std::string(key.text()));
      return;
    case Decoded::other_version:
      found.reason = GC_REASON_OTHER_VERSION;
      return;
    case Decoded::ok:
      break;
  }
  if (found.record.key != key.text()) return;  // another value's, whose name has the same digest
  const Extras &extras = found.record.extras;
  if (found.record.stamp_count() != key.stamps().size() + extras.size()) {
    found.reason = GC_REASON_CORRUPT;
    return;
  }
  if (known == nullptr ? !extras.empty() : extras != known->extras) {
    found.reason = std::all_of(extras.begin(), extras.end(), is_visible) ? reason_extras_unknown : GC_REASON_CORRUPT;
    return;
  }
  found.bytes = std::move(*snapshot.value);
  found.read_at_ms = snapshot.read_at_ms;
  judge_stamps(key, snapshot, found);
}

// Where only soft invalidations and the lifetime speak against the value, it is an old one that options may allow.
void Cache::judge_stamps(const Key &key, const Snapshot &snapshot, Found &found) const {
  const Lifetime &lifetime = found.record.lifetime;
  std::int64_t outdated_ms = -1;
  found.reason = GC_REASON_HIT;
  for (std::size_t i = 0; i < found.record.stamp_count(); ++i) {
    const Stamp stored = found.record.stamp(i);
    if (snapshot.stamps[i] == stored) continue;
    const auto steps = snapshot.stamps[i] ? soft_steps(stored, *snapshot.stamps[i]) : std::nullopt;
    if (found.reason == GC_REASON_HIT || !steps) {
      found.reason = i == 0 ? GC_REASON_CLEARED : GC_REASON_INVALIDATED;
      found.generation = generation_of(key, found, i);
    }
    if (!steps) return;
    // The moment that is known is that of the last step. Of more than one, the first came after the lease was taken.
    const std::int64_t last_ms = snapshot.softened_ms.empty() ? 0 : snapshot.softened_ms[i];
    const std::int64_t leased_ms = lifetime.created_ms - found.record.cost_us / 1000;
    const std::int64_t since = last_ms == 0 ? leased_ms : *steps == 1 ? last_ms : std::min(last_ms, leased_ms);
    outdated_ms = std::max({outdated_ms, found.read_at_ms - since, std::int64_t{0}});
  }
  if (lifetime.is_over(found.read_at_ms)) {
    if (found.reason == GC_REASON_HIT) found.reason = GC_REASON_EXPIRED;
    outdated_ms = std::max(outdated_ms, found.read_at_ms - lifetime.created_ms - lifetime.ttl_ms);
  }
  if (found.reason != GC_REASON_HIT) found.outdated_ms = outdated_ms;
}

// Asks for values again, together with what makes them complete: the stamps that are absent, and maybe the fill lock.
// A value that somebody has filled meanwhile is a hit.
void Cache::enter(Process &process, std::span<Pursuit *const> pursuits, Entrance entrance, Memory *memory,
                  Deadline deadline) {
  Round round(*process.store, pursuits.size());
  std::vector<std::shared_ptr<const Known>> known(process.remembered.is_empty() ? 0 : pursuits.size());
  std::vector<Stamp> tokens(entrance == Entrance::lock ? pursuits.size() : 0);
  make_fresh(tokens);
  std::deque<std::string> locks;
  for (std::size_t i = 0; i < pursuits.size(); ++i) {
    const Pursuit &pursuit = *pursuits[i];
    Asked asked;
    asked.key = &pursuit.key;
    asked.server = process.store->route(pursuit.key.wire());
    if (!known.empty()) known[i] = process.remembered.find(pursuit.key);
    if (!known.empty() && known[i]) asked.more = &known[i]->stamps;
    asked.plants = entrance != Entrance::plain && !pursuit.found.lease;
    if (entrance == Entrance::lock) {
      asked.lock = locks.emplace_back(pursuit.key.lock());
      asked.lock_lifetime = lock_lifetime(pursuit.policy);
      asked.token = tokens[i];
    }
    round.write_down(asked);
  }
  for (Exchange &exchange : round.exchanges()) exchange.answer = settle(process, exchange.server, deadline);
  const Clock::time_point sent = Clock::now();
  const std::vector<Unreleased::Lock> late = give_back_late(process, round.exchanges(), sent);
  round.send(deadline);
  for (const Exchange &exchange : round.exchanges()) {
    for (const Unreleased::Lock &lock : late) {
      if (!exchange.answer.ok() && lock.server == exchange.server) process.unreleased.add(lock);
    }
  }
  if (memory != nullptr) round.give_memory_to(*memory);
  for (const Exchange &exchange : round.exchanges()) note(process, exchange.server, exchange.answer);
  for (std::size_t i = 0; i < pursuits.size(); ++i) {
    Heard &heard = round.hear(i);
    Pursuit &pursuit = *pursuits[i];
    hear(process, pursuit, known.empty() ? nullptr : known[i].get(), *heard.answer, heard.snapshot, deadline);
    if (entrance != Entrance::lock) continue;
    pursuit.lock.is_ours = heard.lock == tokens[i];
    pursuit.lock.is_others = heard.lock && !pursuit.lock.is_ours;
    pursuit.lock.ends = sent + lock_lifetime(pursuit.policy) - std::chrono::seconds(1);
  }
}

// The locks that could not be given back are, before anything else is asked for.
std::vector<Unreleased::Lock> Cache::give_back_late(Process &process, std::span<Exchange> exchanges,
                                                    Clock::time_point now) const {
  std::vector<Unreleased::Lock> late;
  if (process.unreleased.is_empty()) return late;
  for (const Exchange &exchange : exchanges) {
    for (Unreleased::Lock &lock : process.unreleased.take(exchange.server, now)) late.push_back(std::move(lock));
  }
  for (Exchange &exchange : exchanges) {
    for (const Unreleased::Lock &lock : late) {
      if (lock.server != exchange.server) continue;
      exchange.writes.insert(exchange.writes.begin(), {Exchange::Verb::erase, lock.name});
    }
  }
  return late;
}

void Cache::hear(Process &process, Pursuit &pursuit, const Known *known, const Answer &answer, Snapshot &snapshot,
                 Deadline deadline) {
  Found &found = pursuit.found;
  found.lease.reset();
  if (!answer.ok() || !found.trouble.ok()) found.trouble = answer;
  if (!answer.ok()) return;
  judge(pursuit.key, snapshot, known, found);
  // A hit needs no lease, unless it is to be computed anew.
  const auto needs_lease = [&] { return found.reason != GC_REASON_HIT || pursuit.is_early || pursuit.policy.refresh; };
  if (found.reason == reason_extras_unknown) {
    Snapshot again;
    process.remembered.learn(pursuit.key, found.record.extras);
    found.trouble = look(process, pursuit.key, again, found, deadline);
    if (found.trouble.ok() && needs_lease()) take_lease(process, pursuit, again);
  } else if (needs_lease()) {
    take_lease(process, pursuit, snapshot);
  }
}

// The stamps that were read, where none is missing.
void Cache::take_lease(const Process &process, Pursuit &pursuit, const Snapshot &snapshot) const {
  Lease lease;
  lease.server = process.store->route(pursuit.key.wire());
  for (std::size_t i = 0; i < pursuit.key.stamps().size(); ++i) {
    if (!snapshot.stamps[i]) return;
    lease.stamps.push_back(*snapshot.stamps[i]);
  }
  pursuit.found.lease = std::move(lease);
}

// All stamps anew, where those that were read are not complete.
Answer Cache::lease(Process &process, const Key &key, std::optional<Lease> &lease, Deadline deadline) {
  Lease taken;
  taken.server = process.store->route(key.wire());
  Answer answer = plant(process, taken.server, key.stamps(), taken.stamps, deadline);
  if (answer.ok()) lease = std::move(taken);
  return answer;
}

Answer Cache::plant(Process &process, std::size_t server, const StampNames &names, LeasedStamps &stamps,
                    Deadline deadline) {
  Answer answer = settle(process, server, deadline);
  if (answer.ok()) answer = process.store->plant(server, names, stamps, deadline);
  note(process, server, answer);
  return answer;
}

// A miss for which nothing can be filled yet.
bool Cache::lacks_lease(const Found &found) {
  return found.trouble.ok() && found.reason != GC_REASON_HIT && !found.lease;
}

// What was found becomes the status. A hit carries no lease, and what cannot be asked is no miss.
void Cache::conclude(Process &process, Pursuit &pursuit, Deadline deadline) {
  Found &found = pursuit.found;
  if (lacks_lease(found)) {
    found.trouble = lease(process, pursuit.key, found.lease, deadline);
    if (found.trouble.ok() && found.is_blank) {
      const std::string server = process.store->server_name(found.lease->server);
      found.trouble = {GC_ERR_UNAVAILABLE, server + ": shows nothing of what it has acknowledged"};
    }
  }
  if (!found.trouble.ok()) {
    found.reason = GC_REASON_UNAVAILABLE;
    found.generation.clear();
    found.outdated_ms.reset();
    found.lease.reset();
    pursuit.status = found.trouble.status;
  } else if (found.reason == GC_REASON_HIT) {
    found.lease.reset();
    pursuit.status = GC_OK;
  } else {
    pursuit.status = GC_MISS;
  }
}

// One call, of however many values.
void Cache::count_reads(Process &process, std::span<Pursuit *const> pursuits, Clock::time_point start) {
  std::array<std::uint64_t, GC_REASON_UNAVAILABLE + 1> reads{};
  for (const Pursuit *pursuit : pursuits) {
    const Found &found = pursuit->found;
    ++reads[static_cast<std::size_t>(found.reason)];
    if (found.reason == GC_REASON_INVALIDATED) {
      process.stats->causes.add(found.generation);
    }
  }
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (reads[i] > 0) process.stats->reads[i].fetch_add(reads[i], std::memory_order_relaxed);
  }
  process.stats->read_time.add(Clock::now() - start);
}

void Cache::tell_miss(const Pursuit &pursuit) {
  const std::int32_t level = pursuit.policy.log_misses ? GC_LOG_INFO : GC_LOG_DEBUG;
  if (!shared_->log.wants(level) || pursuit.found.reason == GC_REASON_UNAVAILABLE) return;
  shared_->log.tell(level, "miss " + std::string(pursuit.key.text()) + ": " + why_text(pursuit.found));
}

// Where all stamps are there, what was read is enough. Where one is missing, the value is asked for once more together
// with them: a reply that showed nothing was maybe none, and now a true one shows them.
void Cache::complete_lease(Process &process, Pursuit &pursuit, const Snapshot &snapshot, Deadline deadline) {
  take_lease(process, pursuit, snapshot);
  Pursuit *const self = &pursuit;
  if (!pursuit.found.lease) enter(process, {&self, 1}, Entrance::plant, nullptr, deadline);
}

void Cache::get(Pursuit &pursuit) {
  Process &own = process();
  const Clock::time_point start = Clock::now();
  const Deadline end = start + timeout_;
  Found &found = pursuit.found;
  Snapshot snapshot;
  found.trouble = look(own, pursuit.key, snapshot, found, end);
  if (found.trouble.ok() && found.reason != GC_REASON_HIT) complete_lease(own, pursuit, snapshot, end);
  conclude(own, pursuit, end);
  if (pursuit.status == GC_MISS) tell_miss(pursuit);
  Pursuit *const self = &pursuit;
  count_reads(own, {&self, 1}, start);
}

void Cache::complete_leases(Process &process, std::span<Pursuit *const> pursuits, Memory &memory, Deadline deadline) {
  std::vector<Pursuit *> incomplete;
  for (Pursuit *pursuit : pursuits) {
    if (lacks_lease(pursuit->found)) incomplete.push_back(pursuit);
  }
  if (!incomplete.empty()) enter(process, incomplete, Entrance::plant, &memory, deadline);
}

void Cache::get_many(std::span<Pursuit *const> pursuits, Memory &memory) {
  Process &own = process();
  const Clock::time_point start = Clock::now();
  enter(own, pursuits, Entrance::plain, &memory, start + timeout_);
  complete_leases(own, pursuits, memory, start + timeout_);
  for (Pursuit *pursuit : pursuits) {
    conclude(own, *pursuit, start + timeout_);
    if (pursuit->status == GC_MISS) tell_miss(*pursuit);
  }
  count_reads(own, pursuits, start);
}

std::string Cache::explain(const Key &key, Answer &answer) {
  Process &own = process();
  Snapshot snapshot;
  Found found;
  answer = look(own, key, snapshot, found, deadline());
  if (!answer.ok()) return {};
  std::string text = "key: ";
  text.append(key.text()).append("\nwire: ").append(key.wire()).append("\nserver: ");
  text += own.store->server_name(own.store->route(key.wire()));
  const bool is_ours = found.reason != GC_REASON_CORRUPT && found.record.key == key.text() &&
                       found.record.stamp_count() == snapshot.stamps.size();
  for (std::size_t i = 0; i < snapshot.stamps.size(); ++i) {
    if (!is_ours && i == key.stamps().size()) break;
    const std::optional<Stamp> stored = is_ours ? std::optional(found.record.stamp(i)) : std::nullopt;
    text += i == 0 ? "\nroot" : "\ngeneration " + generation_of(key, found, i);
    text += ": stored " + text_of(stored) + ", current " + text_of(snapshot.stamps[i]);
  }
  const bool is_hit = found.reason == GC_REASON_HIT;
  text += "\nverdict: " + (is_hit ? std::string() : std::string("miss, ")) + why_text(found) + "\n";
  if (found.is_blank) text += "note: it shows no stamp either, as before a first use; a refusal looks alike\n";
  return text;
}

}  // namespace gencache::core
