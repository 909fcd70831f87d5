// A fill lock whose server goes away before it can be given back.
#include <thread>

#include "pool.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

class LockAway : public Pool {
 protected:
  Cache cache = start(1);

  void wait_for_server() {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!cache.ping().ok()) {
      ASSERT_LT(std::chrono::steady_clock::now(), patience);
      std::this_thread::yield();
    }
  }

  // The lock's own lifetime is ten seconds.
  void expect_that_nobody_waits() {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(fetch(cache, nav, {}, gives("new")).data(), "new");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  }
};

TEST_F(LockAway, IsGivenBackWhenTheServerIsBackAfterAFill) {
  const Got mine = begin(cache, nav);
  ASSERT_EQ(mine.status, GC_MISS);
  servers[0].stop();
  EXPECT_FALSE(fill(mine.entry, "lost").ok());
  servers[0].cont();
  wait_for_server();
  ASSERT_TRUE(cache.remove(nav).ok());
  expect_that_nobody_waits();
}

TEST_F(LockAway, IsGivenBackWhenTheServerIsBackAfterItsEntryWasFreed) {
  Got mine = begin(cache, nav);
  ASSERT_EQ(mine.status, GC_MISS);
  servers[0].stop();
  mine.entry.reset();
  servers[0].cont();
  wait_for_server();
  expect_that_nobody_waits();
}

}  // namespace
}  // namespace gencache::test
