// All control flow: what happens on a read (reading.cpp), on a fill and an invalidation (cache.cpp), and on the way to
// a value that has to be computed (computing.cpp). Below it are pure leaves and the store.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "debt.h"
#include "flights.h"
#include "fork_guard.h"
#include "key.h"
#include "log.h"
#include "options.h"
#include "pursuit.h"
#include "record.h"
#include "remembered.h"
#include "stats.h"
#include "store.h"
#include "unreleased.h"

namespace gencache::core {

/// Names that a batch has collected: of stamps, and of values.
struct Collected {
  std::set<std::string, std::less<>> hard;
  std::set<std::string, std::less<>> soft;
  std::set<std::string, std::less<>> values;
};

/// Computes a value, or several, by filling pursuits. Returns 0, or what the caller is told of the failure.
using Compute = std::function<std::int32_t()>;
using ComputeMany = std::function<std::int32_t(std::span<const std::size_t> indexes)>;

/// Thread-safe, and usable in a forked child.
class Cache {
 public:
  explicit Cache(Options options);
  /// The same cache, with another budget for its calls.
  Cache(const Cache &other, std::chrono::milliseconds timeout) : shared_(other.shared_), timeout_(timeout) {}

  const std::string &prefix() const { return shared_->options.prefix; }
  std::int64_t default_ttl_ms() const { return shared_->options.ttl_ms; }
  Log &log() { return shared_->log; }

  // Reads and writes. They set the pursuit's status, and answer with what went wrong.
  void get(Pursuit &pursuit);
  /// The pursuits' values live in `memory`.
  void get_many(std::span<Pursuit *const> pursuits, Memory &memory);
  Answer fill(Pursuit &pursuit, const Payload &payload, const Policy &policy);
  Answer depend(Pursuit &pursuit, const std::string &generation);
  Answer set(const Key &key, const Payload &payload, const Policy &policy);
  Answer erase(const Key &key);
  Answer invalidate(const StampNames &names, bool is_soft = false);
  Answer clear() { return invalidate(shared_->root); }
  /// Sends what was collected; what is not acknowledged stays.
  Answer commit(Collected &collected);

  // Computing.
  void begin(Pursuit &pursuit);
  /// The pursuits' values live in `memory`, here and below.
  void begin_many(std::span<Pursuit *const> pursuits, Memory &memory);
  /// A read of its own: what it gives is not older than an invalidation before it.
  void wait(Pursuit &pursuit, Deadline until);
  void abandon(Pursuit &pursuit);
  void fetch(Pursuit &pursuit, const Compute &compute);
  void fetch_many(std::span<Pursuit *const> pursuits, Memory &memory, const ComputeMany &compute);

  Answer ping();
  std::string explain(const Key &key, Answer &answer);
  gc_stats stats() { return process().stats->copy(); }
  std::string metrics();
  /// By server, in the order of the URL; and by generation, most frequent first.
  std::vector<std::pair<std::string, std::uint64_t>> server_errors();
  std::vector<std::pair<std::string, std::uint64_t>> top_generations() { return process().stats->causes.top(); }

 private:
  // What a process has of its own; a forked child makes it anew and keeps the inherited one untouched.
  struct Process {
    std::unique_ptr<Store> store;
    std::vector<Debt> debts;
    std::unique_ptr<Stats> stats;
    Flights flights;
    Remembered remembered;
    Unreleased unreleased;
    Process *inherited = nullptr;
  };
  // What all caches that differ in their budget only have in common.
  class Shared {
   public:
    explicit Shared(Options its_options);
    Shared(const Shared &) = delete;
    Shared &operator=(const Shared &) = delete;
    ~Shared();

    Process &process();

    const Options options;
    const StampNames root;
    Log log;

   private:
    std::unique_ptr<Process> make_process() const;

    ForkGuard fork_guard_;
    std::atomic<Process *> process_;
  };
  enum class Entrance { plain, plant, lock };

  Process &process() { return shared_->process(); }
  Deadline deadline() const { return Clock::now() + timeout_; }
  void note(Process &process, std::size_t server, const Answer &answer);

  Answer settle(Process &process, std::size_t server, Deadline deadline);
  Answer look(Process &process, const Key &key, Snapshot &snapshot, Found &found, Deadline deadline);
  void judge(const Key &key, Snapshot &snapshot, const Known *known, Found &found) const;
  void judge_stamps(const Key &key, const Snapshot &snapshot, Found &found) const;
  void enter(Process &process, std::span<Pursuit *const> pursuits, Entrance entrance, Memory *memory,
             Deadline deadline);
  std::vector<Unreleased::Lock> give_back_late(Process &process, std::span<Exchange> exchanges,
                                               Clock::time_point now) const;
  void hear(Process &process, Pursuit &pursuit, const Known *known, const Answer &answer, Snapshot &snapshot,
            Deadline deadline);
  void take_lease(const Process &process, Pursuit &pursuit, const Snapshot &snapshot) const;
  Answer lease(Process &process, const Key &key, std::optional<Lease> &lease, Deadline deadline);
  Answer plant(Process &process, std::size_t server, const StampNames &names, LeasedStamps &stamps, Deadline deadline);
  static bool lacks_lease(const Found &found);
  void complete_lease(Process &process, Pursuit &pursuit, const Snapshot &snapshot, Deadline deadline);
  void complete_leases(Process &process, std::span<Pursuit *const> pursuits, Memory &memory, Deadline deadline);
  Answer erase(Process &process, std::string_view wire, Deadline deadline);
  Answer invalidate(const StampNames &names, bool is_soft, Deadline deadline);
  void conclude(Process &process, Pursuit &pursuit, Deadline deadline);
  void count_reads(Process &process, std::span<Pursuit *const> pursuits, Clock::time_point start);
  void tell_miss(const Pursuit &pursuit);

  Answer check_size(const Process &process, const Key &key, const Payload &payload, const Lease &lease) const;
  std::shared_ptr<const std::string> record_of(const Key &key, const Lease &lease, const Payload &payload,
                                               const Policy &policy, std::uint32_t cost_us, Record &record) const;
  Answer store(Process &process, const Key &key, const Lease &lease, const Payload &payload, std::string_view record,
               std::int64_t kept_ms, Deadline deadline);

  bool has_turn(Process &process, Pursuit &pursuit);
  bool is_due_early(const Pursuit &pursuit) const;
  void pursue(Process &process, Pursuit &pursuit, Deadline until);
  bool needs_computation(Pursuit &pursuit);
  bool is_decided(Process &process, Pursuit &pursuit, Flights::Seat &seat, Clock::time_point began,
                  std::int64_t known_ms);
  bool look_again(Process &process, Pursuit &pursuit);
  bool contend(Process &process, Pursuit &pursuit, Flights::Seat seat, Deadline until);
  void leave_to_others(Process &process, Pursuit &pursuit);
  void contend_for_many(Process &process, std::span<Pursuit *const> missing, Memory &memory);
  void compute_beside(Process &process, Pursuit &pursuit);
  void take_turn(Process &process, Pursuit &pursuit, Flights::Seat seat, Clock::time_point began);
  bool offer_old(Process &process, Pursuit &pursuit, std::int64_t allowed_ms);
  bool stand_in(Process &process, Pursuit &pursuit);
  bool take_shared(Process &process, Pursuit &pursuit, const Flights::Seat &seat);
  void end_turn(Process &process, Pursuit &pursuit, bool has_failed);
  void release(Process &process, Pursuit &pursuit, bool is_filled);
  void close(Process &process, Pursuit &pursuit, std::int32_t origin);
  void compute_round(std::span<Pursuit *const> pursuits, std::span<const std::size_t> mine, const ComputeMany &compute);

  const std::shared_ptr<Shared> shared_;
  const std::chrono::milliseconds timeout_;
};

}  // namespace gencache::core
