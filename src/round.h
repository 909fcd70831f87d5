// Asks for many values at once: one exchange with each server involved, and a stamp that several values share once.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "key.h"
#include "store.h"

namespace gencache::core {

/// A value to ask for. What it points to is borrowed.
struct Asked {
  std::size_t server = 0;
  const Key *key = nullptr;
  const StampNames *more = nullptr;  // further stamps
  bool plants = false;               // makes the stamps that are absent
  std::string_view lock;             // takes this lock if nobody has it; empty: none
  Stamp token{};
  Expiry lock_lifetime{0};
};

/// What came back for it.
struct Heard {
  Answer answer;
  Snapshot snapshot;
  std::optional<Stamp> lock;  // the token of whoever has it
};

std::vector<Heard> ask(Store &store, std::span<const Asked> asked, Deadline deadline);

}  // namespace gencache::core
