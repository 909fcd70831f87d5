// What a server loses behind our back: stamps, values, everything. It can only turn hits into misses.
#include <string>

#include "pool.h"

namespace gencache::test {
namespace {

class Loss : public Pool {
 protected:
  Cache cache = start(1);
  const MemcachedServer &server = servers.front();

  // Items of `size` bytes until the least recently used are gone.
  void flood(size_t size, int items) {
    const std::string item(size, 'x');
    for (int done = 0; done < items;) {
      std::string requests;
      for (int i = 0; i < 1000 && done < items; ++i, ++done) {
        requests +=
            "set flood" + std::to_string(done) + " 0 0 " + std::to_string(size) + " noreply\r\n" + item + "\r\n";
      }
      server.command(requests + "version\r\n");
    }
  }
};

TEST_F(Loss, AStampIsDeleted) {
  ASSERT_TRUE(cache.set({"nav", "blog"}, {}, "value").ok());
  ASSERT_TRUE(server.remove("gc:nav"));
  const Got got = cache.get({"nav", "blog"});
  EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << got.summary();
  EXPECT_EQ(got.entry.generation(), "nav");
  ASSERT_TRUE(fill(got.entry, "new").ok());
  EXPECT_EQ(cache.get({"nav", "blog"}).data(), "new");
}

TEST_F(Loss, TheRootsStampIsDeleted) {
  ASSERT_TRUE(cache.set(nav, {}, "value").ok());
  ASSERT_TRUE(server.remove("gc:"));
  const Got got = cache.get(nav);
  EXPECT_EQ(got.entry.reason(), GC_REASON_CLEARED) << got.summary();
  ASSERT_TRUE(fill(got.entry, "new").ok());
  EXPECT_EQ(cache.get(nav).data(), "new");
}

TEST_F(Loss, AStampIsDeletedAndMadeAgainByAnotherLease) {
  ASSERT_TRUE(cache.set(nav, page(1), "value").ok());
  const Got before = cache.get(nav, page(2));
  ASSERT_TRUE(server.remove("gc:nav"));
  ASSERT_TRUE(cache.set(nav, page(3), "later").ok());
  EXPECT_EQ(cache.get(nav, page(1)).entry.reason(), GC_REASON_INVALIDATED);
  ASSERT_TRUE(fill(before.entry, "leased before").ok());
  EXPECT_EQ(cache.get(nav, page(2)).entry.reason(), GC_REASON_INVALIDATED);
  EXPECT_EQ(cache.get(nav, page(3)).data(), "later");
}

TEST_F(Loss, AStampIsInvalidatedDeletedAndMadeAgain) {
  ASSERT_TRUE(cache.set(nav, {}, "old").ok());
  ASSERT_TRUE(cache.invalidate("nav").ok());
  ASSERT_TRUE(server.remove("gc:nav"));
  ASSERT_TRUE(cache.invalidate("nav").ok()) << "what is not there needs no invalidation";
  EXPECT_EQ(cache.get(nav).entry.reason(), GC_REASON_INVALIDATED);
}

TEST_F(Loss, AStampIsUnreadable) {
  const std::string good = [&] {
    EXPECT_TRUE(cache.set(nav, {}, "value").ok());
    return server.get("gc:nav").value_or("");
  }();
  for (const std::string &bad : {std::string(), good.substr(1), good + "x", std::string("not a stamp"), good + good,
                                 std::string(100'000, 's')}) {
    ASSERT_TRUE(cache.set(nav, {}, "value").ok());
    server.set("gc:nav", bad);
    const Got got = cache.get(nav);
    EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << got.summary();
    EXPECT_EQ(got.entry.generation(), "nav");
    ASSERT_TRUE(cache.invalidate("nav").ok());
    ASSERT_TRUE(cache.set(nav, {}, "new").ok());
    EXPECT_EQ(cache.get(nav).data(), "new") << "an invalidation heals it";
  }
}

TEST_F(Loss, Everything) {
  for (int64_t i = 0; i < 10; ++i) ASSERT_TRUE(cache.set(nav, page(i), "old").ok());
  const Got lease = cache.get(nav, page(10));
  server.flush_all();
  for (int64_t i = 0; i < 10; ++i) EXPECT_TRUE(cache.get(nav, page(i)).miss());
  ASSERT_TRUE(fill(lease.entry, "leased before").ok());
  EXPECT_TRUE(cache.get(nav, page(10)).miss());
  for (int64_t i = 0; i < 10; ++i) ASSERT_TRUE(cache.set(nav, page(i), "new").ok());
  for (int64_t i = 0; i < 10; ++i) EXPECT_EQ(cache.get(nav, page(i)).data(), "new");
}

TEST_F(Loss, TheValueIsDeleted) {
  ASSERT_TRUE(cache.set(nav, {}, "value").ok());
  ASSERT_TRUE(server.remove(cache.explained("wire", nav)));
  EXPECT_EQ(cache.get(nav).entry.reason(), GC_REASON_ABSENT);
}

class Eviction : public Loss {
 protected:
  Eviction() {
    servers.clear();
    cache = start(1, {"-m", "8"});
  }
};

TEST_F(Eviction, OfTheValue) {
  ASSERT_TRUE(cache.set(nav, {}, std::string(1000, 'v')).ok());
  flood(1000, 20'000);
  ASSERT_GT(server.stat("evictions"), 0);
  const Got got = cache.get(nav);
  EXPECT_EQ(got.entry.reason(), GC_REASON_ABSENT) << got.summary();
  ASSERT_TRUE(fill(got.entry, "new").ok());
  EXPECT_EQ(cache.get(nav).data(), "new");
}

TEST_F(Eviction, OfTheStamps) {
  ASSERT_TRUE(cache.set(nav, {}, std::string(1000, 'v')).ok());
  flood(8, 200'000);
  ASSERT_FALSE(server.get("gc:nav").has_value()) << "the flood was too small";
  const Got got = cache.get(nav);
  EXPECT_TRUE(got.miss());
  EXPECT_TRUE(cache.invalidate("nav").ok());
  ASSERT_TRUE(cache.set(nav, {}, "new").ok());
  EXPECT_EQ(cache.get(nav).data(), "new");
}

}  // namespace
}  // namespace gencache::test
