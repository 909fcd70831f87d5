// Bound caches: generations, parameters, defaults and options given once.
#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class BoundCache : public EveryCache {
 protected:
  Bound pages = cache.bind({"nav", "portal:user_id"}, {param("user_id"), arg("page", "home")}, {.ttl = 5min});
  int computed = 0;
  std::string page(int user_id) {
    return pages.fetch(args(user_id), [&] { return "page " + std::to_string(++computed); });
  }
};

TEST_P(BoundCache, ByNameByPositionAndByDefault) {
  pages.set({arg("user_id", 1)}, "one");
  EXPECT_EQ(*pages.get<std::string>(args(1)), "one");
  EXPECT_EQ(*pages.get<std::string>(args(1, "home")), "one");
  EXPECT_EQ(*pages.get<std::string>({arg("page", "home"), arg("user_id", 1)}), "one");
  EXPECT_FALSE(pages.get<std::string>(args(1, "news")));
  EXPECT_THROW((void)pages.get<std::string>({}), ArgumentError);
}

TEST_P(BoundCache, GetThenFillWithItsOptions) {
  auto entry = pages.get<int>(args(1));
  cache.invalidate("nav");
  EXPECT_TRUE(entry.fill(1));
  entry = pages.get<int>(args(1));
  EXPECT_EQ(entry.generation(), "nav");
  EXPECT_TRUE(entry.fill(2));
  entry = pages.get<int>(args(1));
  EXPECT_EQ(*entry, 2);
  EXPECT_LE(entry.remaining(), 5min);
  EXPECT_NE(entry.remaining(), std::nullopt);
}

TEST_P(BoundCache, Fetch) {
  EXPECT_EQ(page(1), "page 1");
  EXPECT_EQ(page(1), "page 1");
  EXPECT_EQ(page(2), "page 2");
  pages.invalidate(args(1));
  EXPECT_EQ(page(1), "page 3");
  EXPECT_EQ(page(2), "page 2");
  pages.invalidate();
  EXPECT_EQ(page(2), "page 4") << "nav, the static one";
  pages.erase(args(2));
  EXPECT_EQ(page(2), "page 5");
  EXPECT_THROW(pages.invalidate({arg("page", "home")}), ArgumentError) << "names no generation";
}

TEST_P(BoundCache, ItsOptionsOrOthers) {
  const auto compute = [] { return 1; };
  EXPECT_LE(pages.fetch_entry(args(1), compute).reason(), Reason::absent);
  EXPECT_LE(pages.get<int>(args(1)).remaining(), 5min);
  pages.fetch(args(2), compute, {.ttl = 1h});
  EXPECT_GT(pages.get<int>(args(2)).remaining(), 5min);
  pages.set(args(3), 3, {.ttl = 1h});
  EXPECT_GT(pages.get<int>(args(3)).remaining(), 5min);
}

TEST_P(BoundCache, AValueOfAnotherTypeIsComputedAnew) {
  pages.set(args(1), 7);
  EXPECT_EQ(page(1), "page 1");
  EXPECT_NE(pages.get<std::string>(args(1)).remaining(), std::nullopt) << "by the options of the bound cache";
}

TEST_P(BoundCache, Many) {
  const std::vector<int> ids{1, 2, 3};
  const auto calls = each("user_id", ids);
  pages.set(args(2), 20);
  const auto found = pages.fetch_many<int>(calls, [&](std::span<Gap<int>> gaps) {
    EXPECT_EQ(gaps.size(), 2U);
    for (auto &gap : gaps) gap.fill(10 * ids[gap.index()]);
  });
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(*found[i], 10 * ids[i]);
  for (const auto &entry : pages.get_many<int>(calls)) EXPECT_EQ(entry.reason(), Reason::hit);
}

TEST_P(BoundCache, MayOutliveItsCache) {
  { const Cache closed = std::move(cache); }
  EXPECT_EQ(page(1), "page 1");
  EXPECT_EQ(page(1), "page 1");
}

TEST_P(BoundCache, AGenerationNeedsItsParameter) {
  EXPECT_THROW((void)cache.bind("portal:user_id", {param("page")}), ArgumentError);
}

GENCACHE_CPP_ON_EVERY_STORE(BoundCache);

}  // namespace
}  // namespace gencache::cpp_test
