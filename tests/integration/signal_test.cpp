// Threads that are signalled or cancelled in the middle of a call.
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <string>
#include <thread>

#include "pool.h"

namespace gencache::test {
namespace {

std::atomic<int> signals{0};

void count_signal(int) { signals.fetch_add(1, std::memory_order_relaxed); }

// A signal every so many microseconds (0: none by itself), and no call is restarted by the kernel.
class Alarms {
 public:
  explicit Alarms(suseconds_t period) {
    signals = 0;
    struct sigaction action {};
    action.sa_handler = count_signal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, &before_);
    every(period);
  }
  ~Alarms() {
    every(0);
    sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  static void every(suseconds_t microseconds) {
    const itimerval timer{{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
  struct sigaction before_ {};
};

class Signals : public Pool {};

TEST_F(Signals, DoNotDisturbAnyCall) {
  Cache cache = start(3);
  const Alarms alarms(1000);
  for (int64_t round = 0; signals < 300; ++round) {
    const std::string value = std::to_string(round);
    const Done set = within(kBudget, [&] { return cache.set(nav, page(round % 20), value); });
    EXPECT_TRUE(set.ok()) << set.message;
    const Got got = within(kBudget, [&] { return cache.get(nav, page(round % 20)); });
    EXPECT_EQ(got.data(), value) << got.summary();
    if (round % 10 == 0) {
      const Done done = within(kBudget, [&] { return cache.invalidate("nav"); });
      EXPECT_TRUE(done.ok()) << done.message;
    }
  }
}

TEST_F(Signals, DoNotMakeAWaitLonger) {
  Cache cache = start(2);
  ASSERT_TRUE(cache.set(nav, {}, "value").ok());
  for (MemcachedServer &server : servers) server.stop();
  {
    const Alarms alarms(1000);
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(within(kBudget, [&] { return cache.get(nav); }).status, GC_ERR_UNAVAILABLE);
      EXPECT_EQ(within(kBudget, [&] { return cache.invalidate("blog"); }).status, GC_ERR_UNAVAILABLE);
      EXPECT_EQ(within(kBudget, [&] { return cache.ping(); }).status, GC_ERR_UNAVAILABLE);
      std::this_thread::sleep_for(Milliseconds(30));  // past the first pauses of the health gate
    }
    EXPECT_GT(signals.load(), 10);
  }
  for (MemcachedServer &server : servers) server.cont();
  EXPECT_TRUE(eventually([&] { return cache.ping().ok(); }));
}

// More than the socket takes: libmemcached waits by itself until it may go on writing.
TEST_F(Signals, DoNotMakeALargeWriteLonger) {
  Cache cache = start(1);
  ASSERT_TRUE(cache.ping().ok());
  servers[0].stop();
  const Alarms alarms(1000);
  const std::string large(900'000, 'L');
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(within(kBudget, [&] { return cache.set(nav, {}, large); }).status, GC_ERR_UNAVAILABLE);
    std::this_thread::sleep_for(Milliseconds(100));
  }
  servers[0].cont();
}

TEST_F(Signals, AreDeliveredToTheProgramAfterTheCall) {
  Cache cache = start(1);
  ASSERT_TRUE(cache.ping().ok());
  servers[0].stop();
  const Alarms handled(0);
  std::atomic<bool> calling{false};
  std::thread sender([&, caller = pthread_self()] {
    eventually([&] { return calling.load(); });
    std::this_thread::sleep_for(kBudget / 4);  // then the call waits for the server
    pthread_kill(caller, SIGALRM);
  });
  calling = true;
  EXPECT_EQ(within(kBudget, [&] { return cache.get(nav); }).status, GC_ERR_UNAVAILABLE);
  sender.join();
  EXPECT_EQ(signals, 1);
  servers[0].cont();
}

// What a thread needs that is cancelled somewhere in the middle.
struct Cancelled {
  const Cache &cache;
  int64_t who;
  std::atomic<int> rounds{0};

  // A cancellation leaves AddressSanitizer's marks of this frame on the stack, over which its own exit code stumbles.
  __attribute__((no_sanitize_address)) static void *run(void *argument) {
    auto &self = *static_cast<Cancelled *>(argument);
    const char *const name = "nav";
    const gc_arg arg = gc_int("who", self.who);
    for (;; ++self.rounds) {  // in C: nothing here has a destructor that a cancellation would have to run
      gc_entry *entry = nullptr;
      if (gc_get(self.cache.handle(), &name, 1, &arg, 1, &entry, nullptr) == GC_MISS) {
        gc_fill(entry, "value", 5, nullptr, nullptr);
      }
      gc_entry_free(entry);
      gc_invalidate(self.cache.handle(), "other", nullptr, 0, nullptr);
      pthread_testcancel();
    }
    return nullptr;
  }
};

TEST_F(Signals, ACancelledThreadLeavesTheCacheSound) {
  start(2);
  Cache cache(pool_url(servers, "timeout_ms=5000&connections=2"));
  for (int64_t who = 0; who < 20; ++who) {
    Cancelled work{cache, who, {}};
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, nullptr, Cancelled::run, &work), 0);
    ASSERT_TRUE(eventually([&] { return work.rounds >= 1 + who % 3; }));
    ASSERT_EQ(pthread_cancel(thread), 0);
    void *result = nullptr;
    ASSERT_EQ(pthread_join(thread, &result), 0);
    EXPECT_EQ(result, PTHREAD_CANCELED);
    const Got got = cache.get(nav, {gc_int("who", who)});
    EXPECT_EQ(got.data(), "value") << got.summary();
  }
}

}  // namespace
}  // namespace gencache::test
