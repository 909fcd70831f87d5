// Bad values and lifetimes: refused by every write, and what was stored stays.
#include <string>

#include "refused.h"

namespace gencache::test {
namespace {

const Names kept = {"kept:id"};
const Args one = {gc_int("id", 1)};
const Args two = {gc_int("id", 2)};

// Every way to write `value` is refused; the lease of the miss survives it.
void expect_no_write(const Cache &cache, gc_value value, const std::vector<std::string> &named,
                     gc_status status = GC_ERR_ARGUMENT) {
  expect_refused(cache.set(kept, one, value), named, status);
  const Got miss = cache.get(kept, two);
  ASSERT_TRUE(miss.miss());
  expect_refused(fill(miss.entry, value), named, status);
  EXPECT_TRUE(fill(miss.entry, "after all").ok());
  EXPECT_EQ(cache.get(kept, two).data(), "after all");
  EXPECT_TRUE(cache.remove(kept, two).ok());

  const Args params = {gc_param("id")};
  Error error;
  gc_bound *bound = gc_bind(cache.handle(), kept.data(), 1, params.data(), 1, nullptr, error.out());
  ASSERT_NE(bound, nullptr) << error.message();
  expect_refused({gc_bound_set_value(bound, one.data(), 1, value, nullptr, error.out()), error.message()}, named,
                 status);
  gc_bound_free(bound);
}

TEST_F(BadInput, ValueTypes) {
  for (const int32_t type : {9, 15, 32, -1, INT32_MAX, INT32_MIN}) {
    SCOPED_TRACE(type);
    expect_no_write(cache, gc_value_data(type, "x", 1), {"value"});
  }
}

TEST_F(BadInput, ValueContents) {
  expect_no_write(cache, gc_value_data(GC_TEXT, "\xff", 1), {"value", "UTF-8"});
  expect_no_write(cache, gc_value_data(GC_TEXT, "cut \xe2\x82", 6), {"value", "UTF-8"});
  expect_no_write(cache, gc_value_data(GC_JSON, "\"\xff\"", 3), {"value", "UTF-8"});
  expect_no_write(cache, gc_value_data(GC_BYTES, nullptr, 1), {"value", "NULL"});
  gc_value neither = gc_value_bool(1);
  neither.as.i = 2;
  expect_no_write(cache, neither, {"value"});
}

TEST_F(BadInput, UnsignedBeyondTheSignedRange) {
  expect_no_write(cache, gc_value_uint(UINT64_MAX), {"value"});
  expect_no_write(cache, gc_value_uint(uint64_t{INT64_MAX} + 1), {"value"});
  EXPECT_TRUE(cache.set(kept, two, gc_value_uint(INT64_MAX)).ok());
}

TEST_F(BadInput, BytesThatAreNull) {
  Error error;
  expect_refused(
      {gc_set(cache.handle(), kept.data(), 1, one.data(), 1, nullptr, 4, nullptr, error.out()), error.message()},
      {"data"});
  const Got miss = cache.get(kept, two);
  expect_refused({gc_fill(miss.entry.get(), nullptr, 4, nullptr, error.out()), error.message()}, {"data"});
  EXPECT_EQ(gc_fill(miss.entry.get(), nullptr, 0, nullptr, error.out()), GC_OK) << error.message();
  EXPECT_TRUE(cache.get(kept, two).hit());
}

TEST_F(BadInput, ValueLargerThanTheStore) {
  Cache small("memory://?capacity=64KB");
  const std::string large(1 << 20, 'x');
  ASSERT_TRUE(small.set(kept, one, "small").ok());
  expect_refused(small.set(kept, one, large), {}, GC_ERR_TOO_LARGE);
  EXPECT_EQ(small.get(kept, one).data(), "small");
  const Got miss = small.get(kept, two);
  expect_refused(fill(miss.entry, large), {}, GC_ERR_TOO_LARGE);
  EXPECT_TRUE(fill(miss.entry, "small").ok());
}

TEST_F(BadInput, NegativeLifetime) {
  const Options options;
  Error error;
  for (const int64_t ttl : {int64_t{-1}, INT64_MIN}) {
    expect_refused({gc_options_set_ttl_ms(options.get(), ttl, error.out()), error.message()}, {"ttl_ms"});
  }
  EXPECT_EQ(gc_options_set_ttl_ms(options.get(), 0, error.out()), GC_OK);
  EXPECT_EQ(gc_options_set_ttl_ms(options.get(), INT64_MAX, error.out()), GC_OK);
}

TEST_F(BadInput, ARefusedLifetimeLeavesTheOptionsAlone) {
  const auto options = Options::ttl_ms(60000);
  EXPECT_EQ(gc_options_set_ttl_ms(options->get(), -5, nullptr), GC_ERR_ARGUMENT);
  ASSERT_TRUE(cache.set(kept, two, "x", options->get()).ok());
  const Got got = cache.get(kept, two);
  EXPECT_GT(gc_entry_remaining_ms(got.entry.get()), 0);
  EXPECT_LE(gc_entry_remaining_ms(got.entry.get()), 60000);
}

TEST_F(BadInput, AskingAMissForItsValue) {
  const Got miss = cache.get(kept, two);
  gc_value value = gc_value_int(5);
  Error error;
  EXPECT_EQ(gc_entry_value(miss.entry.get(), &value, error.out()), GC_ERR_ARGUMENT);
  EXPECT_NE(error.message(), "");
  const Got hit = cache.get(kept, one);
  EXPECT_EQ(gc_entry_value(hit.entry.get(), nullptr, error.out()), GC_ERR_ARGUMENT);
  EXPECT_NE(error.message().find("value"), std::string::npos);
  EXPECT_EQ(gc_entry_value(nullptr, &value, error.out()), GC_ERR_ARGUMENT);
  EXPECT_NE(error.message().find("entry"), std::string::npos);
}

}  // namespace
}  // namespace gencache::test
