// Seeing inside: explain and the log.
#include <string>
#include <utility>
#include <vector>

#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

class Explain : public EveryStore {
 protected:
  Cache cache = open();
  const Names gens = {"nav", "portal:user_id"};
  const Args args = {gc_int("user_id", 1), gc_str("page", "home")};

  std::string line(const std::string &label) { return cache.explained(label, gens, args); }
  static std::pair<std::string, std::string> stored_and_current(const std::string &stamps) {
    const std::string stored = "stored ";
    const std::string current = ", current ";
    const size_t middle = stamps.find(current);
    EXPECT_TRUE(stamps.starts_with(stored) && middle != std::string::npos) << stamps;
    return {stamps.substr(stored.size(), middle - stored.size()), stamps.substr(middle + current.size())};
  }
};

TEST_P(Explain, KeyWireAndServer) {
  EXPECT_EQ(line("key"), "nav,portal:user_id=1|page=\"home\"");
  EXPECT_EQ(line("wire"), prefix() + "/nav,portal:user_id=1|page=\"home\"");
  if (in_memory()) {
    EXPECT_FALSE(line("server").empty());
    return;
  }
  bool is_one_of_them = false;
  for (const MemcachedServer &server : servers_of(GetParam())) is_one_of_them |= line("server") == server.address();
  EXPECT_TRUE(is_one_of_them) << line("server");
}

TEST_P(Explain, VerdictAndStamps) {
  EXPECT_EQ(line("verdict"), "miss, absent");
  EXPECT_EQ(stored_and_current(line("generation nav")), std::make_pair(std::string("none"), std::string("none")));

  ASSERT_TRUE(cache.set(gens, args, "value").ok());
  EXPECT_EQ(line("verdict"), "hit");
  for (const char *label : {"root", "generation nav", "generation portal:user_id=1"}) {
    const auto [stored, current] = stored_and_current(line(label));
    EXPECT_EQ(stored, current) << label;
    EXPECT_EQ(stored.size(), 16U) << label;
    EXPECT_EQ(stored.find_first_not_of("0123456789abcdef"), std::string::npos) << stored;
  }

  ASSERT_TRUE(cache.invalidate("nav").ok());
  EXPECT_EQ(line("verdict"), "miss, invalidated by nav");
  const auto [stored, current] = stored_and_current(line("generation nav"));
  EXPECT_NE(stored, current);
  const auto [other_stored, other_current] = stored_and_current(line("generation portal:user_id=1"));
  EXPECT_EQ(other_stored, other_current);

  ASSERT_TRUE(cache.clear().ok());
  EXPECT_EQ(line("verdict"), "miss, cleared");
}

TEST_P(Explain, ChangesNothing) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(line("verdict"), "miss, absent");
    EXPECT_EQ(stored_and_current(line("root")).second, "none") << "explaining must not make stamps";
  }
  ASSERT_TRUE(cache.set(gens, args, "value").ok());
  const std::string before = cache.explain(gens, args);
  EXPECT_EQ(cache.explain(gens, args), before);
  EXPECT_EQ(cache.get(gens, args).data(), "value");
}

TEST_P(Explain, LongKeysHaveADigestOnTheWire) {
  const std::string large(1000, 'x');
  const std::string wire = cache.explained("wire", {"nav"}, {gc_str("page", large.c_str())});
  EXPECT_TRUE(wire.starts_with(prefix() + "/#")) << wire;
  EXPECT_EQ(wire.size(), prefix().size() + 2 + 32);
  EXPECT_NE(cache.explained("key", {"nav"}, {gc_str("page", large.c_str())}).find(large), std::string::npos);
}

class Logs : public Explain {
 protected:
  using Message = std::pair<int32_t, std::string>;
  std::vector<Message> messages;

  void listen(int32_t level) {
    gc_set_log(
        cache.handle(),
        [](void *payload, int32_t told, const char *message) {
          static_cast<std::vector<Message> *>(payload)->emplace_back(told, message);
        },
        &messages, level);
  }
};

TEST_P(Logs, EveryMissWithKeyReasonAndGeneration) {
  listen(GC_LOG_DEBUG);
  ASSERT_TRUE(fill(cache.get(gens, args).entry, "value").ok());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].first, GC_LOG_DEBUG);
  EXPECT_NE(messages[0].second.find("nav,portal:user_id=1|page=\"home\""), std::string::npos) << messages[0].second;
  EXPECT_NE(messages[0].second.find("absent"), std::string::npos) << messages[0].second;
  messages.clear();
  EXPECT_TRUE(cache.get(gens, args).hit());
  EXPECT_TRUE(messages.empty()) << "a hit is not told";
  ASSERT_TRUE(cache.invalidate("portal:user_id", args).ok());
  EXPECT_TRUE(cache.get(gens, args).miss());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_NE(messages[0].second.find("invalidated by portal:user_id=1"), std::string::npos) << messages[0].second;
}

TEST_P(Logs, NothingAboveTheLevel) {
  listen(GC_LOG_INFO);
  EXPECT_TRUE(cache.get(gens, args).miss());
  EXPECT_TRUE(messages.empty()) << messages[0].second;
}

TEST_P(Logs, NothingAfterwards) {
  listen(GC_LOG_DEBUG);
  gc_set_log(cache.handle(), nullptr, nullptr, GC_LOG_DEBUG);
  EXPECT_TRUE(cache.get(gens, args).miss());
  EXPECT_TRUE(messages.empty());
}

TEST_P(Logs, AFailureThatAnOldValueHides) {
  listen(GC_LOG_WARNING);
  const Options fail_safe(Settings{.fail_safe_ms = 60'000});
  ASSERT_TRUE(fetch(cache, gens, args, gives("old"), fail_safe.get()).hit());
  ASSERT_TRUE(cache.invalidate_soft(gens, args).ok());
  EXPECT_TRUE(messages.empty());
  EXPECT_TRUE(fetch(cache, gens, args, fails_with(1), fail_safe.get()).stale());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_NE(messages[0].second.find("nav,portal:user_id=1|page=\"home\""), std::string::npos) << messages[0].second;
  EXPECT_EQ(fetch(cache, gens, args, fails_with(1)).status, GC_ERR_ORIGIN);
  EXPECT_EQ(messages.size(), 1U) << "whoever gets the error has heard of it";
}

// A server that goes away and comes back, as the log tells it.
TEST(LogOfServers, AwayAndBack) {
  MemcachedServer server;
  Cache cache(server.url("timeout_ms=300"));
  std::vector<std::pair<int32_t, std::string>> messages;
  gc_set_log(
      cache.handle(),
      [](void *payload, int32_t told, const char *message) {
        static_cast<std::vector<std::pair<int32_t, std::string>> *>(payload)->emplace_back(told, message);
      },
      &messages, GC_LOG_INFO);
  const auto told = [&](int32_t level) {
    for (const auto &[at, message] : messages) {
      if (at == level && message.find(server.address()) != std::string::npos) return true;
    }
    return false;
  };
  ASSERT_TRUE(cache.set({"nav"}, {}, "value").ok());
  EXPECT_TRUE(messages.empty());
  server.stop();
  EXPECT_EQ(cache.get({"nav"}).status, GC_ERR_UNAVAILABLE);
  EXPECT_TRUE(told(GC_LOG_WARNING));
  EXPECT_FALSE(told(GC_LOG_ERROR));
  EXPECT_EQ(cache.invalidate("nav").status, GC_ERR_UNAVAILABLE);
  EXPECT_TRUE(told(GC_LOG_ERROR));
  EXPECT_FALSE(told(GC_LOG_INFO));
  const size_t before = messages.size();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(cache.get({"nav"}).status, GC_ERR_UNAVAILABLE);
  EXPECT_LT(messages.size() - before, 20U) << "each call that did not even ask the server is told of";
  server.cont();
  EXPECT_TRUE(eventually([&] { return cache.get({"nav"}).status >= 0; }));
  EXPECT_TRUE(told(GC_LOG_INFO));
}

GENCACHE_ON_EVERY_STORE(Explain);
GENCACHE_ON_EVERY_STORE(Logs);

}  // namespace
}  // namespace gencache::test
