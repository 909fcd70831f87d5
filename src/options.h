// What a URL says: which store, which servers, which namespace, which limits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gencache::core {

inline constexpr std::chrono::milliseconds longest_timeout{60'000};

/// Where to connect: a numeric address, or the path of a Unix socket.
struct Address {
  std::string host;
  std::uint16_t port = 0;  // 0: a Unix socket
};

struct ServerOptions {
  std::string host;        // as written in the URL, without brackets; the path of a Unix socket
  std::uint16_t port = 0;  // 0: a Unix socket
  std::uint32_t weight = 1;
  std::vector<Address> addresses;  // what the host resolves to; set by resolve()

  std::string name() const;
};

struct Options {
  std::vector<ServerOptions> servers;  // none: memory
  std::string prefix = "gc";
  std::int64_t ttl_ms = 0;
  std::size_t capacity = std::size_t{64} << 20U;
  std::chrono::milliseconds timeout{250};
  std::size_t connections = 64;
  std::size_t item_max = std::size_t{1} << 20U;
};

/// Throws a Failure that names the part of the URL which is wrong.
Options parse_url(std::string_view url);

/// Looks up the servers' addresses, once: a look-up knows no time limit. Throws a Failure that names a server which
/// has none.
void resolve(Options &options);

}  // namespace gencache::core
