// Chance that nothing secret or unique depends on: jitter, early refreshes, back-off. From getrandom, since the
// children of a process that forks must not all draw the same.
#pragma once

#include "stamp.h"

namespace gencache::core {

/// Above 0, at most 1.
inline double random_part() {
  Stamp number{};
  make_fresh({&number, 1});
  return (static_cast<double>(static_cast<std::uint64_t>(number)) + 1) / 18446744073709551616.0;
}

}  // namespace gencache::core
