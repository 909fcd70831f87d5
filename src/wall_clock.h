// The clock of lifetimes, which hosts share. Everything else is timed by the monotonic Clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace gencache::core {

/// Milliseconds since 1970.
inline std::int64_t wall_clock_ms() {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace gencache::core
