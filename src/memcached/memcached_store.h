// The store on memcached servers: routes, spreads a call over servers inside one budget, and believes only what a
// server has shown.
#pragma once

#include <memory>
#include <vector>

#include "memcached/ring.h"
#include "memcached/server.h"
#include "options.h"
#include "store.h"

namespace gencache::core {

class MemcachedStore final : public Store {
 public:
  explicit MemcachedStore(const Options &options);

  std::size_t server_count() const override { return servers_.size(); }
  std::string server_name(std::size_t server) const override { return servers_[server]->name(); }
  std::size_t route(std::string_view wire) const override { return ring_.route(wire); }
  std::size_t item_limit() const override { return item_limit_; }
  Answer read(std::size_t server, const Key &key, const StampNames &more, Snapshot &snapshot,
              Deadline deadline) override;
  void exchange(std::span<Exchange> exchanges, Deadline deadline) override;
  Answer plant(std::size_t server, const StampNames &names, LeasedStamps &stamps, Deadline deadline) override;
  Answer write(std::size_t server, std::string_view wire, std::string_view record, Expiry expiry,
               Deadline deadline) override;
  Answer erase(std::size_t server, std::string_view wire, Deadline deadline) override;
  void replace(std::span<Invalidation> invalidations, Deadline deadline) override;
  void abandon() override { wiring_.sockets.close_inherited(); }

 private:
  template <class Work>
  Answer call(std::size_t server, Deadline deadline, Work work, Look look = Look::always);
  Answer overwrite(std::size_t server, std::string_view name, Stamp &stamp, Deadline deadline);
  void settle_doubts(Invalidation &invalidation, const Exchange &exchange, Deadline deadline);

  std::size_t item_limit_;
  StampNames root_;
  Wiring wiring_;
  Ring ring_;
  std::vector<std::unique_ptr<Server>> servers_;
};

}  // namespace gencache::core
