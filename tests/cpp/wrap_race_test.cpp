// A result that was computed before an invalidation is never served after it, through a wrapped function.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

// A source that stops in the middle of its first reading until it is let go.
class Source {
 public:
  int read() {
    const int version = version_;
    if (readings_++ == 0) {
      reading_.set_value();
      go_.get_future().wait();
    }
    return version;
  }

  void wait_for_reader() { reading_.get_future().wait(); }
  void let_go() { go_.set_value(); }
  void change() { ++version_; }
  int readings() const { return readings_; }

 private:
  std::atomic<int> version_{1};
  std::atomic<int> readings_{0};
  std::promise<void> reading_;
  std::promise<void> go_;
};

class WrapRace : public EveryCache {
 protected:
  Source source;

  auto wrapped() {
    return wrap(cache, {"row:id"}, {"id"}, [this](int) { return source.read(); });
  }

  // A call that has read the source, and is not yet let go when the source has changed and is invalidated.
  template <class Wrapped, class Call>
  std::future<int> overtaken(const Wrapped &read, Call call) {
    auto early = std::async(std::launch::async, call);
    source.wait_for_reader();
    source.change();
    read.invalidate(1);
    return early;
  }
};

TEST_P(WrapRace, WhatWasComputedBeforeAnInvalidationIsNotServedAfterIt) {
  const auto read = wrapped();
  auto early = overtaken(read, [&] { return read(1); });
  source.let_go();
  EXPECT_EQ(early.get(), 1) << "its own call began before the change";
  EXPECT_EQ(read(1), 2);
  EXPECT_EQ(source.readings(), 2);
  EXPECT_EQ(read(1), 2);
  EXPECT_EQ(source.readings(), 2) << "now it is a hit";
}

TEST_P(WrapRace, NorGivenToWhoWaitsForItSinceThen) {
  const auto read = wrapped();
  auto early = overtaken(read, [&] { return read(1); });
  auto late = std::async(std::launch::async, [&] { return read(1); });
  const auto patience = std::chrono::steady_clock::now() + 10s;
  while (cache.stats().waits == 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  source.let_go();
  EXPECT_EQ(early.get(), 1);
  EXPECT_EQ(late.get(), 2);
}

TEST_P(WrapRace, NorThroughARefresh) {
  const auto read = wrapped();
  auto early = overtaken(read, [&] { return read.refresh(1); });
  source.let_go();
  EXPECT_EQ(early.get(), 1);
  EXPECT_EQ(read(1), 2);
}

GENCACHE_CPP_ON_EVERY_STORE(WrapRace);

}  // namespace
}  // namespace gencache::cpp_test
