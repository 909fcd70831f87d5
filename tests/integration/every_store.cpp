#include "every_store.h"

#include <unistd.h>

#include <map>

namespace gencache::test {
namespace {

std::vector<MemcachedServer> start(Store store) {
  std::vector<MemcachedServer> servers;
  if (store == Store::unix_socket) {
    servers.push_back(MemcachedServer::on_unix_socket());
  } else if (store != Store::memory) {
    servers.resize(store == Store::one_server ? 1 : 3);
  }
  return servers;
}

}  // namespace

std::string name_of(Store store) {
  switch (store) {
    case Store::memory:
      return "memory";
    case Store::one_server:
      return "one_server";
    case Store::three_servers:
      return "three_servers";
    case Store::unix_socket:
      return "unix_socket";
  }
  return "unknown";
}

const std::vector<MemcachedServer> &servers_of(Store store) {
  static std::map<Store, std::vector<MemcachedServer>> started;
  auto at = started.find(store);
  if (at == started.end()) at = started.emplace(store, start(store)).first;
  return at->second;
}

std::string EveryStore::fresh_prefix() {
  static int count = 0;
  return "test." + std::to_string(++count);
}

std::string EveryStore::url(const std::string &parameters) const {
  std::string all = parameters.find("prefix=") == std::string::npos ? "prefix=" + prefix_ : "";
  if (!parameters.empty()) all += (all.empty() ? "" : "&") + parameters;
  if (in_memory()) return "memory://?" + all;
  all += "&timeout_ms=5000";
  const auto &servers = servers_of(GetParam());
  return servers.size() == 1 ? servers.front().url(all) : pool_url(servers, all);
}

}  // namespace gencache::test
