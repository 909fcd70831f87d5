// Handles: what frees them, in which order, and what a lease allows.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "support/handles.h"

namespace gencache::test {
namespace {

const Names nav = {"nav"};

TEST(Handles, FreeingNullIsAllowed) {
  gc_close(nullptr);
  gc_entry_free(nullptr);
  gc_error_free(nullptr);
  gc_options_free(nullptr);
  gc_bound_free(nullptr);
  gc_string_free(nullptr);
  EXPECT_EQ(gc_error_status(nullptr), GC_OK);
  EXPECT_STREQ(gc_error_message(nullptr), "");
}

TEST(Handles, AnErrorIsReusedAndCleared) {
  Cache cache("memory://");
  gc_error *err = nullptr;
  EXPECT_EQ(gc_invalidate(cache.handle(), "a:b:c", nullptr, 0, &err), GC_ERR_ARGUMENT);
  ASSERT_NE(err, nullptr);
  EXPECT_NE(std::string(gc_error_message(err)).find("a:b:c"), std::string::npos);
  EXPECT_EQ(gc_invalidate(cache.handle(), "", nullptr, 0, &err), GC_ERR_ARGUMENT);
  ASSERT_NE(err, nullptr);
  EXPECT_EQ(std::string(gc_error_message(err)).find("a:b:c"), std::string::npos);
  gc_entry *entry = nullptr;
  EXPECT_EQ(gc_get(cache.handle(), nav.data(), 1, nullptr, 0, &entry, &err), GC_MISS);
  EXPECT_EQ(err, nullptr) << "a miss is no error";
  gc_entry_free(entry);
  EXPECT_EQ(gc_open("?", &err), nullptr);
  ASSERT_NE(err, nullptr);
  EXPECT_EQ(gc_clear(cache.handle(), &err), GC_OK);
  EXPECT_EQ(err, nullptr);
}

TEST(Handles, NoErrorIsWantedByMany) {
  Cache cache("memory://");
  EXPECT_EQ(gc_open("?", nullptr), nullptr);
  EXPECT_EQ(gc_invalidate(cache.handle(), "", nullptr, 0, nullptr), GC_ERR_ARGUMENT);
}

TEST(Lease, IsConsumedByAFill) {
  Cache cache("memory://");
  const Got miss = cache.get(nav);
  EXPECT_TRUE(fill(miss.entry, "first").ok());
  const Done again = fill(miss.entry, "second");
  EXPECT_EQ(again.status, GC_ERR_ARGUMENT);
  EXPECT_NE(again.message.find("entry"), std::string::npos) << again.message;
  EXPECT_EQ(cache.get(nav).data(), "first");
}

TEST(Lease, AHitHasNone) {
  Cache cache("memory://");
  ASSERT_TRUE(cache.set(nav, {}, "first").ok());
  const Got hit = cache.get(nav);
  const Done done = fill(hit.entry, "second");
  EXPECT_EQ(done.status, GC_ERR_ARGUMENT);
  EXPECT_NE(done.message.find("entry"), std::string::npos) << done.message;
  EXPECT_EQ(cache.get(nav).data(), "first");
  EXPECT_EQ(hit.data(), "first");
}

TEST(Lease, SurvivesAFailure) {
  Cache cache("memory://?capacity=64KB");
  const Got miss = cache.get(nav);
  EXPECT_EQ(fill(miss.entry, std::string(1 << 20, 'x')).status, GC_ERR_TOO_LARGE);
  EXPECT_EQ(fill(miss.entry, gc_value_data(GC_TEXT, "\xff", 1)).status, GC_ERR_ARGUMENT);
  EXPECT_TRUE(fill(miss.entry, "value").ok());
  EXPECT_EQ(cache.get(nav).data(), "value");
}

TEST(Order, EntriesOutliveTheirCache) {
  Got hit;
  Got miss;
  {
    Cache cache("memory://");
    ASSERT_TRUE(cache.set(nav, {}, "value").ok());
    hit = cache.get(nav);
    miss = cache.get({"nav", "other"});
  }
  EXPECT_EQ(hit.data(), "value");
  EXPECT_EQ(hit.entry.key(), "nav");
  EXPECT_EQ(miss.entry.key(), "nav,other");
  const Done done = fill(miss.entry, "late");  // works or says why not
  EXPECT_TRUE(done.ok() || !done.message.empty());
}

TEST(Order, BoundCachesOutliveTheirCache) {
  Cache cache("memory://");
  const gc_arg param = gc_param("id");
  const gc_arg arg = gc_int("id", 1);
  gc_bound *bound = gc_bind(cache.handle(), nav.data(), 1, &param, 1, nullptr, nullptr);
  ASSERT_NE(bound, nullptr);
  ASSERT_EQ(gc_bound_set(bound, &arg, 1, "x", 1, nullptr, nullptr), GC_OK);
  cache.close();
  gc_entry *entry = nullptr;
  EXPECT_EQ(gc_bound_get(bound, &arg, 1, &entry, nullptr), GC_OK);
  gc_bound_free(bound);
  EXPECT_EQ(gc_entry_size(entry), 1U);
  gc_entry_free(entry);
}

TEST(Order, OptionsMayGoRightAfterTheCall) {
  Cache cache("memory://");
  const gc_arg param = gc_param("id");
  const gc_arg arg = gc_int("id", 1);
  auto options = Options::ttl_ms(60000);
  gc_bound *bound = gc_bind(cache.handle(), nav.data(), 1, &param, 1, options->get(), nullptr);
  options.reset();
  ASSERT_EQ(gc_bound_set(bound, &arg, 1, "x", 1, nullptr, nullptr), GC_OK);
  gc_entry *entry = nullptr;
  ASSERT_EQ(gc_bound_get(bound, &arg, 1, &entry, nullptr), GC_OK);
  EXPECT_GT(gc_entry_remaining_ms(entry), 0);
  gc_entry_free(entry);
  gc_bound_free(bound);
}

TEST(Order, ArgumentsMayGoRightAfterTheCall) {
  Cache cache("memory://");
  Got miss;
  {
    const std::string generation = "gone:" + std::string("id");
    const std::string id = "first";
    miss = cache.get({generation.c_str()}, {gc_str("id", id.c_str())});
  }
  EXPECT_TRUE(fill(miss.entry, "value").ok());
  EXPECT_EQ(cache.get({"gone:id"}, {gc_str("id", "first")}).data(), "value");
}

TEST(Threads, AnEntryMayBeReadByMany) {
  Cache cache("memory://");
  ASSERT_TRUE(cache.set(nav, {}, gc_value_str("shared")).ok());
  const Got hit = cache.get(nav);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&hit] {
      for (int n = 0; n < 1000; ++n) {
        gc_value value;
        EXPECT_EQ(gc_entry_value(hit.entry.get(), &value, nullptr), GC_OK);
        EXPECT_EQ(hit.entry.key(), "nav");
        EXPECT_GE(gc_entry_age_ms(hit.entry.get()), 0);
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

}  // namespace
}  // namespace gencache::test
