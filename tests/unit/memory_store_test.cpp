// The embedded store: values, stamps, bounds, and what leaves first.
#include "memory_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/net.h"

namespace gencache::core {
namespace {

constexpr std::size_t small = 64 << 10U;  // one shard
constexpr Expiry never{0};

Key key(const std::string &generation, const std::string &prefix = "gc") {
  const char *declared = generation.c_str();
  return {prefix, parse_generations(&declared, 1), {}};
}

// The store with its one server, and no deadlines.
class Memory {
 public:
  explicit Memory(std::size_t capacity) : store_(capacity) {}

  Snapshot read(const Key &key) {
    Snapshot snapshot;
    EXPECT_TRUE(store_.read(0, key, StampNames(), snapshot, {}).ok());
    return snapshot;
  }
  std::string value(const std::string &name) {
    const Snapshot snapshot = read(key(name));
    return snapshot.value ? std::string(snapshot.value->view) : "absent";
  }
  void write(const std::string &name, std::string_view data, Expiry expiry = never) {
    EXPECT_TRUE(store_.write(0, key(name).wire(), data, expiry, {}).ok());
  }
  void write_raw(std::string_view wire, std::string_view data) {
    EXPECT_TRUE(store_.write(0, wire, data, never, {}).ok());
  }
  void erase(const std::string &name) { EXPECT_TRUE(store_.erase(0, key(name).wire(), {}).ok()); }
  LeasedStamps plant(const Key &key) {
    LeasedStamps stamps;
    EXPECT_TRUE(store_.plant(0, key.stamps(), stamps, {}).ok());
    return stamps;
  }
  void replace(const StampNames &names) {
    Invalidation invalidation{0, names, false, {}};
    store_.replace({&invalidation, 1}, {});
    EXPECT_TRUE(invalidation.answer.ok());
  }
  std::size_t item_limit() const { return store_.item_limit(); }

 private:
  MemoryStore store_;
};

TEST(MemoryStore, OneServer) {
  MemoryStore store(small);
  EXPECT_EQ(store.server_count(), 1U);
  EXPECT_EQ(store.server_name(0), "memory");
  EXPECT_EQ(store.route("any"), 0U);
  store.abandon();
}

TEST(MemoryStore, Values) {
  Memory store(small);
  EXPECT_EQ(store.value("a"), "absent");
  store.write("a", "one");
  store.write("b", std::string_view("\0", 1));
  store.write("c", "");
  EXPECT_EQ(store.value("a"), "one");
  EXPECT_EQ(store.value("b"), std::string(1, '\0'));
  EXPECT_EQ(store.value("c"), "");
  store.write("a", "two");
  EXPECT_EQ(store.value("a"), "two");
  store.erase("a");
  store.erase("a");
  EXPECT_EQ(store.value("a"), "absent");
}

TEST(MemoryStore, AValueOutlivesItsItem) {
  Memory store(small);
  store.write("a", "one");
  const Snapshot snapshot = store.read(key("a"));
  store.write("a", "two");
  store.erase("a");
  EXPECT_EQ(snapshot.value->view, "one");
}

TEST(MemoryStore, StampsArePlantedOnce) {
  Memory store(small);
  const Snapshot before = store.read(key("nav"));
  ASSERT_EQ(before.stamps.size(), 2U);
  EXPECT_FALSE(before.stamps[0] || before.stamps[1]);

  const LeasedStamps planted = store.plant(key("nav"));
  ASSERT_EQ(planted.size(), 2U);
  EXPECT_NE(planted[0], planted[1]);
  EXPECT_EQ(store.plant(key("nav")), planted);
  const Snapshot after = store.read(key("nav"));
  EXPECT_EQ(after.stamps[0], planted[0]);
  EXPECT_EQ(after.stamps[1], planted[1]);
  EXPECT_EQ(store.plant(key("blog"))[0], planted[0]) << "the root is everybody's";
  EXPECT_NE(store.plant(key("nav", "shop"))[0], planted[0]) << "of one namespace";
}

TEST(MemoryStore, ReplaceChangesWhatIsThereAndNothingElse) {
  Memory store(small);
  const LeasedStamps planted = store.plant(key("nav"));
  StampNames both;
  for (const char *name : {"gc:nav", "gc:blog"}) {
    both.buffer() += name;
    both.end();
  }
  store.replace(both);
  const Snapshot after = store.read(key("nav"));
  EXPECT_EQ(after.stamps[0], planted[0]);
  EXPECT_TRUE(after.stamps[1]);
  EXPECT_NE(after.stamps[1], planted[1]);
  EXPECT_FALSE(store.read(key("blog")).stamps[1]);
}

TEST(MemoryStore, WhatIsNoStampCountsAsAbsent) {
  Memory store(small);
  store.write_raw("gc:nav", "seven b");
  EXPECT_FALSE(store.read(key("nav")).stamps[1]);
  const LeasedStamps planted = store.plant(key("nav"));
  EXPECT_EQ(store.read(key("nav")).stamps[1], planted[1]);
}

TEST(MemoryStore, ItemsExpire) {
  Memory store(small);
  const auto start = Clock::now();
  store.write("a", "short", Expiry(1));
  store.write("b", "long", Expiry(3600));
  store.write("c", "for ever", Expiry::max());
  EXPECT_TRUE(test::eventually([&] { return store.value("a") == "absent"; }));
  EXPECT_GE(Clock::now() - start, Expiry(1));
  EXPECT_EQ(store.value("b"), "long");
  EXPECT_EQ(store.value("c"), "for ever");
}

TEST(MemoryStore, BoundedInBytes) {
  for (const std::size_t capacity : {small, std::size_t{1} << 20U, std::size_t{16} << 20U}) {
    Memory store(capacity);
    const std::string value(1000, 'x');
    const std::size_t written = 2 * capacity / value.size();
    for (std::size_t i = 0; i < written; ++i) store.write("page-" + std::to_string(i), value);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < written; ++i) {
      if (store.value("page-" + std::to_string(i)) == value) bytes += value.size();
    }
    EXPECT_LE(bytes, capacity);
    EXPECT_GE(bytes, capacity / 2) << "room is left unused";
  }
}

TEST(MemoryStore, OverwritingTakesNoMoreRoom) {
  Memory store(small);
  store.write("kept", "kept");
  for (int i = 0; i < 1000; ++i) store.write("again", std::string(1000, 'x'));
  EXPECT_EQ(store.value("kept"), "kept");
}

TEST(MemoryStore, ErasingMakesRoom) {
  Memory store(small);
  store.write("kept", "kept");
  for (int i = 0; i < 1000; ++i) {
    store.write("gone", std::string(1000, 'x'));
    store.erase("gone");
  }
  EXPECT_EQ(store.value("kept"), "kept");
}

TEST(MemoryStore, TheLeastRecentlyUsedLeavesFirst) {
  Memory store(small);
  const std::string value(10'000, 'x');
  for (const char *name : {"a", "b", "c", "d", "e"}) store.write(name, value);
  EXPECT_EQ(store.value("a"), value);  // used
  store.write("b", value);             // written again
  for (const char *name : {"f", "g"}) store.write(name, value);
  EXPECT_EQ(store.value("c"), "absent");
  for (const char *name : {"d", "e", "b", "a", "f", "g"}) EXPECT_EQ(store.value(name), value) << name;
}

TEST(MemoryStore, StampsOfWhatIsReadStayWithIt) {
  Memory store(small);
  const LeasedStamps planted = store.plant(key("nav"));
  store.write("nav", "kept");
  for (int i = 0; i < 500; ++i) {
    store.write("other-" + std::to_string(i), std::string(1000, 'x'));
    const Snapshot snapshot = store.read(key("nav"));
    ASSERT_TRUE(snapshot.value);
    ASSERT_EQ(snapshot.stamps[0], planted[0]);
    ASSERT_EQ(snapshot.stamps[1], planted[1]);
  }
}

TEST(MemoryStore, TheLargestItemFitsBesideItsStamps) {
  for (const std::size_t capacity : {small, std::size_t{1} << 20U, std::size_t{64} << 20U}) {
    Memory store(capacity);
    const Key largest = key("nav");
    const std::string value(store.item_limit() - largest.wire().size(), 'x');
    const LeasedStamps planted = store.plant(largest);
    store.write("nav", value);
    const Snapshot snapshot = store.read(largest);
    ASSERT_TRUE(snapshot.value) << capacity;
    EXPECT_EQ(snapshot.value->view, value);
    EXPECT_EQ(snapshot.stamps[1], planted[1]);
  }
}

TEST(MemoryStore, ItemLimitIsHalfAShard) {
  EXPECT_NEAR(static_cast<double>(MemoryStore(small).item_limit()), 32 << 10U, 1024);
  EXPECT_NEAR(static_cast<double>(MemoryStore(64 << 20U).item_limit()), 2 << 20U, 1024);
  EXPECT_NEAR(static_cast<double>(MemoryStore(std::size_t{1} << 30U).item_limit()), 32 << 20U, 1024);
}

TEST(MemoryStore, WhatIsTooLargeIsNotKept) {
  Memory store(small);
  store.write("huge", std::string(small, 'x'));
  EXPECT_EQ(store.value("huge"), "absent");
  store.write("a", "still works");
  EXPECT_EQ(store.value("a"), "still works");
}

TEST(MemoryStore, ManyThreads) {
  Memory store(1 << 20U);
  std::atomic<int> wrong{0};
  const auto work = [&](int thread) {
    for (int i = 0; i < 2000; ++i) {
      const std::string name = "page-" + std::to_string((i * 7 + thread) % 50);
      switch ((i + thread) % 5) {
        case 0:
          store.write(name, name);
          break;
        case 1:
          store.erase(name);
          break;
        case 2:
          store.plant(key(name));
          break;
        case 3:
          store.replace(key(name).stamps());
          break;
        default:
          if (const std::string found = store.value(name); found != "absent" && found != name) ++wrong;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work, i);
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace gencache::core
