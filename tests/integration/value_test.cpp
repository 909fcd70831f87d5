// Every type of value comes back as it went in.
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "every_store.h"

namespace gencache::test {
namespace {

class Values : public EveryStore {
 protected:
  Cache cache = open();
  const Names nav = {"nav"};

  gc_value read_back() {
    hit_ = cache.get(nav);
    EXPECT_TRUE(hit_.hit()) << hit_.summary();
    gc_value value = gc_value_null();
    Error error;
    EXPECT_EQ(gc_entry_value(hit_.entry.get(), &value, error.out()), GC_OK) << error.message();
    EXPECT_EQ(value.type, gc_entry_type(hit_.entry.get()));
    EXPECT_EQ(value.reserved, 0);
    return value;
  }

  // Both ways in: set, and fill of a miss.
  void expect_round_trip(gc_value value) {
    SCOPED_TRACE("type " + std::to_string(value.type));
    ASSERT_TRUE(cache.set(nav, {}, value).ok());
    expect_same(value, read_back());
    ASSERT_TRUE(cache.invalidate("nav").ok());
    const Got miss = cache.get(nav);
    ASSERT_TRUE(miss.miss());
    ASSERT_TRUE(fill(miss.entry, value).ok());
    expect_same(value, read_back());
  }

 private:
  Got hit_;

  static void expect_same(const gc_value &in, const gc_value &out) {
    EXPECT_EQ(out.type, in.type == GC_UINT ? GC_INT : in.type);
    EXPECT_EQ(out.size, in.size);
    if (in.type == GC_BOOL || in.type == GC_INT || in.type == GC_UINT) {
      EXPECT_EQ(out.as.i, in.as.i);
    } else if (in.type == GC_DOUBLE) {
      EXPECT_EQ(std::memcmp(&out.as.d, &in.as.d, sizeof in.as.d), 0) << in.as.d << " became " << out.as.d;
    } else if (in.size > 0) {
      EXPECT_EQ(std::memcmp(out.as.data, in.as.data, in.size), 0);
    }
  }
};

TEST_P(Values, Scalars) {
  expect_round_trip(gc_value_null());
  for (const int truth : {0, 1}) expect_round_trip(gc_value_bool(truth));
  for (const int64_t number : {int64_t{0}, int64_t{-1}, int64_t{42}, INT64_MIN, INT64_MAX}) {
    expect_round_trip(gc_value_int(number));
  }
  for (const uint64_t number : {uint64_t{0}, uint64_t{INT64_MAX}}) expect_round_trip(gc_value_uint(number));
}

TEST_P(Values, Doubles) {
  using Limits = std::numeric_limits<double>;
  for (const double number : {0.0, -0.0, 0.1, -1.5, Limits::max(), Limits::denorm_min(), Limits::infinity(),
                              -Limits::infinity(), Limits::quiet_NaN()}) {
    expect_round_trip(gc_value_double(number));
  }
}

TEST_P(Values, Data) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string reply = "\r\nEND\r\nVALUE nav 0 1\r\n";
  for (const std::string &bytes : {std::string(), std::string(1, '\0'), all, reply, std::string(100'000, 'x')}) {
    expect_round_trip(gc_value_data(GC_BYTES, bytes.data(), bytes.size()));
    for (const int32_t type : {GC_CEREAL + 0, GC_PRIVATE + 0, GC_PRIVATE + 15}) {
      expect_round_trip(gc_value_data(type, bytes.data(), bytes.size()));
    }
  }
  for (const char *text : {"", "text", "caf\xc3\xa9 \xf0\x9f\x98\x80", "{\"a\": [1, null]}"}) {
    expect_round_trip(gc_value_data(GC_TEXT, text, std::strlen(text)));
    expect_round_trip(gc_value_data(GC_JSON, text, std::strlen(text)));
  }
  expect_round_trip(gc_value_data(GC_TEXT, "nul\0inside", 10));
  expect_round_trip(gc_value_data(GC_BYTES, nullptr, 0));
}

TEST_P(Values, AnEmptyValueIsAHit) {
  ASSERT_TRUE(cache.set(nav, {}, "").ok());
  const Got hit = cache.get(nav);
  ASSERT_TRUE(hit.hit());
  EXPECT_NE(gc_entry_data(hit.entry.get()), nullptr);
  EXPECT_EQ(gc_entry_size(hit.entry.get()), 0U);
  ASSERT_TRUE(cache.set(nav, {}, gc_value_null()).ok());
  EXPECT_TRUE(cache.get(nav).hit()) << "nothing is a value like any other";
  EXPECT_NE(gc_entry_data(cache.get(nav).entry.get()), nullptr);
}

TEST_P(Values, ScalarsAreStoredLittleEndian) {
  ASSERT_TRUE(cache.set(nav, {}, gc_value_int(0x0102030405060708)).ok());
  EXPECT_EQ(cache.get(nav).data(), "\x08\x07\x06\x05\x04\x03\x02\x01");
  ASSERT_TRUE(cache.set(nav, {}, gc_value_bool(1)).ok());
  EXPECT_EQ(cache.get(nav).data(), "\x01");
  ASSERT_TRUE(cache.set(nav, {}, gc_value_double(1.0)).ok());
  EXPECT_EQ(cache.get(nav).data(), std::string("\0\0\0\0\0\0\xf0\x3f", 8));
}

TEST_P(Values, ANewValueReplacesTheOld) {
  ASSERT_TRUE(cache.set(nav, {}, std::string(50'000, 'x')).ok());
  ASSERT_TRUE(cache.set(nav, {}, gc_value_int(5)).ok());
  EXPECT_EQ(read_back().as.i, 5);
  ASSERT_TRUE(cache.set(nav, {}, gc_value_str("text")).ok());
  EXPECT_EQ(read_back().type, GC_TEXT);
}

TEST_P(Values, UpToTheItemLimit) {
  const std::string large(900'000, 'x');
  ASSERT_TRUE(cache.set(nav, {}, large).ok());
  EXPECT_EQ(cache.get(nav).data(), large);
}

TEST_P(Values, PastTheItemLimitNothingIsSentAndTheOldOneStays) {
  const std::string parameters = in_memory() ? "capacity=1MB" : "item_max=100KB";
  Cache limited = open(parameters);
  const std::string large(in_memory() ? 2'000'000 : 102'400, 'x');
  ASSERT_TRUE(limited.set(nav, {}, "small").ok());
  const Done done = limited.set(nav, {}, large);
  EXPECT_EQ(done.status, GC_ERR_TOO_LARGE);
  EXPECT_NE(done.message.find("value"), std::string::npos) << done.message;
  EXPECT_EQ(limited.get(nav).data(), "small");
}

GENCACHE_ON_EVERY_STORE(Values);

}  // namespace
}  // namespace gencache::test
