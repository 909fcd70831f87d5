#include "support/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace gencache::test {
namespace {

constexpr int kFirstPort = 10000;
constexpr int kBacklog = 1024;

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int first_ephemeral_port() {
  int first = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
  return first > kFirstPort + 1000 ? first : 32768;
}

void bound_waits(int socket) {
  const timeval second{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
}

Fd connect_any(int family, const sockaddr *address, socklen_t size) {
  Fd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw std::system_error(errno, std::generic_category(), "socket");
  bound_waits(fd.get());
  if (connect(fd.get(), address, size) != 0) fd.reset();
  return fd;
}

}  // namespace

Fd &Fd::operator=(Fd &&other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Fd listen_on(uint16_t port) {
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (bind(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 ||
      listen(fd.get(), kBacklog) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen on port " + std::to_string(port));
  }
  return fd;
}

uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(kFirstPort, first_ephemeral_port() - 1);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto port = static_cast<uint16_t>(ports(random));
    try {
      listen_on(port);
      return port;
    } catch (const std::system_error &) {
      continue;  // taken: try another
    }
  }
  throw std::runtime_error("no free port on 127.0.0.1");
}

Listening listen_on_free_port() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const uint16_t port = free_port();
    try {
      return {port, listen_on(port)};
    } catch (const std::system_error &) {
      continue;  // taken since: try another
    }
  }
  throw std::runtime_error("no free port on 127.0.0.1");
}

void do_not_delay(const Fd &tcp) {
  const int on = 1;
  setsockopt(tcp.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Fd connect_to(uint16_t port) {
  const sockaddr_in address = loopback(port);
  Fd fd = connect_any(AF_INET, reinterpret_cast<const sockaddr *>(&address), sizeof address);
  if (fd) do_not_delay(fd);
  return fd;
}

Fd connect_to(const std::string &unix_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (unix_path.size() >= sizeof address.sun_path) throw std::invalid_argument("socket path too long: " + unix_path);
  std::memcpy(address.sun_path, unix_path.c_str(), unix_path.size() + 1);
  return connect_any(AF_UNIX, reinterpret_cast<const sockaddr *>(&address), sizeof address);
}

bool send_all(const Fd &socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool eventually(const std::function<bool()> &condition, std::chrono::milliseconds bound) {
  const auto end = std::chrono::steady_clock::now() + bound;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace gencache::test
