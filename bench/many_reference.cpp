#include "bench/many_reference.h"

#include <stdexcept>

namespace gencache::bench {
namespace {

void check(bool condition, const char *what) {
  if (!condition) throw std::runtime_error(std::string("the reference failed: ") + what);
}

}  // namespace

ManyReference::Handle ManyReference::connect_to(std::span<const uint16_t> ports) {
  Handle handle(memcached_create(nullptr));
  check(handle != nullptr, "memcached_create");
  memcached_behavior_set(handle.get(), MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
  memcached_behavior_set(handle.get(), MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
  for (const uint16_t port : ports) {
    check(memcached_server_add(handle.get(), "127.0.0.1", port) == MEMCACHED_SUCCESS, "memcached_server_add");
  }
  return handle;
}

ManyReference::ManyReference(std::span<const uint16_t> ports, std::vector<std::string> keys)
    : keys_(std::move(keys)), ring_(connect_to(ports)) {
  for (const uint16_t &port : ports) servers_.push_back({connect_to({&port, 1})});
  check(memcached_result_create(servers_[0].handle.get(), &result_) != nullptr, "memcached_result_create");
}

void ManyReference::distribute() {
  for (Server &server : servers_) {
    server.indexes.clear();
    server.names.clear();
    server.sizes.clear();
  }
  for (size_t i = 0; i < keys_.size(); ++i) {
    const std::string &key = keys_[i];
    Server &server = servers_[servers_.size() == 1 ? 0 : memcached_generate_hash(ring_.get(), key.data(), key.size())];
    server.indexes.push_back(i);
    server.names.push_back(key.data());
    server.sizes.push_back(key.size());
  }
}

std::vector<std::string> ManyReference::read() {
  distribute();
  for (Server &server : servers_) {
    if (server.names.empty()) continue;
    check(memcached_mget(server.handle.get(), server.names.data(), server.sizes.data(), server.names.size()) ==
              MEMCACHED_SUCCESS,
          "memcached_mget");
  }
  std::vector<std::string> values(keys_.size());
  for (Server &server : servers_) {
    size_t next = 0;  // values come in the order of the keys
    memcached_return_t status = MEMCACHED_SUCCESS;
    while (!server.names.empty() && memcached_fetch_result(server.handle.get(), &result_, &status) != nullptr) {
      const std::string_view name(memcached_result_key_value(&result_), memcached_result_key_length(&result_));
      while (next < server.indexes.size() && keys_[server.indexes[next]] != name) ++next;
      check(next < server.indexes.size(), "a key was not asked for");
      values[server.indexes[next++]].assign(memcached_result_value(&result_), memcached_result_length(&result_));
    }
    check(next == server.indexes.size(), "a value is missing");
  }
  return values;
}

}  // namespace gencache::bench
