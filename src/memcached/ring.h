// Which server holds a value: libmemcached's weighted ketama, on a handle that never connects.
#pragma once

#include <libmemcached/memcached.h>

#include <memory>
#include <string_view>
#include <vector>

#include "options.h"

namespace gencache::core {

/// Thread-safe: the handle is only read once it is made.
class Ring {
 public:
  /// The servers' names as they are written count, not what they resolve to: every client must see the same ring.
  explicit Ring(const std::vector<ServerOptions> &servers);

  std::size_t route(std::string_view wire) const;

 private:
  struct Free {
    void operator()(memcached_st *handle) const { memcached_free(handle); }
  };
  std::unique_ptr<memcached_st, Free> handle_;  // none where there is nothing to choose
  std::vector<std::size_t> order_;              // the ring's server -> the caller's
};

}  // namespace gencache::core
