// Signals and thread cancellation are held back as long as libmemcached is at work.
#include "memcached/signals.h"

#include <gtest/gtest.h>

#include "no_cancellation.h"

namespace gencache::core {
namespace {

volatile sig_atomic_t handled = 0;
void note(int) { handled = handled + 1; }

bool is_blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

int cancel_state() {
  int state = 0;
  int ours = 0;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  pthread_setcancelstate(state, &ours);
  return state;
}

TEST(BlockSignals, HeldBackAndThenDelivered) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = note;
  sigaction(SIGUSR1, &action, &before);
  {
    const BlockSignals blocked;
    raise(SIGUSR1);
    EXPECT_EQ(handled, 0);
  }
  EXPECT_EQ(handled, 1);
  sigaction(SIGUSR1, &before, nullptr);
}

TEST(BlockSignals, ThenTheMaskIsAsItWas) {
  sigset_t usr2;
  sigemptyset(&usr2);
  sigaddset(&usr2, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &usr2, nullptr);
  {
    const BlockSignals outer;
    { const BlockSignals inner; }
    EXPECT_TRUE(is_blocked(SIGTERM));
  }
  EXPECT_FALSE(is_blocked(SIGTERM));
  EXPECT_TRUE(is_blocked(SIGUSR2));
  pthread_sigmask(SIG_UNBLOCK, &usr2, nullptr);
}

TEST(NoCancellation, HeldBackAndThenAsItWas) {
  EXPECT_EQ(cancel_state(), PTHREAD_CANCEL_ENABLE);
  {
    const NoCancellation outer;
    { const NoCancellation inner; }
    EXPECT_EQ(cancel_state(), PTHREAD_CANCEL_DISABLE);
  }
  EXPECT_EQ(cancel_state(), PTHREAD_CANCEL_ENABLE);
}

}  // namespace
}  // namespace gencache::core
