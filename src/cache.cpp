#include "cache.h"

#include <algorithm>

#include "failure.h"
#include "memcached/memcached_store.h"
#include "memory_store.h"
#include "names.h"

namespace gencache::core {
namespace {

std::int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// A second more than the record says: the record's own lifetime decides, and a server's clock ticks in seconds.
Expiry expiry_for(std::int64_t ttl_ms) { return Expiry(ttl_ms == 0 ? 0 : (ttl_ms - 1) / 1000 + 2); }

Options resolved(Options options) {
  resolve(options);
  return options;
}

std::string why_text(const Key &key, std::int32_t reason, std::size_t cause) {
  std::string why = reason_name(reason);
  if (reason == GC_REASON_INVALIDATED) why.append(" by ").append(key.generation(cause));
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

// Delivers what the server has missed: until then, nothing that it says is to be believed.
Answer Cache::settle(Process &process, std::size_t server, Deadline deadline) {
  Debt &debt = process.debts[server];
  if (!debt.is_owed()) return {};
  Debt::Demand demand = debt.demand();
  Invalidation invalidation{server, std::move(demand.names), {}};
  process.store->replace({&invalidation, 1}, deadline);
  if (!invalidation.answer.ok()) return std::move(invalidation.answer);
  debt.settle(demand.moment);
  log_.tell(GC_LOG_INFO, process.store->server_name(server) + ": back, and told of the invalidations it had missed");
  return {};
}

Answer Cache::read(Process &process, std::size_t server, const Key &key, Snapshot &snapshot, Deadline deadline) {
  Answer answer = settle(process, server, deadline);
  if (answer.ok()) answer = process.store->read(server, key, snapshot, deadline);
  if (!answer.ok()) log_.tell(GC_LOG_WARNING, answer.detail);
  return answer;
}

// A hit is a record that is there, is ours, and carries exactly the stamps that were read with it.
void Cache::judge(const Key &key, const Snapshot &snapshot, Found &found) const {
  found.reason = GC_REASON_ABSENT;
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
  if (found.record.stamp_count() != snapshot.stamps.size()) {
    found.reason = GC_REASON_CORRUPT;
    return;
  }
  for (std::size_t i = 0; i < snapshot.stamps.size(); ++i) {
    if (snapshot.stamps[i] == found.record.stamp(i)) continue;
    found.reason = i == 0 ? GC_REASON_CLEARED : GC_REASON_INVALIDATED;
    found.cause = i;
    return;
  }
  found.read_at_ms = wall_clock_ms();
  if (found.record.lifetime.is_over(found.read_at_ms)) {
    found.reason = GC_REASON_EXPIRED;
    return;
  }
  found.reason = GC_REASON_HIT;
  found.bytes = *snapshot.value;
}

// Completes the stamps before anything is computed: those that were read, or, where one is missing, all of them anew.
Answer Cache::lease(Process &process, std::size_t server, const Key &key, const Stamps *known, Lease &lease,
                    Deadline deadline) {
  lease.server = server;
  const auto is_there = [](const std::optional<Stamp> &stamp) { return stamp.has_value(); };
  if (known != nullptr && std::all_of(known->begin(), known->end(), is_there)) {
    for (const std::optional<Stamp> &stamp : *known) lease.stamps.push_back(*stamp);
    return {};
  }
  Answer answer = process.store->plant(server, key.stamps(), lease.stamps, deadline);
  if (!answer.ok()) log_.tell(GC_LOG_WARNING, answer.detail);
  return answer;
}

Found Cache::get(const Key &key) {
  Process &own = process();
  const Deadline end = deadline();
  const std::size_t server = own.store->route(key.wire());
  Found found;
  Snapshot snapshot;
  found.trouble = read(own, server, key, snapshot, end);
  if (found.trouble.ok()) {
    judge(key, snapshot, found);
    if (found.reason == GC_REASON_HIT) return found;
    tell_miss(key, found);
    found.trouble = lease(own, server, key, &snapshot.stamps, found.lease.emplace(), end);
    if (found.trouble.ok() && !snapshot.shows_anything()) found.trouble = confirm(own, server, key, found, end);
    if (found.reason == GC_REASON_HIT) return found;
  }
  if (!found.trouble.ok()) {
    found.reason = GC_REASON_UNAVAILABLE;
    found.cause = 0;
    found.lease.reset();
  }
  return found;
}

// A reply that showed nothing was maybe none. Now that there are stamps, a true one shows them.
Answer Cache::confirm(Process &process, std::size_t server, const Key &key, Found &found, Deadline deadline) {
  Snapshot snapshot;
  Answer answer = read(process, server, key, snapshot, deadline);
  if (!answer.ok()) return answer;
  if (!snapshot.shows_anything()) {
    return {GC_ERR_UNAVAILABLE, process.store->server_name(server) + ": shows nothing of what it has acknowledged"};
  }
  judge(key, snapshot, found);
  if (found.reason == GC_REASON_HIT) found.lease.reset();
  return {};
}

void Cache::tell_miss(const Key &key, const Found &found) {
  if (log_.wants(GC_LOG_DEBUG)) {
    log_.tell(GC_LOG_DEBUG, "miss " + std::string(key.text()) + ": " + why_text(key, found.reason, found.cause));
  }
}

// Before anything is sent: a server would drop the old value together with one that it refuses.
void Cache::check_size(const Process &process, const Key &key, const Payload &payload) const {
  const std::size_t limit = process.store->item_limit();
  const std::size_t upkeep = key.wire().size() + record_overhead(key.stamps().size()) + key.text().size();
  if (upkeep <= limit && payload.bytes.size() <= limit - upkeep) return;
  throw Failure(GC_ERR_TOO_LARGE, "value: its " + std::to_string(payload.bytes.size()) + " bytes and " +
                                      std::to_string(upkeep) + " for its key and its stamps are more than the " +
                                      std::to_string(limit) + " that an item holds");
}

Answer Cache::store(Process &process, const Key &key, const Lease &lease, const Payload &payload, Deadline deadline) {
  Record record;
  record.type = payload.type;
  record.lifetime = {wall_clock_ms(), payload.ttl_ms};
  record.key = key.text();
  record.payload = payload.bytes;
  const std::string bytes = encode(record, {lease.stamps.data(), lease.stamps.size()});
  Answer answer = process.store->write(lease.server, key.wire(), bytes, expiry_for(payload.ttl_ms), deadline);
  if (!answer.ok()) log_.tell(GC_LOG_WARNING, answer.detail);
  return answer;
}

Answer Cache::fill(const Key &key, const Lease &lease, const Payload &payload) {
  Process &own = process();
  check_size(own, key, payload);
  return store(own, key, lease, payload, deadline());
}

Answer Cache::set(const Key &key, const Payload &payload) {
  Process &own = process();
  check_size(own, key, payload);
  const Deadline end = deadline();
  const std::size_t server = own.store->route(key.wire());
  Lease taken;
  Answer answer = settle(own, server, end);
  if (answer.ok()) answer = lease(own, server, key, nullptr, taken, end);
  return answer.ok() ? store(own, key, taken, payload, end) : answer;
}

Answer Cache::erase(const Key &key) {
  Process &own = process();
  return own.store->erase(own.store->route(key.wire()), key.wire(), deadline());
}

Answer Cache::invalidate(const StampNames &names) {
  Process &own = process();
  std::vector<Invalidation> invalidations;
  for (std::size_t i = 0; i < own.store->server_count(); ++i) invalidations.push_back({i, names, {}});
  own.store->replace(invalidations, deadline());

  Answer all;
  for (Invalidation &each : invalidations) {
    if (each.answer.ok()) continue;
    own.debts[each.server].add(names, root_);
    if (all.status != GC_ERR_UNAVAILABLE) all.status = each.answer.status;
    all.detail += (all.detail.empty() ? "not acknowledged by " : "; ") + each.answer.detail;
  }
  if (!all.ok()) log_.tell(GC_LOG_ERROR, "invalidate: " + all.detail);
  return all;
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
  const std::size_t server = own.store->route(key.wire());
  Snapshot snapshot;
  Found found;
  answer = read(own, server, key, snapshot, deadline());
  if (!answer.ok()) return {};
  judge(key, snapshot, found);
  std::string text = "key: ";
  text.append(key.text()).append("\nwire: ").append(key.wire()).append("\nserver: ");
  text += own.store->server_name(server);
  const bool is_ours = found.record.key == key.text() && found.record.stamp_count() == snapshot.stamps.size();
  for (std::size_t i = 0; i < snapshot.stamps.size(); ++i) {
    const std::optional<Stamp> stored = is_ours ? std::optional(found.record.stamp(i)) : std::nullopt;
    text += i == 0 ? "\nroot" : "\ngeneration " + std::string(key.generation(i));
    text += ": stored " + text_of(stored) + ", current " + text_of(snapshot.stamps[i]);
  }
  const bool is_hit = found.reason == GC_REASON_HIT;
  text += "\nverdict: " + (is_hit ? std::string() : std::string("miss, ")) + why_text(key, found.reason, found.cause) +
          "\n";
  if (!snapshot.shows_anything())
    text += "note: it shows no stamp either, as before a first use; a refusal looks alike\n";
  return text;
}

}  // namespace gencache::core
