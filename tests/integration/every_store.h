// The fixture of the tests that every store has to pass alike.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/handles.h"
#include "support/server.h"

namespace gencache::test {

enum class Store { memory, one_server, three_servers, unix_socket };

std::string name_of(Store store);

// The servers of `store`, started when first asked for and shared by all tests of this program.
const std::vector<MemcachedServer> &servers_of(Store store);

// Each test has a namespace of its own, and a budget so large that a busy machine does not matter.
class EveryStore : public testing::TestWithParam<Store> {
 protected:
  bool in_memory() const { return GetParam() == Store::memory; }
  const std::string &prefix() const { return prefix_; }
  std::string url(const std::string &parameters = {}) const;
  Cache open(const std::string &parameters = {}) const { return Cache(url(parameters)); }

 private:
  const std::string prefix_ = fresh_prefix();
  static std::string fresh_prefix();
};

inline std::string store_name(const testing::TestParamInfo<Store> &store) { return name_of(store.param); }

#define GENCACHE_ON_EVERY_STORE(fixture)                                                                        \
  INSTANTIATE_TEST_SUITE_P(                                                                                     \
      On, fixture, testing::Values(Store::memory, Store::one_server, Store::three_servers, Store::unix_socket), \
      store_name)

// For what needs a store that several clients share: each memory:// is a store of its own.
#define GENCACHE_ON_EVERY_SERVER(fixture)                                                                             \
  INSTANTIATE_TEST_SUITE_P(On, fixture, testing::Values(Store::one_server, Store::three_servers, Store::unix_socket), \
                           store_name)

}  // namespace gencache::test
