// All control flow: what happens on a read, a fill, an invalidation. Below it are pure leaves and the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "debt.h"
#include "fork_guard.h"
#include "key.h"
#include "log.h"
#include "options.h"
#include "record.h"
#include "store.h"

namespace gencache::core {

/// The right to fill a miss: the stamps as they were before the value was computed.
struct Lease {
  std::size_t server = 0;
  LeasedStamps stamps;
};

/// What a read found.
struct Found {
  std::int32_t reason = GC_REASON_UNAVAILABLE;
  std::size_t cause = 0;  // the index in the key's stamps of the generation that moved; 0: none
  Bytes bytes;            // of a hit, with the record that points into them
  Record record;
  std::int64_t read_at_ms = 0;
  std::optional<Lease> lease;  // of a miss
  Answer trouble;              // why the reason is `unavailable`
};

/// What is to be stored.
struct Payload {
  std::int32_t type = GC_BYTES;
  std::string_view bytes;
  std::int64_t ttl_ms = 0;
};

/// Thread-safe, and usable in a forked child.
class Cache {
 public:
  explicit Cache(Options options);
  Cache(const Cache &) = delete;
  Cache &operator=(const Cache &) = delete;
  ~Cache();

  const std::string &prefix() const { return options_.prefix; }
  std::int64_t default_ttl_ms() const { return options_.ttl_ms; }
  Log &log() { return log_; }

  Found get(const Key &key);
  Answer fill(const Key &key, const Lease &lease, const Payload &payload);
  Answer set(const Key &key, const Payload &payload);
  Answer erase(const Key &key);
  Answer invalidate(const StampNames &names);
  Answer clear() { return invalidate(root_); }
  Answer ping();
  std::string explain(const Key &key, Answer &answer);

 private:
  // What a process has of its own; a forked child makes it anew and keeps the inherited one untouched.
  struct Process {
    std::unique_ptr<Store> store;
    std::vector<Debt> debts;
    Process *inherited = nullptr;
  };

  Process &process();
  std::unique_ptr<Process> make_process() const;
  Deadline deadline() const { return Clock::now() + options_.timeout; }

  Answer settle(Process &process, std::size_t server, Deadline deadline);
  Answer read(Process &process, std::size_t server, const Key &key, Snapshot &snapshot, Deadline deadline);
  void judge(const Key &key, const Snapshot &snapshot, Found &found) const;
  Answer lease(Process &process, std::size_t server, const Key &key, const Stamps *known, Lease &lease,
               Deadline deadline);
  void check_size(const Process &process, const Key &key, const Payload &payload) const;
  Answer store(Process &process, const Key &key, const Lease &lease, const Payload &payload, Deadline deadline);
  Answer confirm(Process &process, std::size_t server, const Key &key, Found &found, Deadline deadline);
  void tell_miss(const Key &key, const Found &found);

  const Options options_;
  const StampNames root_;
  Log log_;
  ForkGuard fork_guard_;
  std::atomic<Process *> process_;
};

}  // namespace gencache::core
