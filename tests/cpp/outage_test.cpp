// A server that is away costs misses, not exceptions; what changes something tells that it did not.
#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class Outage : public testing::Test {
 protected:
  test::MemcachedServer server;
  Cache cache{server.url("timeout_ms=1000")};
  int computed = 0;
};

TEST_F(Outage, GetIsAMissThatHoldsWhatItIsFilledWith) {
  server.kill9();
  auto entry = cache.get<std::string>("nav");
  EXPECT_FALSE(entry);
  EXPECT_EQ(entry.reason(), Reason::unavailable);
  EXPECT_FALSE(entry.fill("page"));
  EXPECT_EQ(*entry, "page");
}

TEST_F(Outage, ManyAreMisses) {
  const auto calls = each("id", std::vector<int>{1, 2});
  server.kill9();
  for (const auto &entry : cache.get_many<int>("user:id", calls)) EXPECT_EQ(entry.reason(), Reason::unavailable);
  const auto fill = [](std::span<Gap<int>> gaps) {
    for (auto &gap : gaps) EXPECT_FALSE(gap.fill(7));
  };
  for (const auto &entry : cache.fetch_many<int>("user:id", calls, fill)) EXPECT_EQ(*entry, 7);
}

TEST_F(Outage, FetchComputes) {
  const auto compute = [&](Filling &filling) {
    filling.depend("author:id", {arg("id", 1)});
    return ++computed;
  };
  server.kill9();
  EXPECT_EQ(cache.fetch("nav", {}, compute), 1);
  EXPECT_EQ(cache.fetch("nav", {}, compute), 2);
  server.restart();
  EXPECT_TRUE(test::eventually([&] { return cache.get<int>("other").reason() == Reason::absent; }));
  EXPECT_EQ(cache.fetch("nav", {}, compute), 3);
  EXPECT_EQ(cache.fetch("nav", {}, compute), 3);
}

TEST_F(Outage, AWrappedFunctionComputes) {
  const auto wrapped = wrap(cache, "nav", [&] { return ++computed; });
  server.kill9();
  EXPECT_EQ(wrapped(), 1);
  EXPECT_EQ(wrapped.refresh(), 2);
  EXPECT_THROW(wrapped.invalidate(), UnavailableError);
}

TEST_F(Outage, ChangesThrow) {
  server.kill9();
  EXPECT_THROW(cache.set("nav", {}, 1), UnavailableError);
  EXPECT_THROW(cache.invalidate("nav"), UnavailableError);
  EXPECT_THROW(cache.clear(), UnavailableError);
  EXPECT_THROW(cache.erase("nav"), UnavailableError);
  EXPECT_THROW(cache.ping(), UnavailableError);
  Batch batch(cache);
  batch.invalidate("nav");
  EXPECT_THROW(batch.commit(), UnavailableError);
  try {
    cache.invalidate("nav");
  } catch (const Error &error) {
    EXPECT_EQ(error.status(), GC_ERR_UNAVAILABLE);
    EXPECT_NE(std::string(error.what()).find(server.address()), std::string::npos) << error.what();
  }
}

TEST_F(Outage, ABatchMayBeCommittedAgain) {
  cache.set("nav", {}, 1);
  Batch batch(cache);
  batch.invalidate("nav");
  server.stop();
  EXPECT_THROW(batch.commit(), UnavailableError);
  server.cont();
  EXPECT_TRUE(test::eventually([&] {
    try {
      batch.commit();
      return true;
    } catch (const UnavailableError &) {
      return false;
    }
  }));
  EXPECT_FALSE(cache.get<int>("nav"));
}

TEST_F(Outage, WhatIsTooLargeIsNotStored) {
  const std::string large(2'000'000, 'x');
  EXPECT_EQ(cache.fetch("nav", {}, [&] { return large; }), large);
  auto entry = cache.get<std::string>("nav");
  EXPECT_EQ(entry.reason(), Reason::absent);
  EXPECT_FALSE(entry.fill(large));
  EXPECT_EQ(entry->size(), large.size());
  EXPECT_THROW(cache.set("nav", {}, large), TooLargeError);
}

}  // namespace
}  // namespace gencache::cpp_test
