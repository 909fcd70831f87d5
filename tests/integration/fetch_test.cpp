// Getting a value or computing it, by a callback: what comes back, what is stored, and what the options change.
#include <cmath>
#include <stdexcept>
#include <thread>

#include "every_store.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

using std::chrono::milliseconds;

class Fetch : public EveryStore {
 protected:
  Cache cache = open();
  const Names gens = {"nav", "portal:user_id"};
  const Args args = {gc_int("user_id", 1), gc_str("page", "home")};
  std::atomic<int> computed{0};

  Got get(const Compute &compute, const gc_options *options = nullptr) {
    return fetch(cache, gens, args, counted(computed, compute), options);
  }
  Got get(const Compute &compute, const Settings &settings) { return get(compute, Options(settings).get()); }
  int64_t remaining() const { return gc_entry_remaining_ms(cache.get(gens, args).entry.get()); }
};

TEST_P(Fetch, ComputesOnceThenHits) {
  const Got first = get(gives("value"));
  EXPECT_EQ(first.status, GC_OK) << first.summary();
  EXPECT_EQ(first.data(), "value");
  EXPECT_EQ(first.entry.status(), GC_OK);
  EXPECT_EQ(first.entry.reason(), GC_REASON_ABSENT);
  EXPECT_EQ(first.entry.key(), "nav,portal:user_id=1|page=\"home\"");
  const Got second = get(gives("another"));
  EXPECT_EQ(second.data(), "value");
  EXPECT_EQ(second.entry.reason(), GC_REASON_HIT);
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(cache.get(gens, args).data(), "value") << "what is fetched is what gc_get finds";
}

TEST_P(Fetch, TheComputationSeesWhyItIsCalled) {
  ASSERT_TRUE(cache.set(gens, args, "old").ok());
  ASSERT_TRUE(cache.invalidate("portal:user_id", args).ok());
  const Got got = get([](gc_entry *entry) {
    EXPECT_EQ(gc_entry_status(entry), GC_MISS);
    EXPECT_EQ(gc_entry_reason(entry), GC_REASON_INVALIDATED);
    EXPECT_STREQ(gc_entry_generation(entry), "portal:user_id=1");
    EXPECT_EQ(gc_entry_data(entry), nullptr);
    return gc_fill_value(entry, gc_value_int(42), nullptr, nullptr) == GC_OK ? 0 : -1;
  });
  gc_value value;
  ASSERT_EQ(gc_entry_value(got.entry.get(), &value, nullptr), GC_OK) << got.summary();
  EXPECT_EQ(value.type, GC_INT);
  EXPECT_EQ(value.as.i, 42);
  EXPECT_EQ(got.entry.generation(), "portal:user_id=1");
}

TEST_P(Fetch, TheCallersOwnErrorComesBackUntouched) {
  for (const int32_t origin : {1, -1, 42, -8, INT32_MAX, INT32_MIN}) {
    const Got got = get(fails_with(origin));
    EXPECT_EQ(got.status, GC_ERR_ORIGIN);
    EXPECT_EQ(got.origin, origin);
    EXPECT_FALSE(got.entry);
    EXPECT_NE(got.message.find(std::to_string(origin)), std::string::npos) << got.message;
  }
  EXPECT_EQ(computed, 6) << "a failure is not kept";
  EXPECT_EQ(get(gives("value")).data(), "value");
}

TEST_P(Fetch, AnErrorOfAnotherKindHasNoOrigin) {
  Error error;
  gc_entry *entry = nullptr;
  EXPECT_EQ(gc_fetch(cache.handle(), gens.data(), 2, nullptr, 0, nullptr, nullptr, nullptr, &entry, error.out()),
            GC_ERR_ARGUMENT);
  EXPECT_EQ(error.origin(), 0);
}

TEST_P(Fetch, LeftUnfilledItIsAMiss) {
  const Got got = get([](gc_entry *) { return 0; });
  EXPECT_EQ(got.status, GC_MISS) << got.summary();
  EXPECT_EQ(got.entry.reason(), GC_REASON_ABSENT);
  EXPECT_EQ(got.data(), "");
  EXPECT_EQ(get(gives("value")).data(), "value") << "nobody is locked out";
  EXPECT_EQ(computed, 2);
}

TEST_P(Fetch, FilledAndFailedItIsStoredAllTheSame) {
  const Got got = get([](gc_entry *entry) {
    gives("value")(entry);
    return 7;
  });
  EXPECT_EQ(got.status, GC_ERR_ORIGIN);
  EXPECT_EQ(got.origin, 7);
  EXPECT_EQ(cache.get(gens, args).data(), "value");
}

TEST_P(Fetch, NoExceptionPassesTheLibrary) {
  const Got got = get([](gc_entry *) -> int32_t { throw std::runtime_error("the source is away"); });
  EXPECT_LT(got.status, 0);
  EXPECT_FALSE(got.entry);
  EXPECT_NE(got.message.find("the source is away"), std::string::npos) << got.message;
  EXPECT_LT(get([](gc_entry *) -> int32_t { throw 5; }).status, 0);
  EXPECT_EQ(get(gives("value"), Settings{.wait_ms = 60'000}).data(), "value") << "nobody is locked out";
  EXPECT_EQ(computed, 3);
}

TEST_P(Fetch, WithinAComputation) {
  const Got got = get([this](gc_entry *entry) {
    const Got part = fetch(cache, {"part"}, {}, gives("part"));
    return gives("whole of " + part.data())(entry);
  });
  EXPECT_EQ(got.data(), "whole of part");
}

TEST_P(Fetch, ThePlaceIsPartOfTheKey) {
  const Got one = fetch_at(cache, "render", 10, {"nav"}, {}, gives("one"));
  const Got two = fetch_at(cache, "render", 11, {"nav"}, {}, gives("two"));
  const Got three = fetch_at(cache, "list", 10, {"nav"}, {}, gives("three"));
  EXPECT_EQ(one.data(), "one");
  EXPECT_EQ(two.data(), "two");
  EXPECT_EQ(three.data(), "three");
  EXPECT_TRUE(one.entry.key().starts_with("nav|\"test.render")) << one.entry.key();
  EXPECT_EQ(fetch_at(cache, "render", 10, {"nav"}, {}, gives("again")).data(), "one");
}

TEST_P(Fetch, TheLifetimeOfTheCall) {
  get(gives("value"), Settings{.ttl_ms = 50'000});
  EXPECT_GT(remaining(), 0);
  EXPECT_LE(remaining(), 50'000);
}

TEST_P(Fetch, TheLifetimeGivenToTheFillGoesFirst) {
  get(
      [](gc_entry *entry) {
        return gc_fill(entry, "x", 1, Options(Settings{.ttl_ms = 500'000}).get(), nullptr) == GC_OK ? 0 : -1;
      },
      Settings{.ttl_ms = 50'000});
  EXPECT_GT(remaining(), 50'000);
}

TEST_P(Fetch, NothingHasALifetimeOfItsOwn) {
  const Settings settings{.ttl_ms = 500'000, .nothing_ttl_ms = 50'000};
  get([](gc_entry *entry) { return gc_fill_value(entry, gc_value_null(), nullptr, nullptr); }, settings);
  EXPECT_GT(remaining(), 0);
  EXPECT_LE(remaining(), 50'000);
  EXPECT_EQ(gc_entry_type(get(gives("x"), settings).entry.get()), GC_NULL) << "a cached nothing is a hit";
  ASSERT_TRUE(cache.remove(gens, args).ok());
  get(gives(""), settings);
  EXPECT_GT(remaining(), 50'000) << "an empty value is something";
}

TEST_P(Fetch, JitterShortensEachLifetimeByAPart) {
  const Options options(Settings{.ttl_ms = 1'000'000, .jitter = 0.5});
  int64_t shortest = INT64_MAX;
  int64_t longest = 0;
  for (int64_t i = 0; i < 100; ++i) {
    const Args row = {gc_int("user_id", i)};
    const Got got = fetch(cache, gens, row, gives("x"), options.get());
    const int64_t left = gc_entry_remaining_ms(got.entry.get());
    shortest = std::min(shortest, left);
    longest = std::max(longest, left);
  }
  EXPECT_GE(shortest, 500'000 - 60'000) << "less by the time that the call took";
  EXPECT_LE(longest, 1'000'000);
  EXPECT_LT(shortest, 650'000) << "of 100 values, spread over the whole range";
  EXPECT_GT(longest, 850'000);
}

TEST_P(Fetch, RefreshComputesInAnyCase) {
  get(gives("old"));
  const Got got = get(gives("new"), Settings{.refresh = true});
  EXPECT_EQ(got.data(), "new");
  EXPECT_EQ(computed, 2);
  EXPECT_EQ(get(gives("newer")).data(), "new");
}

TEST_P(Fetch, ARefreshOfWhatNeverWasIsStored) {
  EXPECT_EQ(get(gives("first"), Settings{.refresh = true}).data(), "first");
  EXPECT_EQ(get(gives("second")).data(), "first") << "in a namespace without any stamp";
  const Args other = {gc_int("user_id", 77)};
  const Options refresh(Settings{.refresh = true});
  EXPECT_EQ(fetch(cache, gens, other, gives("other"), refresh.get()).data(), "other");
  EXPECT_EQ(cache.get(gens, other).data(), "other") << "under a generation without a stamp";
}

TEST_P(Fetch, ARefreshThatFailsLeavesTheOldValue) {
  get(gives("old"));
  EXPECT_EQ(get(fails_with(3), Settings{.refresh = true}).origin, 3);
  EXPECT_EQ(get(gives("new")).data(), "old");
}

// The cost is the time of the computation, and beta makes it count a hundred times: sooner or later the dice fall so.
TEST_P(Fetch, ACostlyValueIsComputedBeforeItExpires) {
  const Options options(Settings{.ttl_ms = 60'000, .beta = 100});
  const auto slow = [](gc_entry *entry) {
    std::this_thread::sleep_for(milliseconds(200));
    return gives("old")(entry);
  };
  EXPECT_EQ(get(slow, options.get()).data(), "old");
  Got got;
  EXPECT_TRUE(eventually([&] { return (got = get(gives("new"), options.get())).data() == "new"; }));
  EXPECT_EQ(got.status, GC_OK);
  EXPECT_EQ(computed, 2);
  ASSERT_TRUE(cache.remove(gens, args).ok());
  EXPECT_EQ(get(slow).data(), "old");
  for (int i = 0; i < 200; ++i) EXPECT_EQ(get(gives("new")).data(), "old") << "not without a lifetime and beta";
}

TEST_P(Fetch, AnEarlyComputationThatFailsLeavesTheValidValue) {
  const Options options(Settings{.ttl_ms = 60'000, .beta = 100});
  get(
      [](gc_entry *entry) {
        std::this_thread::sleep_for(milliseconds(200));
        return gives("old")(entry);
      },
      options.get());
  EXPECT_TRUE(eventually([&] {
    const Got got = get(fails_with(1), options.get());
    EXPECT_EQ(got.status, GC_OK) << got.summary();
    EXPECT_EQ(got.data(), "old");
    return computed > 1;
  }));
}

TEST(FetchAway, TheValueIsThereWithoutItsServer) {
  MemcachedServer server;
  Cache cache(server.url("timeout_ms=5000"));
  ASSERT_TRUE(cache.set({"nav"}, {}, "old").ok());
  server.kill9();
  const Got got = fetch(cache, {"nav"}, {}, [](gc_entry *entry) {
    EXPECT_EQ(gc_entry_reason(entry), GC_REASON_UNAVAILABLE);
    Error error;
    EXPECT_EQ(gc_fill(entry, "new", 3, nullptr, error.out()), GC_ERR_UNAVAILABLE);
    return 0;
  });
  EXPECT_EQ(got.status, GC_OK) << got.summary();
  EXPECT_EQ(got.data(), "new");
  EXPECT_EQ(got.entry.reason(), GC_REASON_UNAVAILABLE);
  EXPECT_EQ(fetch(cache, {"nav"}, {}, fails_with(9)).origin, 9);
  server.restart();
  EXPECT_TRUE(eventually([&] { return fetch(cache, {"nav"}, {}, gives("stored")).hit() && cache.get({"nav"}).hit(); }));
}

GENCACHE_ON_EVERY_STORE(Fetch);

}  // namespace
}  // namespace gencache::test
