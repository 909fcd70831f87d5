// A network that misbehaves between one client and its server, while another client reaches the server directly.
#include <future>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "pool.h"
#include "support/computing.h"
#include "support/proxy.h"

namespace gencache::test {
namespace {

class Network : public Pool {
 protected:
  Cache direct = start(1);
  const MemcachedServer &server = servers.front();
  Proxy proxy{server.port()};
  Cache distant{"memcached://" + proxy.address() + "/?timeout_ms=500"};

  void SetUp() override { ASSERT_TRUE(distant.ping().ok()); }

  // Each call of the client behind the proxy fails in time and says which server it was.
  void expect_all_fail_in_time() {
    ASSERT_TRUE(direct.set(nav, {}, "value").ok());
    const auto expect = [&](gc_status status, const std::string &message) {
      EXPECT_EQ(status, GC_ERR_UNAVAILABLE) << message;
      EXPECT_NE(message.find(proxy.address()), std::string::npos) << message;
    };
    for (int i = 0; i < 3; ++i) {
      const Got got = within(kBudget, [&] { return distant.get(nav); });
      expect(got.status, got.message);
      for (const Done &done : {within(kBudget, [&] { return distant.set(nav, {}, "x"); }),
                               within(kBudget, [&] { return distant.remove(nav, page(9)); }),
                               within(kBudget, [&] { return distant.invalidate("other"); }),
                               within(kBudget, [&] { return distant.ping(); })}) {
        expect(done.status, done.message);
      }
    }
  }

  void expect_ping() {
    proxy.forward();
    EXPECT_TRUE(eventually([&] { return within(kBudget, [&] { return distant.ping(); }).ok(); }));
  }

  void expect_recovery() {
    expect_ping();
    for (int64_t i = 0; i < 20; ++i) {
      ASSERT_TRUE(distant.set(nav, page(i), std::to_string(i)).ok());
      EXPECT_EQ(distant.get(nav, page(i)).data(), std::to_string(i));
      EXPECT_EQ(direct.get(nav, page(i)).data(), std::to_string(i));
    }
  }
};

TEST_F(Network, CutOffThenDeliveredBeforeAnyRead) {
  ASSERT_TRUE(distant.set(nav, {}, "old").ok());
  ASSERT_EQ(direct.get(nav).data(), "old");
  proxy.cut();
  const Done done = within(kBudget, [&] { return distant.invalidate("nav"); });
  EXPECT_EQ(done.status, GC_ERR_UNAVAILABLE);
  EXPECT_NE(done.message.find(proxy.address()), std::string::npos) << done.message;
  EXPECT_EQ(direct.get(nav).data(), "old") << "who reaches the server may still read it: the status said so";
  EXPECT_EQ(within(kBudget, [&] { return distant.get(nav); }).status, GC_ERR_UNAVAILABLE);
  proxy.forward();
  const Got got = read_when_back(distant, nav, {}, "old");
  EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << got.summary();
  EXPECT_TRUE(direct.get(nav).miss()) << "delivered for everybody";
}

// Somebody else's bytes stand in the place of a stamp. The first attempt to write one over them is lost on the way, the
// second one counts; when the first arrives after all, long after, it must not bring back what was invalidated
// meanwhile.
TEST_F(Network, AStampThatArrivesLate) {
  const std::string stamp = "gc:nav";
  server.set(stamp, "not a stamp");
  proxy.delay("set " + stamp);
  const Got miss = distant.get(nav);
  ASSERT_TRUE(miss.miss()) << miss.summary();
  ASSERT_EQ(proxy.waiting(), 1U) << "the first attempt is under way";
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  ASSERT_EQ(direct.get(nav).data(), "old");
  ASSERT_TRUE(direct.invalidate("nav").ok());
  const std::string invalidated = server.get(stamp).value();
  proxy.forward();
  ASSERT_TRUE(eventually([&] { return server.get(stamp).value() != invalidated; })) << "it never arrived";
  EXPECT_TRUE(direct.get(nav).miss());
  EXPECT_TRUE(distant.get(nav).miss());
}

class NetworkOfThree : public Pool {
 protected:
  NetworkOfThree() {
    for (int i = 0; i < 3; ++i) proxies.push_back(std::make_unique<Proxy>(servers.emplace_back().port()));
  }

  Cache open(const std::string &parameters) const {
    std::string url = "memcached://";
    for (const auto &proxy : proxies) url += (proxy == proxies.front() ? "" : ",") + proxy->address();
    return Cache(url + "/?" + parameters);
  }

  std::vector<std::unique_ptr<Proxy>> proxies;
};

TEST_F(NetworkOfThree, CutOffFromOne) {
  const Cache pool = open("timeout_ms=500");
  for (int64_t i = 0; i < 30; ++i) ASSERT_TRUE(pool.set(nav, page(i), "old").ok());
  proxies[1]->cut();
  const Done done = within(kBudget, [&] { return pool.invalidate("nav"); });
  EXPECT_EQ(done.status, GC_ERR_UNAVAILABLE);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(done.message.find(proxies[i]->address()) != std::string::npos, i == 1) << done.message;
  }
  for (int64_t i = 0; i < 30; ++i) {
    EXPECT_FALSE(within(kBudget, [&] { return pool.get(nav, page(i)); }).hit()) << i;
  }
  proxies[1]->forward();
  for (int64_t i = 0; i < 30; ++i) EXPECT_TRUE(read_when_back(pool, nav, page(i), "old").miss());
}

TEST_F(NetworkOfThree, WhoseConnectionsHaveDiedIsAskedAnewWhileAnotherOneHangs) {
  const Cache pool = open("timeout_ms=5000");
  Calls pages;
  for (int64_t i = 0; i < 30; ++i) pages.push_back(page(i));
  for (const Args &each : pages) ASSERT_TRUE(pool.set(nav, each, "value").ok());
  ASSERT_EQ(get_many(pool, nav, pages).status, GC_OK);
  proxies[0]->cut();
  proxies[0]->forward();
  proxies[1]->hold();
  const size_t before = proxies[0]->trips();
  auto reading = std::async(std::launch::async, [&] { return get_many(pool, nav, pages); });
  EXPECT_TRUE(eventually([&] { return proxies[0]->trips() > before; }, Milliseconds(3000)));
  proxies[1]->forward();
  EXPECT_EQ(reading.get().status, GC_OK);
}

TEST_F(Network, CutOff) {
  proxy.cut();
  expect_all_fail_in_time();
  expect_recovery();
}

TEST_F(Network, RepliesVanish) {
  proxy.drop();
  expect_all_fail_in_time();
  expect_recovery();
}

TEST_F(Network, RequestsAreHeld) {
  proxy.hold();
  expect_all_fail_in_time();
  expect_recovery();
}

TEST_F(Network, RepliesDrip) {
  ASSERT_TRUE(direct.set(nav, {}, std::string(2000, 'x')).ok());
  proxy.drip(Milliseconds(50));
  expect_all_fail_in_time();
  expect_recovery();
}

TEST_F(Network, ALargeReplyDrips) {
  ASSERT_TRUE(eventually([&] { return distant.set(nav, {}, std::string(900'000, 'x')).ok(); }));
  for (const int pause : {1, 10, 100}) {
    proxy.drip(Milliseconds(pause));
    const Got got = within(kBudget, [&] { return distant.get(nav); });
    EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE) << got.summary();
    proxy.forward();
    EXPECT_TRUE(eventually([&] { return distant.get(nav).hit(); }));
  }
}

// A fill that its caller has given up on reaches the server after the generation was invalidated.
TEST_F(Network, AFillIsAppliedLater) {
  const Got lease = distant.get(nav);
  ASSERT_TRUE(lease.miss());
  proxy.hold();
  EXPECT_EQ(within(kBudget, [&] { return fill(lease.entry, "old"); }).status, GC_ERR_UNAVAILABLE);
  ASSERT_GT(proxy.held(), 0U);
  ASSERT_TRUE(direct.invalidate("nav").ok());
  ASSERT_TRUE(direct.set(nav, {}, "new").ok());
  proxy.forward();
  ASSERT_TRUE(eventually([&] { return proxy.held() == 0; }));
  for (int i = 0; i < 20; ++i) EXPECT_NE(direct.get(nav).data(), "old");
  EXPECT_NE(read_when_back(distant, nav, {}, "old").data(), "old");
}

// The stamp of an invalidation that timed out arrives after others: it can only invalidate once more.
TEST_F(Network, AnInvalidationIsAppliedLater) {
  ASSERT_TRUE(direct.set(nav, {}, "first").ok());
  proxy.hold();
  EXPECT_EQ(within(kBudget, [&] { return distant.invalidate("nav"); }).status, GC_ERR_UNAVAILABLE);
  ASSERT_GT(proxy.held(), 0U);
  std::vector<std::string> values = {"first"};
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(direct.invalidate("nav").ok());
    EXPECT_FALSE(direct.get(nav).hit());
    values.push_back("value " + std::to_string(i));
    ASSERT_TRUE(direct.set(nav, {}, values.back()).ok());
  }
  proxy.forward();
  ASSERT_TRUE(eventually([&] { return proxy.held() == 0; }));
  EXPECT_TRUE(eventually([&] { return direct.get(nav).miss(); })) << "the late stamp invalidates what is there";
  EXPECT_TRUE(read_when_back(distant, nav, {}, "first").miss());
  EXPECT_TRUE(direct.get(nav).miss());
  expect_recovery();
}

// A stamp that was sent and timed out must not be what a later attempt writes: old values would come back to life.
TEST_F(Network, NoStampIsEverWrittenTwice) {
  ASSERT_TRUE(direct.set(nav, {}, "value").ok());
  proxy.hold();
  EXPECT_EQ(distant.invalidate("nav").status, GC_ERR_UNAVAILABLE);
  proxy.forward();
  ASSERT_TRUE(eventually([&] { return proxy.held() == 0; }));
  const std::string late = server.get("gc:nav").value();
  ASSERT_TRUE(direct.set(nav, {}, "under the late stamp").ok());
  EXPECT_TRUE(eventually([&] { return distant.ping().ok(); })) << "delivers the invalidation once more";
  EXPECT_NE(server.get("gc:nav").value(), late);
  EXPECT_TRUE(direct.get(nav).miss());
}

// Each round starts well, so that it is not the health gate that refuses what is tested here.
TEST_F(Network, RepliesAreDuplicated) {
  for (int64_t i = 0; i < 10; ++i) ASSERT_TRUE(direct.set(nav, page(i), "value " + std::to_string(i)).ok());
  for (int64_t round = 0; round < 30; ++round) {
    expect_ping();
    proxy.duplicate();
    within(kBudget, [&] { return distant.get(nav, page(round % 10)); });
    if (round % 2 == 0) proxy.forward();  // the second copy has gone out already
    for (int64_t i = 0; i < 10; ++i) {
      const Got got = within(kBudget, [&] { return distant.get(nav, page(i)); });
      if (got.hit()) {
        EXPECT_EQ(got.data(), "value " + std::to_string(i)) << "another key's value";
      }
    }
    const Done done = within(kBudget, [&] { return distant.set(nav, page(100 + round), "x"); });
    if (done.ok()) {
      EXPECT_EQ(direct.get(nav, page(100 + round)).data(), "x") << "a false success";
    }
  }
  expect_recovery();
}

TEST_F(Network, ADuplicatedReplyIsNotTheAnswerToALaterRead) {
  for (int round = 0; round < 50; ++round) {
    expect_ping();
    ASSERT_TRUE(direct.set(nav, {}, "old").ok());
    proxy.duplicate();
    within(kBudget, [&] { return distant.get(nav); });
    proxy.forward();
    ASSERT_TRUE(direct.invalidate("nav").ok());
    EXPECT_FALSE(within(kBudget, [&] { return distant.get(nav); }).hit()) << "an old value after an invalidation";
  }
}

// The second copy comes when the connection lies idle again.
TEST_F(Network, ADuplicatedReplyThatComesLateIsNotTheAnswerToALaterRead) {
  int hits = 0;
  for (int round = 0; round < 20; ++round) {
    expect_ping();
    ASSERT_TRUE(direct.set(nav, {}, "old").ok());
    const size_t before = proxy.repeated();
    proxy.duplicate(Milliseconds(5));
    hits += within(kBudget, [&] { return distant.get(nav); }).hit() ? 1 : 0;
    ASSERT_TRUE(eventually([&] { return proxy.repeated() > before; }));
    proxy.forward();
    ASSERT_TRUE(direct.invalidate("nav").ok());
    EXPECT_FALSE(within(kBudget, [&] { return distant.get(nav); }).hit()) << "an old value after an invalidation";
  }
  EXPECT_GT(hits, 0) << "the first copy alone is a sound reply";
}

// The second copy comes after another read, when the connection lies idle again.
TEST_F(Network, ADuplicatedReplyThatComesLaterStillIsNotTheAnswerToALaterRead) {
  int hits = 0;
  for (int round = 0; round < 20; ++round) {
    expect_ping();
    ASSERT_TRUE(direct.set(nav, {}, "old").ok());
    const size_t before = proxy.repeated();
    proxy.duplicate(Milliseconds(30));
    hits += within(kBudget, [&] { return distant.get(nav); }).hit() ? 1 : 0;
    proxy.forward();
    hits += within(kBudget, [&] { return distant.get(nav); }).hit() ? 1 : 0;
    const auto end = std::chrono::steady_clock::now();
    ASSERT_TRUE(eventually([&] {
      return proxy.repeated() > before && std::chrono::steady_clock::now() - end > Milliseconds(20);
    })) << "later than a tick of the clock";
    ASSERT_TRUE(direct.invalidate("nav").ok());
    EXPECT_FALSE(within(kBudget, [&] { return distant.get(nav); }).hit()) << "an old value after an invalidation";
  }
  EXPECT_GT(hits, 20) << "the first copy alone is a sound reply, and so is the next";
}

// The second copy comes when the next read is under way, of one value or of many.
TEST_F(Network, ADuplicatedReplyThatComesNextIsNotTheAnswerToALaterRead) {
  const auto hits_one_of = [&](bool many) {
    if (many) return within(kBudget, [&] { return get_many(distant, nav, {{}}); }).status == GC_OK;
    return within(kBudget, [&] { return distant.get(nav); }).hit();
  };
  int hits = 0;
  for (int round = 0; round < 20; ++round) {
    expect_ping();
    ASSERT_TRUE(direct.set(nav, {}, "old").ok());
    proxy.repeat_at_next();
    hits += hits_one_of(round % 2 == 0) ? 1 : 0;
    ASSERT_TRUE(direct.invalidate("nav").ok());
    EXPECT_FALSE(hits_one_of(round % 4 < 2)) << "an old value after an invalidation";
    proxy.forward();
  }
  EXPECT_GT(hits, 0) << "the first copy alone is a sound reply";
}

TEST_F(Network, ADuplicatedReplyIsNotAnAcknowledgement) {
  for (int round = 0; round < 50; ++round) {
    expect_ping();
    ASSERT_TRUE(direct.set(nav, {}, "old").ok());
    proxy.duplicate();
    within(kBudget, [&] { return distant.invalidate("nav"); });
    proxy.drop();
    const Done done = within(kBudget, [&] { return distant.invalidate("nav"); });
    if (done.ok()) {
      EXPECT_TRUE(direct.get(nav).miss()) << "a false success";
    }
  }
}

// Everything at random: no hit is another key's, and none is older than what was acknowledged.
TEST_F(Network, AllAtRandom) {
  std::mt19937 random(20261122);
  std::vector<int64_t> row(5, 1);
  std::vector<int64_t> acknowledged(5, 1);
  for (int round = 0; round < 400; ++round) {
    if (round % 20 == 0) {
      const std::vector<std::function<void()>> moods = {[&] { proxy.forward(); },
                                                        [&] { proxy.forward(); },
                                                        [&] { proxy.cut(); },
                                                        [&] { proxy.hold(); },
                                                        [&] { proxy.drop(); },
                                                        [&] { proxy.duplicate(); },
                                                        [&] { proxy.drip(Milliseconds(2)); }};
      moods[random() % moods.size()]();
    }
    const Cache &cache = random() % 2 == 0 ? direct : distant;
    const size_t id = random() % row.size();
    const Names names = {"row:id"};
    const Args args = {gc_int("id", static_cast<int64_t>(id))};
    if (random() % 4 == 0) {
      ++row[id];
      const Done done = within(kBudget, [&] { return cache.invalidate("row:id", args); });
      if (done.ok()) acknowledged[id] = row[id];
      continue;
    }
    const Got got = within(kBudget, [&] { return cache.get(names, args); });
    if (got.miss()) {
      within(kBudget, [&] { return fill(got.entry, std::to_string(id) + ":" + std::to_string(row[id])); });
    } else if (got.hit()) {
      const size_t colon = got.data().find(':');
      EXPECT_EQ(got.data().substr(0, colon), std::to_string(id)) << "another key's value";
      EXPECT_GE(std::stoll(got.data().substr(colon + 1)), acknowledged[id]) << "an old value";
    }
  }
  expect_recovery();
}

}  // namespace
}  // namespace gencache::test
