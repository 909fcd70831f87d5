#include "memcached/watchdog.h"

#include <sys/socket.h>
#include <unistd.h>

#include <system_error>

#include "memcached/signals.h"

namespace gencache::core {
namespace {

constexpr std::chrono::milliseconds period{5};
constexpr int rounds_awake = 200;  // a second without a call, then it sleeps

}  // namespace

Watched::~Watched() { close(socket_); }

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool Watchdog::add(Watched &watched) {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) {
    const BlockSignals blocked;  // the thread inherits the mask: the program's signals are not for it
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error &) {
      return false;
    }
  }
  watched_.insert(&watched);
  return true;
}

void Watchdog::remove(Watched &watched) {
  const std::lock_guard lock(mutex_);
  watched_.erase(&watched);
}

void Watchdog::enter(Watched &watched, Deadline deadline) {
  // Both sides store first and look second, sequentially consistent: either the thread sees the deadline or we see
  // that it sleeps.
  watched.deadline_.store(deadline.time_since_epoch().count());
  if (asleep_.load()) {
    { const std::lock_guard lock(mutex_); }
    wake_.notify_one();
  }
}

// Shuts what is late; tells whether any call is under way.
bool Watchdog::scan() {
  const Clock::rep now = Clock::now().time_since_epoch().count();
  bool is_busy = false;
  for (Watched *watched : watched_) {
    const Clock::rep deadline = watched->deadline_.load();
    if (deadline == Watched::idle) continue;
    is_busy = true;
    if (now >= deadline) shutdown(watched->socket_, SHUT_RDWR);
  }
  return is_busy;
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  for (int quiet_rounds = 0; !stopping_;) {
    quiet_rounds = scan() ? 0 : quiet_rounds + 1;
    if (quiet_rounds < rounds_awake) {
      wake_.wait_for(lock, period);
      continue;
    }
    asleep_.store(true);
    if (!scan()) wake_.wait(lock);
    asleep_.store(false);
    quiet_rounds = 0;
  }
}

}  // namespace gencache::core
