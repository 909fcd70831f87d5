// Computing through the cache.
#include <atomic>
#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

// What is returned becomes the type that is asked for without a conversion that has to be asked for, too.
static_assert(ComputationOf<int (*)(), double> && ComputationOf<const char *(*)(), std::string> &&
              ComputationOf<int (*)(), std::optional<int>>);
static_assert(!ComputationOf<int (*)(), std::vector<int>> && !ComputationOf<int (*)(), std::chrono::milliseconds> &&
              !ComputationOf<const char *(*)(), bool>);

class Fetch : public EveryCache {
 protected:
  int computed = 0;
  std::string page(const Options &options = {}) {
    return cache.fetch(
        {"nav", "portal:user_id"}, {arg("user_id", 1)}, [&] { return "page " + std::to_string(++computed); }, options);
  }
};

TEST_P(Fetch, ComputesOnceAndAgainAfterAnInvalidation) {
  EXPECT_EQ(page(), "page 1");
  EXPECT_EQ(page(), "page 1");
  cache.invalidate("portal:user_id", {arg("user_id", 2)});
  EXPECT_EQ(page(), "page 1");
  cache.invalidate("portal:user_id", {arg("user_id", 1)});
  EXPECT_EQ(page(), "page 2");
  cache.clear();
  EXPECT_EQ(page(), "page 3");
}

TEST_P(Fetch, AnInvalidationWhileComputingIsNotLost) {
  const auto compute = [&] {
    if (++computed == 1) cache.invalidate("nav");
    return computed;
  };
  EXPECT_EQ(cache.fetch("nav", {}, compute), 1);
  EXPECT_EQ(cache.fetch("nav", {}, compute), 2);
  EXPECT_EQ(cache.fetch("nav", {}, compute), 2);
}

TEST_P(Fetch, TheTypeIsThatOfTheComputationOrAsAskedFor) {
  static_assert(std::same_as<decltype(cache.fetch("a", {}, [] { return "text"; })), std::string>);
  static_assert(std::same_as<decltype(cache.fetch<double>("a", {}, [] { return 1; })), double>);
  EXPECT_EQ(cache.fetch<std::optional<std::string>>("a", {}, [] { return "text"; }), "text");
  EXPECT_EQ(cache.fetch<std::string>("a", {}, [] { return "never computed"; }), "text");
}

TEST_P(Fetch, NothingIsRemembered) {
  const auto find = [&]() -> std::optional<User> {
    ++computed;
    return std::nullopt;
  };
  EXPECT_EQ(cache.fetch("user", {}, find), std::nullopt);
  EXPECT_EQ(cache.fetch("user", {}, find), std::nullopt);
  EXPECT_EQ(computed, 1);
}

struct Broken : std::runtime_error {
  using runtime_error::runtime_error;
};

TEST_P(Fetch, WhatTheComputationThrowsComesOutUntouched) {
  const auto broken = []() -> int { throw Broken("the database is away"); };
  try {
    cache.fetch("nav", {}, broken);
    FAIL();
  } catch (const Broken &error) {
    EXPECT_STREQ(error.what(), "the database is away");
  }
  EXPECT_THROW(cache.fetch("nav", {}, []() -> int { throw 42; }), int);
  EXPECT_EQ(cache.fetch("nav", {}, [] { return 1; }), 1) << "the next one computes at once";
}

TEST_P(Fetch, TheOldValueStandsInForAFailureWhereAllowed) {
  const Options options{.fail_safe = 1min};
  EXPECT_EQ(page(options), "page 1");
  cache.invalidate_soft("nav");
  const auto broken = []() -> std::string { throw Broken("the database is away"); };
  const auto entry = cache.fetch_entry({"nav", "portal:user_id"}, {arg("user_id", 1)}, broken, options);
  EXPECT_EQ(*entry, "page 1");
  EXPECT_TRUE(entry.is_stale());
  cache.invalidate("nav");
  EXPECT_THROW(cache.fetch({"nav", "portal:user_id"}, {arg("user_id", 1)}, broken, options), Broken);
}

TEST_P(Fetch, TheComputationTellsWhatElseItDependsOn) {
  const auto book = [&](Filling &filling) {
    EXPECT_TRUE(filling.depend("author:id", {arg("id", 7)}));
    return ++computed;
  };
  EXPECT_EQ(cache.fetch("book", {}, book), 1);
  EXPECT_EQ(cache.fetch("book", {}, book), 1);
  cache.invalidate("author:id", {arg("id", 7)});
  EXPECT_EQ(cache.fetch("book", {}, book), 2);
}

TEST_P(Fetch, RefreshComputesInAnyCase) {
  EXPECT_EQ(page(), "page 1");
  EXPECT_EQ(page({.refresh = true}), "page 2");
  EXPECT_EQ(page(), "page 2");
}

TEST_P(Fetch, Entries) {
  const auto entry = cache.fetch_entry("nav", {arg("page", "home")}, [] { return 7; }, {.ttl = 5min});
  EXPECT_EQ(*entry, 7);
  EXPECT_EQ(entry.key(), "nav|page=\"home\"");
  EXPECT_EQ(entry.reason(), Reason::absent);
  const auto again = cache.fetch_entry("nav", {arg("page", "home")}, [] { return 8; });
  EXPECT_EQ(*again, 7);
  EXPECT_EQ(again.reason(), Reason::hit);
  EXPECT_LE(again.remaining(), 5min);
}

TEST_P(Fetch, AComputationThatCanOnlyBeMoved) {
  auto owned = std::make_unique<int>(5);
  EXPECT_EQ(cache.fetch("nav", {}, [owned = std::move(owned)]() mutable { return ++*owned; }), 6);
}

TEST_P(Fetch, ValuesThatCannotBeStoredAtAll) {
  EXPECT_THROW(cache.fetch("nav", {}, [] { return std::numeric_limits<std::uint64_t>::max(); }), ArgumentError);
}

TEST_P(Fetch, BadInput) {
  EXPECT_THROW(cache.fetch("portal:user_id", {}, [] { return 1; }), ArgumentError);
  EXPECT_THROW(cache.fetch("nav", {}, [] { return 1; }, {.ttl = -1s}), ArgumentError);
  EXPECT_THROW(cache.fetch("nav", {}, [] { return 1; }, {.jitter = 2}), ArgumentError);
}

// All miss at once: whoever computes, everybody gets a value, and no computation runs beside another.
TEST_P(Fetch, ManyThreadsShareOneComputation) {
  std::atomic<int> computations = 0;
  std::vector<std::jthread> threads;
  threads.reserve(16);
  std::atomic<int> right = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { right += cache.fetch("nav", {}, [&] { return ++computations; }) == 1; });
  }
  threads.clear();
  EXPECT_EQ(computations, 1);
  EXPECT_EQ(right, 16);
}

GENCACHE_CPP_ON_EVERY_STORE(Fetch);

}  // namespace
}  // namespace gencache::cpp_test
