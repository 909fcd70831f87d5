// What a server has missed: bounded, and forgotten only as far as it was delivered.
#include "debt.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gencache::core {
namespace {

const StampNames root = root_stamp("gc");

StampNames names(std::initializer_list<std::string> list) {
  StampNames all;
  for (const std::string &name : list) {
    all.buffer() += name;
    all.end();
  }
  return all;
}

StampNames numbered(std::size_t from, std::size_t to) {
  StampNames all;
  for (std::size_t i = from; i < to; ++i) {
    all.buffer() += "gc:" + std::to_string(i);
    all.end();
  }
  return all;
}

std::string owed(const Debt &debt) {
  std::string all;
  const Debt::Demand demand = debt.demand();
  for (std::size_t i = 0; i < demand.names.size(); ++i) all.append(demand.names[i]).append(" ");
  return all;
}

TEST(Debt, NoneAtFirst) {
  const Debt debt;
  EXPECT_FALSE(debt.is_owed());
  EXPECT_EQ(debt.demand().names.size(), 0U);
}

TEST(Debt, EachNameOnce) {
  Debt debt;
  debt.add(names({"gc:b", "gc:a"}), root);
  debt.add(names({"gc:b", "gc:c"}), root);
  EXPECT_TRUE(debt.is_owed());
  EXPECT_EQ(owed(debt), "gc:a gc:b gc:c ");
}

TEST(Debt, SettledInFull) {
  Debt debt;
  debt.add(names({"gc:a"}), root);
  debt.settle(debt.demand().moment);
  EXPECT_FALSE(debt.is_owed());
  EXPECT_EQ(owed(debt), "");
}

TEST(Debt, WhatCameLaterStays) {
  Debt debt;
  debt.add(names({"gc:a", "gc:b"}), root);
  const Debt::Demand demand = debt.demand();
  debt.add(names({"gc:c"}), root);
  debt.settle(demand.moment);
  EXPECT_TRUE(debt.is_owed());
  EXPECT_EQ(owed(debt), "gc:c ");
}

TEST(Debt, ANameThatIsClaimedAgainStays) {
  Debt debt;
  debt.add(names({"gc:a", "gc:b"}), root);
  const Debt::Demand demand = debt.demand();
  debt.add(names({"gc:a"}), root);
  debt.settle(demand.moment);
  EXPECT_EQ(owed(debt), "gc:a ");
  debt.settle(demand.moment);
  EXPECT_EQ(owed(debt), "gc:a ");
}

TEST(Debt, PastTheMostTheRootStandsForAll) {
  Debt debt;
  debt.add(numbered(0, Debt::most_names), root);
  EXPECT_EQ(debt.demand().names.size(), Debt::most_names);
  debt.add(numbered(0, Debt::most_names), root);
  EXPECT_EQ(debt.demand().names.size(), Debt::most_names);
  debt.add(names({"gc:one more"}), root);
  EXPECT_EQ(owed(debt), "gc: ");
}

TEST(Debt, BoundedHoweverMuchIsMissed) {
  Debt debt;
  for (std::size_t i = 0; i < 10; ++i) {
    debt.add(numbered(i * 700, (i + 1) * 700), root);
    EXPECT_LE(debt.demand().names.size(), Debt::most_names);
  }
}

TEST(Debt, TheRootIsNotSettledByAnEarlierDelivery) {
  Debt debt;
  debt.add(names({"gc:a"}), root);
  const Debt::Demand demand = debt.demand();
  debt.add(numbered(0, Debt::most_names), root);
  debt.settle(demand.moment);
  EXPECT_EQ(owed(debt), "gc: ");
  debt.settle(debt.demand().moment);
  EXPECT_FALSE(debt.is_owed());
}

TEST(Debt, NothingIsLostBetweenThreads) {
  Debt debt;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&debt, t] {
      for (std::size_t i = t * 100; i < (t + 1) * 100; ++i) {
        debt.add(numbered(i, i + 1), root);
        if (i % 10 == 0) debt.settle(0);  // delivers nothing
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(debt.demand().names.size(), 400U);
}

}  // namespace
}  // namespace gencache::core
