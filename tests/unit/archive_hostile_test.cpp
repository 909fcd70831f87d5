// The cereal archives on hostile input: an exception, and nothing allocated beyond what the input could hold.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cereal/types/deque.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>
#include <memory>

#include "gencache/archive.hpp"

namespace gencache {
namespace {

// The largest block that containers with a Watching allocator have asked for.
std::size_t largest_block = 0;

template <class T>
struct Watching : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = Watching<U>;
  };
  Watching() = default;
  template <class U>
  Watching(const Watching<U> &) {}

  T *allocate(std::size_t count) {
    largest_block = std::max(largest_block, count * sizeof(T));
    return std::allocator<T>::allocate(count);
  }
};

template <class T>
using Vector = std::vector<T, Watching<T>>;
using String = std::basic_string<char, std::char_traits<char>, Watching<char>>;

// A size tag, with `more` behind it.
std::string claim(std::uint64_t size, std::string_view more = {}) {
  std::string bytes;
  BoundedOutput archive(bytes);
  archive(size);
  return bytes.append(more);
}

template <class T>
bool is_refused(std::string_view bytes) {
  largest_block = 0;
  T value{};
  BoundedInput archive(bytes);
  try {
    archive(value);
    return false;
  } catch (const cereal::Exception &) {
    return true;
  }
}

constexpr std::uint64_t claims[] = {
    2,           10,          1ULL << 20U, 1ULL << 31U,       1ULL << 32U, (1ULL << 32U) + 1,
    1ULL << 40U, 1ULL << 61U, 1ULL << 62U, (1ULL << 61U) + 1, 1ULL << 63U, UINT64_MAX};

template <class T>
class HostileSize : public testing::Test {};

using Containers =
    testing::Types<String, Vector<char>, Vector<std::uint64_t>, Vector<double>, Vector<bool>, Vector<std::string>,
                   Vector<String>, Vector<Vector<std::uint64_t>>, Vector<std::optional<double>>,
                   std::list<int, Watching<int>>, std::deque<std::string, Watching<std::string>>,
                   std::map<int, std::string, std::less<>, Watching<std::pair<const int, std::string>>>,
                   std::unordered_map<int, int, std::hash<int>, std::equal_to<>, Watching<std::pair<const int, int>>>>;
TYPED_TEST_SUITE(HostileSize, Containers);

TYPED_TEST(HostileSize, NineBytesAllocateNothing) {
  for (const std::uint64_t size : claims) {
    EXPECT_TRUE(is_refused<TypeParam>(claim(size, "x"))) << size;
    EXPECT_LE(largest_block, 512U) << size;  // a deque has blocks before it has elements
  }
}

TYPED_TEST(HostileSize, AllocatesAtMostAFewTimesTheInput) {
  const std::string input(1000, '\xFF');
  for (const std::uint64_t size : claims) {
    is_refused<TypeParam>(claim(size, input));
    EXPECT_LE(largest_block, 64 * (8 + input.size())) << size;
  }
}

TEST(Hostile, SizeInsideAnElement) {
  EXPECT_TRUE(is_refused<Vector<String>>(claim(3, claim(1, "a") + claim(UINT64_MAX, "b"))));
  EXPECT_TRUE((is_refused<std::map<std::string, Vector<int>>>(claim(1, claim(1, "k") + claim(1ULL << 62U, "abcd")))));
  EXPECT_LE(largest_block, 512U);
}

TEST(Hostile, ElementsThatTakeNoByteCannotBeCounted) {
  struct Nothing {
    void serialize(BoundedInput &) {}
  };
  EXPECT_TRUE(is_refused<Vector<Nothing>>(claim(UINT64_MAX)));
  EXPECT_TRUE(is_refused<Vector<Nothing>>(claim(1)));
}

TEST(Hostile, BadBooleans) {
  for (int byte = 2; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    EXPECT_TRUE(is_refused<bool>(bytes)) << byte;
    EXPECT_TRUE(is_refused<std::optional<char>>(bytes + "x")) << byte;
    EXPECT_TRUE(is_refused<std::vector<bool>>(claim(1, bytes))) << byte;
  }
}

TEST(Hostile, BadVariants) {
  const std::string index("\2\0\0\0x", 5);
  EXPECT_TRUE((is_refused<std::variant<char, bool>>(index)));
  EXPECT_TRUE((is_refused<std::variant<char, bool>>("\xFF\xFF\xFF\xFFx")));
}

TEST(Hostile, ShortInput) {
  EXPECT_TRUE(is_refused<std::uint64_t>(""));
  EXPECT_TRUE(is_refused<std::uint64_t>("1234567"));
  EXPECT_TRUE(is_refused<bool>(""));
  EXPECT_TRUE(is_refused<std::string>("1234567"));
  EXPECT_TRUE(is_refused<std::optional<int>>(std::string(1, '\0') + "123"));
  BoundedInput archive("abc");
  EXPECT_THROW(archive.take(4), cereal::Exception);
  EXPECT_THROW(archive.take(SIZE_MAX), cereal::Exception);
  EXPECT_EQ(archive.take(3), "abc");
  EXPECT_EQ(archive.take(0), "");
  EXPECT_THROW(archive.take(1), cereal::Exception);
}

RC_GTEST_PROP(HostileProperty, AnyBytesEndInAValueOrAnException, (const std::string &bytes)) {
  is_refused<std::map<std::string, std::vector<std::optional<std::string>>>>(bytes);
  is_refused<Vector<Vector<String>>>(claim(2, claim(1, bytes)));
  RC_ASSERT(largest_block <= 64 * (16 + bytes.size()));
}

}  // namespace
}  // namespace gencache
