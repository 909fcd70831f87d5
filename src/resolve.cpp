#include <netdb.h>
#include <sys/socket.h>

#include <memory>

#include "failure.h"
#include "options.h"
#include "text.h"

namespace gencache::core {
namespace {

std::vector<Address> addresses_of(const ServerOptions &server) {
  if (server.port == 0) return {{server.host, 0}};
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *found = nullptr;
  const int error = getaddrinfo(server.host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    bad_argument("url: server " + quoted(server.name()) + " cannot be resolved: " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo *each = found; each != nullptr; each = each->ai_next) {
    char host[NI_MAXHOST];
    if (getnameinfo(each->ai_addr, each->ai_addrlen, host, sizeof host, nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.push_back({host, server.port});
    }
  }
  if (addresses.empty()) bad_argument("url: server " + quoted(server.name()) + " has no address");
  return addresses;
}

}  // namespace

void resolve(Options &options) {
  for (ServerOptions &server : options.servers) server.addresses = addresses_of(server);
}

}  // namespace gencache::core
