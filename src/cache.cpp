#include "cache.h"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>

#include "failure.h"
#include "memcached/memcached_store.h"
#include "memory_store.h"
#include "names.h"
#include "random_part.h"
#include "round.h"
#include "wall_clock.h"

namespace gencache::core {
namespace {

// A second more than the record says: the record's own lifetime decides, and a server's clock ticks in seconds.
Expiry expiry_for(std::int64_t ttl_ms) { return Expiry(ttl_ms == 0 ? 0 : (ttl_ms - 1) / 1000 + 2); }

Expiry lock_lifetime(const Policy &policy) {
  return std::chrono::ceil<Expiry>(std::chrono::milliseconds(policy.lock_ms));
}

// How long the item has to be kept: longer than it is valid where it may be served stale.
std::int64_t kept_ms(std::int64_t ttl_ms, const Policy &policy) {
  const std::int64_t more = std::max(policy.stale_for_ms, policy.fail_safe_ms);
  if (ttl_ms == 0 || more > std::numeric_limits<std::int64_t>::max() - ttl_ms) return 0;
  return ttl_ms + more;
}

std::int64_t lifetime_of(const Payload &payload, const Policy &policy) {
  const bool is_nothing = payload.type == GC_NULL;
  const std::int64_t ttl_ms = is_nothing ? policy.nothing_ttl_ms.value_or(policy.ttl_ms) : policy.ttl_ms;
  if (ttl_ms == 0 || policy.jitter == 0) return ttl_ms;
  const double away = static_cast<double>(ttl_ms) * policy.jitter * random_part();
  return std::max<std::int64_t>(ttl_ms - static_cast<std::int64_t>(away), 1);
}

Options resolved(Options options) {
  resolve(options);
  return options;
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

std::string text_of(const std::optional<Stamp> &stamp) { return stamp ? to_hex(*stamp) : "none"; }

}  // namespace

Cache::Cache(Options options)
    : options_(resolved(std::move(options))), root_(root_stamp(options_.prefix)), process_(make_process().release()) {}

Cache::~Cache() {
  // In a child that never used it, the process is the parent's: its locks and sockets are not ours to touch.
  if (fork_guard_.is_in_child()) {
    process_.load()->store->abandon();
  } else {
    delete process_.load();
  }
}

std::unique_ptr<Cache::Process> Cache::make_process() const {
  auto process = std::make_unique<Process>();
  if (options_.servers.empty()) {
    process->store = std::make_unique<MemoryStore>(options_.capacity);
  } else {
    process->store = std::make_unique<MemcachedStore>(options_);
  }
  process->debts = std::vector<Debt>(process->store->server_count());
  process->stats = std::make_unique<Stats>(process->store->server_count());
  return process;
}

Cache::Process &Cache::process() {
  while (fork_guard_.is_in_child()) [[unlikely]] {
      fork_guard_.renew([this] {
        std::unique_ptr<Process> process = make_process();
        process->inherited = process_.load();
        process->inherited->store->abandon();
        for (std::size_t i = 0; i < process->debts.size(); ++i) {
          // Its names stand behind a lock that another thread of the parent may have held: the root covers them all.
          if (process->inherited->debts[i].is_owed()) process->debts[i].add(root_, root_);
        }
        process_.store(process.release());
      });
    }
  return *process_.load(std::memory_order_acquire);
}

void Cache::note(Process &process, std::size_t server, const Answer &answer) {
  if (answer.ok()) return;
  count(process.stats->server_errors[server]);
  log_.tell(GC_LOG_WARNING, answer.detail);
}

// Delivers what the server has missed: until then, nothing that it says is to be believed.
Answer Cache::settle(Process &process, std::size_t server, Deadline deadline) {
  Debt &debt = process.debts[server];
  if (!debt.is_owed()) return {};
  Debt::Demand demand = debt.demand();
  Invalidation invalidation{server, std::move(demand.names), false, {}};
  process.store->replace({&invalidation, 1}, deadline);
  if (!invalidation.answer.ok()) return std::move(invalidation.answer);
  debt.settle(demand.moment);
  log_.tell(GC_LOG_INFO, process.store->server_name(server) + ": back, and told of the invalidations it had missed");
  return {};
}

// Reads and judges, in one round trip but for a value with extras that this process does not know yet.
Answer Cache::look(Process &process, const Key &key, Snapshot &snapshot, Found &found, Deadline deadline) {
  static const StampNames none;
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
      log_.tell(GC_LOG_WARNING, "corrupt record for " + std::string(key.text()));
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
    found.reason = reason_extras_unknown;
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
  if (found.reason == GC_REASON_HIT && !pursuit.is_early) return;  // it needs no lease
  if (found.reason == reason_extras_unknown) {
    Snapshot again;
    process.remembered.learn(pursuit.key, found.record.extras);
    found.trouble = look(process, pursuit.key, again, found, deadline);
    if (found.trouble.ok()) take_lease(process, pursuit, again);
  } else {
    take_lease(process, pursuit, snapshot);
  }
}

// The stamps that were read, where none is missing. A hit needs none, unless it is to be computed early.
void Cache::take_lease(const Process &process, Pursuit &pursuit, const Snapshot &snapshot) const {
  if (pursuit.found.reason == GC_REASON_HIT && !pursuit.is_early) return;
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
  Answer answer = settle(process, taken.server, deadline);
  if (answer.ok()) answer = process.store->plant(taken.server, key.stamps(), taken.stamps, deadline);
  note(process, taken.server, answer);
  if (answer.ok()) lease = std::move(taken);
  return answer;
}

// What was found becomes the status. A hit carries no lease, and what cannot be asked is no miss.
void Cache::conclude(Process &process, Pursuit &pursuit, Deadline deadline) {
  Found &found = pursuit.found;
  if (found.trouble.ok() && found.reason != GC_REASON_HIT && !found.lease) {
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
  if (!log_.wants(level) || pursuit.found.reason == GC_REASON_UNAVAILABLE) return;
  log_.tell(level, "miss " + std::string(pursuit.key.text()) + ": " + why_text(pursuit.found));
}

// A miss whose stamps are all there is complete. Where one is missing, the value is asked for once more together with
// them: a reply that showed nothing was maybe none, and now a true one shows them.
void Cache::get(Pursuit &pursuit) {
  Process &own = process();
  const Clock::time_point start = Clock::now();
  const Deadline end = start + options_.timeout;
  Found &found = pursuit.found;
  Pursuit *const self = &pursuit;
  Snapshot snapshot;
  found.trouble = look(own, pursuit.key, snapshot, found, end);
  if (found.trouble.ok() && found.reason != GC_REASON_HIT) {
    take_lease(own, pursuit, snapshot);
    if (!found.lease) enter(own, {&self, 1}, Entrance::plant, nullptr, end);
  }
  conclude(own, pursuit, end);
  if (pursuit.status == GC_MISS) tell_miss(pursuit);
  count_reads(own, {&self, 1}, start);
}

void Cache::get_many(std::span<Pursuit *const> pursuits, Memory &memory) {
  Process &own = process();
  const Clock::time_point start = Clock::now();
  enter(own, pursuits, Entrance::plain, &memory, start + options_.timeout);
  std::vector<Pursuit *> incomplete;
  for (Pursuit *pursuit : pursuits) {
    const Found &found = pursuit->found;
    if (found.trouble.ok() && found.reason != GC_REASON_HIT && !found.lease) incomplete.push_back(pursuit);
  }
  if (!incomplete.empty()) enter(own, incomplete, Entrance::plant, &memory, start + options_.timeout);
  for (Pursuit *pursuit : pursuits) {
    conclude(own, *pursuit, start + options_.timeout);
    if (pursuit->status == GC_MISS) tell_miss(*pursuit);
  }
  count_reads(own, pursuits, start);
}

// Before anything is sent: a server would drop the old value together with one that it refuses.
Answer Cache::check_size(const Process &process, const Key &key, const Payload &payload, const Lease &lease) const {
  const std::size_t limit = process.store->item_limit();
  const std::size_t upkeep = key.wire().size() + record_overhead(lease.stamps.size(), lease.extras) + key.text().size();
  if (upkeep <= limit && payload.bytes.size() <= limit - upkeep) return {};
  return {GC_ERR_TOO_LARGE, "value: its " + std::to_string(payload.bytes.size()) + " bytes and " +
                                std::to_string(upkeep) + " for its key and its stamps are more than the " +
                                std::to_string(limit) + " that an item holds"};
}

// `record` points into what is returned.
std::shared_ptr<const std::string> Cache::record_of(const Key &key, const Lease &lease, const Payload &payload,
                                                    const Policy &policy, std::uint32_t cost_us, Record &record) const {
  record.type = payload.type;
  record.lifetime = {wall_clock_ms(), lifetime_of(payload, policy)};
  record.cost_us = cost_us;
  record.key = key.text();
  record.extras = lease.extras;
  record.payload = payload.bytes;
  auto bytes = std::make_shared<const std::string>(encode(record, {lease.stamps.data(), lease.stamps.size()}));
  record.stamps = {};
  record.payload = std::string_view(*bytes).substr(bytes->size() - payload.bytes.size());
  return bytes;
}

Answer Cache::store(Process &process, const Key &key, const Lease &lease, const Payload &payload,
                    std::string_view record, std::int64_t kept_ms, Deadline deadline) {
  Answer answer = check_size(process, key, payload, lease);
  if (!answer.ok()) {
    log_.tell(GC_LOG_WARNING, answer.detail);
  } else {
    answer = process.store->write(lease.server, key.wire(), record, expiry_for(kept_ms), deadline);
    note(process, lease.server, answer);
  }
  count(answer.ok() ? process.stats->fills : process.stats->fills_failed);
  return answer;
}

Answer Cache::set(const Key &key, const Payload &payload, const Policy &policy) {
  Process &own = process();
  const Deadline end = deadline();
  std::optional<Lease> taken{Lease{}};
  taken->stamps.resize(key.stamps().size());
  Answer answer = check_size(own, key, payload, *taken);
  if (answer.ok()) answer = lease(own, key, taken, end);
  if (!answer.ok()) {
    count(own.stats->fills_failed);
    return answer;
  }
  Record record;
  const auto bytes = record_of(key, *taken, payload, policy, 0, record);
  return store(own, key, *taken, payload, *bytes, kept_ms(record.lifetime.ttl_ms, policy), end);
}

// The value stays with the entry, whatever becomes of the item.
Answer Cache::fill(Pursuit &pursuit, const Payload &payload, const Policy &policy) {
  Process &own = process();
  Found &found = pursuit.found;
  const bool is_computed = has_turn(own, pursuit);
  const auto cost = is_computed ? Clock::now() - pursuit.turn->began : Clock::duration::zero();
  const auto cost_us = std::clamp<std::int64_t>(cost.count() / 1000, 0, std::numeric_limits<std::uint32_t>::max());
  static const Lease no_lease;
  const Lease &lease = found.lease ? *found.lease : no_lease;
  const auto bytes = record_of(pursuit.key, lease, payload, policy, static_cast<std::uint32_t>(cost_us), found.record);
  found.bytes = {bytes, *bytes};
  found.read_at_ms = found.record.lifetime.created_ms;
  found.outdated_ms.reset();
  pursuit.status = GC_OK;
  Answer answer = found.trouble;
  if (found.lease) {
    const std::int64_t kept = kept_ms(found.record.lifetime.ttl_ms, policy);
    answer = store(own, pursuit.key, lease, payload, *bytes, kept, deadline());
    own.remembered.learn(pursuit.key, lease.extras);
  } else {
    count(own.stats->fills_failed);
  }
  if (is_computed) end_turn(own, pursuit, false);
  if (answer.ok()) found.lease.reset();
  return answer;
}

// Where the stamp cannot be had, the lease must not be used: the value would depend on what nobody can invalidate.
Answer Cache::depend(Pursuit &pursuit, const std::string &generation) {
  Process &own = process();
  if (!pursuit.found.lease) return {};
  Lease &lease = *pursuit.found.lease;
  for (std::size_t i = 1; i < pursuit.key.stamps().size(); ++i) {
    if (pursuit.key.generation(i) == generation) return {};
  }
  if (std::find(lease.extras.begin(), lease.extras.end(), generation) != lease.extras.end()) return {};
  if (lease.stamps.size() == most_stamps) bad_argument("generation: a value cannot depend on more than 65534");
  StampNames name;
  name.buffer() += stamp_name(options_.prefix, generation);
  name.end();
  LeasedStamps stamp;
  const Deadline end = deadline();
  Answer answer = settle(own, lease.server, end);
  if (answer.ok()) answer = own.store->plant(lease.server, name, stamp, end);
  note(own, lease.server, answer);
  if (answer.ok()) {
    lease.stamps.push_back(stamp[0]);
    lease.extras.push_back(generation);
  } else {
    pursuit.found.lease.reset();
    pursuit.found.reason = GC_REASON_UNAVAILABLE;
    pursuit.found.trouble = answer;
  }
  return answer;
}

Answer Cache::erase(const Key &key) {
  Process &own = process();
  const std::size_t server = own.store->route(key.wire());
  Answer answer = own.store->erase(server, key.wire(), deadline());
  note(own, server, answer);
  return answer;
}

Answer Cache::invalidate(const StampNames &names, bool is_soft) { return invalidate(names, is_soft, deadline()); }

Answer Cache::invalidate(const StampNames &names, bool is_soft, Deadline deadline) {
  Process &own = process();
  const Clock::time_point start = Clock::now();
  std::vector<Invalidation> invalidations;
  for (std::size_t i = 0; i < own.store->server_count(); ++i) invalidations.push_back({i, names, is_soft, {}});
  own.store->replace(invalidations, deadline);

  Answer all;
  for (Invalidation &each : invalidations) {
    if (each.answer.ok()) continue;
    own.debts[each.server].add(names, root_);
    count(own.stats->server_errors[each.server]);
    if (all.status != GC_ERR_UNAVAILABLE) all.status = each.answer.status;
    all.detail += (all.detail.empty() ? "not acknowledged by " : "; ") + each.answer.detail;
  }
  count(own.stats->invalidations);
  own.stats->invalidate_time.add(Clock::now() - start);
  if (!all.ok()) {
    count(own.stats->invalidations_failed);
    log_.tell(GC_LOG_ERROR, "invalidate: " + all.detail);
  }
  return all;
}

namespace {

StampNames names_of(const std::set<std::string, std::less<>> &texts) {
  StampNames names;
  for (const std::string &text : texts) {
    names.buffer() += text;
    names.end();
  }
  return names;
}

}  // namespace

Answer Cache::commit(Collected &collected) {
  Process &own = process();
  const Deadline end = deadline();
  Answer first;
  const auto keep_first = [&first](Answer answer) {
    const bool is_done = answer.ok();
    if (first.ok()) first = std::move(answer);
    return is_done;
  };
  for (const bool is_soft : {false, true}) {
    auto &texts = is_soft ? collected.soft : collected.hard;
    if (!texts.empty() && keep_first(invalidate(names_of(texts), is_soft, end))) texts.clear();
  }
  std::erase_if(collected.values, [&](const std::string &wire) {
    const std::size_t server = own.store->route(wire);
    Answer answer = own.store->erase(server, wire, end);
    note(own, server, answer);
    return keep_first(std::move(answer));
  });
  return first;
}

Answer Cache::ping() {
  Process &own = process();
  const Deadline end = deadline();
  const std::size_t count = own.store->server_count();
  Answer all;
  for (std::size_t server = 0; server < count; ++server) {
    // One after another; each gets its share of what is left.
    const Clock::time_point now = Clock::now();
    const Deadline share = now + std::max(end - now, Clock::duration::zero()) / (count - server);
    LeasedStamps stamps;
    Answer answer = settle(own, server, share);
    if (answer.ok()) answer = own.store->plant(server, root_, stamps, share);
    if (answer.ok()) continue;
    if (all.status != GC_ERR_UNAVAILABLE) all.status = answer.status;
    all.detail += (all.detail.empty() ? "" : "; ") + answer.detail;
  }
  return all;
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
  const bool is_ours = found.record.key == key.text() && found.record.stamp_count() == snapshot.stamps.size();
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

std::vector<std::pair<std::string, std::uint64_t>> Cache::server_errors() {
  Process &own = process();
  std::vector<std::pair<std::string, std::uint64_t>> errors;
  for (std::size_t i = 0; i < own.store->server_count(); ++i) {
    errors.emplace_back(own.store->server_name(i), own.stats->server_errors[i].load(std::memory_order_relaxed));
  }
  return errors;
}

std::string Cache::metrics() { return metrics_text(*process().stats, options_.prefix, server_errors()); }

}  // namespace gencache::core
