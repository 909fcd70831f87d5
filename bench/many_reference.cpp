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

ManyReference::ManyReference(std::span<const uint16_t> ports, std::vector<std::string> keys, std::string_view value)
    : keys_(std::move(keys)), value_size_(value.size()) {
  for (const uint16_t &port : ports) servers_.push_back({connect_to({&port, 1}), {}, {}});
  const Handle ring = connect_to(ports);
  for (const std::string &key : keys_) {
    Server &server = servers_[memcached_generate_hash(ring.get(), key.data(), key.size())];
    server.names.push_back(key.data());
    server.sizes.push_back(key.size());
    check(memcached_set(server.handle.get(), key.data(), key.size(), value.data(), value.size(), 0, 0) ==
              MEMCACHED_SUCCESS,
          "memcached_set");
  }
  check(memcached_result_create(servers_[0].handle.get(), &result_) != nullptr, "memcached_result_create");
}

void ManyReference::read() {
  for (Server &server : servers_) {
    if (server.names.empty()) continue;
    check(memcached_mget(server.handle.get(), server.names.data(), server.sizes.data(), server.names.size()) ==
              MEMCACHED_SUCCESS,
          "memcached_mget");
  }
  for (Server &server : servers_) {
    size_t found = 0;
    memcached_return_t status = MEMCACHED_SUCCESS;
    while (!server.names.empty() && memcached_fetch_result(server.handle.get(), &result_, &status) != nullptr) {
      check(memcached_result_length(&result_) == value_size_, "a value has another size");
      ++found;
    }
    check(found == server.names.size(), "a value is missing");
  }
}

}  // namespace gencache::bench
