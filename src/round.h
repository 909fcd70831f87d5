// Asks for many values at once: one exchange with each server involved, and a stamp that several values share once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "key.h"
#include "store.h"

namespace gencache::core {

/// A value to ask for. What it points to is borrowed until the round is over.
struct Asked {
  std::size_t server = 0;
  const Key *key = nullptr;
  const StampNames *more = nullptr;  // further stamps
  bool plants = false;               // makes the stamps that are absent
  std::string_view lock;             // takes this lock if nobody has it; empty: none
  Stamp token{};
  Expiry lock_lifetime{0};
};

/// What came back for it. The value may be moved from.
struct Heard {
  const Answer *answer = nullptr;
  Snapshot snapshot;
  std::optional<Stamp> lock;  // the token of whoever has it
};

class Round {
 public:
  Round(Store &store, std::size_t values);

  void write_down(const Asked &asked);

  /// One for each server involved. One that has an error already is not sent.
  std::span<Exchange> exchanges() { return exchanges_; }
  void send(Deadline deadline);

  /// What came back for value `i`, in the order they were written down; valid until the next call.
  Heard &hear(std::size_t i);

  /// Moves what the values live in to `memory`. Without this call, each value owns its bytes.
  void give_memory_to(Memory &memory);

 private:
  // What belongs to the exchange with one server.
  struct Sheet {
    std::unordered_map<std::string_view, std::uint32_t> stamps;  // where they stand among the names
    const Stem *last_stem = nullptr;
    std::uint32_t last_group = 0;
  };

  // Where the items of one value stand in the reply of its server.
  struct Place {
    std::uint32_t sheet = 0;
    std::uint32_t group = 0;
    std::uint32_t value = 0;
    std::optional<std::uint32_t> lock;
  };

  // Stamps that one value needs, or several ones of one stem: where they stand in the reply.
  using Group = std::vector<std::uint32_t>;

  std::uint32_t sheet_of(std::size_t server);
  std::uint32_t group_of(const Asked &asked, std::uint32_t sheet);
  std::uint32_t add_stamp(std::string_view name, bool plants, std::uint32_t sheet);
  void read_stamps(const Group &group, const Exchange &exchange);

  Store &store_;
  std::vector<std::uint32_t> sheet_of_;  // of each server
  std::size_t values_;
  std::vector<Sheet> sheets_;
  std::vector<Exchange> exchanges_;  // of each sheet
  std::vector<Group> groups_;
  std::vector<Place> places_;
  bool is_memory_given_ = false;
  Heard heard_;
  std::uint32_t heard_group_;  // whose stamps stand in heard_
};

}  // namespace gencache::core
