// URLs: every form that is accepted, and what it comes to.
#include "options.h"

#include <gtest/gtest.h>

#include <limits>

namespace gencache::core {
namespace {

std::string servers_of(std::string_view url) {
  std::string list;
  for (const ServerOptions &server : parse_url(url).servers) {
    list.append(list.empty() ? "" : " ").append(server.name()).append("*").append(std::to_string(server.weight));
  }
  return list;
}

TEST(Options, Defaults) {
  for (const char *url : {"memory://", "memory:///", "memory://?", "memory:///?"}) {
    const Options options = parse_url(url);
    EXPECT_TRUE(options.servers.empty()) << url;
    EXPECT_EQ(options.prefix, "gc");
    EXPECT_EQ(options.ttl_ms, 0);
    EXPECT_EQ(options.capacity, 64U << 20U);
  }
  const Options options = parse_url("memcached://h");
  EXPECT_EQ(options.timeout.count(), 250);
  EXPECT_EQ(options.connections, 64U);
  EXPECT_EQ(options.item_max, 1U << 20U);
}

TEST(Options, ParametersOfMemory) {
  const Options options = parse_url("memory://?capacity=128KB&prefix=shop&ttl=60");
  EXPECT_EQ(options.capacity, 128U << 10U);
  EXPECT_EQ(options.prefix, "shop");
  EXPECT_EQ(options.ttl_ms, 60'000);
}

TEST(Options, ParametersOfMemcached) {
  const Options options = parse_url("memcached://h/?ttl=3600&prefix=a.B-9_&timeout_ms=100&connections=4&item_max=2MB");
  EXPECT_EQ(options.prefix, "a.B-9_");
  EXPECT_EQ(options.ttl_ms, 3'600'000);
  EXPECT_EQ(options.timeout.count(), 100);
  EXPECT_EQ(options.connections, 4U);
  EXPECT_EQ(options.item_max, 2U << 20U);
}

TEST(Options, Sizes) {
  EXPECT_EQ(parse_url("memory://?capacity=65536").capacity, 65536U);
  EXPECT_EQ(parse_url("memory://?capacity=64KB").capacity, 65536U);
  EXPECT_EQ(parse_url("memory://?capacity=3MB").capacity, 3U << 20U);
  EXPECT_EQ(parse_url("memory://?capacity=1GB").capacity, 1U << 30U);
  EXPECT_EQ(parse_url("memory://?capacity=1024GB").capacity, std::size_t{1} << 40U);
  EXPECT_EQ(parse_url("memcached://h?item_max=1024").item_max, 1024U);
  EXPECT_EQ(parse_url("memcached://h?item_max=1GB").item_max, 1U << 30U);
}

TEST(Options, Limits) {
  EXPECT_EQ(parse_url("memcached://h?timeout_ms=1").timeout.count(), 1);
  EXPECT_EQ(parse_url("memcached://h?timeout_ms=60000").timeout.count(), 60'000);
  EXPECT_EQ(parse_url("memcached://h?connections=1").connections, 1U);
  EXPECT_EQ(parse_url("memcached://h?connections=4096").connections, 4096U);
  EXPECT_EQ(parse_url("memory://?ttl=0").ttl_ms, 0);
  EXPECT_EQ(parse_url("memory://?ttl=9223372036854775").ttl_ms, 9'223'372'036'854'775'000);
  EXPECT_EQ(parse_url("memory://?prefix=" + std::string(64, 'p')).prefix, std::string(64, 'p'));
}

TEST(Options, Servers) {
  EXPECT_EQ(servers_of("memcached://h1"), "h1:11211*1");
  EXPECT_EQ(servers_of("memcached://h1/"), "h1:11211*1");
  EXPECT_EQ(servers_of("memcached://h1:11212?ttl=1"), "h1:11212*1");
  EXPECT_EQ(servers_of("memcached://h1:11211,h2:11212:3,h1:11213:1000/?ttl=1"), "h1:11211*1 h2:11212*3 h1:11213*1000");
  EXPECT_EQ(servers_of("memcached://cache-1.example.org:65535"), "cache-1.example.org:65535*1");
  EXPECT_EQ(servers_of("memcached://127.0.0.1:1,127.0.0.2:1"), "127.0.0.1:1*1 127.0.0.2:1*1");
}

TEST(Options, Ipv6) {
  EXPECT_EQ(servers_of("memcached://[::1]"), "[::1]:11211*1");
  EXPECT_EQ(servers_of("memcached://[::1]:11213,[fe80::1%eth0]:1:2"), "[::1]:11213*1 [fe80::1%eth0]:1*2");
  EXPECT_EQ(parse_url("memcached://[::1]:11213").servers[0].host, "::1");
}

TEST(Options, UnixSocket) {
  const Options options = parse_url("memcached+unix:///run/memcached.sock?prefix=shop&timeout_ms=10");
  ASSERT_EQ(options.servers.size(), 1U);
  EXPECT_EQ(options.servers[0].host, "/run/memcached.sock");
  EXPECT_EQ(options.servers[0].port, 0);
  EXPECT_EQ(options.servers[0].name(), "/run/memcached.sock");
  EXPECT_EQ(options.prefix, "shop");
  EXPECT_EQ(options.timeout.count(), 10);
  EXPECT_EQ(servers_of("memcached+unix:///run/a%20b%3f.sock"), "/run/a b?.sock*1");
  const std::string longest = "/" + std::string(106, 's');
  EXPECT_EQ(servers_of("memcached+unix://" + longest), longest + "*1");
}

}  // namespace
}  // namespace gencache::core
