// Chance that nothing secret or unique depends on: jitter, early refreshes, back-off.
#pragma once

#include <random>

namespace gencache::core {

/// Above 0, at most 1.
inline double random_part() {
  thread_local std::minstd_rand generator(std::random_device{}());
  return static_cast<double>(generator()) / static_cast<double>(std::minstd_rand::max());
}

}  // namespace gencache::core
