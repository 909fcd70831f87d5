// Servers at their limits: memory, item size, connections. A clear failure, never a false success.
#include <string>
#include <thread>
#include <vector>

#include "pool.h"
#include "support/computing.h"
#include "support/proxy.h"

namespace gencache::test {
namespace {

class Limits : public Pool {
 protected:
  // Items of `size` bytes until the server takes no more.
  static void stuff(const MemcachedServer &server, size_t size) {
    const std::string item(size, 'x');
    std::string reply;
    for (int i = 0; i < 1'000'000 && reply.find("SERVER_ERROR") == std::string::npos; ++i) {
      std::string requests;
      for (int n = 0; n < 200; ++n) {
        requests += "set s" + std::to_string(size) + "." + std::to_string(i) + "." + std::to_string(n) + " 0 0 " +
                    std::to_string(size) + " noreply\r\n" + item + "\r\n";
      }
      server.command(requests + "version\r\n");
      reply =
          server.command("set probe" + std::to_string(size) + " 0 0 " + std::to_string(size) + "\r\n" + item + "\r\n");
    }
    ASSERT_NE(reply.find("SERVER_ERROR"), std::string::npos) << reply;
  }
};

TEST_F(Limits, MemoryFullOfValues) {
  Cache cache = start(1, {"-M", "-m", "8"});
  const std::string value(100'000, 'v');
  std::vector<int64_t> stored;
  Done done;
  for (int64_t i = 0; i < 1000 && done.ok(); ++i) {
    done = within(kBudget, [&] { return cache.set(nav, page(i), value); });
    if (done.ok()) stored.push_back(i);
  }
  EXPECT_EQ(done.status, GC_ERR_REFUSED) << done.message;
  EXPECT_NE(done.message.find(servers[0].address()), std::string::npos) << done.message;
  ASSERT_FALSE(stored.empty());
  for (const int64_t i : stored) EXPECT_EQ(cache.get(nav, page(i)).data(), value) << i;
  const Done invalidated = cache.invalidate("nav");
  if (invalidated.ok()) {
    for (const int64_t i : stored) EXPECT_TRUE(cache.get(nav, page(i)).miss()) << i;
  } else {
    EXPECT_EQ(invalidated.status, GC_ERR_REFUSED) << invalidated.message;
  }
}

// Where a stamp lies there is no room for another: what cannot be stored is not acknowledged.
TEST_F(Limits, MemoryFullOfStamps) {
  Cache cache = start(1, {"-M", "-m", "8"});
  ASSERT_TRUE(cache.set(nav, {}, "value").ok());
  for (const size_t size : {1, 8, 20, 50, 100, 200, 500}) stuff(servers[0], size);
  int refused = 0;
  for (int i = 0; i < 3; ++i) {
    const Done done = within(kBudget, [&] { return cache.invalidate("nav"); });
    refused += done.ok() ? 0 : 1;
    if (done.ok()) {
      EXPECT_TRUE(cache.get(nav).miss());
    } else {
      EXPECT_EQ(done.status, GC_ERR_REFUSED) << done.message;
      EXPECT_NE(done.message.find(servers[0].address()), std::string::npos) << done.message;
      EXPECT_FALSE(cache.get(nav).hit()) << "what a server has not been told is owed before it is read";
    }
  }
  EXPECT_GT(refused, 0) << "there was room left";
  const Got got = within(kBudget, [&] { return cache.get({"another"}); });
  EXPECT_TRUE(got.status < 0 || !fill(got.entry, "x").ok() || cache.get({"another"}).hit()) << got.summary();
  servers[0].flush_all();
  EXPECT_TRUE(eventually([&] { return cache.set(nav, {}, "new").ok(); }));
  EXPECT_EQ(cache.get(nav).data(), "new");
}

TEST_F(Limits, TheServersItemLimitIsSmallerThanTheUrls) {
  Cache cache = start(1, {"-I", "512k"});
  ASSERT_TRUE(cache.set(nav, {}, "small").ok());
  const Done done = within(kBudget, [&] { return cache.set(nav, {}, std::string(700'000, 'x')); });
  EXPECT_EQ(done.status, GC_ERR_REFUSED) << done.message;
  const Got got = cache.get(nav);
  EXPECT_TRUE(got.miss() || got.data() == "small") << got.summary();
  EXPECT_TRUE(cache.set(nav, {}, "small").ok());
}

TEST_F(Limits, TheServersItemLimitIsLarger) {
  start(1, {"-I", "8m", "-m", "128"});
  Cache cache = open("item_max=8MB");
  const std::string large(5'000'000, 'x');
  const Done done = cache.set(nav, {}, large);
  ASSERT_TRUE(done.ok()) << done.message;
  EXPECT_EQ(cache.get(nav).data(), large);
  Cache small = open();
  EXPECT_EQ(small.set(nav, page(1), large).status, GC_ERR_TOO_LARGE);
  const Got got = small.get(nav);
  EXPECT_FALSE(got.hit() && got.data() != large);
}

// A server over its limit says so in words that libmemcached takes for an empty reply.
TEST_F(Limits, Connections) {
  constexpr int64_t kClients = 40;
  start(1, {"-c", "30"});
  {
    Cache first = open();
    ASSERT_TRUE(first.set(nav, {}, "value").ok());
    ASSERT_TRUE(first.set({"other"}, {}, "old").ok());
  }
  std::vector<int64_t> stored;
  int refused = 0;
  {
    std::vector<Cache> clients;
    for (int64_t i = 0; i < kClients; ++i) {
      clients.push_back(open());
      const Cache &client = clients.back();
      const Got got = within(kBudget, [&] { return client.get(nav); });
      EXPECT_TRUE(got.hit() ? got.data() == "value" : got.status < 0) << got.summary() << ": an error taken for a miss";
      refused += got.status < 0 ? 1 : 0;
      if (within(kBudget, [&] { return client.set(nav, page(i), "x"); }).ok()) stored.push_back(i);
      const Got absent = within(kBudget, [&] { return client.get(nav, page(1000)); });
      EXPECT_TRUE(absent.miss() || absent.status < 0);
    }
    EXPECT_GT(refused, 0) << "the limit was not reached";
    for (Cache &client : clients) {
      if (within(kBudget, [&] { return client.invalidate("other"); }).ok()) {
        EXPECT_FALSE(clients.front().get({"other"}).hit());
        clients.front().set({"other"}, {}, "old");
      }
    }
  }
  Cache last = open();
  EXPECT_TRUE(eventually([&] { return last.ping().ok(); }));
  EXPECT_EQ(last.get(nav).data(), "value");
  for (const int64_t i : stored) EXPECT_EQ(last.get(nav, page(i)).data(), "x") << "a false success";
}

TEST_F(Limits, AValueThatIsTooLargeIsNotEvenBegun) {
  Cache cache = start(1);
  const std::string large(2'000'000, 'x');
  EXPECT_EQ(cache.set(nav, {}, large).status, GC_ERR_TOO_LARGE);
  EXPECT_EQ(servers[0].stat("curr_items"), 0) << "not even a stamp was to be sent";
  servers[0].stop();
  EXPECT_EQ(within(Milliseconds(0), [&] { return cache.set(nav, {}, large); }).status, GC_ERR_TOO_LARGE);
  servers[0].cont();
}

TEST_F(Limits, OneConnectionForManyThreads) {
  start(1);
  Cache cache(pool_url(servers, "timeout_ms=5000&connections=1"));
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 50; ++round) {
        const Done done = cache.set(nav, page(i), std::to_string(i));
        EXPECT_TRUE(done.ok()) << done.message;
        EXPECT_EQ(cache.get(nav, page(i)).data(), std::to_string(i));
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_LE(servers[0].stat("curr_connections"), 4) << "more connections than the URL allows";
}

TEST_F(Limits, NoConnectionIsFree) {
  start(1);
  Cache cache(pool_url(servers, "timeout_ms=500&connections=1"));
  ASSERT_TRUE(cache.set(nav, {}, "value").ok());
  servers[0].stop();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { EXPECT_EQ(within(kBudget, [&] { return cache.get(nav); }).status, GC_ERR_UNAVAILABLE); });
  }
  for (std::thread &thread : threads) thread.join();
  servers[0].cont();
  EXPECT_EQ(read_when_back(cache, nav, {}, "").data(), "value");
}

// Each call needs the only connections of both servers, and names them in another order.
TEST_F(Limits, CallsThatTakeConnectionsCrosswise) {
  start(2);
  Cache cache(pool_url(servers, "timeout_ms=5000&connections=1"));
  int64_t other = 1;
  while (home_of(cache, nav, page(other)) == home_of(cache, nav, page(0))) ++other;
  std::vector<std::thread> threads;
  for (const Calls &pages : {Calls{page(0), page(other)}, Calls{page(other), page(0)}}) {
    threads.emplace_back([&, pages] {
      for (int round = 0; round < 2000; ++round) {
        const GotMany got = get_many(cache, nav, pages);
        ASSERT_GE(got.status, 0) << got.message;
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

// A call that waits for the connection of one server has that of another already, and needs time to use it.
TEST_F(Limits, NoConnectionIsFreeOnOneOfTwoServers) {
  start(2);
  Proxy slow(servers[0].port());
  Proxy busy(servers[1].port());
  Cache cache("memcached://" + slow.address() + "," + busy.address() + "/?timeout_ms=4000&connections=1");
  const auto page_on = [&](const Proxy &proxy) {
    int64_t number = 0;
    while (cache.explained("server", nav, page(number)) != proxy.address()) ++number;
    return page(number);
  };
  const Args there = page_on(busy);
  const Args here = page_on(slow);
  ASSERT_TRUE(cache.set(nav, here, "value").ok());
  busy.hold();
  std::thread holder([&] { EXPECT_TRUE(cache.with_timeout(20'000).get(nav, there).miss()); });
  ASSERT_TRUE(eventually([&] { return busy.waiting() == 1; }));
  slow.drip(Milliseconds(1));
  const GotMany got = within(Milliseconds(4000), [&] { return get_many(cache, nav, {here, there}); });
  EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE);
  EXPECT_EQ(got.entries.at(0).data(), "value") << got.message;
  busy.forward();
  holder.join();
}

}  // namespace
}  // namespace gencache::test
