// A real memcached on loopback, for one test.
#ifndef GENCACHE_TESTS_SUPPORT_SERVER_H
#define GENCACHE_TESTS_SUPPORT_SERVER_H

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/net.h"

namespace gencache::test {

// Starts memcached on a free port of 127.0.0.1 (or a Unix socket) and ends it, by its pid, with this object.
//
// The server also ends with the thread that started it (the kernel's parent-death signal belongs to the thread), so
// none is left behind by a test that crashes: construct and restart it on a thread that outlives its use. In a forked
// child the object is only a description; it ends nothing there.
class MemcachedServer {
 public:
  using Arguments = std::vector<std::string>;

  explicit MemcachedServer(Arguments arguments = {});
  static MemcachedServer on_unix_socket(Arguments arguments = {});
  MemcachedServer(MemcachedServer &&other) noexcept;
  MemcachedServer &operator=(MemcachedServer &&) = delete;
  ~MemcachedServer();

  uint16_t port() const { return port_; }                      // 0 on a Unix socket
  const std::string &unix_path() const { return unix_path_; }  // "" on TCP
  pid_t pid() const { return pid_; }
  std::string address() const;                                // "127.0.0.1:PORT", or the path
  std::string url(const std::string &parameters = {}) const;  // "a=b&c=d" go after the "?"

  void kill9();    // gone when this returns
  void stop();     // SIGSTOP; stopped when this returns
  void cont();     // SIGCONT
  void restart();  // killed if it still runs, then started empty at the same address

  // Behind the library's back, each on a connection of its own. They throw std::runtime_error where the server does
  // not answer within a second.
  std::string command(std::string_view request) const;           // the whole reply, with its CR LF
  std::optional<std::string> get(const std::string &key) const;  // the raw item
  void set(const std::string &key, std::string_view item, uint32_t flags = 0) const;
  uint32_t flags(const std::string &key) const;  // of an item that is there
  bool remove(const std::string &key) const;     // true if it was there
  void flush_all() const;
  int64_t stat(const std::string &name) const;  // a number of `stats`, -1 where there is none

 private:
  struct OnUnixSocket {};
  MemcachedServer(OnUnixSocket, Arguments arguments);

  void send(int signal) const;
  bool start_at_address();
  bool answers() const;
  void end();
  Fd connect() const;

  Arguments arguments_;
  uint16_t port_ = 0;
  std::string unix_path_;
  std::string directory_;  // of the socket
  pid_t pid_ = -1;
  pid_t owner_ = -1;
};

// The URL of a pool of these servers.
std::string pool_url(const std::vector<MemcachedServer> &servers, const std::string &parameters = {});

}  // namespace gencache::test

#endif
