// Ends what libmemcached cannot end itself: it grants every single wait the whole poll timeout, so a peer that sends
// a byte now and then would stretch a call without bound. The watchdog shuts the socket of a call at its deadline.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "store.h"

namespace gencache::core {

/// A socket under watch and the deadline of the call that uses it now.
class Watched {
 public:
  /// Takes `socket` over: a duplicate, so that its number stays ours when libmemcached closes its own.
  explicit Watched(int socket) : socket_(socket) {}
  Watched(const Watched &) = delete;
  Watched &operator=(const Watched &) = delete;
  ~Watched();

  int socket() const { return socket_; }

 private:
  friend class Watchdog;
  const int socket_;
  std::atomic<Clock::rep> deadline_{idle};
  static constexpr Clock::rep idle = Clock::rep{0};
};

/// Thread-safe. Its thread starts with the first socket and sleeps while no call is under way.
class Watchdog {
 public:
  Watchdog() = default;
  Watchdog(const Watchdog &) = delete;
  Watchdog &operator=(const Watchdog &) = delete;
  ~Watchdog();

  /// Starts the thread where there is none yet. False where the system has none to give: then nothing is watched.
  [[nodiscard]] bool add(Watched &watched);
  void remove(Watched &watched);

  /// From now to leave(), `watched` is shut at the deadline. Costs two stores as long as the thread is awake.
  void enter(Watched &watched, Deadline deadline);
  void leave(Watched &watched) { watched.deadline_.store(Watched::idle, std::memory_order_release); }

 private:
  void run();
  bool scan();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<Watched *> watched_;
  std::atomic<bool> asleep_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gencache::core
