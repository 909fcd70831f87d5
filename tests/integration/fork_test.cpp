// Forks: parent and child use the cache they share, each right, whatever the parent's threads were doing.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "children.h"
#include "pool.h"
#include "support/proxy.h"

namespace gencache::test {
namespace {

class Forks : public Pool {
 protected:
  // A budget that a storm of processes on few cores does not use up.
  Cache start_patient(size_t count) {
    start(count);
    return Cache(pool_url(servers, "timeout_ms=5000"));
  }

  // Reads and writes values that belong to `who` alone; true if each read gave its own value.
  static bool use(const Cache &cache, int64_t who, int rounds) {
    const Names names = {"nav", "of:who"};
    for (int round = 0; round < rounds; ++round) {
      const Args args = {gc_int("who", who), gc_int("round", round % 5)};
      const std::string own = std::to_string(who) + "/" + std::to_string(round % 5);
      const Got got = cache.get(names, args);
      if (got.hit() ? got.data() != own : !fill(got.entry, own).ok()) {
        ADD_FAILURE() << who << " in round " << round << ": " << got.summary() << " " << got.data();
        return false;
      }
      if (round % 20 == 19 && !cache.invalidate("of:who", args).ok()) return false;
    }
    return true;
  }
};

TEST_F(Forks, ParentAndChildAtOnce) {
  Cache cache = start_patient(3);
  ASSERT_TRUE(use(cache, 0, 100));
  Gate gate;
  Child child([&] {
    gate.wait();
    return use(cache, 1, 500);
  });
  gate.open();
  EXPECT_TRUE(use(cache, 0, 500));
  EXPECT_TRUE(child.succeeded());
  EXPECT_TRUE(use(cache, 0, 100)) << "the child's end has hurt the parent's connections";
}

TEST_F(Forks, TheChildClosesTheCache) {
  Cache cache = start_patient(1);
  ASSERT_TRUE(use(cache, 0, 50));
  Child unused([&] {
    cache.close();
    return true;
  });
  Child used([&] {
    const bool right = use(cache, 1, 50);
    cache.close();
    return right;
  });
  EXPECT_TRUE(unused.succeeded());
  EXPECT_TRUE(used.succeeded());
  EXPECT_TRUE(use(cache, 0, 200));
}

TEST_F(Forks, Grandchildren) {
  Cache cache = start_patient(1);
  ASSERT_TRUE(use(cache, 0, 50));
  Child child([&] {
    if (!use(cache, 1, 50)) return false;
    Child grandchild([&] { return use(cache, 2, 50); });
    return use(cache, 1, 50) && grandchild.succeeded();
  });
  Child idle_child([&] {
    Child grandchild([&] { return use(cache, 3, 50); });
    return grandchild.succeeded() && use(cache, 4, 50);
  });
  EXPECT_TRUE(use(cache, 0, 100));
  EXPECT_TRUE(child.succeeded());
  EXPECT_TRUE(idle_child.succeeded());
}

TEST_F(Forks, InTheMiddleOfARequest) {
  start(1);
  Proxy proxy(servers[0].port());
  Cache cache("memcached://" + proxy.address() + "/?timeout_ms=5000");
  ASSERT_TRUE(use(cache, 0, 50));
  proxy.hold();
  std::vector<std::thread> threads;
  for (int64_t i = 1; i <= 4; ++i) {
    threads.emplace_back([&, i] { EXPECT_TRUE(use(cache, i, 50)); });
  }
  ASSERT_TRUE(eventually([&] { return proxy.waiting() == 4; }));
  Child child([&] { return use(cache, 5, 50); });
  proxy.forward();
  EXPECT_TRUE(use(cache, 0, 50));
  EXPECT_TRUE(child.succeeded());
  for (std::thread &thread : threads) thread.join();
}

#if !GENCACHE_SANITIZED
// A sanitizer's allocator may be locked by a thread that does not exist in the child; glibc's knows about forks.
TEST_F(Forks, WhileThreadsAreInsideCalls) {
  Cache cache = start_patient(3);
  std::atomic<bool> ending{false};
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      while (!ending) EXPECT_TRUE(use(cache, i, 20));
    });
  }
  for (int64_t i = 0; i < 30; ++i) {
    Child child([&] { return use(cache, 100 + i, 20); });
    EXPECT_TRUE(child.succeeded(std::chrono::seconds(30))) << i;
  }
  ending = true;
  for (std::thread &thread : threads) thread.join();
}
#endif

TEST_F(Forks, Storm) {
  Cache cache = start_patient(3);
  ASSERT_TRUE(use(cache, 0, 50));
  Gate gate;
  std::vector<Child> children;
  for (int64_t i = 1; i <= 50; ++i) {
    children.emplace_back([&, i] {
      gate.wait();
      return use(cache, i, 50);
    });
  }
  gate.open();
  EXPECT_TRUE(use(cache, 0, 200));
  EXPECT_TRUE(all_succeeded(children));
}

// What the parent owes to a server is owed by the child, too: it must not read old values there.
TEST_F(Forks, TheChildInheritsWhatAServerHasMissed) {
  start(1);
  Proxy proxy(servers[0].port());
  Cache cache("memcached://" + proxy.address() + "/?timeout_ms=500");
  ASSERT_TRUE(cache.set(nav, {}, "old").ok());
  proxy.cut();
  EXPECT_EQ(cache.invalidate("nav").status, GC_ERR_UNAVAILABLE);
  Child child([&] { return read_when_back(cache, nav, {}, "old").miss(); });
  proxy.forward();
  EXPECT_TRUE(child.succeeded());
  EXPECT_TRUE(read_when_back(cache, nav, {}, "old").miss());
}

TEST_F(Forks, ALeaseInBothProcesses) {
  Cache cache = start_patient(1);
  const Got lease = cache.get(nav);
  ASSERT_TRUE(lease.miss());
  Child child([&] { return fill(lease.entry, "child's").ok() && cache.get(nav).data() == "child's"; });
  ASSERT_TRUE(child.succeeded());
  EXPECT_EQ(cache.get(nav).data(), "child's");
  ASSERT_TRUE(fill(lease.entry, "parent's").ok());
  EXPECT_EQ(cache.get(nav).data(), "parent's");
}

// The race of race_test, with what the child has inherited.
TEST_F(Forks, TheChildInvalidatesBetweenLeaseAndFill) {
  Cache cache = start_patient(3);
  const Got lease = cache.get(nav);
  ASSERT_TRUE(lease.miss());
  Child child([&] { return cache.invalidate("nav").ok(); });
  ASSERT_TRUE(child.succeeded());
  ASSERT_TRUE(fill(lease.entry, "old").ok());
  EXPECT_EQ(cache.get(nav).entry.generation(), "nav");
}

TEST_F(Forks, TheChildFillsALeaseThatIsOld) {
  Cache cache = start_patient(3);
  const Got lease = cache.get(nav);
  ASSERT_TRUE(lease.miss());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  Child child([&] { return fill(lease.entry, "old").ok(); });
  ASSERT_TRUE(child.succeeded());
  EXPECT_EQ(cache.get(nav).entry.generation(), "nav");
}

// Nobody has a stamp yet: whoever loses the add has to take the winner's, or its value is a miss for ever.
TEST_F(Forks, ManyCreateAStampAtOnce) {
  Cache cache = start_patient(1);
  for (int round = 0; round < 10; ++round) {
    const std::string generation = "fresh" + std::to_string(round);
    const Names names = {generation.c_str()};
    Gate gate;
    std::vector<Child> children;
    for (int64_t i = 0; i < 8; ++i) {
      children.emplace_back([&, i] {
        gate.wait();
        return fill(cache.get(names, page(i)).entry, "x").ok();
      });
    }
    gate.open();
    ASSERT_TRUE(all_succeeded(children));
    for (int64_t i = 0; i < 8; ++i) EXPECT_TRUE(cache.get(names, page(i)).hit()) << round << " " << i;
  }
}

}  // namespace
}  // namespace gencache::test
