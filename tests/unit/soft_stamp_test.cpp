// Soft invalidation in the stamp: the lower 16 bits count, and where they end it is a hard one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "stamp.h"

namespace gencache::core {
namespace {

constexpr std::uint64_t last = 0xFFFF;

std::uint64_t number(Stamp stamp) { return static_cast<std::uint64_t>(stamp); }

RC_GTEST_PROP(SoftStamp, StepsAreCountedUntilTheyEnd, ()) {
  const auto start = *rc::gen::arbitrary<std::uint64_t>();
  // Mostly near the end.
  const auto low = *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, last + 1),
                                   rc::gen::inRange<std::uint64_t>(last - 20, last + 1));
  const Stamp first{(start & ~last) | low};
  Stamp stamp = first;
  for (std::uint64_t steps = 0; steps < 30; ++steps) {
    if (low + steps > last) {
      RC_ASSERT(!soft_steps(first, stamp));
      return;
    }
    RC_ASSERT(soft_steps(first, stamp) == steps);
    RC_ASSERT(steps == 0 || stamp != first);
    RC_ASSERT(steps == 0 || !soft_steps(stamp, first));
    stamp = softened(stamp);
  }
}

TEST(SoftStamp, TheWholeWay) {
  const Stamp first{0xABCDEF0123450000};
  Stamp stamp = first;
  for (unsigned steps = 0; steps <= last; ++steps) {
    ASSERT_EQ(soft_steps(first, stamp), steps);
    stamp = softened(stamp);
  }
  EXPECT_FALSE(soft_steps(first, stamp)) << "a fresh one: by chance the same upper bits once in 2^48";
  EXPECT_NE(number(stamp) >> 16U, number(first) >> 16U);
}

// Nothing is ever carried into the upper bits: the next stamp would look like that of another generation's life.
TEST(SoftStamp, AtTheEndItIsAFreshOne) {
  for (const std::uint64_t end : {last, UINT64_MAX, std::uint64_t{0xFFFFFFFF}}) {
    const Stamp after = softened(Stamp{end});
    EXPECT_NE(number(after), end + 1);
    EXPECT_FALSE(soft_steps(Stamp{end}, after));
    EXPECT_NE(softened(Stamp{end}), after) << "each one another";
  }
}

TEST(SoftStamp, AFreshOneCanBeSoftenedManyTimes) {
  std::vector<Stamp> stamps(100);
  make_fresh(stamps);
  for (const Stamp first : stamps) {
    EXPECT_LE(number(first) & last, last / 2) << to_hex(first);
  }
}

RC_GTEST_PROP(SoftStamp, OtherUpperBitsAreAHardOne, (std::uint64_t then, std::uint64_t now)) {
  const bool is_same = then >> 16U == now >> 16U;
  RC_ASSERT(soft_steps(Stamp{then}, Stamp{now}).has_value() == (is_same && now >= then));
  const unsigned bit = *rc::gen::inRange(16U, 64U);
  RC_ASSERT(!soft_steps(Stamp{then}, Stamp{then ^ (std::uint64_t{1} << bit)}));
}

RC_GTEST_PROP(SoftStamp, TheMomentStandsBehindIt, (std::uint64_t number, std::int64_t moment)) {
  const std::string bytes = encode(Stamp{number}, moment);
  RC_ASSERT(bytes.size() == 16U);
  RC_ASSERT(bytes.substr(0, 8) == encode(Stamp{number}));
  RC_ASSERT(decode_stamp(bytes) == Stamp{number});
  RC_ASSERT(softened_ms(bytes) == moment);
}

TEST(SoftStamp, WithoutAMoment) {
  EXPECT_EQ(softened_ms(encode(Stamp{7})), 0);
  for (const std::size_t size : {0, 1, 7, 9, 15, 17, 100}) EXPECT_EQ(softened_ms(std::string(size, 'x')), 0) << size;
}

TEST(SoftStamp, ByteForByte) {
  EXPECT_EQ(encode(Stamp{0x0102030405060708}, 0x1112131415161718),
            "\x08\x07\x06\x05\x04\x03\x02\x01\x18\x17\x16\x15\x14\x13\x12\x11");
}

}  // namespace
}  // namespace gencache::core
