// Calls that have to end within their budget.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace gencache::test {

using Milliseconds = std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GENCACHE_SANITIZED 1
#else
#define GENCACHE_SANITIZED 0
#endif

// What a busy machine may add to a call: the promise leaves a scheduler's delay aside. Tests run beside each other on
// few cores, and a thread that has to run may wait for several time slices of others.
constexpr Milliseconds kSchedulingAllowance(GENCACHE_SANITIZED ? 1000 : 250);

// The longest that a call may take whose URL says `timeout_ms=budget`.
constexpr Milliseconds bound_of(Milliseconds budget) { return budget + budget / 10 + kSchedulingAllowance; }

// The result of `call`, which has to end in time.
template <class Call>
auto within(Milliseconds budget, Call &&call) {
  const auto start = std::chrono::steady_clock::now();
  auto result = std::forward<Call>(call)();
  const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
  EXPECT_LE(took.count(), bound_of(budget).count()) << "milliseconds, with a budget of " << budget.count();
  return result;
}

}  // namespace gencache::test
