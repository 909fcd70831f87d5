// One server: its addresses, its pool of connections, and whether it is worth trying now.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "memcached/connection.h"
#include "options.h"

namespace gencache::core {

/// A server that failed is left alone for a while, longer each time: calls fail at once instead of waiting for it.
/// Monotonic clock. Guarded by the server's mutex.
class HealthGate {
 public:
  bool is_closed(Deadline now) const { return now < opens_; }
  bool has_failed() const { return failures_ > 0; }
  const std::string &why() const { return why_; }

  void succeeded() { failures_ = 0; }
  void failed(Deadline now, const std::string &why);

 private:
  int failures_ = 0;
  Deadline opens_{};
  std::string why_;
  std::minstd_rand jitter_{std::random_device{}()};
};

/// When a connection is looked at before it is used again: one on which something has come in while it lay idle has
/// died, or would answer the next request with what came late. Where that has just been used it is unlikely, and a read
/// finds out by itself (Connection::ask); so it may save the system call.
enum class Look { always, unless_fresh };

/// Thread-safe.
class Server {
 public:
  Server(const ServerOptions &options, std::size_t most_connections, Wiring &wiring);

  const std::string &name() const { return name_; }

  /// A connection for one call, started. Where there is none, `answer` says why. One that is not given back is closed.
  class Lane {
   public:
    Lane() = default;
    Lane(Lane &&) = default;
    Lane &operator=(Lane &&) = delete;
    ~Lane();

    Server *server = nullptr;
    std::unique_ptr<Connection> connection;
    Deadline deadline;
    std::size_t attempt = 0;
    bool is_reused = false;
    Answer answer;
  };

  /// Waits for one where all are in use. `sharers`: by how many the time that is left is divided, for the wait and for
  /// the connect. A further `attempt` of a call gets a new connection: one that stood idle may have died meanwhile, and
  /// so may all the others.
  Lane take(Deadline deadline, std::size_t sharers, std::size_t attempt, Look look);

  /// Ends the call on `lane` and keeps the connection where it is fit for another. Tells whether the call should be
  /// tried once more: on a new connection, or at another address of the host.
  bool give_back(Lane lane, const Answer &answer);

  /// Runs `work(connection)` on a connection, once more where that may help.
  template <class Work>
  Answer call(Deadline deadline, Look look, Work work);

 private:
  std::string name_;
  std::vector<Address> addresses_;
  Wiring &wiring_;
  const std::size_t most_connections_;

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t in_use_ = 0;
  std::size_t address_ = 0;  // the one that is tried next
  HealthGate gate_;
};

template <class Work>
Answer Server::call(Deadline deadline, Look look, Work work) {
  for (std::size_t attempt = 0;; ++attempt) {
    Lane lane = take(deadline, 1, attempt, look);
    if (!lane.connection) return lane.answer;
    Answer answer = work(*lane.connection);
    if (!give_back(std::move(lane), answer)) return answer;
  }
}

}  // namespace gencache::core
