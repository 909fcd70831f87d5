// URLs that are refused, each with a message that names the part.
#include <gtest/gtest.h>

#include "failures.h"
#include "options.h"

namespace gencache::core {
namespace {

std::string refusal_of(const std::string &url) {
  SCOPED_TRACE(url);
  return test::refusal([&] { parse_url(url); });
}

TEST(OptionsRefused, Schemes) {
  for (const char *url : {"", "memory", "memory:", "memory:/", "Memory://", "redis://h", "memcached:h", "h:11211",
                          " memory://", "memcached+unix:/run/s"}) {
    EXPECT_EQ(refusal_of(url), "url: unknown scheme in '" + std::string(url) +
                                   "': memory://, memcached:// or memcached+unix:// is expected");
  }
}

TEST(OptionsRefused, HostOfMemory) {
  EXPECT_EQ(refusal_of("memory://h"), "url: memory:// takes no host: 'h'");
  EXPECT_EQ(refusal_of("memory://h?ttl=1"), "url: memory:// takes no host: 'h'");
}

TEST(OptionsRefused, Servers) {
  EXPECT_EQ(refusal_of("memcached://"), "url: bad server ''");
  EXPECT_EQ(refusal_of("memcached:///"), "url: bad server ''");
  EXPECT_EQ(refusal_of("memcached://?ttl=1"), "url: bad server ''");
  EXPECT_EQ(refusal_of("memcached://,h"), "url: bad server ''");
  EXPECT_EQ(refusal_of("memcached://h1,,h2"), "url: bad server ''");
  EXPECT_EQ(refusal_of("memcached://h,"), "url: a server is missing behind the last comma");
  EXPECT_EQ(refusal_of("memcached://:11211"), "url: bad server ':11211'");
  EXPECT_EQ(refusal_of("memcached://::1"), "url: bad server '::1'");
  EXPECT_EQ(refusal_of("memcached://h1, h2"), "url: bad server ' h2'");
  EXPECT_EQ(refusal_of("memcached://h\n"), "url: bad server 'h\\x0A'");
  EXPECT_EQ(refusal_of("memcached://\xC3\xA9"), "url: bad server '\\xC3\\xA9'");
  EXPECT_EQ(refusal_of("memcached://h/db"), "url: bad server 'h/db'");
  EXPECT_EQ(refusal_of("memcached://user@h"), "url: bad server 'user@h'");
  EXPECT_EQ(refusal_of("memcached://h:"), "url: bad server 'h:'");
  EXPECT_EQ(refusal_of("memcached://h:1:"), "url: bad server 'h:1:'");
  EXPECT_EQ(refusal_of("memcached://" + std::string(256, 'h')), "url: bad server '" + std::string(80, 'h') + "…'");
}

TEST(OptionsRefused, Ports) {
  for (const char *port : {"0", "65536", "99999999999", "-1", "+1", "x", "0x1", "1.5", " 1"}) {
    EXPECT_EQ(refusal_of("memcached://h1,h:" + std::string(port)),
              "url: server 'h:" + std::string(port) + "' has a bad port '" + port + "'");
  }
  EXPECT_EQ(refusal_of("memcached://h::2"), "url: server 'h::2' has a bad port ''");
  EXPECT_EQ(refusal_of("memcached://h:1/x"), "url: server 'h:1/x' has a bad port '1/x'");
}

TEST(OptionsRefused, Weights) {
  for (const char *weight : {"0", "-1", "x", "1.5", "4294967296", "1:1"}) {
    EXPECT_EQ(refusal_of("memcached://h:1:" + std::string(weight)),
              "url: server 'h:1:" + std::string(weight) + "' has a bad weight '" + weight + "'");
  }
  EXPECT_EQ(refusal_of("memcached://h:1:1001"), "url: server 'h:1:1001' has a weight above 1000");
}

TEST(OptionsRefused, Brackets) {
  for (const char *server : {"[::1", "[::1]1", "[::1]x:1", "[", "[::1]]:1"}) {
    EXPECT_EQ(refusal_of("memcached://" + std::string(server)),
              "url: server '" + std::string(server) + "' has bad brackets");
  }
  EXPECT_EQ(refusal_of("memcached://[]"), "url: bad server '[]'");
  EXPECT_EQ(refusal_of("memcached://[::1]:"), "url: bad server '[::1]:'");
}

TEST(OptionsRefused, OneServerTwice) {
  EXPECT_EQ(refusal_of("memcached://h:1,g:1,h:1"), "url: server 'h:1' is listed twice");
  EXPECT_EQ(refusal_of("memcached://h,h:11211:2"), "url: server 'h:11211' is listed twice");
  EXPECT_EQ(refusal_of("memcached://[::1]:1,[::1]:1"), "url: server '[::1]:1' is listed twice");
}

TEST(OptionsRefused, SocketPaths) {
  const std::string rest = ": it must be absolute and at most 107 bytes long";
  EXPECT_EQ(refusal_of("memcached+unix://"), "url: bad socket path ''" + rest);
  EXPECT_EQ(refusal_of("memcached+unix://run/s"), "url: bad socket path 'run/s'" + rest);
  EXPECT_EQ(refusal_of("memcached+unix:///a%00b"), "url: bad socket path '/a%00b'" + rest);
  const std::string too_long = "/" + std::string(107, 's');
  EXPECT_EQ(refusal_of("memcached+unix://" + too_long),
            "url: bad socket path '" + too_long.substr(0, 80) + "…'" + rest);
  for (const char *path : {"/a%", "/a%2", "/a%zz", "/a%-1", "/a%2x"}) {
    EXPECT_EQ(refusal_of("memcached+unix://" + std::string(path)),
              "url: bad percent-encoding in '" + std::string(path) + "'");
  }
}

TEST(OptionsRefused, UnknownParameters) {
  EXPECT_EQ(refusal_of("memory://?size=1"), "url: unknown parameter 'size' of memory://");
  EXPECT_EQ(refusal_of("memory://?timeout_ms=1"), "url: unknown parameter 'timeout_ms' of memory://");
  EXPECT_EQ(refusal_of("memory://?connections=1"), "url: unknown parameter 'connections' of memory://");
  EXPECT_EQ(refusal_of("memory://?item_max=1MB"), "url: unknown parameter 'item_max' of memory://");
  EXPECT_EQ(refusal_of("memcached://h?capacity=64MB"), "url: unknown parameter 'capacity' of memcached://");
  EXPECT_EQ(refusal_of("memcached://h?TTL=1"), "url: unknown parameter 'TTL' of memcached://");
  EXPECT_EQ(refusal_of("memory://?=1"), "url: unknown parameter '' of memory://");
  EXPECT_EQ(refusal_of("memory://?ttl=1&&prefix=a"), "url: unknown parameter '' of memory://");
}

TEST(OptionsRefused, OneParameterTwice) {
  EXPECT_EQ(refusal_of("memory://?ttl=1&prefix=a&ttl=1"), "url: parameter 'ttl' is given twice");
}

TEST(OptionsRefused, Numbers) {
  const auto expected = [](const std::string &name, const std::string &value, const std::string &range) {
    return "url: parameter '" + name + "' is '" + value + "', but takes a whole number from " + range;
  };
  for (const char *value : {"", "-1", "x", "1.5", "1s", " 1", "9223372036854776", "99999999999999999999"}) {
    EXPECT_EQ(refusal_of("memory://?ttl=" + std::string(value)), expected("ttl", value, "0 to 9223372036854775"));
  }
  EXPECT_EQ(refusal_of("memory://?ttl"), expected("ttl", "", "0 to 9223372036854775"));
  for (const char *value : {"", "0", "-1", "60001", "1e3"}) {
    EXPECT_EQ(refusal_of("memcached://h?timeout_ms=" + std::string(value)),
              expected("timeout_ms", value, "1 to 60000"));
  }
  for (const char *value : {"0", "4097"}) {
    EXPECT_EQ(refusal_of("memcached://h?connections=" + std::string(value)),
              expected("connections", value, "1 to 4096"));
  }
}

TEST(OptionsRefused, Sizes) {
  const auto expected = [](const std::string &name, const std::string &value, const std::string &range) {
    return "url: parameter '" + name + "' is '" + value + "', but takes a number of bytes from " + range +
           "; KB, MB or GB may follow it";
  };
  for (const char *value :
       {"", "0", "-64KB", "63KB", "65535", "64mb", "64 MB", "64M", "64MBMB", "MB", "1025GB", "1099511627777",
        "9999999999999GB", "17179869185GB", "99999999999999999999", "0x10000", "1.5MB"}) {
    EXPECT_EQ(refusal_of("memory://?capacity=" + std::string(value)),
              expected("capacity", value, "65536 to 1099511627776"));
  }
  for (const char *value : {"1023", "0KB", "2GB", "1073741825"}) {
    EXPECT_EQ(refusal_of("memcached://h?item_max=" + std::string(value)),
              expected("item_max", value, "1024 to 1073741824"));
  }
}

TEST(OptionsRefused, Prefixes) {
  const std::string rest = ", but takes 1 to 64 of A-Z a-z 0-9 _ . -";
  for (const char *value : {"", "a b", "a:b", "a/b", "a#", "%41", "\xC3"}) {
    const std::string shown = std::string_view(value) == "\xC3" ? "\\xC3" : value;
    EXPECT_EQ(refusal_of("memory://?prefix=" + std::string(value)),
              "url: parameter 'prefix' is '" + shown + "'" + rest);
  }
  const std::string too_long(65, 'p');
  EXPECT_EQ(refusal_of("memory://?prefix=" + too_long), "url: parameter 'prefix' is '" + too_long + "'" + rest);
}

}  // namespace
}  // namespace gencache::core
