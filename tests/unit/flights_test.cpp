// Flights: who leads, who waits, and how a flight ends.
#include "flights.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace gencache::core {
namespace {

using std::chrono::milliseconds;

Deadline in(milliseconds time) { return Clock::now() + time; }
Deadline soon() { return in(milliseconds(20)); }
Deadline late() { return in(milliseconds(20'000)); }

Flights::Result result_of(const std::string &text) {
  const auto owner = std::make_shared<const std::string>(text);
  return {{owner, *owner}, Clock::now()};
}

TEST(Flights, TheFirstLeads) {
  Flights flights;
  const Flights::Seat first = flights.join("a");
  const Flights::Seat second = flights.join("a");
  const Flights::Seat other = flights.join("b");
  EXPECT_TRUE(first.leads());
  EXPECT_FALSE(second.leads());
  EXPECT_TRUE(other.leads());
  EXPECT_FALSE(Flights::Seat().leads());
}

TEST(Flights, WaitingHasABound) {
  Flights flights;
  const Flights::Seat leader = flights.join("a");
  Flights::Seat waiting = flights.join("a");
  EXPECT_FALSE(waiting.wait(Clock::now()));
  EXPECT_FALSE(waiting.wait(soon()));
}

TEST(Flights, LandingTellsTheOthersTheResult) {
  Flights flights;
  Flights::Seat leader = flights.join("a");
  Flights::Seat waiting = flights.join("a");
  const Flights::Result result = result_of("record");
  leader.land(result, false);
  EXPECT_FALSE(leader.leads());
  ASSERT_TRUE(waiting.wait(Clock::now()));
  ASSERT_TRUE(waiting.result());
  EXPECT_EQ(waiting.result()->record.view, "record");
  EXPECT_EQ(waiting.result()->began, result.began);
  EXPECT_FALSE(waiting.has_failed());
}

TEST(Flights, AFailureHasNoResult) {
  Flights flights;
  Flights::Seat leader = flights.join("a");
  Flights::Seat waiting = flights.join("a");
  leader.land({}, true);
  ASSERT_TRUE(waiting.wait(Clock::now()));
  EXPECT_FALSE(waiting.result());
  EXPECT_TRUE(waiting.has_failed());
}

TEST(Flights, TheNextOneAfterTheEndLeadsAnew) {
  Flights flights;
  Flights::Seat leader = flights.join("a");
  leader.land(result_of("old"), false);
  Flights::Seat next = flights.join("a");
  EXPECT_TRUE(next.leads());
  leader.land({}, true);  // nothing any more
  EXPECT_FALSE(flights.join("a").wait(soon())) << "the new flight is not over";
}

TEST(Flights, ALeaderWhoLeavesEndsIt) {
  Flights flights;
  Flights::Seat waiting;
  {
    const Flights::Seat leader = flights.join("a");
    waiting = flights.join("a");
  }
  ASSERT_TRUE(waiting.wait(Clock::now()));
  EXPECT_FALSE(waiting.result());
  EXPECT_FALSE(waiting.has_failed()) << "not that anybody knows";
}

TEST(Flights, OneWhoWaitsMayLeave) {
  Flights flights;
  const Flights::Seat leader = flights.join("a");
  { const Flights::Seat waiting = flights.join("a"); }
  EXPECT_FALSE(flights.join("a").leads());
}

TEST(Flights, TheLeadMovesWithTheSeat) {
  Flights flights;
  Flights::Seat first = flights.join("a");
  Flights::Seat moved(std::move(first));
  EXPECT_TRUE(moved.leads());
  Flights::Seat other = flights.join("b");
  Flights::Seat waiting = flights.join("b");
  other = std::move(moved);
  EXPECT_TRUE(other.leads());
  EXPECT_TRUE(waiting.wait(Clock::now())) << "whatever it led before is over";
  EXPECT_FALSE(flights.join("a").leads());
  Flights::Seat &same = other;
  other = std::move(same);
  EXPECT_TRUE(other.leads());
}

TEST(Flights, AForgottenSeatEndsNothing) {
  Flights flights;
  {
    Flights::Seat leader = flights.join("a");
    leader.forget();
    EXPECT_FALSE(leader.leads());
  }
  EXPECT_FALSE(flights.join("a").wait(soon()));
}

TEST(Flights, AResultOutlivesItsFlight) {
  Flights::Seat waiting;
  auto flights = std::make_unique<Flights>();
  {
    Flights::Seat leader = flights->join("a");
    waiting = flights->join("a");
    leader.land(result_of("record"), false);
  }
  ASSERT_TRUE(waiting.wait(Clock::now()));
  flights.reset();
  EXPECT_EQ(waiting.result()->record.view, "record");
}

// At no time do two lead, and each one who waits gets what a leader had.
TEST(Flights, ManyThreads) {
  Flights flights;
  std::atomic<int> leaders{0};
  std::atomic<int> led{0};
  std::atomic<int> shared{0};
  const auto fly = [&] {
    for (int i = 0; i < 200; ++i) {
      Flights::Seat seat = flights.join("a");
      if (seat.leads()) {
        EXPECT_EQ(++leaders, 1);
        ++led;
        std::this_thread::yield();
        --leaders;
        seat.land(result_of("record"), false);
      } else if (seat.wait(late()) && seat.result() && seat.result()->record.view == "record") {
        ++shared;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(fly);
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(led + shared, 1600);
}

}  // namespace
}  // namespace gencache::core
