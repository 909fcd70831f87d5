// gc_open: what it refuses, naming the culprit, and where the URL comes from.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/handles.h"
#include "support/net.h"

namespace gencache::test {
namespace {

void expect_refused(const std::string &url, const std::vector<std::string> &named) {
  SCOPED_TRACE(url);
  Error error;
  gc_cache *cache = gc_open(url.c_str(), error.out());
  EXPECT_EQ(cache, nullptr);
  gc_close(cache);
  EXPECT_LT(error.status(), 0);
  EXPECT_FALSE(error.message().empty());
  for (const std::string &name : named) {
    EXPECT_NE(error.message().find(name), std::string::npos) << '"' << error.message() << "\" does not name " << name;
  }
}

void expect_accepted(const std::string &url) {
  Error error;
  gc_cache *cache = gc_open(url.c_str(), error.out());
  EXPECT_NE(cache, nullptr) << url << ": " << error.message();
  gc_close(cache);
}

TEST(BadUrl, Malformed) {
  for (const char *url : {"",
                          "memory",
                          "memory:",
                          "memory:/",
                          "//",
                          "redis://127.0.0.1/",
                          "MEMCACHED",
                          "memcached://",
                          "memcached:///",
                          "memcached://,",
                          "memcached://127.0.0.1:11211,",
                          "memcached://,127.0.0.1",
                          "memcached+unix://",
                          "memcached+unix://?prefix=a",
                          "memory://?capacity",
                          "memory://?=1",
                          "memory://host",
                          "memcached://[::1",
                          "memcached://::1",
                          "memcached://[nothex]:11211"}) {
    expect_refused(url, {});
  }
}

TEST(BadUrl, PortsAndWeights) {
  for (const char *port : {"0", "65536", "x", "-1", "11211x", "99999999999999999999"}) {
    expect_refused(std::string("memcached://127.0.0.1:") + port + "/", {port});
  }
  for (const char *weight : {"0", "-1", "x", "1.5", "99999999999999999999"}) {
    expect_refused(std::string("memcached://127.0.0.1:11211:") + weight + "/", {weight});
  }
  expect_refused("memcached://127.0.0.1:11211:1:1/", {});
}

TEST(BadUrl, SameServerTwice) { expect_refused("memcached://127.0.0.1:11211,127.0.0.1:11211/", {"127.0.0.1:11211"}); }

TEST(BadUrl, UnknownParameter) {
  expect_refused("memory://?colour=red", {"colour"});
  expect_refused("memcached://127.0.0.1/?prefix=a&timeout=5", {"timeout"});
  expect_refused("memory://?Prefix=a", {"Prefix"});
}

TEST(BadUrl, ParameterGivenTwice) {
  expect_refused("memory://?prefix=a&prefix=a", {"prefix"});
  expect_refused("memcached://127.0.0.1/?ttl=1&prefix=a&ttl=1", {"ttl"});
}

TEST(BadUrl, ParameterOfTheOtherStore) {
  for (const char *name : {"timeout_ms", "connections", "item_max"}) {
    expect_refused(std::string("memory://?") + name + "=2000", {name});
  }
  expect_refused("memcached://127.0.0.1/?capacity=1MB", {"capacity"});
}

TEST(BadUrl, Numbers) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> bad = {
      {"ttl", {"", "x", "-1", "1.5", "1s", " 1", "1 ", "+1", "0x10", "99999999999999999999"}},
      {"timeout_ms", {"", "x", "0", "-1", "60001", "1.5"}},
      {"connections", {"", "x", "0", "-1", "4097"}},
      {"item_max", {"", "x", "0", "1023", "2GB", "1TB", "-1", "99999999999999999999GB"}}};
  for (const auto &[name, values] : bad) {
    for (const std::string &value : values) {
      std::string url = "memcached://127.0.0.1/?";
      expect_refused(url.append(name).append("=").append(value), {name});
    }
  }
  for (const char *capacity : {"", "x", "0", "65535", "63KB", "64XB", "-64MB", "99999999999999999999GB", "MB"}) {
    expect_refused(std::string("memory://?capacity=") + capacity, {"capacity"});
  }
}

TEST(BadUrl, Prefixes) {
  for (const std::string &prefix :
       {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a:b"), std::string("a/b"),
        std::string("a%20b"), std::string("caf\xc3\xa9"), std::string("a\nb")}) {
    expect_refused("memory://?prefix=" + prefix, {"prefix"});
    expect_refused("memcached://127.0.0.1/?prefix=" + prefix, {"prefix"});
  }
}

TEST(BadUrl, UnresolvableHost) { expect_refused("memcached://no-such-host.invalid:11211/", {"no-such-host.invalid"}); }

TEST(BadUrl, UnixSocketPathTooLong) { expect_refused("memcached+unix:///" + std::string(200, 'a'), {}); }

TEST(GoodUrl, EveryForm) {
  for (const char *url :
       {"memory://", "memory://?capacity=64KB", "memory://?capacity=65536&prefix=a.b_c-D9&ttl=0",
        "memcached://127.0.0.1", "memcached://127.0.0.1/", "memcached://127.0.0.1:11211", "memcached://localhost:1:2/",
        "memcached://127.0.0.1:11211,127.0.0.1:11212:3,[::1]:11213/?prefix=shop&ttl=3600&timeout_ms=1",
        "memcached://[::1]/?connections=4096&item_max=1GB", "memcached://127.0.0.1/?timeout_ms=60000&item_max=1KB",
        "memcached+unix:///run/no-such.sock", "memcached+unix:///run/no-such.sock?prefix=shop"}) {
    expect_accepted(url);
  }
  expect_accepted("memory://?prefix=" + std::string(64, 'a'));
}

TEST(Unreachable, ServerIsNamedAndTheEntryCannotBeFilled) {
  const std::string address = "127.0.0.1:" + std::to_string(free_port());
  Cache cache("memcached://" + address + "/?timeout_ms=200");
  const auto named = [&](const std::string &message) { return message.find(address) != std::string::npos; };
  const Got got = cache.get({"nav"});
  EXPECT_EQ(got.status, GC_ERR_UNAVAILABLE);
  EXPECT_EQ(got.entry.reason(), GC_REASON_UNAVAILABLE);
  EXPECT_EQ(gc_entry_data(got.entry.get()), nullptr);
  EXPECT_EQ(gc_entry_type(got.entry.get()), -1);
  EXPECT_EQ(got.entry.key(), "nav");
  EXPECT_TRUE(named(got.message)) << got.message;
  EXPECT_EQ(fill(got.entry, "x").status, GC_ERR_UNAVAILABLE);
  for (const Done &done : {cache.set({"nav"}, {}, "x"), cache.remove({"nav"}), cache.invalidate("nav"),
                           cache.invalidate_many({"nav", "blog"}), cache.clear(), cache.ping()}) {
    EXPECT_EQ(done.status, GC_ERR_UNAVAILABLE);
    EXPECT_TRUE(named(done.message)) << done.message;
  }
}

TEST(Unreachable, BadInputIsStillBadInput) {
  Cache cache("memcached://127.0.0.1:" + std::to_string(free_port()) + "/?timeout_ms=200&item_max=2KB");
  EXPECT_EQ(cache.get({}).status, GC_ERR_ARGUMENT);
  EXPECT_EQ(cache.invalidate("a::b").status, GC_ERR_ARGUMENT);
  EXPECT_EQ(cache.set({"nav"}, {}, std::string(4096, 'x')).status, GC_ERR_TOO_LARGE);
}

class UrlOfTheEnvironment : public testing::Test {
 protected:
  void TearDown() override { unsetenv("GENCACHE_URL"); }
};

TEST_F(UrlOfTheEnvironment, IsUsedWhereNoneIsGiven) {
  setenv("GENCACHE_URL", "memory://?ttl=100", 1);
  Error error;
  gc_cache *cache = gc_open(nullptr, error.out());
  ASSERT_NE(cache, nullptr) << error.message();
  const char *const generation = "nav";
  EXPECT_EQ(gc_set(cache, &generation, 1, nullptr, 0, "x", 1, nullptr, error.out()), GC_OK);
  gc_entry *entry = nullptr;
  EXPECT_EQ(gc_get(cache, &generation, 1, nullptr, 0, &entry, error.out()), GC_OK);
  EXPECT_GT(gc_entry_remaining_ms(entry), 0) << "the URL's ttl is not in force";
  gc_entry_free(entry);
  gc_close(cache);
}

TEST_F(UrlOfTheEnvironment, IsCheckedLikeAnyOther) {
  setenv("GENCACHE_URL", "memory://?colour=red", 1);
  Error error;
  EXPECT_EQ(gc_open(nullptr, error.out()), nullptr);
  EXPECT_NE(error.message().find("colour"), std::string::npos) << error.message();
}

TEST_F(UrlOfTheEnvironment, IsNotNeeded) {
  for (const bool is_empty : {false, true}) {
    is_empty ? setenv("GENCACHE_URL", "", 1) : unsetenv("GENCACHE_URL");
    gc_cache *cache = gc_open(nullptr, nullptr);
    ASSERT_NE(cache, nullptr);
    EXPECT_EQ(gc_ping(cache, nullptr), GC_OK);
    gc_close(cache);
  }
}

}  // namespace
}  // namespace gencache::test
