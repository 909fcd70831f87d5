// Stamps: fresh ones, and the bytes that stand on a server.
#include "stamp.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <vector>

#include "kernel.h"

namespace gencache::core {
namespace {

using test::expect_of_getrandom;
using test::Random;

TEST(Stamp, EightLittleEndianBytes) {
  EXPECT_EQ(encode(Stamp{0x0102030405060708}), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(decode_stamp("\x08\x07\x06\x05\x04\x03\x02\x01"), Stamp{0x0102030405060708});
}

TEST(Stamp, OtherSizesAreNoStamp) {
  for (std::size_t size = 0; size < 20; ++size) {
    EXPECT_EQ(decode_stamp(std::string(size, 'x')).has_value(), size == 8 || size == 16) << size;
  }
}

TEST(Stamp, Hexadecimal) {
  EXPECT_EQ(to_hex(Stamp{0xAB}), "00000000000000ab");
  EXPECT_EQ(to_hex(Stamp{UINT64_MAX}), "ffffffffffffffff");
}

RC_GTEST_PROP(StampProperty, DecodesWhatItEncodes, (std::uint64_t number)) {
  RC_ASSERT(decode_stamp(encode(Stamp{number})) == Stamp{number});
}

TEST(Stamp, FreshOnesAllDiffer) {
  std::vector<Stamp> stamps(1000);
  make_fresh(stamps);
  std::set<Stamp> different(stamps.begin(), stamps.end());
  make_fresh(stamps);
  different.insert(stamps.begin(), stamps.end());
  EXPECT_EQ(different.size(), 2000U);
  make_fresh({});
}

TEST(Stamp, FreshInSpiteOfInterruptionsAndShortReads) {
  std::vector<Stamp> stamps(3);
  for (const Random outcome : {Random::interrupted, Random::one_byte, Random::interrupted, Random::one_byte}) {
    expect_of_getrandom(outcome);
  }
  make_fresh(stamps);
  EXPECT_EQ(std::count(stamps.begin(), stamps.end(), Stamp{}), 0);
}

TEST(Stamp, NoneWithoutRandomness) {
  Stamp stamp{7};
  expect_of_getrandom(Random::broken);
  EXPECT_THROW(make_fresh({&stamp, 1}), std::system_error);
  EXPECT_EQ(stamp, Stamp{7});
}

}  // namespace
}  // namespace gencache::core
