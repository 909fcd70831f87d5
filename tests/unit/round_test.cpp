// One round for many values: who is asked for what, and whose answer is whose.
#include "round.h"

#include <gtest/gtest.h>

#include <map>

namespace gencache::core {
namespace {

// Three servers that note what they are told, and say what they were given.
class Servers : public Store {
 public:
  struct Told {
    std::size_t server = 0;
    std::vector<std::string> names;
    std::vector<std::string> added;
  };

  std::map<std::pair<std::size_t, std::string>, std::string> items;
  std::optional<std::size_t> away;
  std::vector<Told> told;
  std::vector<Exchange::Write> writes;

  std::size_t server_count() const override { return 3; }
  void exchange(std::span<Exchange> exchanges, Deadline) override {
    for (Exchange &exchange : exchanges) answer(exchange);
  }

  std::string server_name(std::size_t) const override { return {}; }
  std::size_t route(std::string_view) const override { return 0; }
  std::size_t item_limit() const override { return 0; }
  Answer read(std::size_t, const Key &, const StampNames &, Snapshot &, Deadline) override { return {}; }
  Answer plant(std::size_t, const StampNames &, LeasedStamps &, Deadline) override { return {}; }
  Answer write(std::size_t, std::string_view, std::string_view, Expiry, Deadline) override { return {}; }
  Answer erase(std::size_t, std::string_view, Deadline) override { return {}; }
  void replace(std::span<Invalidation>, Deadline) override {}
  void abandon() override {}

 private:
  void answer(Exchange &exchange) {
    Told &note = told.emplace_back();
    note.server = exchange.server;
    for (const Exchange::Write &write : exchange.writes) {
      note.added.emplace_back(write.name);
      writes.push_back(write);
    }
    for (const std::string_view name : exchange.names) {
      note.names.emplace_back(name);
      const auto item = items.find({exchange.server, std::string(name)});
      Exchange::Item &found = exchange.items.emplace_back();
      if (item == items.end()) continue;
      const auto copy = std::make_shared<const std::string>(item->second);
      found.view = *copy;
      found.block = exchange.memory.size();
      exchange.memory.push_back(copy);
    }
    if (exchange.server == away) exchange.answer = {GC_ERR_UNAVAILABLE, "away"};
  }
};

Key key_of(std::int64_t id, std::vector<const char *> generations = {"nav", "row:id"}) {
  const gc_arg arg = gc_int("id", id);
  return {"gc", parse_generations(generations.data(), generations.size()), parse_arguments(&arg, 1)};
}

struct Found {
  gc_status status = GC_OK;
  std::string value;
  Bytes bytes;
  Stamps stamps;
  std::vector<std::int64_t> softened_ms;
  std::optional<Stamp> lock;
};

class Rounds : public testing::Test {
 protected:
  Servers servers;
  std::vector<Asked> asked;
  std::vector<Key> keys;

  void SetUp() override { keys.reserve(100); }
  Asked &want(std::size_t server, const Key &key) {
    keys.push_back(key);
    Asked &each = asked.emplace_back();
    each.server = server;
    each.key = &keys.back();
    return each;
  }
  std::vector<Found> ask_all(Memory *memory = nullptr) {
    std::vector<Found> all;
    Round round(servers, asked.size());
    for (const Asked &each : asked) round.write_down(each);
    round.send({});
    if (memory != nullptr) round.give_memory_to(*memory);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      Heard &heard = round.hear(i);
      Found &found = all.emplace_back();
      found.status = heard.answer->status;
      found.lock = heard.lock;
      if (!heard.answer->ok()) continue;
      if (heard.snapshot.value) {
        found.value = heard.snapshot.value->view;
        found.bytes = *heard.snapshot.value;
      }
      found.stamps = heard.snapshot.stamps;
      found.softened_ms.assign(heard.snapshot.softened_ms.begin(), heard.snapshot.softened_ms.end());
    }
    return all;
  }
};

using Texts = std::vector<std::string>;

TEST_F(Rounds, OfNothing) {
  EXPECT_TRUE(ask_all().empty());
  EXPECT_TRUE(servers.told.empty());
}

TEST_F(Rounds, OneMessageToEachServerAndASharedStampOnce) {
  want(2, key_of(1));
  want(0, key_of(2));
  want(2, key_of(3));
  want(2, key_of(1));
  ask_all();
  ASSERT_EQ(servers.told.size(), 2U) << "and none to the server that has nothing";
  EXPECT_EQ(servers.told[0].server, 2U);
  EXPECT_EQ(servers.told[0].names, (Texts{"gc/nav,row:id=1", "gc:", "gc:nav", "gc:row:id=1", "gc/nav,row:id=3",
                                          "gc:row:id=3", "gc/nav,row:id=1"}));
  EXPECT_EQ(servers.told[1].server, 0U);
  EXPECT_EQ(servers.told[1].names, (Texts{"gc/nav,row:id=2", "gc:", "gc:nav", "gc:row:id=2"}));
  for (const Servers::Told &each : servers.told) EXPECT_TRUE(each.added.empty());
}

TEST_F(Rounds, EachGetsItsOwn) {
  for (std::int64_t i = 0; i < 6; ++i) {
    const auto server = static_cast<std::size_t>(i % 3);
    const std::string row = "row:id=" + std::to_string(i);
    servers.items[{server, "gc/nav," + row}] = "value " + std::to_string(i);
    servers.items[{server, "gc:" + row}] = encode(Stamp{100 + static_cast<std::uint64_t>(i)}, i);
    servers.items[{server, "gc:nav"}] = encode(Stamp{server});
    want(server, key_of(i));
  }
  const auto found = ask_all();
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(found[i].value, "value " + std::to_string(i));
    EXPECT_EQ(found[i].stamps, (Stamps{std::nullopt, Stamp{i % 3}, Stamp{100 + i}}));
    EXPECT_EQ(found[i].softened_ms, (std::vector<std::int64_t>{0, 0, static_cast<std::int64_t>(i)}));
  }
}

// Alone, each value has an owner; together, they may share the memory that holds them all.
TEST_F(Rounds, TheValuesLiveWithTheirOwnerOrInTheMemoryGiven) {
  for (std::int64_t i = 0; i < 3; ++i) {
    servers.items[{0, "gc/nav,row:id=" + std::to_string(i)}] = std::string(100, static_cast<char>('a' + i));
    want(0, key_of(i));
  }
  const auto alone = ask_all();
  Memory memory;
  const auto together = ask_all(&memory);
  EXPECT_FALSE(memory.empty());
  servers.items.clear();
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NE(alone[i].bytes.owner, nullptr);
    EXPECT_EQ(alone[i].bytes.view, std::string(100, static_cast<char>('a' + i)));
    EXPECT_EQ(together[i].bytes.view, alone[i].bytes.view);
  }
}

TEST_F(Rounds, FurtherStampsComeBehind) {
  StampNames more;
  for (const char *name : {"gc:author=7", "gc:nav"}) {
    more.buffer() += name;
    more.end();
  }
  servers.items[{0, "gc:author=7"}] = encode(Stamp{7});
  servers.items[{0, "gc:nav"}] = encode(Stamp{1});
  want(0, key_of(1, {"nav"})).more = &more;
  want(0, key_of(2, {"nav"}));
  const auto found = ask_all();
  EXPECT_EQ(found[0].stamps, (Stamps{std::nullopt, Stamp{1}, Stamp{7}, Stamp{1}}));
  EXPECT_EQ(found[1].stamps, (Stamps{std::nullopt, Stamp{1}}));
}

TEST_F(Rounds, PlantsOnceWhatIsAskedForOnce) {
  want(0, key_of(1)).plants = true;
  want(0, key_of(2)).plants = true;
  ask_all();
  EXPECT_EQ(servers.told[0].added, (Texts{"gc:", "gc:nav", "gc:row:id=1", "gc:row:id=2"}));
}

TEST_F(Rounds, TheLockIsAskedForWithItsToken) {
  Asked &each = want(1, key_of(1));
  const std::string lock = each.key->lock();
  each.lock = lock;
  each.token = Stamp{42};
  each.lock_lifetime = Expiry(10);
  servers.items[{1, lock}] = encode(Stamp{43});
  want(1, key_of(2));
  const auto found = ask_all();
  ASSERT_EQ(servers.writes.size(), 1U);
  EXPECT_EQ(servers.told[0].added, Texts{lock});
  EXPECT_EQ(servers.told[0].names[0], lock) << "before the value: a lock is given back after the value was stored";
  EXPECT_TRUE(servers.writes[0].is_token);
  EXPECT_EQ(servers.writes[0].stamp, Stamp{42});
  EXPECT_EQ(servers.writes[0].expiry, Expiry(10));
  EXPECT_EQ(found[0].lock, Stamp{43});
  EXPECT_FALSE(found[1].lock);
}

TEST_F(Rounds, WhatAServerThatFailedSaidIsNotBelieved) {
  for (const std::size_t server : {0U, 1U}) {
    servers.items[{server, "gc/nav|id=1"}] = "value";
    servers.items[{server, "gc:nav"}] = encode(Stamp{1});
    want(server, key_of(1, {"nav"}));
  }
  servers.away = 0;
  const auto found = ask_all();
  EXPECT_EQ(found[0].status, GC_ERR_UNAVAILABLE);
  EXPECT_FALSE(found[0].lock);
  EXPECT_EQ(found[1].status, GC_OK);
  EXPECT_EQ(found[1].value, "value");
}

TEST_F(Rounds, WhatHasAnErrorAlreadyIsNotSent) {
  for (const std::size_t server : {0U, 1U, 2U}) {
    servers.items[{server, "gc/nav|id=1"}] = "value " + std::to_string(server);
    want(server, key_of(1, {"nav"}));
  }
  Round round(servers, asked.size());
  for (const Asked &each : asked) round.write_down(each);
  round.exchanges()[1].answer = {GC_ERR_REFUSED, "owed"};
  round.send({});
  ASSERT_EQ(servers.told.size(), 2U);
  EXPECT_EQ(round.hear(0).snapshot.value->view, "value 0");
  EXPECT_EQ(round.hear(1).answer->detail, "owed");
  EXPECT_EQ(round.hear(2).snapshot.value->view, "value 2");
}

}  // namespace
}  // namespace gencache::core
