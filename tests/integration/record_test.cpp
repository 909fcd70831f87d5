// Damaged and foreign records: a miss with its reason, never a crash, never a wrong value.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <random>
#include <string>

#include "pool.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

constexpr size_t kVersionAt = 1;
constexpr size_t kChecksumAt = 4;
constexpr size_t kChecksumEnd = 12;
constexpr size_t kExtrasAt = 38;

class Records : public Pool {
 protected:
  const Names gens = {"nav", "portal:user_id"};
  const Args args = {gc_int("user_id", 1), gc_str("page", "home")};
  const std::string value = "the value of one page";
  Cache cache = start(1);
  const MemcachedServer &server = servers.front();
  std::string wire;
  std::string good;
  uint32_t flags = 0;

  void SetUp() override {
    ASSERT_TRUE(cache.set(gens, args, value).ok());
    wire = cache.explained("wire", gens, args);
    good = server.get(wire).value_or("");
    ASSERT_FALSE(good.empty()) << wire;
    flags = server.flags(wire);
  }

  Got read_with(const std::string &item) {
    server.set(wire, item, flags);
    return cache.get(gens, args);
  }

  void expect_reason(const Got &got, int32_t reason) {
    EXPECT_TRUE(got.miss()) << got.summary() << " " << got.data();
    EXPECT_EQ(got.entry.reason(), reason) << got.summary();
    EXPECT_EQ(got.entry.generation(), "");
  }
};

TEST_F(Records, EveryBitFlipped) {
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    SCOPED_TRACE("bit " + std::to_string(bit) + " of " + std::to_string(good.size() * 8));
    expect_reason(read_with(bad), GC_REASON_CORRUPT);
  }
  EXPECT_EQ(read_with(good).data(), value);
}

TEST_F(Records, EveryLength) {
  for (size_t size = 0; size < good.size(); ++size) {
    SCOPED_TRACE(size);
    expect_reason(read_with(good.substr(0, size)), GC_REASON_CORRUPT);
  }
  for (const std::string &more : {std::string("x"), std::string("more bytes than there were"), std::string(1, '\0')}) {
    expect_reason(read_with(good + more), GC_REASON_CORRUPT);
  }
  expect_reason(read_with(good + good), GC_REASON_CORRUPT);
}

TEST_F(Records, AnythingElse) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 500; ++round) {
    std::string bad(random() % 300, '\0');
    for (char &byte : bad) byte = static_cast<char>(random());
    if (round % 2 == 0) bad.replace(0, std::min(bad.size(), kChecksumAt), good.substr(0, kChecksumAt));
    expect_reason(read_with(bad), GC_REASON_CORRUPT);
  }
  expect_reason(read_with(std::string(500'000, '\xff')), GC_REASON_CORRUPT);
}

TEST_F(Records, ACorruptOneIsHealedByAFill) {
  const Got miss = read_with("damaged");
  expect_reason(miss, GC_REASON_CORRUPT);
  ASSERT_TRUE(fill(miss.entry, "new").ok());
  EXPECT_EQ(cache.get(gens, args).data(), "new");
}

TEST_F(Records, ACorruptOneIsLogged) {
  std::vector<std::string> messages;
  gc_set_log(
      cache.handle(),
      [](void *payload, int32_t, const char *message) {
        static_cast<std::vector<std::string> *>(payload)->push_back(message);
      },
      &messages, GC_LOG_WARNING);
  read_with("damaged");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_NE(messages.front().find("corrupt"), std::string::npos) << messages.front();
  EXPECT_NE(messages.front().find("portal:user_id=1"), std::string::npos) << messages.front();
}

// A sound record but for this byte: the checksum is made as docs/protocol.md says.
std::string with_byte(std::string record, size_t at, uint8_t byte) {
  record[at] = static_cast<char>(byte);
  uint32_t seed = 0;
  for (size_t i = kChecksumAt; i-- > 0;) seed = seed << 8U | static_cast<uint8_t>(record[i]);
  const uint64_t sum = XXH3_64bits_withSeed(record.data() + kChecksumEnd, record.size() - kChecksumEnd, seed);
  for (size_t i = 0; i < 8; ++i) record[kChecksumAt + i] = static_cast<char>(sum >> 8 * i);
  return record;
}

TEST_F(Records, OfAnotherVersion) {
  const auto version = static_cast<uint8_t>(good[kVersionAt]);
  ASSERT_EQ(with_byte(good, kVersionAt, version), good) << "the test no longer makes the checksum as the library does";
  for (const int other : {0, version + 1, 200, 255}) {
    const Got miss = read_with(with_byte(good, kVersionAt, static_cast<uint8_t>(other)));
    expect_reason(miss, GC_REASON_OTHER_VERSION);
    ASSERT_TRUE(fill(miss.entry, "new").ok());
    EXPECT_EQ(cache.get(gens, args).data(), "new");
  }
}

class RecordsWithAnExtra : public Records {
 protected:
  void SetUp() override {
    Records::SetUp();
    ASSERT_TRUE(cache.remove(gens, args).ok());
    const Got miss = cache.get(gens, args);
    ASSERT_TRUE(depend(miss.entry.get(), "late").ok());
    ASSERT_TRUE(fill(miss.entry, value).ok());
    ASSERT_EQ(cache.get(gens, args).data(), value);
    good = server.get(wire).value_or("");
    ASSERT_EQ(good.at(kExtrasAt), 1);
  }
};

// As many stamps as this process expects, but the generation that one of them is of is not told.
TEST_F(RecordsWithAnExtra, AStampOfNoGeneration) {
  server.set(wire, with_byte(good, kExtrasAt, 0), flags);
  EXPECT_EQ(cache.explained("verdict", gens, args), "miss, corrupt");
  EXPECT_EQ(cache.get(gens, args).entry.reason(), GC_REASON_CORRUPT);
}

// Whoever can write to the servers can make good checksums. What that gives is theirs, but nothing breaks.
TEST_F(RecordsWithAnExtra, AnyByteWithAGoodChecksum) {
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int byte : {0, 1, 2, 3, 4, 5, 8, 10, 13, 32, 127, 128, 255}) {
      SCOPED_TRACE("byte " + std::to_string(at) + ": " + std::to_string(byte));
      const Got got = read_with(with_byte(good, at, static_cast<uint8_t>(byte)));
      EXPECT_TRUE(got.status == GC_OK || got.status == GC_MISS) << got.summary();
      gc_value read;
      EXPECT_TRUE(gc_entry_value(got.entry.get(), &read, nullptr) != GC_OK || got.status == GC_OK);
      EXPECT_NE(cache.explained("verdict", gens, args), "");
      const Got begun = begin(cache, gens, args);
      EXPECT_TRUE(begun.status == GC_OK || begun.status == GC_MISS) << begun.summary();
    }
  }
}

TEST_F(Records, OfAnotherKey) {
  const Args other = {gc_int("user_id", 1), gc_str("page", "other")};
  ASSERT_TRUE(cache.set(gens, other, "of the other page").ok());
  const std::string its = server.get(cache.explained("wire", gens, other)).value();
  expect_reason(read_with(its), GC_REASON_ABSENT);
}

TEST_F(Records, FromBeforeAnInvalidation) {
  ASSERT_TRUE(cache.invalidate("nav").ok());
  ASSERT_TRUE(cache.set(gens, args, "new").ok());
  const Got got = read_with(good);
  EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED) << got.summary();
  EXPECT_EQ(got.entry.generation(), "nav");
}

TEST_F(Records, TakeAtMostTheirShareOfBytes) {
  const std::string key = cache.get(gens, args).entry.key();
  EXPECT_LE(good.size() - key.size() - value.size(), 48 + 8 * (1 + gens.size()));
}

}  // namespace
}  // namespace gencache::test
