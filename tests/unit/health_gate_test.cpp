// The health gate of a server: closed after a failure, longer each time, open again by itself or after a success.
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "memcached/server.h"

namespace gencache::core {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr Deadline start{std::chrono::hours(1000)};

// When it opens again after `failures` failures in a row, each as soon as it had opened, counted from the last one.
milliseconds pause_after(int failures) {
  HealthGate gate;
  Deadline now = start;
  milliseconds pause{0};
  for (int i = 0; i < failures; ++i) {
    gate.failed(now, "away");
    for (pause = milliseconds(0); gate.is_closed(now + pause); ++pause) continue;
    now += pause;
  }
  return pause;
}

TEST(HealthGate, OpenAtFirst) {
  const HealthGate gate;
  EXPECT_FALSE(gate.has_failed());
  EXPECT_FALSE(gate.is_closed(start));
}

TEST(HealthGate, ClosedAfterAFailureAndTellsWhy) {
  HealthGate gate;
  gate.failed(start, "connection refused");
  EXPECT_TRUE(gate.has_failed());
  EXPECT_EQ(gate.why(), "connection refused");
  EXPECT_TRUE(gate.is_closed(start));
  EXPECT_TRUE(gate.is_closed(start + milliseconds(10) - microseconds(1)));
  EXPECT_FALSE(gate.is_closed(start + milliseconds(20)));
  EXPECT_TRUE(gate.has_failed()) << "until something succeeds";
}

TEST(HealthGate, PausesDoubleUpToASecondWithJitter) {
  const milliseconds longest[] = {milliseconds(20),  milliseconds(40),  milliseconds(80),   milliseconds(160),
                                  milliseconds(320), milliseconds(640), milliseconds(1000), milliseconds(1000)};
  for (int failures = 1; failures <= 8; ++failures) {
    const milliseconds full = longest[failures - 1];
    std::set<milliseconds> seen;
    for (int i = 0; i < 20; ++i) {
      const milliseconds pause = pause_after(failures);
      EXPECT_GE(pause, full / 2) << failures;
      EXPECT_LE(pause, full) << failures;
      seen.insert(pause);
    }
    EXPECT_GT(seen.size(), 1U) << "no jitter after " << failures;
  }
  EXPECT_LE(pause_after(100), milliseconds(1000));
}

TEST(HealthGate, CallsThatFailTogetherMakeOnePause) {
  HealthGate gate;
  gate.failed(start, "first");
  for (int i = 0; i < 50; ++i) gate.failed(start + milliseconds(1), "later");
  EXPECT_EQ(gate.why(), "first");
  EXPECT_FALSE(gate.is_closed(start + milliseconds(20)));
}

TEST(HealthGate, StartsAnewAfterASuccess) {
  HealthGate gate;
  Deadline now = start;
  for (int i = 0; i < 6; ++i, now += std::chrono::seconds(2)) gate.failed(now, "away");
  gate.succeeded();
  EXPECT_FALSE(gate.has_failed());
  gate.failed(now, "away again");
  EXPECT_TRUE(gate.is_closed(now));
  EXPECT_FALSE(gate.is_closed(now + milliseconds(20)));
}

}  // namespace
}  // namespace gencache::core
