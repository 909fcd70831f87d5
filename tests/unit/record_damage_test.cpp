// Damaged, cut, foreign and hostile records: told apart, and never believed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <xxhash.h>

#include <cstring>
#include <vector>

#include "calls.h"
#include "record.h"

namespace gencache::core {
namespace {

constexpr std::size_t version_at = 1;
constexpr std::size_t flags_at = 3;
constexpr std::size_t checksum_at = 4;
constexpr std::size_t checksum_end = 12;
constexpr std::size_t key_size_at = 32;
constexpr std::size_t stamp_count_at = 36;

std::string record_of(std::string_view key, std::string_view payload, const std::vector<Stamp> &stamps) {
  Record record;
  record.type = GC_TEXT;
  record.lifetime = {1'700'000'000'000, 60'000};
  record.key = key;
  record.payload = payload;
  return encode(record, stamps);
}

std::string good_record() { return record_of("nav|page=\"home\"", "<html>", {Stamp{1}, Stamp{2}}); }

Decoded decoded(std::string_view bytes) {
  Record record;
  return decode(bytes, record);
}

// With a checksum that is right again, made as docs/protocol.md has it.
std::string sealed(std::string bytes) {
  std::uint32_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  const XXH64_hash_t sum = XXH3_64bits_withSeed(bytes.data() + checksum_end, bytes.size() - checksum_end, seed);
  std::memcpy(bytes.data() + checksum_at, &sum, sizeof sum);
  return bytes;
}

std::string with_number(std::string bytes, std::size_t at, std::uint32_t number) {
  std::memcpy(bytes.data() + at, &number, sizeof number);
  return sealed(std::move(bytes));
}

RC_GTEST_PROP(RecordDamage, EveryBitFlipAndEveryTruncation, ()) {
  const std::vector<Stamp> stamps(*rc::gen::inRange<std::size_t>(0, 5), Stamp{*rc::gen::arbitrary<std::uint64_t>()});
  const std::string good = record_of(*test::any_text(), *test::any_bytes(), stamps);
  RC_ASSERT(decoded(good) == Decoded::ok);
  std::string bad = good;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    const char flip = static_cast<char>(1U << bit % 8);
    bad[bit / 8] ^= flip;
    RC_ASSERT(decoded(bad) == Decoded::corrupt);
    bad[bit / 8] ^= flip;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    RC_ASSERT(decoded(std::string_view(good).substr(0, size)) == Decoded::corrupt);
  }
}

RC_GTEST_PROP(RecordDamage, WhateverIsAppended, (const std::string &more)) {
  RC_ASSERT((decoded(good_record() + more) == Decoded::ok) == more.empty());
}

RC_GTEST_PROP(RecordDamage, AnyBytesAtAll, (const std::string &bytes)) {
  RC_ASSERT(decoded(bytes) == Decoded::corrupt);
}

// A right checksum lets the reader past it, to whatever the fields then say.
RC_GTEST_PROP(RecordDamage, AnyFieldsUnderARightChecksum, ()) {
  const auto any = rc::gen::arbitrary<char>();
  std::string bytes =
      good_record().substr(0, 4) + *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(36, 120), any);
  if (*rc::gen::arbitrary<bool>()) {
    bytes = with_number(bytes, key_size_at, *rc::gen::inRange(0U, 60U));
    bytes = with_number(bytes, stamp_count_at, *rc::gen::inRange(0U, 8U));
  }
  bytes = sealed(bytes);
  Record record;
  const bool is_ok = decode(bytes, record) == Decoded::ok;
  RC_CLASSIFY(is_ok, "readable");
  if (is_ok) RC_ASSERT(40 + record.stamps.size() + record.key.size() + record.payload.size() == bytes.size());
}

TEST(RecordDamage, OtherVersionsWithARightChecksum) {
  for (int version = 0; version < 256; ++version) {
    std::string other = good_record();
    other[version_at] = static_cast<char>(version);
    EXPECT_EQ(decoded(sealed(other)), version == 1 ? Decoded::ok : Decoded::other_version) << version;
    EXPECT_EQ(decoded(other), version == 1 ? Decoded::ok : Decoded::corrupt) << version;
  }
}

TEST(RecordDamage, AnotherVersionMayLookOtherwiseBehindTheChecksum) {
  EXPECT_EQ(decoded(sealed({'\x67', '\x02', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})), Decoded::other_version);
  EXPECT_EQ(decoded(sealed("\x67\x02 anything else")), Decoded::other_version);
}

TEST(RecordDamage, FlagsThatThisVersionDoesNotKnow) {
  std::string other = good_record();
  other[flags_at] = 1;
  EXPECT_EQ(decoded(sealed(other)), Decoded::other_version);
}

TEST(RecordDamage, AnotherMagicIsDamage) {
  std::string other = good_record();
  other[0] = 'G';
  EXPECT_EQ(decoded(sealed(other)), Decoded::corrupt);
}

TEST(RecordDamage, ShorterThanItsHeader) {
  const std::string good = good_record();
  for (std::size_t size = checksum_end; size < 40; ++size) {
    EXPECT_EQ(decoded(sealed(good.substr(0, size))), Decoded::corrupt) << size;
  }
}

TEST(RecordDamage, SizesBeyondTheEnd) {
  const std::string good = good_record();
  const auto left = static_cast<std::uint32_t>(good.size() - 40);
  for (const std::uint32_t stamps : {(left + 7) / 8, 1000U, 0x20000000U, 0x80000000U, UINT32_MAX}) {
    EXPECT_EQ(decoded(with_number(good, stamp_count_at, stamps)), Decoded::corrupt) << stamps;
  }
  for (const std::uint32_t size : {left - 16 + 1, 0x80000000U, UINT32_MAX}) {
    EXPECT_EQ(decoded(with_number(good, key_size_at, size)), Decoded::corrupt) << size;
  }
  EXPECT_EQ(decoded(with_number(good, key_size_at, left - 16)), Decoded::ok);
}

}  // namespace
}  // namespace gencache::core
