// Many values at once.
#include <numeric>
#include <ranges>
#include <stdexcept>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

class Many : public EveryCache {
 protected:
  std::vector<int> ids = std::vector<int>(20);
  std::vector<std::vector<std::size_t>> asked;  // the indexes of each computation

  void SetUp() override { std::iota(ids.begin(), ids.end(), 1); }
  std::vector<Entry<User>> users(const Options &options = {}) {
    const auto load = [&](std::span<Gap<User>> gaps) {
      asked.emplace_back();
      for (auto &gap : gaps) {
        asked.back().push_back(gap.index());
        gap.fill(User{ids[gap.index()], "name", {}});
      }
    };
    return cache.fetch_many<User>({"users", "user:id"}, each("id", ids), load, options);
  }
  void expect_all(const std::vector<Entry<User>> &found) const {
    ASSERT_EQ(found.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      ASSERT_TRUE(found[i]) << i;
      EXPECT_EQ(found[i]->id, ids[i]);
    }
  }
};

TEST_P(Many, GetThenFill) {
  auto entries = cache.get_many<int>("user:id", each("id", ids));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(entries[i].reason(), Reason::absent);
    EXPECT_EQ(entries[i].key(), "user:id=" + std::to_string(ids[i]));
    if (i % 2 == 0) {
      EXPECT_TRUE(entries[i].fill(ids[i]));
    }
  }
  entries = cache.get_many<int>("user:id", each("id", ids));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(static_cast<bool>(entries[i]), i % 2 == 0);
    if (entries[i]) {
      EXPECT_EQ(*entries[i], ids[i]);
    }
  }
}

TEST_P(Many, NoneAtAll) {
  EXPECT_TRUE(cache.get_many<int>("user:id", each("id", std::vector<int>())).empty());
  ids.clear();
  EXPECT_TRUE(users().empty());
  EXPECT_TRUE(asked.empty());
}

TEST_P(Many, FetchComputesWhatIsMissingAllAtOnce) {
  expect_all(users());
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].size(), ids.size());
  expect_all(users());
  EXPECT_EQ(asked.size(), 1U);
  cache.invalidate("user:id", {arg("id", 3)});
  cache.invalidate("user:id", {arg("id", 5)});
  expect_all(users());
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1], (std::vector<std::size_t>{2, 4}));
}

TEST_P(Many, WhatIsInvalidatedMeanwhileIsAMiss) {
  const auto load = [&](std::span<Gap<int>> gaps) {
    cache.invalidate("users");
    for (auto &gap : gaps) gap.fill(1);
  };
  for (const auto &entry : cache.fetch_many<int>({"users", "user:id"}, each("id", ids), load)) EXPECT_EQ(*entry, 1);
  for (const auto &entry : cache.get_many<int>({"users", "user:id"}, each("id", ids))) EXPECT_FALSE(entry);
}

TEST_P(Many, GapsMayBeLeft) {
  const auto load = [&](std::span<Gap<int>> gaps) {
    for (auto &gap : gaps) {
      if (gap.index() != 1) gap.fill(ids[gap.index()]);
    }
  };
  const auto found = cache.fetch_many<int>("user:id", each("id", ids), load);
  EXPECT_TRUE(found[0]);
  EXPECT_FALSE(found[1]);
}

TEST_P(Many, GapsDependOnMore) {
  const auto load = [](std::span<Gap<int>> gaps) {
    for (auto &gap : gaps) {
      gap.depend("author:id", {arg("id", 7)});
      gap.fill(1);
    }
  };
  (void)cache.fetch_many<int>("book:id", each("id", ids), load);
  cache.invalidate("author:id", {arg("id", 7)});
  for (const auto &entry : cache.get_many<int>("book:id", each("id", ids)))
    EXPECT_EQ(entry.generation(), "author:id=7");
}

TEST_P(Many, WhatTheComputationThrowsComesOutUntouched) {
  const auto broken = [](std::span<Gap<int>>) { throw std::domain_error("the database is away"); };
  EXPECT_THROW((void)cache.fetch_many<int>("user:id", each("id", ids), broken), std::domain_error);
}

TEST_P(Many, AnyArguments) {
  const std::vector<std::vector<gc_arg>> calls{{arg("id", 1)}, {arg("id", 1), arg("page", "home")}};
  const auto found = cache.fetch_many<std::string>("user:id", calls, [](std::span<Gap<std::string>> gaps) {
    for (auto &gap : gaps) gap.fill(std::to_string(gap.index()));
  });
  EXPECT_EQ(*cache.get<std::string>("user:id", {arg("id", 1), arg("page", "home")}), "1");
  EXPECT_EQ(found[1].key(), "user:id=1|page=\"home\"");
}

TEST_P(Many, ArgumentsThatAViewMakes) {
  const auto calls = ids | std::views::transform([](int id) { return args(arg("id", id), arg("page", "home")); });
  const auto found = cache.get_many<int>("user:id", calls);
  ASSERT_EQ(found.size(), ids.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].key(), "user:id=" + std::to_string(ids[i]) + "|page=\"home\"");
  }
}

TEST_P(Many, BadInput) {
  EXPECT_THROW((void)cache.get_many<int>("user:other", each("id", ids)), ArgumentError);
  cache.set("user:id", {arg("id", 3)}, "text");
  EXPECT_THROW((void)cache.get_many<int>("user:id", each("id", ids)), TypeError);
}

GENCACHE_CPP_ON_EVERY_STORE(Many);

}  // namespace
}  // namespace gencache::cpp_test
