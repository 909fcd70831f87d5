// A TCP proxy on loopback that stands for the network between one client and one server.
#ifndef GENCACHE_TESTS_SUPPORT_PROXY_H
#define GENCACHE_TESTS_SUPPORT_PROXY_H

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/net.h"

struct pollfd;

namespace gencache::test {

// Forwards between its own port and a server's, in a thread, and misbehaves when told to. Each change of behaviour
// has taken effect when the call returns. In a forked child the object is only a description.
class Proxy {
 public:
  explicit Proxy(uint16_t upstream);
  ~Proxy();
  Proxy(const Proxy &) = delete;
  Proxy &operator=(const Proxy &) = delete;

  uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void forward();  // at first, and again; what was held goes out, even of clients that have left meanwhile
  void cut();      // closes every connection and refuses new ones
  void hold();     // takes requests and keeps them from the server
  void drip(std::chrono::milliseconds per_byte);         // replies one byte at a time
  void duplicate(std::chrono::milliseconds later = {});  // each piece of a reply comes twice, at once or later
  void repeat_at_next();                                 // each piece of a reply comes again with the next request
  void drop();                                           // replies vanish
  // The next request that begins so stays under way until forward(), while its client sees the connection end.
  void delay(const std::string &beginning);

  size_t held() const;         // bytes of requests that wait for forward()
  size_t waiting() const;      // connections that have such a request
  size_t connections() const;  // open now
  size_t repeated() const;     // times that a reply went out once more
  size_t trips() const;        // times that a client asked something and awaited the answer

 private:
  enum class Mode { forward, cut, hold, drip, duplicate, repeat_at_next, drop, delay };
  using Clock = std::chrono::steady_clock;

  struct Connection {
    Fd client;
    Fd server;
    std::string to_client;
    std::string to_server;
    std::string to_repeat;
    std::string last_reply;
    Clock::time_point next_byte;
    Clock::time_point repeat_at;
    bool is_repeating = false;
    bool is_asking = false;
    bool is_delayed = false;
    size_t first_poll = 0;
  };

  void change(Mode mode, std::chrono::milliseconds pause = {});
  void wake() const;
  void run();
  void apply_change();
  std::vector<pollfd> watched();
  int poll_timeout() const;
  void handle(const std::vector<pollfd> &events);
  void accept_all();
  void move_bytes(Connection &connection, const std::vector<pollfd> &events);
  void take_request(Connection &connection);
  void take_reply(Connection &connection);
  void give_reply(Connection &connection);
  void repeat_reply(Connection &connection);
  bool finished(const Connection &connection) const;

  const uint16_t upstream_;
  uint16_t port_ = 0;
  Fd listener_;
  Fd wake_;
  const pid_t owner_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Mode wanted_ = Mode::forward;
  Mode mode_ = Mode::forward;
  std::chrono::milliseconds pause_{0};
  std::string beginning_;  // of the request to delay; empty once it has come
  uint64_t asked_ = 0;
  uint64_t applied_ = 0;
  bool ending_ = false;
  size_t repeated_ = 0;
  size_t trips_ = 0;
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace gencache::test

#endif
