// Asks for many values at once: one exchange with each server involved, and a stamp that several values share once.
#pragma once

#include <functional>
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

/// What came back for it. The snapshot may be moved from.
struct Heard {
  const Answer *answer = nullptr;
  Snapshot snapshot;
  std::optional<Stamp> lock;  // the token of whoever has it
};

/// Hands what came back to `on_heard(i, heard)`, for one value after the other. The values live in `memory`, where it
/// is given; else each owns its bytes.
void ask(Store &store, std::span<const Asked> asked, Memory *memory, Deadline deadline,
         const std::function<void(std::size_t i, Heard &heard)> &on_heard);

}  // namespace gencache::core
