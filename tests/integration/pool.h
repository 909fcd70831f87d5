// The fixture of the tests that break things: its own servers, and keys known to live on each of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bounded.h"
#include "support/handles.h"
#include "support/server.h"

namespace gencache::test {

class Pool : public testing::Test {
 protected:
  static constexpr Milliseconds kBudget{500};

  const Names nav = {"nav"};

  std::vector<MemcachedServer> servers;

  // Starts `count` servers and opens a cache on them.
  Cache start(size_t count, const MemcachedServer::Arguments &arguments = {}) {
    for (size_t i = 0; i < count; ++i) servers.emplace_back(arguments);
    return open();
  }
  Cache open(const std::string &parameters = {}) const {
    const std::string budget = "timeout_ms=" + std::to_string(kBudget.count());
    return Cache(pool_url(servers, parameters.empty() ? budget : budget + "&" + parameters));
  }

  static Args page(int64_t number) { return {gc_int("page", number)}; }

  // The index of the server that a value lives on, as the library tells it.
  size_t home_of(const Cache &cache, const Names &names, const Args &args) const {
    const std::string address = cache.explained("server", names, args);
    const auto at = std::find_if(servers.begin(), servers.end(),
                                 [&](const MemcachedServer &server) { return server.address() == address; });
    EXPECT_NE(at, servers.end()) << address;
    return static_cast<size_t>(at - servers.begin());
  }

  // Reads until the library reaches the server again; never is it a hit with `old` meanwhile.
  Got read_when_back(const Cache &cache, const Names &names, const Args &args, const std::string &old) {
    Got got;
    EXPECT_TRUE(eventually([&] {
      got = within(kBudget, [&] { return cache.get(names, args); });
      EXPECT_FALSE(got.hit() && got.data() == old) << "an old value came back";
      return got.status >= 0;
    })) << got.summary();
    return got;
  }
};

}  // namespace gencache::test
