// Servers killed with -9, and back empty at the same address.
#include <chrono>
#include <string>

#include "pool.h"

namespace gencache::test {
namespace {

class Killed : public Pool {
 protected:
  Cache cache = start(1);
  MemcachedServer &server = servers.front();
};

TEST_F(Killed, ErrorInTimeThenAutomaticReturn) {
  ASSERT_TRUE(cache.set(nav, {}, "old").ok());
  server.kill9();
  for (int i = 0; i < 20; ++i) {
    const Got got = within(kBudget, [&] { return cache.get(nav); });
    EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE) << got.summary();
    EXPECT_NE(got.message.find(server.address()), std::string::npos) << got.message;
  }
  EXPECT_EQ(within(kBudget, [&] { return cache.set(nav, {}, "x"); }).status, GC_ERR_UNAVAILABLE);
  EXPECT_EQ(within(kBudget, [&] { return cache.remove(nav); }).status, GC_ERR_UNAVAILABLE);
  EXPECT_EQ(within(kBudget, [&] { return cache.ping(); }).status, GC_ERR_UNAVAILABLE);
  server.restart();
  const Got got = read_when_back(cache, nav, {}, "old");
  EXPECT_EQ(got.entry.reason(), GC_REASON_ABSENT) << got.summary();
  ASSERT_TRUE(fill(got.entry, "new").ok());
  EXPECT_EQ(cache.get(nav).data(), "new");
}

// A server that is known to be away costs a call almost nothing: a thousand calls, which may take two seconds each, end
// within the time of a few.
TEST_F(Killed, FailsFastWhileAway) {
  Cache patient(server.url("timeout_ms=2000"));
  server.stop();
  EXPECT_EQ(patient.get(nav).status, GC_ERR_UNAVAILABLE);
  const auto start = std::chrono::steady_clock::now();
  int calls = 0;
  for (; calls < 1000 && std::chrono::steady_clock::now() - start < Milliseconds(60'000); ++calls) {
    EXPECT_EQ(patient.get(nav).status, GC_ERR_UNAVAILABLE);
  }
  EXPECT_EQ(calls, 1000);
  server.cont();
}

TEST_F(Killed, AnIdleConnectionThatDiedIsNoError) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(cache.set(nav, {}, "old").ok());
    server.restart();
    const Got got = cache.get(nav);
    EXPECT_TRUE(got.miss()) << got.summary();
    server.restart();
    const Done done = cache.invalidate("nav");
    EXPECT_TRUE(done.ok()) << done.message;
  }
}

TEST_F(Killed, ALeaseFromBeforeTheRestart) {
  ASSERT_TRUE(cache.set(nav, page(1), "old").ok());
  const Got lease = cache.get(nav, page(2));
  server.restart();
  fill(lease.entry, "old");  // stored or not, it is not valid
  EXPECT_TRUE(read_when_back(cache, nav, page(1), "old").miss());
  const Got got = read_when_back(cache, nav, page(2), "old");
  EXPECT_TRUE(got.miss());
  ASSERT_TRUE(fill(got.entry, "new").ok());
  EXPECT_EQ(cache.get(nav, page(2)).data(), "new");
}

TEST_F(Killed, AnInvalidationWhileAway) {
  ASSERT_TRUE(cache.set(nav, {}, "old").ok());
  server.kill9();
  EXPECT_EQ(within(kBudget, [&] { return cache.invalidate("nav"); }).status, GC_ERR_UNAVAILABLE);
  server.restart();
  EXPECT_TRUE(read_when_back(cache, nav, {}, "old").miss());
  EXPECT_TRUE(cache.invalidate("nav").ok());
}

TEST_F(Killed, OpeningNeedsNoServer) {
  server.kill9();
  Cache early = open();
  EXPECT_EQ(early.get(nav).status, GC_ERR_UNAVAILABLE);
  server.restart();
  EXPECT_TRUE(read_when_back(early, nav, {}, "old").miss());
}

TEST_F(Killed, AUnixSocketServer) {
  MemcachedServer local = MemcachedServer::on_unix_socket();
  Cache over_socket(local.url("timeout_ms=500"));
  ASSERT_TRUE(over_socket.set(nav, {}, "old").ok());
  local.kill9();
  const Got got = within(kBudget, [&] { return over_socket.get(nav); });
  EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE);
  EXPECT_NE(got.message.find(local.unix_path()), std::string::npos) << got.message;
  local.restart();
  EXPECT_TRUE(read_when_back(over_socket, nav, {}, "old").miss());
}

// The other servers go on as if nothing had happened.
TEST_F(Killed, OneOfThree) {
  servers.emplace_back();
  servers.emplace_back();
  Cache pool = open();
  for (int64_t i = 0; i < 30; ++i) ASSERT_TRUE(pool.set(nav, page(i), "old").ok());
  std::vector<size_t> homes;
  for (int64_t i = 0; i < 30; ++i) homes.push_back(home_of(pool, nav, page(i)));
  servers[1].kill9();
  for (int64_t i = 0; i < 30; ++i) {
    const Got got = within(kBudget, [&] { return pool.get(nav, page(i)); });
    EXPECT_EQ(got.status, homes[static_cast<size_t>(i)] == 1 ? GC_ERR_UNAVAILABLE : GC_OK) << got.summary();
  }
  servers[1].restart();
  for (int64_t i = 0; i < 30; ++i) {
    if (homes[static_cast<size_t>(i)] == 1) {
      EXPECT_TRUE(read_when_back(pool, nav, page(i), "old").miss());
    } else {
      EXPECT_EQ(pool.get(nav, page(i)).data(), "old");
    }
  }
}

}  // namespace
}  // namespace gencache::test
