// Records of values with extra generations: byte for byte, and back, and damaged.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "calls.h"
#include "record.h"

namespace gencache::core {
namespace {

constexpr std::size_t header_end = 40;

struct Made {
  std::string key;
  std::string payload;
  Record record;
  std::vector<Stamp> stamps;
};

// `made` keeps what its record points into.
void make_up(Made &made) {
  made.key = *test::any_text();
  made.payload = *test::any_bytes();
  made.record.type = GC_TEXT;
  made.record.lifetime = {1'700'000'000'000, 60'000};
  made.record.cost_us = *rc::gen::arbitrary<std::uint32_t>();
  made.record.key = made.key;
  made.record.payload = made.payload;
  const auto extras = *rc::gen::inRange<std::size_t>(0, 5);
  for (std::size_t i = 0; i < extras; ++i) made.record.extras.push_back(*test::any_text());
  const auto declared = *rc::gen::inRange<std::size_t>(0, 4);
  for (std::size_t i = 0; i < declared + extras; ++i) {
    made.stamps.push_back(Stamp{*rc::gen::arbitrary<std::uint64_t>()});
  }
}

RC_GTEST_PROP(RecordExtras, DecodesWhatItEncodes, ()) {
  Made made;
  make_up(made);
  const std::string bytes = encode(made.record, made.stamps);
  RC_ASSERT(bytes.size() ==
            record_overhead(made.stamps.size(), made.record.extras) + made.key.size() + made.payload.size());
  Record decoded;
  decoded.extras = {"of an earlier one"};
  RC_ASSERT(decode(bytes, decoded) == Decoded::ok);
  RC_ASSERT(decoded.extras == made.record.extras);
  RC_ASSERT(decoded.cost_us == made.record.cost_us);
  RC_ASSERT(decoded.key == made.key);
  RC_ASSERT(decoded.payload == made.payload);
  RC_ASSERT(decoded.stamp_count() == made.stamps.size());
  for (std::size_t i = 0; i < made.stamps.size(); ++i) RC_ASSERT(decoded.stamp(i) == made.stamps[i]);
}

RC_GTEST_PROP(RecordExtras, EveryBitFlipAndEveryTruncation, ()) {
  Made made;
  make_up(made);
  const std::string good = encode(made.record, made.stamps);
  Record decoded;
  std::string bad = good;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    const char flip = static_cast<char>(1U << bit % 8);
    bad[bit / 8] ^= flip;
    RC_ASSERT(decode(bad, decoded) == Decoded::corrupt);
    bad[bit / 8] ^= flip;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    RC_ASSERT(decode(std::string_view(good).substr(0, size), decoded) == Decoded::corrupt);
  }
}

TEST(RecordExtras, BehindTheKey) {
  Record record;
  record.key = "nav";
  record.extras = {"a:b=1", ""};
  record.payload = "hi";
  const Stamp stamps[] = {Stamp{1}, Stamp{2}, Stamp{3}};
  const std::string bytes = encode(record, stamps);
  using namespace std::string_literals;
  EXPECT_EQ(bytes.substr(36, 4), "\x03\x00\x02\x00"s) << "three stamps, two of them of extras";
  EXPECT_EQ(bytes.substr(header_end + 24), "nav\x05\x00\x00\x00"s + "a:b=1"s + "\x00\x00\x00\x00"s + "hi"s);
}

TEST(RecordExtras, MoreThanStampsIsCorrupt) {
  Record record;
  record.extras = {"a", "b"};
  const Stamp stamps[] = {Stamp{1}};
  Record decoded;
  EXPECT_EQ(decode(encode(record, stamps), decoded), Decoded::corrupt);
}

TEST(RecordExtras, AsManyAsThereMayBe) {
  const std::vector<Stamp> stamps(most_stamps, Stamp{7});
  Record record;
  record.extras.assign(most_stamps - 1, "x");
  Record decoded;
  ASSERT_EQ(decode(encode(record, stamps), decoded), Decoded::ok);
  EXPECT_EQ(decoded.stamp_count(), most_stamps);
  EXPECT_EQ(decoded.extras.size(), most_stamps - 1);
}

}  // namespace
}  // namespace gencache::core
