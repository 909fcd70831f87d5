#include "cache.h"

#include <algorithm>
#include <limits>

#include "failure.h"
#include "memcached/memcached_store.h"
#include "memory_store.h"
#include "random_part.h"
#include "wall_clock.h"

namespace gencache::core {
namespace {

// A second more than the record says: the record's own lifetime decides, and a server's clock ticks in seconds.
Expiry expiry_for(std::int64_t ttl_ms) { return Expiry(ttl_ms == 0 ? 0 : (ttl_ms - 1) / 1000 + 2); }

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

const Lease no_lease;  // here for the reason of `none` in reading.cpp

Options resolved(Options options) {
  resolve(options);
  return options;
}

}  // namespace

Cache::Cache(Options options)
    : shared_(std::make_shared<Shared>(std::move(options))), timeout_(shared_->options.timeout) {}

Cache::Shared::Shared(Options its_options)
    : options(resolved(std::move(its_options))), root(root_stamp(options.prefix)), process_(make_process().release()) {}

Cache::Shared::~Shared() {
  // In a child that never used it, the process is the parent's: its locks and sockets are not ours to touch.
  if (fork_guard_.is_in_child()) {
    process_.load()->store->abandon();
  } else {
    delete process_.load();
  }
}

std::unique_ptr<Cache::Process> Cache::Shared::make_process() const {
  auto process = std::make_unique<Process>();
  if (options.servers.empty()) {
    process->store = std::make_unique<MemoryStore>(options.capacity);
  } else {
    process->store = std::make_unique<MemcachedStore>(options);
  }
  process->debts = std::vector<Debt>(process->store->server_count());
  process->stats = std::make_unique<Stats>(process->store->server_count());
  return process;
}

Cache::Process &Cache::Shared::process() {
  if (fork_guard_.is_in_child()) [[unlikely]] {
    fork_guard_.renew([this] {
      std::unique_ptr<Process> process = make_process();
      process->inherited = process_.load();
      process->inherited->store->abandon();
      for (std::size_t i = 0; i < process->debts.size(); ++i) {
        // Its names stand behind a lock that another thread of the parent may have held: the root covers them all.
        if (process->inherited->debts[i].is_owed()) process->debts[i].add(root, root);
      }
      process_.store(process.release());
    });
  }
  return *process_.load(std::memory_order_acquire);
}

void Cache::note(Process &process, std::size_t server, const Answer &answer) {
  if (answer.ok()) return;
  count(process.stats->server_errors[server]);
  shared_->log.tell(answer.is_repeated ? GC_LOG_DEBUG : GC_LOG_WARNING, answer.detail);
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
  shared_->log.tell(GC_LOG_INFO,
                    process.store->server_name(server) + ": back, and told of the invalidations it had missed");
  return {};
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
    shared_->log.tell(GC_LOG_WARNING, answer.detail);
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
  name.add(stamp_name(shared_->options.prefix, generation));
  LeasedStamps stamp;
  Answer answer = plant(own, lease.server, name, stamp, deadline());
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

Answer Cache::erase(const Key &key) { return erase(process(), key.wire(), deadline()); }

Answer Cache::erase(Process &process, std::string_view wire, Deadline deadline) {
  const std::size_t server = process.store->route(wire);
  Answer answer = process.store->erase(server, wire, deadline);
  note(process, server, answer);
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
    own.debts[each.server].add(names, shared_->root);
    count(own.stats->server_errors[each.server]);
    if (all.status != GC_ERR_UNAVAILABLE) all.status = each.answer.status;
    all.detail += (all.detail.empty() ? "not acknowledged by " : "; ") + each.answer.detail;
  }
  count(own.stats->invalidations);
  own.stats->invalidate_time.add(Clock::now() - start);
  if (!all.ok()) {
    count(own.stats->invalidations_failed);
    shared_->log.tell(GC_LOG_ERROR, "invalidate: " + all.detail);
  }
  return all;
}

namespace {

StampNames names_of(const std::set<std::string, std::less<>> &texts) {
  StampNames names;
  for (const std::string &text : texts) names.add(text);
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
  // A server that does not answer must not use up what the others need.
  std::set<std::size_t> homes;
  for (const std::string &wire : collected.values) homes.insert(own.store->route(wire));
  std::size_t servers_left = homes.size();
  for (const std::size_t server : homes) {
    const Deadline share = share_of(end, servers_left--);
    std::erase_if(collected.values, [&](const std::string &wire) {
      return own.store->route(wire) == server && keep_first(erase(own, wire, share));
    });
  }
  return first;
}

Answer Cache::ping() {
  Process &own = process();
  const Deadline end = deadline();
  const std::size_t count = own.store->server_count();
  Answer all;
  for (std::size_t server = 0; server < count; ++server) {
    const Deadline share = share_of(end, count - server);
    LeasedStamps stamps;
    Answer answer = settle(own, server, share);
    if (answer.ok()) answer = own.store->plant(server, shared_->root, stamps, share);
    if (answer.ok()) continue;
    if (all.status != GC_ERR_UNAVAILABLE) all.status = answer.status;
    all.detail += (all.detail.empty() ? "" : "; ") + answer.detail;
  }
  return all;
}

std::vector<std::pair<std::string, std::uint64_t>> Cache::server_errors() {
  Process &own = process();
  std::vector<std::pair<std::string, std::uint64_t>> errors;
  for (std::size_t i = 0; i < own.store->server_count(); ++i) {
    errors.emplace_back(own.store->server_name(i), own.stats->server_errors[i].load(std::memory_order_relaxed));
  }
  return errors;
}

std::string Cache::metrics() { return metrics_text(*process().stats, shared_->options.prefix, server_errors()); }

}  // namespace gencache::core
