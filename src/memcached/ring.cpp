#include "memcached/ring.h"

#include <algorithm>
#include <new>
#include <numeric>

#include "failure.h"

namespace gencache::core {

Ring::Ring(const std::vector<ServerOptions> &servers) : order_(servers.size()) {
  std::iota(order_.begin(), order_.end(), 0);
  if (servers.size() == 1) return;
  // Sorted, so that the order in which a client lists its servers cannot matter.
  std::sort(order_.begin(), order_.end(),
            [&](std::size_t a, std::size_t b) { return servers[a].name() < servers[b].name(); });
  handle_.reset(memcached_create(nullptr));
  if (!handle_) throw std::bad_alloc();
  memcached_behavior_set(handle_.get(), MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
  for (const std::size_t i : order_) {
    const ServerOptions &server = servers[i];
    const memcached_return_t added =
        memcached_server_add_with_weight(handle_.get(), server.host.c_str(), server.port, server.weight);
    if (added != MEMCACHED_SUCCESS) throw Failure(GC_ERR_INTERNAL, "the ring refuses server " + server.name());
  }
}

std::size_t Ring::route(std::string_view wire) const {
  if (!handle_) return 0;
  return order_[memcached_generate_hash(handle_.get(), wire.data(), wire.size())];
}

}  // namespace gencache::core
