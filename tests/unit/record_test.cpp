// Records: byte for byte, and back.
#include "record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <vector>

#include "calls.h"

namespace gencache::core {
namespace {

std::string hex(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
    digits += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15U];
  }
  return digits;
}

TEST(Record, ByteForByte) {
  Record record;
  record.type = GC_TEXT;
  record.lifetime = {1763825582080, 3'600'000};
  record.key = "nav";
  record.payload = "hi";
  const Stamp stamps[] = {Stamp{0x0102030405060708}, Stamp{0x1122334455667788}};
  EXPECT_EQ(hex(encode(record, stamps)),
            "67010100"          // magic, version, type, flags
            "3e34b2bd15308b60"  // checksum
            "008032ac9a010000"  // created
            "80ee360000000000"  // lifetime
            "00000000"          // cost
            "03000000"          // size of the key text
            "02000000"          // stamps
            "0807060504030201"  // the root's
            "8877665544332211"  // the generation's
            "6e6176"            // key text
            "6869");            // payload
}

TEST(Record, EmptyInEveryPart) {
  const std::string bytes = encode(Record{}, {});
  EXPECT_EQ(bytes.size(), 40U);
  Record decoded;
  ASSERT_EQ(decode(bytes, decoded), Decoded::ok);
  EXPECT_EQ(decoded.type, GC_BYTES);
  EXPECT_EQ(decoded.stamp_count(), 0U);
  EXPECT_TRUE(decoded.key.empty());
  EXPECT_TRUE(decoded.payload.empty());
}

TEST(Record, IsOver) {
  EXPECT_FALSE((Lifetime{1000, 0}.is_over(std::numeric_limits<std::int64_t>::max())));
  EXPECT_FALSE((Lifetime{1000, 500}.is_over(1499)));
  EXPECT_TRUE((Lifetime{1000, 500}.is_over(1500)));
  EXPECT_TRUE((Lifetime{1000, 500}.is_over(9999)));
  EXPECT_FALSE((Lifetime{1000, 500}.is_over(0)));  // the clock was set back
  EXPECT_FALSE((Lifetime{1000, std::numeric_limits<std::int64_t>::max()}.is_over(1LL << 60)));
}

TEST(Record, WhatNobodyWritesIsCorrupt) {
  const auto decoded = [](std::int32_t type, Lifetime lifetime) {
    Record record;
    record.type = type;
    record.lifetime = lifetime;
    Record out;
    return decode(encode(record, {}), out);
  };
  EXPECT_EQ(decoded(GC_PRIVATE + 15, {1, 0}), Decoded::ok);
  for (const std::int32_t type : {+GC_UINT, 9, 15, 32, 255}) EXPECT_EQ(decoded(type, {1, 0}), Decoded::corrupt);
  EXPECT_EQ(decoded(GC_BYTES, {-1, 0}), Decoded::corrupt);
  EXPECT_EQ(decoded(GC_BYTES, {std::numeric_limits<std::int64_t>::min(), 5}), Decoded::corrupt);
  EXPECT_EQ(decoded(GC_BYTES, {1, -1}), Decoded::corrupt);
}

RC_GTEST_PROP(RecordProperty, DecodesWhatItEncodes, ()) {
  const std::string key = *test::any_text();
  const std::string payload = *test::any_bytes();
  const auto numbers = *rc::gen::arbitrary<std::vector<std::uint64_t>>();
  std::vector<Stamp> stamps;
  for (const std::uint64_t number : numbers) stamps.push_back(Stamp{number});
  Record record;
  record.type = *rc::gen::oneOf(rc::gen::inRange(0, GC_CEREAL + 1), rc::gen::inRange(+GC_PRIVATE, GC_PRIVATE + 16));
  const auto milliseconds = rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max());
  record.lifetime = {*milliseconds, *milliseconds};
  record.key = key;
  record.payload = payload;

  const std::string bytes = encode(record, stamps);
  RC_ASSERT(record_overhead(stamps.size(), {}) == 40 + 8 * stamps.size());
  RC_ASSERT(bytes.size() == record_overhead(stamps.size(), {}) + key.size() + payload.size());
  Record decoded;
  RC_ASSERT(decode(bytes, decoded) == Decoded::ok);
  RC_ASSERT(decoded.type == record.type);
  RC_ASSERT(decoded.lifetime.created_ms == record.lifetime.created_ms);
  RC_ASSERT(decoded.lifetime.ttl_ms == record.lifetime.ttl_ms);
  RC_ASSERT(decoded.key == key);
  RC_ASSERT(decoded.payload == payload);
  RC_ASSERT(decoded.stamp_count() == stamps.size());
  for (std::size_t i = 0; i < stamps.size(); ++i) RC_ASSERT(decoded.stamp(i) == stamps[i]);
}

}  // namespace
}  // namespace gencache::core
