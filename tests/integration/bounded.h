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
// few cores, and a thread that has to run may wait for several time slices of others. Where that is not enough, what a
// thread of the test itself has been kept waiting meanwhile says so.
constexpr Milliseconds kSchedulingAllowance(GENCACHE_SANITIZED ? 1000 : 250);

// The longest that a call may take whose URL says `timeout_ms=budget`.
constexpr Milliseconds bound_of(Milliseconds budget) { return budget + budget / 10 + kSchedulingAllowance; }

// How long this process has been kept from running, all in all: how much too late a thread comes that only sleeps.
// Nothing in a child that is forked later: it has no such thread.
Milliseconds delay_so_far();

// The result of `call`, which has to end in time.
template <class Call>
auto within(Milliseconds budget, Call &&call) {
  const Milliseconds delay_before = delay_so_far();
  const auto start = std::chrono::steady_clock::now();
  auto result = std::forward<Call>(call)();
  const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
  if (took > bound_of(budget)) {
    const Milliseconds delay = delay_so_far() - delay_before;
    EXPECT_LE(took.count(), (bound_of(budget) + delay).count())
        << "milliseconds, with a budget of " << budget.count() << " and delayed by " << delay.count();
  }
  return result;
}

}  // namespace gencache::test
