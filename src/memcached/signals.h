// Keeps signals away from libmemcached, which counts interrupted waits wrongly (io.cc:186).
#pragma once

#include <pthread.h>
#include <signal.h>

namespace gencache::core {

class BlockSignals {
 public:
  BlockSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockSignals(const BlockSignals &) = delete;
  BlockSignals &operator=(const BlockSignals &) = delete;

 private:
  sigset_t before_{};
};

}  // namespace gencache::core
