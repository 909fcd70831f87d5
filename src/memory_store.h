// The embedded store: one "server" inside the process, bounded in bytes, least recently used out first.
#pragma once

#include <memory>
#include <vector>

#include "store.h"

namespace gencache::core {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::size_t capacity);
  ~MemoryStore() override;

  std::size_t server_count() const override { return 1; }
  std::string server_name(std::size_t) const override { return "memory"; }
  std::size_t route(std::string_view) const override { return 0; }
  std::size_t item_limit() const override;
  Answer read(std::size_t server, const Key &key, const StampNames &more, Snapshot &snapshot,
              Deadline deadline) override;
  void exchange(std::span<Exchange> exchanges, Deadline deadline) override;
  Answer plant(std::size_t server, const StampNames &names, LeasedStamps &stamps, Deadline deadline) override;
  Answer write(std::size_t server, std::string_view wire, std::string_view record, Expiry expiry,
               Deadline deadline) override;
  Answer erase(std::size_t server, std::string_view wire, Deadline deadline) override;
  void replace(std::span<Invalidation> invalidations, Deadline deadline) override;
  void abandon() override {}

 private:
  class Shard;
  Shard &shard(std::string_view name);
  void write_quietly(Exchange::Write &write);

  std::size_t shard_capacity_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace gencache::core
