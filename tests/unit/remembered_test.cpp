// What is remembered of values with extra generations, and what is forgotten.
#include "remembered.h"

#include <gtest/gtest.h>

#include <thread>

namespace gencache::core {
namespace {

Key key_of(std::int64_t page, const char *prefix = "gc") {
  const char *const nav = "nav";
  const gc_arg arg = gc_int("page", page);
  return {prefix, parse_generations(&nav, 1), parse_arguments(&arg, 1)};
}

TEST(Remembered, NothingAtFirst) {
  Remembered remembered;
  EXPECT_EQ(remembered.find(key_of(1)), nullptr);
  EXPECT_EQ(remembered.learn(key_of(1), {}), nullptr);
  EXPECT_EQ(remembered.find(key_of(1)), nullptr);
}

TEST(Remembered, ExtrasAndWhereTheirStampsStand) {
  Remembered remembered;
  const std::string large(300, 'x');
  const auto learnt = remembered.learn(key_of(1, "shop"), {"author:id=7", large});
  ASSERT_NE(learnt, nullptr);
  EXPECT_EQ(learnt->extras, (Extras{"author:id=7", large}));
  ASSERT_EQ(learnt->stamps.size(), 2U);
  EXPECT_EQ(learnt->stamps[0], "shop:author:id=7");
  EXPECT_EQ(learnt->stamps[1], stamp_name("shop", large));
  EXPECT_EQ(remembered.find(key_of(1, "shop")), learnt);
  EXPECT_EQ(remembered.find(key_of(2, "shop")), nullptr);
}

TEST(Remembered, TheLatestCounts) {
  Remembered remembered;
  const auto first = remembered.learn(key_of(1), {"a"});
  const auto second = remembered.learn(key_of(1), {"b", "c"});
  EXPECT_EQ(remembered.find(key_of(1)), second);
  EXPECT_EQ(first->extras, Extras{"a"}) << "whoever has it reads it in peace";
  EXPECT_EQ(remembered.learn(key_of(1), {}), nullptr);
  EXPECT_EQ(remembered.find(key_of(1)), nullptr);
}

TEST(Remembered, TheLeastRecentlyUsedIsForgotten) {
  Remembered remembered;
  constexpr auto most = static_cast<std::int64_t>(Remembered::most_values);
  for (std::int64_t i = 0; i < most; ++i) remembered.learn(key_of(i), {"extra"});
  EXPECT_NE(remembered.find(key_of(0)), nullptr);
  remembered.learn(key_of(most), {"extra"});
  EXPECT_NE(remembered.find(key_of(0)), nullptr) << "it was used";
  EXPECT_EQ(remembered.find(key_of(1)), nullptr);
  EXPECT_NE(remembered.find(key_of(2)), nullptr);
  EXPECT_NE(remembered.find(key_of(most)), nullptr);
}

TEST(Remembered, ManyThreads) {
  Remembered remembered;
  std::vector<std::thread> threads;
  for (std::int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::int64_t i = 0; i < 2000; ++i) {
        const Key key = key_of(i % 7);
        if (i % 3 == t % 3) {
          remembered.learn(key, i % 5 == 0 ? Extras{} : Extras{"a", std::to_string(i)});
        } else if (const auto known = remembered.find(key)) {
          EXPECT_EQ(known->extras.size(), known->stamps.size());
        }
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

}  // namespace
}  // namespace gencache::core
