// The computations under way in this process: who comes while one is under way waits for it instead of asking a server
// again and again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store.h"

namespace gencache::core {

/// Thread-safe.
class Flights {
  struct Flight;

 public:
  /// What a computation came to: a record, and the moment when it did not have its lease yet.
  struct Result {
    Bytes record;
    Clock::time_point began;
  };

  /// A place in a flight: that of its leader, who computes, or of one who waits. The flight ends with the leader's
  /// seat.
  class Seat {
   public:
    Seat() = default;
    Seat(Flights &flights, std::string name, std::shared_ptr<Flight> flight, bool leads);
    Seat(Seat &&other) noexcept;
    Seat &operator=(Seat &&other) noexcept;
    ~Seat() { land({}, false); }

    bool leads() const { return leads_; }

    /// Waits for the end; false where `until` came first.
    bool wait(Deadline until);

    /// After the end: what came of it.
    const std::optional<Result> &result() const;
    bool has_failed() const;

    /// Of the leader: ends the flight and wakes the others.
    void land(std::optional<Result> result, bool has_failed);

    /// In a forked child, where nobody waits: leaves the seat without touching a lock.
    void forget() { leads_ = false; }

   private:
    Flights *flights_ = nullptr;
    std::string name_;
    std::shared_ptr<Flight> flight_;
    bool leads_ = false;
  };

  /// Takes a seat in the flight `name`; the first one leads.
  Seat join(std::string_view name);

 private:
  struct Flight {
    std::condition_variable landed;
    bool is_over = false;
    bool has_failed = false;
    std::optional<Result> result;
  };

  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace gencache::core
