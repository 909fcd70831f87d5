#include "bounded.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace gencache::test {
namespace {

using Clock = std::chrono::steady_clock;

// A thread that sleeps again and again, and adds up how much later than it wanted it has been woken.
class Sleeper {
 public:
  Sleeper() {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are for the threads of the test
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ~Sleeper() {
    ending_ = true;
    owner_ == getpid() ? thread_.join() : thread_.detach();
  }

  Milliseconds delay() const {
    if (owner_ != getpid()) return {};
    const Clock::duration present = std::max(Clock::now() - Clock::time_point(due_.load()), Clock::duration());
    return std::chrono::duration_cast<Milliseconds>(past_.load() + present);
  }

 private:
  void run() {
    while (!ending_) {
      const auto due = Clock::now() + Milliseconds(5);
      due_ = due.time_since_epoch();
      std::this_thread::sleep_until(due);
      past_ = past_.load() + (Clock::now() - due);
    }
  }

  const pid_t owner_ = getpid();
  std::atomic<bool> ending_{false};
  std::atomic<Clock::duration> past_{};
  std::atomic<Clock::duration> due_{Clock::now().time_since_epoch()};
  std::thread thread_;
};

}  // namespace

Milliseconds delay_so_far() {
  static const Sleeper sleeper;
  return sleeper.delay();
}

}  // namespace gencache::test
