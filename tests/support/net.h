// Loopback sockets, and waiting for an outcome with a bound.
#ifndef GENCACHE_TESTS_SUPPORT_NET_H
#define GENCACHE_TESTS_SUPPORT_NET_H

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace gencache::test {

// A file descriptor that is closed with its owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd &operator=(Fd &&other) noexcept;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

// A port on 127.0.0.1 that was free a moment ago. It lies below the range of ephemeral ports: no outgoing connection
// can take it while its server is down, and no client that tries to reach it meets itself.
uint16_t free_port();

// A listening socket on 127.0.0.1; throws std::system_error where the port is taken.
Fd listen_on(uint16_t port);

// Both at once, so that nobody else can take the port in between.
struct Listening {
  uint16_t port = 0;
  Fd socket;
};
Listening listen_on_free_port();

// What is sent goes out at once, however small.
void do_not_delay(const Fd &tcp);

// A connected blocking socket, empty where nobody listens. Reads and writes time out after a second.
Fd connect_to(uint16_t port);
Fd connect_to(const std::string &unix_path);

// All of `bytes`, or false.
bool send_all(const Fd &socket, std::string_view bytes);

// Asks again and again until `condition` holds; false if it does not within `bound`.
bool eventually(const std::function<bool()> &condition,
                std::chrono::milliseconds bound = std::chrono::milliseconds(10000));

}  // namespace gencache::test

#endif
