// The ring: which server holds a value, the same for every client, whatever it runs on.
#include "memcached/ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "options.h"

namespace gencache::core {
namespace {

using Servers = std::vector<ServerOptions>;

ServerOptions server(const char *host, std::uint16_t port, std::uint32_t weight) { return {host, port, weight, {}}; }

const Servers three = {server("alpha", 11211, 1), server("beta", 11212, 1), server("gamma", 11213, 2)};

std::string wire(int i) { return "gc/page:id=" + std::to_string(i); }

// The host of the value's server, which does not depend on the order of the list.
const std::string &host(const Servers &servers, const Ring &ring, int i) { return servers[ring.route(wire(i))].host; }

std::map<std::string, int> shares(const Servers &servers, int values) {
  const Ring ring(servers);
  std::map<std::string, int> count;
  for (int i = 0; i < values; ++i) ++count[host(servers, ring, i)];
  return count;
}

// Computed from the description in docs/protocol.md, without libmemcached.
TEST(Ring, AsTheProtocolDescribesIt) {
  const Ring ring(three);
  std::string initials;
  for (int i = 0; i < 32; ++i) initials += host(three, ring, i)[0];
  EXPECT_EQ(initials, "gagbabbaggbaaagbgagggabbggbagagg");
}

TEST(Ring, TheOrderOfServersMakesNoDifference) {
  const Ring ring(three);
  std::vector<std::size_t> order = {0, 1, 2};
  do {
    const Servers other = {three[order[0]], three[order[1]], three[order[2]]};
    const Ring other_ring(other);
    for (int i = 0; i < 500; ++i) ASSERT_EQ(host(other, other_ring, i), host(three, ring, i)) << i;
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Ring, SharesFollowWeights) {
  auto count = shares(three, 12000);
  EXPECT_NEAR(count["alpha"], 3000, 600);
  EXPECT_NEAR(count["beta"], 3000, 600);
  EXPECT_NEAR(count["gamma"], 6000, 1200);
}

TEST(Ring, EqualSharesForEqualWeights) {
  for (const auto &[name, share] : shares({server("a", 1, 5), server("b", 1, 5), server("c", 1, 5)}, 12000)) {
    EXPECT_NEAR(share, 4000, 800) << name;
  }
}

TEST(Ring, AServerThatLeavesTakesOnlyItsOwnValues) {
  const Servers all = {server("a", 1, 1), server("b", 1, 1), server("c", 1, 1)};
  const Servers fewer = {all[0], all[2]};
  const Ring ring(all);
  const Ring smaller(fewer);
  for (int i = 0; i < 2000; ++i) {
    if (host(all, ring, i) == "b") continue;
    ASSERT_EQ(host(fewer, smaller, i), host(all, ring, i)) << i;
  }
}

TEST(Ring, NothingToChooseFromOne) {
  for (const ServerOptions &only : {server("h", 1, 1), server("/run/memcached.sock", 0, 1)}) {
    const Ring ring({only});
    for (int i = 0; i < 10; ++i) EXPECT_EQ(ring.route(wire(i)), 0U);
  }
}

TEST(Ring, Ipv6AndManyServers) {
  Servers many = {server("::1", 11211, 1)};
  for (std::uint16_t port = 1; port < 40; ++port) many.push_back(server("::1", port, port));
  const Ring ring(many);
  std::map<std::size_t, int> count;
  for (int i = 0; i < 20000; ++i) ++count[ring.route(wire(i))];
  EXPECT_LT(count.rbegin()->first, many.size());
  EXPECT_GT(count.size(), 35U);
}

}  // namespace
}  // namespace gencache::core
