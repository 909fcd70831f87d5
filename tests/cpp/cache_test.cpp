// The cache itself: opening, moving, invalidating, seeing inside.
#include <cstdlib>
#include <stdexcept>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class Caches : public EveryCache {
 protected:
  bool has(const char *generation) { return static_cast<bool>(cache.get<int>(generation)); }
};

TEST_P(Caches, Move) {
  cache.set("nav", {}, 1);
  Cache moved = std::move(cache);
  EXPECT_EQ(*moved.get<int>("nav"), 1);
  Cache other("memory://");
  other = std::move(moved);
  EXPECT_EQ(*other.get<int>("nav"), 1);
}

TEST_P(Caches, InvalidateSeveral) {
  for (const char *generation : {"a", "b", "c"}) cache.set(generation, {}, 1);
  cache.invalidate({"a", "b"});
  EXPECT_FALSE(has("a") || has("b"));
  EXPECT_TRUE(has("c"));
  cache.invalidate_soft("c");
  EXPECT_FALSE(has("c"));
}

TEST_P(Caches, ClearAndPing) {
  cache.ping();
  cache.set("nav", {}, 1);
  cache.clear();
  EXPECT_EQ(cache.get<int>("nav").reason(), Reason::cleared);
}

TEST_P(Caches, Explain) {
  cache.set("nav", {arg("page", "home")}, 1);
  const std::string text = cache.explain("nav", {arg("page", "home")});
  EXPECT_NE(text.find("key: nav|page=\"home\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("verdict: hit"), std::string::npos) << text;
}

TEST_P(Caches, Stats) {
  (void)cache.get<int>("nav");
  cache.set("nav", {}, 1);
  (void)cache.get<int>("nav");
  (void)cache.get<int>("nav");
  cache.invalidate("nav");
  const Stats stats = cache.stats();
  EXPECT_EQ(stats.hits(), 2U);
  EXPECT_EQ(stats.misses(), 1U);
  EXPECT_EQ(stats.count(Reason::absent), 1U);
  EXPECT_EQ(stats.fills, 1U);
  EXPECT_EQ(stats.invalidations, 1U);
  EXPECT_EQ(stats.read_time.count, 3U);
  ASSERT_FALSE(stats.server_errors.empty());
  EXPECT_EQ(stats.server_errors[0].count, 0U);
  EXPECT_TRUE(stats.top_generations.empty());
  (void)cache.get<int>("nav");
  ASSERT_EQ(cache.stats().top_generations.size(), 1U);
  EXPECT_EQ(cache.stats().top_generations[0].name, "nav");
  EXPECT_EQ(cache.stats().top_generations[0].count, 1U);
  EXPECT_NE(cache.metrics().find("gencache_"), std::string::npos);
}

TEST_P(Caches, TheLogTellsMisses) {
  std::vector<std::string> told;
  cache.log(LogLevel::debug, [&](LogLevel level, std::string_view message) {
    EXPECT_EQ(level, LogLevel::debug);
    told.emplace_back(message);
  });
  EXPECT_FALSE(has("nav"));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("absent"), std::string::npos);
  const Cache moved = std::move(cache);
  (void)moved.get<int>("nav");
  EXPECT_EQ(told.size(), 2U);
}

TEST_P(Caches, TheLogEnds) {
  int told = 0;
  cache.log(LogLevel::debug, [&](LogLevel, std::string_view) { ++told; });
  auto entry = cache.get<int>("nav");
  cache.log(LogLevel::debug, nullptr);
  EXPECT_FALSE(has("nav"));
  cache.log(LogLevel::debug, [&](LogLevel, std::string_view) { ++told; });
  { const Cache closed = std::move(cache); }
  (void)entry.depend("later");
  EXPECT_EQ(told, 1) << "its cache is closed, and the function gone";
}

TEST_P(Caches, AnotherBudgetIsTheSameCache) {
  using namespace std::chrono_literals;
  int told = 0;
  cache.log(LogLevel::debug, [&](LogLevel, std::string_view) { ++told; });
  {
    const Cache hurried = cache.with_timeout(5s);
    hurried.set("nav", {}, 1);
    EXPECT_EQ(*cache.get<int>("nav"), 1);
  }
  EXPECT_EQ(told, 0);
  EXPECT_FALSE(has("blog"));
  EXPECT_EQ(told, 1) << "a log function stays when such a cache is closed";
  EXPECT_THROW((void)cache.with_timeout(0ms), ArgumentError);
}

TEST_P(Caches, WhatALogFunctionThrowsIsIgnored) {
  cache.log(LogLevel::debug, [](LogLevel, std::string_view) { throw std::domain_error("the disk is full"); });
  EXPECT_FALSE(has("nav"));
}

GENCACHE_CPP_ON_EVERY_STORE(Caches);

TEST(OpenCache, TheUrlDecides) {
  EXPECT_NO_THROW(Cache("memory://?capacity=1MB"));
  EXPECT_NO_THROW(Cache(std::string("memory://")));
  EXPECT_THROW(Cache("http://example.org"), ArgumentError);
  try {
    const Cache misspelt("memory://?capacty=1MB");
    FAIL();
  } catch (const ArgumentError &error) {
    EXPECT_NE(std::string(error.what()).find("capacty"), std::string::npos) << error.what();
  }
}

TEST(Errors, AreOneHierarchyByStatus) {
  const auto thrown = [](gc_status status) {
    try {
      detail::throw_error(status, "what");
    } catch (const Error &error) {
      EXPECT_STREQ(error.what(), "what");
      return error.status();
    }
  };
  for (gc_status status = GC_ERR_ARGUMENT; status >= GC_ERR_ORIGIN; --status) EXPECT_EQ(thrown(status), status);
  EXPECT_THROW(detail::throw_error(GC_ERR_UNAVAILABLE, ""), UnavailableError);
  EXPECT_THROW(detail::throw_error(GC_ERR_TOO_LARGE, ""), TooLargeError);
}

}  // namespace
}  // namespace gencache::cpp_test
