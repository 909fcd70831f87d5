// The addresses of servers, looked up once.
#include <gtest/gtest.h>

#include <algorithm>

#include "failures.h"
#include "options.h"

namespace gencache::core {
namespace {

std::vector<Address> addresses(const std::string &url) {
  Options options = parse_url(url);
  resolve(options);
  return options.servers.at(0).addresses;
}

TEST(Resolve, NumericAddresses) {
  const std::vector<Address> v4 = addresses("memcached://127.0.0.1:7");
  ASSERT_EQ(v4.size(), 1U);
  EXPECT_EQ(v4[0].host, "127.0.0.1");
  EXPECT_EQ(v4[0].port, 7);
  EXPECT_EQ(addresses("memcached://[::1]")[0].host, "::1");
}

TEST(Resolve, NamesBecomeNumeric) {
  const std::vector<Address> local = addresses("memcached://localhost:7");
  ASSERT_FALSE(local.empty());
  for (const Address &address : local) {
    EXPECT_TRUE(address.host == "127.0.0.1" || address.host == "::1") << address.host;
    EXPECT_EQ(address.port, 7);
  }
}

TEST(Resolve, ASocketIsItsPath) {
  const std::vector<Address> path = addresses("memcached+unix:///run/memcached.sock");
  ASSERT_EQ(path.size(), 1U);
  EXPECT_EQ(path[0].host, "/run/memcached.sock");
  EXPECT_EQ(path[0].port, 0);
}

TEST(Resolve, MemoryHasNothingToLookUp) {
  Options options = parse_url("memory://");
  resolve(options);
  EXPECT_TRUE(options.servers.empty());
}

// No label of a name has more than 63 bytes: this is refused without asking a name server.
TEST(Resolve, RefusesANameThatCannotBe) {
  const std::string host(64, 'h');
  const std::string message = test::refusal([&] { addresses("memcached://127.0.0.1," + host + ":7"); });
  EXPECT_TRUE(message.starts_with("url: server '" + host + ":7' cannot be resolved: ")) << message;
}

}  // namespace
}  // namespace gencache::core
