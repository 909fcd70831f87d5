// The fork guard: a child notices what it is, once, on kernels that wipe pages and on those that cannot.
#include "fork_guard.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <functional>
#include <new>
#include <thread>
#include <vector>

#include "kernel.h"

#ifdef GENCACHE_COVERAGE
extern "C" void __gcov_dump();
#endif

namespace gencache::core {
namespace {

// For a child, which ends with _exit: that would lose what it has covered.
void keep_coverage() {
#ifdef GENCACHE_COVERAGE
  __gcov_dump();
#endif
}

// Whether `check` holds in a forked child.
bool holds_in_child(const std::function<bool()> &check) {
  const pid_t child = fork();
  if (child == 0) {
    const bool holds = check();
    keep_coverage();
    _exit(holds ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class ForkGuards : public testing::TestWithParam<bool> {
 protected:
  ForkGuards() { test::let_kernel_wipe_on_fork(GetParam()); }
  ~ForkGuards() override { test::let_kernel_wipe_on_fork(true); }

  // How often the process was made anew by now.
  int after_renew(ForkGuard &guard) {
    guard.renew([this] { ++made_; });
    return made_;
  }

  int made_ = 0;
};

TEST_P(ForkGuards, QuietWhereItWasMade) {
  ForkGuard guard;
  EXPECT_FALSE(guard.is_in_child());
  EXPECT_EQ(after_renew(guard), 0);
}

TEST_P(ForkGuards, AChildNoticesOnce) {
  ForkGuard guard;
  EXPECT_TRUE(holds_in_child([&] {
    return guard.is_in_child() && after_renew(guard) == 1 && !guard.is_in_child() && after_renew(guard) == 1;
  }));
  EXPECT_FALSE(guard.is_in_child()) << "the parent is none";
  EXPECT_TRUE(holds_in_child([&] { return guard.is_in_child(); })) << "so is every further child";
}

TEST_P(ForkGuards, AGrandchildNoticesToo) {
  ForkGuard guard;
  EXPECT_TRUE(holds_in_child([&] {
    if (after_renew(guard) != 1) return false;
    return holds_in_child([&] { return guard.is_in_child() && after_renew(guard) == 2 && !guard.is_in_child(); });
  }));
  EXPECT_TRUE(holds_in_child([&] {  // of a child that did not ask
    return holds_in_child([&] { return guard.is_in_child() && after_renew(guard) == 1; });
  }));
}

TEST_P(ForkGuards, TriesAgainAfterAFailure) {
  ForkGuard guard;
  EXPECT_TRUE(holds_in_child([&] {
    try {
      guard.renew([] { throw std::bad_alloc(); });
      return false;
    } catch (const std::bad_alloc &) {
    }
    return guard.is_in_child() && after_renew(guard) == 1 && !guard.is_in_child();
  }));
}

TEST_P(ForkGuards, OnceForAllThreadsOfAChild) {
  ForkGuard guard;
  for (int child = 0; child < 50; ++child) {  // each a new chance for its threads to meet
    ASSERT_TRUE(holds_in_child([&] {
      constexpr int threads_count = 4;
      std::atomic<int> made{0};
      std::atomic<int> early{0};
      std::barrier start(threads_count);
      const auto call = [&] {
        start.arrive_and_wait();
        if (guard.is_in_child()) {
          guard.renew([&] {
            std::this_thread::yield();
            ++made;
          });
        }
        if (made != 1 || guard.is_in_child()) ++early;
      };
      std::vector<std::thread> threads;
      for (int i = 0; i < threads_count; ++i) threads.emplace_back(call);
      for (std::thread &thread : threads) thread.join();
      return made == 1 && early == 0;
    })) << "child "
        << child;
  }
}

INSTANTIATE_TEST_SUITE_P(Kernel, ForkGuards, testing::Bool(),
                         [](const auto &wipes) { return wipes.param ? "wipes" : "cannot_wipe"; });

}  // namespace
}  // namespace gencache::core
