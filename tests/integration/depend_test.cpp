// Generations that turn up only while a value is computed.
#include <atomic>
#include <thread>

#include "every_store.h"
#include "pool.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

const Names kPage = {"page"};

Args author(int64_t id) { return {gc_int("author", id)}; }

// A page by these authors.
Compute page_by(const std::vector<int64_t> &authors, const std::string &text) {
  return [=](gc_entry *entry) {
    for (const int64_t id : authors) {
      const Done done = depend(entry, "author:author", author(id));
      EXPECT_TRUE(done.ok()) << done.message;
    }
    return gives(text)(entry);
  };
}

class Depend : public EveryStore {
 protected:
  Cache cache = open();

  void expect_invalidated(const Cache &its, const std::string &generation) {
    const Got got = its.get(kPage);
    EXPECT_TRUE(got.miss()) << got.data();
    EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << got.summary();
    EXPECT_EQ(got.entry.generation(), generation);
  }
};

TEST_P(Depend, InvalidatesTheValue) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7, 8}, "text")).data(), "text");
  EXPECT_EQ(cache.get(kPage).data(), "text");
  EXPECT_EQ(fetch(cache, kPage, {}, fails_with(1)).data(), "text");
  ASSERT_TRUE(cache.invalidate("author:author", author(9)).ok());
  EXPECT_EQ(cache.get(kPage).data(), "text") << "of another author";
  ASSERT_TRUE(cache.invalidate("author:author", author(8)).ok());
  expect_invalidated(cache, "author:author=8");
  EXPECT_EQ(cache.explained("verdict", kPage), "miss, invalidated by author:author=8");
  EXPECT_EQ(fetch(cache, kPage, {}, page_by({7, 8}, "new")).data(), "new");
  EXPECT_EQ(cache.get(kPage).data(), "new");
}

TEST_P(Depend, TheOtherKindsOfMissesAsEver) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "text")).data(), "text");
  ASSERT_TRUE(cache.invalidate("page").ok());
  expect_invalidated(cache, "page");
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "text")).data(), "text");
  ASSERT_TRUE(cache.clear().ok());
  EXPECT_EQ(cache.get(kPage).entry.reason(), GC_REASON_CLEARED);
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "text")).data(), "text");
  ASSERT_TRUE(cache.remove(kPage).ok());
  EXPECT_EQ(cache.get(kPage).entry.reason(), GC_REASON_ABSENT);
}

TEST_P(Depend, BetweenAMissAndItsFill) {
  const Got miss = cache.get(kPage);
  ASSERT_TRUE(depend(miss.entry.get(), "author:author", author(7)).ok());
  ASSERT_TRUE(fill(miss.entry, "text").ok());
  EXPECT_EQ(depend(miss.entry.get(), "author:author", author(8)).status, GC_ERR_ARGUMENT) << "too late";
  EXPECT_EQ(depend(cache.get(kPage).entry.get(), "late").status, GC_ERR_ARGUMENT);
  ASSERT_TRUE(cache.invalidate("author:author", author(7)).ok());
  expect_invalidated(cache, "author:author=7");
}

TEST_P(Depend, TheFirstStampCountsHoweverOftenItIsNamed) {
  const Got miss = cache.get(kPage);
  ASSERT_TRUE(depend(miss.entry.get(), "author:author", author(7)).ok());
  ASSERT_TRUE(cache.invalidate("author:author", author(7)).ok());
  ASSERT_TRUE(depend(miss.entry.get(), "author:author", author(7)).ok());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  expect_invalidated(cache, "author:author=7");
}

TEST_P(Depend, WhatIsDeclaredAlreadyMakesNoDifference) {
  const Got miss = cache.get(kPage);
  ASSERT_TRUE(cache.invalidate("page").ok());
  ASSERT_TRUE(depend(miss.entry.get(), "page").ok());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  expect_invalidated(cache, "page");
  ASSERT_TRUE(fill(cache.get(kPage).entry, "new").ok());
  EXPECT_EQ(cache.get(kPage).data(), "new");
}

TEST_P(Depend, OnManyMore) {
  std::vector<int64_t> authors;
  for (int64_t id = 0; id < 100; ++id) authors.push_back(id);
  ASSERT_EQ(fetch(cache, kPage, {}, page_by(authors, "text")).data(), "text");
  EXPECT_EQ(cache.get(kPage).data(), "text");
  ASSERT_TRUE(cache.invalidate("author:author", author(63)).ok());
  expect_invalidated(cache, "author:author=63");
}

TEST_P(Depend, ByAnyKindOfName) {
  const std::string large(1000, 'x');
  const Got miss = cache.get(kPage);
  ASSERT_TRUE(depend(miss.entry.get(), "plain").ok());
  ASSERT_TRUE(depend(miss.entry.get(), "large:name", {gc_str("name", large.c_str()), gc_int("unused", 1)}).ok());
  ASSERT_TRUE(fill(miss.entry, "text").ok());
  EXPECT_EQ(cache.get(kPage).data(), "text");
  ASSERT_TRUE(cache.invalidate("large:name", {gc_str("name", large.c_str())}).ok());
  EXPECT_TRUE(cache.get(kPage).entry.generation().starts_with("large:name="));
}

TEST_P(Depend, TheyMayChange) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "one")).data(), "one");
  ASSERT_TRUE(cache.invalidate("page").ok());
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({8, 9}, "two")).data(), "two");
  ASSERT_TRUE(cache.invalidate("author:author", author(7)).ok());
  EXPECT_EQ(cache.get(kPage).data(), "two");
  ASSERT_TRUE(cache.invalidate("author:author", author(9)).ok());
  expect_invalidated(cache, "author:author=9");
  ASSERT_EQ(fetch(cache, kPage, {}, gives("three")).data(), "three");
  ASSERT_TRUE(cache.invalidate("author:author", author(8)).ok());
  EXPECT_EQ(cache.get(kPage).data(), "three");
  ASSERT_TRUE(cache.set(kPage, {}, "four").ok());
  EXPECT_EQ(cache.get(kPage).data(), "four");
}

// The generation that caused the miss belongs to the old record, and the new one has no such extra.
TEST_P(Depend, TheCauseOfAMissStaysWhenItIsFilledWithFewer) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7, 8}, "one")).data(), "one");
  ASSERT_TRUE(cache.invalidate("author:author", author(8)).ok());
  const Got got = fetch(cache, kPage, {}, gives("two"));
  EXPECT_EQ(got.data(), "two");
  EXPECT_EQ(got.entry.generation(), "author:author=8");
}

TEST_P(Depend, TheCauseOfAMissStaysWhenTheValueIsAnotherCallers) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "one")).data(), "one");
  ASSERT_TRUE(cache.invalidate("author:author", author(7)).ok());
  Halt failing;
  Halt next;
  std::thread first([&] { fetch(cache, kPage, {}, failing.in(fails_with(1))); });
  ASSERT_TRUE(failing.begun.wait());
  std::vector<std::thread> others;
  std::atomic<int> right{0};
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([&] {
      const Got got = fetch(cache, kPage, {}, next.in(gives("two")));
      if (got.data() == "two" && got.entry.generation() == "author:author=7") ++right;
    });
  }
  failing.go_on.set();
  ASSERT_TRUE(next.begun.wait());
  next.go_on.set();
  first.join();
  for (std::thread &other : others) other.join();
  EXPECT_GE(right, 1);
}

TEST_P(Depend, AStaleValueByASoftInvalidation) {
  const Options options(Settings{.stale_for_ms = 60'000, .fail_safe_ms = 60'000});
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "old"), options.get()).data(), "old");
  ASSERT_TRUE(cache.invalidate_soft({"author:author"}, author(7)).ok());
  const Got saved = fetch(cache, kPage, {}, fails_with(1), options.get());
  EXPECT_EQ(saved.status, GC_STALE) << saved.summary();
  EXPECT_EQ(saved.entry.generation(), "author:author=7");
  ASSERT_TRUE(cache.invalidate("author:author", author(7)).ok());
  EXPECT_EQ(fetch(cache, kPage, {}, fails_with(1), options.get()).status, GC_ERR_ORIGIN);
}

TEST_P(Depend, ManyAtOnceToo) {
  const Names rows = {"row:id"};
  const Calls calls = {{gc_int("id", 1)}, {gc_int("id", 2)}, {gc_int("id", 3)}};
  const GotMany got = fetch_many(cache, rows, calls, [](std::span<gc_entry *const> entries, auto indexes) {
    for (size_t i = 0; i < entries.size(); ++i) {
      page_by({static_cast<int64_t>(indexes[i])}, std::to_string(indexes[i]))(entries[i]);
    }
    return 0;
  });
  EXPECT_EQ(got.data(), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(get_many(cache, rows, calls).status, GC_OK);
  ASSERT_TRUE(cache.invalidate("author:author", author(1)).ok());
  const GotMany again = get_many(cache, rows, calls);
  EXPECT_EQ(again.data(), (std::vector<std::string>{"0", "", "2"}));
  EXPECT_EQ(again.entries[1].generation(), "author:author=1");
}

// A client that has not computed the value does not know its extras at first.
class DependElsewhere : public Depend {
 protected:
  Cache other = open();
};

TEST_P(DependElsewhere, IsRightFromTheFirstReadOn) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "text")).data(), "text");
  EXPECT_EQ(other.get(kPage).data(), "text");
  ASSERT_TRUE(cache.invalidate("author:author", author(7)).ok());
  expect_invalidated(other, "author:author=7");
  Cache third = open();
  expect_invalidated(third, "author:author=7");
  EXPECT_EQ(fetch(open(), kPage, {}, page_by({7}, "new")).data(), "new");
}

TEST_P(DependElsewhere, EveryKindOfRead) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "text")).data(), "text");
  EXPECT_EQ(fetch(open(), kPage, {}, fails_with(1)).data(), "text");
  EXPECT_EQ(begin(open(), kPage).data(), "text");
  EXPECT_EQ(get_many(open(), kPage, {{}, {}}).data(), (std::vector<std::string>{"text", "text"}));
  EXPECT_EQ(open().explained("verdict", kPage), "hit");
  const Got kept = fetch(open(), kPage, {}, fails_with(1));
  EXPECT_EQ(kept.data(), "text");
}

TEST_P(DependElsewhere, WhatChangesIsLearntAgain) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "one")).data(), "one");
  ASSERT_EQ(other.get(kPage).data(), "one");
  ASSERT_TRUE(cache.invalidate("page").ok());
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({8}, "two")).data(), "two");
  EXPECT_EQ(other.get(kPage).data(), "two");
  ASSERT_TRUE(cache.invalidate("author:author", author(8)).ok());
  expect_invalidated(other, "author:author=8");
  ASSERT_EQ(fetch(cache, kPage, {}, gives("three")).data(), "three");
  EXPECT_EQ(other.get(kPage).data(), "three");
}

// A memcached of its own, whose every key that is asked for counts.
class DependOnAServer : public Pool {
 protected:
  Cache cache = start(1);
  const MemcachedServer &server = servers.front();

  int64_t keys_asked_by(const Cache &its) {
    const int64_t before = server.stat("cmd_get");
    EXPECT_EQ(its.get(kPage).data(), "text");
    return server.stat("cmd_get") - before;
  }
};

TEST_F(DependOnAServer, OneMoreTripThenNoMore) {
  constexpr int64_t known = 4;    // the value, the root, the page, the author
  constexpr int64_t unknown = 3;  // not the author
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "text")).data(), "text");
  Cache other = open();
  EXPECT_EQ(keys_asked_by(cache), known) << "who has filled it knows";
  EXPECT_EQ(keys_asked_by(other), unknown + known);
  EXPECT_EQ(keys_asked_by(other), known);
}

TEST_F(DependOnAServer, TheStampIsDeleted) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "old")).data(), "old");
  ASSERT_TRUE(server.remove("gc:author:author=7"));
  const Got got = cache.get(kPage);
  EXPECT_EQ(got.entry.generation(), "author:author=7") << got.summary();
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "new")).data(), "new");
  EXPECT_EQ(open().get(kPage).data(), "new");
}

TEST_F(DependOnAServer, TheStampIsUnreadable) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "old")).data(), "old");
  server.set("gc:author:author=7", "no stamp");
  server.set("gc:author:author=7", "really none");
  EXPECT_EQ(cache.get(kPage).entry.generation(), "author:author=7");
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "new")).data(), "new");
  EXPECT_EQ(cache.get(kPage).data(), "new");
}

TEST_F(DependOnAServer, EverythingIsGone) {
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "old")).data(), "old");
  server.flush_all();
  EXPECT_EQ(cache.get(kPage).entry.reason(), GC_REASON_ABSENT);
  ASSERT_EQ(fetch(cache, kPage, {}, page_by({7}, "new")).data(), "new");
  EXPECT_EQ(cache.get(kPage).data(), "new");
}

// What it depends on cannot be noted, so it must not be stored.
TEST_F(DependOnAServer, IsOutOfReach) {
  const Got got = fetch(cache, kPage, {}, [&](gc_entry *entry) {
    servers.front().stop();
    EXPECT_EQ(within(kBudget, [&] { return depend(entry, "author:author", author(7)); }).status, GC_ERR_UNAVAILABLE);
    servers.front().cont();
    EXPECT_TRUE(eventually([&] { return cache.ping().ok(); }));
    Error error;
    EXPECT_EQ(gc_fill(entry, "text", 4, nullptr, error.out()), GC_ERR_UNAVAILABLE);
    return 0;
  });
  EXPECT_EQ(got.status, GC_OK) << got.summary();
  EXPECT_EQ(got.data(), "text") << "the caller has it all the same";
  EXPECT_EQ(read_when_back(cache, kPage, {}, "text").status, GC_MISS);
  EXPECT_EQ(fetch(cache, kPage, {}, page_by({7}, "new")).data(), "new");
  EXPECT_EQ(cache.get(kPage).data(), "new");
}

GENCACHE_ON_EVERY_STORE(Depend);
GENCACHE_ON_EVERY_SERVER(DependElsewhere);

}  // namespace
}  // namespace gencache::test
