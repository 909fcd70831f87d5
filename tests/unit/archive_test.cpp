// The cereal archives: what they write, byte for byte, and that they read it back.
#include "gencache/archive.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cereal/types/array.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>
#include <limits>

namespace gencache {
namespace {

template <class T>
std::string saved(const T &value) {
  std::string bytes;
  BoundedOutput archive(bytes);
  archive(value);
  return bytes;
}

template <class T>
T loaded(std::string_view bytes) {
  T value{};
  BoundedInput archive(bytes);
  archive(value);
  EXPECT_TRUE(archive.left().empty()) << archive.left().size() << " bytes are left";
  return value;
}

template <class T>
void expect_there_and_back(const T &value) {
  EXPECT_EQ(loaded<T>(saved(value)), value);
}

std::string operator""_b(const char *bytes, std::size_t size) { return {bytes, size}; }

struct Point {
  std::int32_t x = 0;
  std::int32_t y = 0;
  bool operator==(const Point &) const = default;

  template <class Archive>
  void serialize(Archive &archive) {
    archive(cereal::make_nvp("x", x), CEREAL_NVP(y));
  }
};

enum class Color : std::uint16_t { red = 1, green = 0x0203 };

struct Shape {
  std::string name;
  std::vector<Point> corners;
  std::map<std::string, std::vector<std::uint8_t>> notes;
  std::optional<double> area;
  Color color = Color::red;
  bool operator==(const Shape &) const = default;

  template <class Archive>
  void serialize(Archive &archive) {
    archive(name, corners, notes, area, color);
  }
};

struct Empty {};

template <class T>
class ArchiveNumber : public testing::Test {};

using Numbers = testing::Types<char, signed char, unsigned char, char8_t, char16_t, char32_t, short, unsigned short,
                               int, unsigned, long, unsigned long, long long, unsigned long long, float, double, bool>;
TYPED_TEST_SUITE(ArchiveNumber, Numbers);

TYPED_TEST(ArchiveNumber, LittleEndianInItsOwnSize) {
  using Limits = std::numeric_limits<TypeParam>;
  for (const TypeParam number : {TypeParam{}, TypeParam{1}, Limits::lowest(), Limits::max(), Limits::min()}) {
    const std::string bytes = saved(number);
    ASSERT_EQ(bytes.size(), sizeof number);
    EXPECT_EQ(loaded<TypeParam>(bytes), number);
  }
  if constexpr (std::is_integral_v<TypeParam>) {
    EXPECT_EQ(saved(TypeParam{1}), "\1" + std::string(sizeof(TypeParam) - 1, '\0'));
  }
}

TEST(Archive, NumbersByteForByte) {
  EXPECT_EQ(saved(std::uint64_t{0x0102030405060708}), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(saved(std::int32_t{-2}), "\xFE\xFF\xFF\xFF");
  EXPECT_EQ(saved(1.5), "\0\0\0\0\0\0\xF8\x3F"_b);
  EXPECT_EQ(saved(true), "\1");
  EXPECT_EQ(saved(false), "\0"_b);
}

TEST(Archive, ContainersByteForByte) {
  EXPECT_EQ(saved(std::string("hi")), "\2\0\0\0\0\0\0\0hi"_b);
  EXPECT_EQ(saved(std::u16string(u"é")), "\1\0\0\0\0\0\0\0\xE9\0"_b);
  EXPECT_EQ(saved(std::vector<std::uint16_t>{1, 0x0203}), "\2\0\0\0\0\0\0\0\1\0\3\2"_b);
  EXPECT_EQ(saved(std::vector<bool>{true, false}), "\2\0\0\0\0\0\0\0\1\0"_b);
  EXPECT_EQ(saved(std::map<std::uint8_t, bool>{{7, true}}), "\1\0\0\0\0\0\0\0\7\1"_b);
  EXPECT_EQ(saved(std::array<std::uint16_t, 2>{1, 2}), "\1\0\2\0"_b);
  EXPECT_EQ(saved(std::vector<std::string>{}), "\0\0\0\0\0\0\0\0"_b);
}

TEST(Archive, OptionalsTuplesAndVariantsByteForByte) {
  EXPECT_EQ(saved(std::optional<std::uint8_t>{}), "\1");  // cereal tells whether there is nothing
  EXPECT_EQ(saved(std::optional<std::uint8_t>{5}), "\0\5"_b);
  EXPECT_EQ(saved(std::tuple<std::uint8_t, bool>{5, true}), "\5\1");
  EXPECT_EQ(saved(std::variant<bool, std::uint8_t>{std::uint8_t{9}}), "\1\0\0\0\x09"_b);
  EXPECT_EQ(saved(Color::green), "\3\2");
}

TEST(Archive, StructuresAddNothingOfTheirOwn) {
  EXPECT_EQ(saved(Point{1, -1}), "\1\0\0\0\xFF\xFF\xFF\xFF"_b);
  EXPECT_EQ(saved(Empty{}), "");
  Empty empty;
  BoundedInput archive("");
  EXPECT_NO_THROW(archive(empty));
}

TEST(Archive, ThereAndBack) {
  expect_there_and_back(Shape{"triangle", {{0, 0}, {1, 0}, {0, 1}}, {{"a", {1, 2}}, {"b", {}}}, 0.5, Color::green});
  expect_there_and_back(Shape{});
  expect_there_and_back(std::vector<bool>{true, false, true});
  expect_there_and_back(std::list<std::set<std::string>>{{"a", "b"}, {}});
  expect_there_and_back(std::unordered_map<std::string, std::optional<Point>>{{"none", {}}, {"one", Point{1, 2}}});
  expect_there_and_back(std::variant<bool, std::string>{"text"});
  expect_there_and_back(std::array<Point, 2>{Point{1, 2}, Point{3, 4}});
  expect_there_and_back(std::string(100'000, 'x'));
}

TEST(Archive, BehindWhatIsThere) {
  std::string bytes = "before";
  BoundedOutput output(bytes);
  output(std::uint8_t{'!'});
  output.append("raw", 3);
  EXPECT_EQ(bytes, "before!raw");
  BoundedInput input(bytes);
  EXPECT_EQ(input.take(6), "before");
  std::uint8_t mark = 0;
  input(mark);
  EXPECT_EQ(mark, '!');
  EXPECT_EQ(input.left(), "raw");
}

TEST(Archive, TypesThatAreNotAlikeEverywhereDoNotCompile) {
  using cereal::traits::is_input_serializable;
  using cereal::traits::is_output_serializable;
  static_assert(!is_output_serializable<long double, BoundedOutput>::value);
  static_assert(!is_input_serializable<long double, BoundedInput>::value);
  static_assert(!is_output_serializable<wchar_t, BoundedOutput>::value);
  static_assert(is_output_serializable<double, BoundedOutput>::value);
}

RC_GTEST_PROP(ArchiveProperty, ThereAndBack, (const std::map<std::string, std::vector<double>> &value)) {
  RC_ASSERT((loaded<std::map<std::string, std::vector<double>>>(saved(value)) == value));
}

RC_GTEST_PROP(ArchiveProperty, EveryTruncationThrows, (const std::map<std::string, std::vector<int>> &value)) {
  const std::string bytes = saved(value);
  const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
  std::map<std::string, std::vector<int>> target;
  BoundedInput archive(std::string_view(bytes).substr(0, size));
  RC_ASSERT_THROWS_AS(archive(target), cereal::Exception);
}

}  // namespace
}  // namespace gencache
