// The fixture of the tests of the typed layer: a gencache::Cache on every store.
#pragma once

#include <gencache/gencache.hpp>
#include <string>

#include "integration/every_store.h"

namespace gencache::cpp_test {

using namespace std::chrono_literals;

class EveryCache : public test::EveryStore {
 protected:
  Cache cache{url()};

  // What stands behind `key: ` in explain().
  std::string key(const Generations &generations, const Args &args = {}) const {
    const std::string text = cache.explain(generations, args);
    return text.substr(5, text.find('\n') - 5);
  }
};

// On the embedded store alone: for what is no matter of the store.
class InMemory : public testing::Test {
 protected:
  Cache cache{"memory://"};
};

#define GENCACHE_CPP_ON_EVERY_STORE(fixture)                                                                         \
  INSTANTIATE_TEST_SUITE_P(On, fixture,                                                                              \
                           testing::Values(test::Store::memory, test::Store::one_server, test::Store::three_servers, \
                                           test::Store::unix_socket),                                                \
                           test::store_name)

// A type of a program.
struct User {
  int id = 0;
  std::string name;
  std::vector<std::string> groups;

  template <class Archive>
  void serialize(Archive &archive) {
    archive(id, name, groups);
  }
  friend bool operator==(const User &, const User &) = default;
};

}  // namespace gencache::cpp_test
