// What C++ values become as arguments.
#include <array>
#include <cstdint>
#include <limits>
#include <ranges>

#include "every_cache.h"

namespace gencache::cpp_test {

enum class Color : std::uint8_t { red = 3 };

struct Point {
  int x = 1;
  std::string label = "here";
  friend std::string_view gencache_arg(const Point &point) { return point.label; }
};
struct Unknown {};
struct Dangling {
  friend std::string gencache_arg(const Dangling &) { return "gone before the call"; }
};

static_assert(Argument<int> && Argument<bool> && Argument<double> && Argument<const char *> &&
              Argument<const char (&)[3]>);
static_assert(Argument<std::string> && Argument<std::string_view> && Argument<std::optional<int>> && Argument<Color>);
static_assert(Argument<std::vector<std::byte>> && Argument<std::span<const unsigned char>> && Argument<std::nullptr_t>);
static_assert(Argument<Point> && Argument<std::optional<Point>>);
static_assert(!Argument<Unknown> && !Argument<Dangling> && !Argument<int *> && !Argument<std::vector<int>>);
// A pair in braces would fill a gc_arg's members instead of being an argument.
template <class Name>
concept TakesPairsInBraces = requires(Name name) {
  Args({{name, 7}});
}
|| requires(Name name) { Args({arg("id", 7), {name, 7}}); };
static_assert(!TakesPairsInBraces<const char *>);

// What is borrowed has to stand somewhere while the others are read.
template <class T>
concept InEach = requires(T values) {
  each("id", values);
};
using Made = decltype(std::views::transform(std::declval<std::vector<int> &>(), std::declval<std::string (*)(int)>()));
using Counted = decltype(std::views::transform(std::declval<std::vector<int> &>(), std::declval<int (*)(int)>()));
using Viewed =
    decltype(std::views::transform(std::declval<std::vector<int> &>(), std::declval<std::string_view (*)(int)>()));
static_assert(InEach<std::vector<std::string>> && InEach<Counted> && InEach<Viewed> && !InEach<Made>);

enum class Grade : std::uint8_t { best = 1 };
std::string_view gencache_arg(const Grade &grade) { return grade == Grade::best ? "best" : "other"; }
static_assert(Argument<Grade>);
static_assert(!Argument<char> && !Argument<wchar_t> && !Argument<long double>, "a number, or a text?");

namespace {

class Arguments : public InMemory {
 protected:
  template <class T>
  std::string in_key(const T &value) {
    const std::string text = cache.explain("g", {arg(value)});
    const std::size_t start = text.find('|') + 1;
    return text.substr(start, text.find('\n') - start);
  }
};

TEST_F(Arguments, Numbers) {
  EXPECT_EQ(in_key(1), "1");
  EXPECT_EQ(in_key(static_cast<std::int8_t>(-7)), "-7");
  EXPECT_EQ(in_key(static_cast<std::uint8_t>(200)), "200");
  EXPECT_EQ(in_key(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(in_key(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(in_key(1.5F), "1.5");
  EXPECT_EQ(in_key(2.0), "2.0");
  EXPECT_EQ(in_key(true), "true");
  EXPECT_EQ(in_key(Color::red), "3");
}

TEST_F(Arguments, TextAndBytes) {
  const char letters[] = "abc";
  EXPECT_EQ(in_key(letters), "\"abc\"");
  EXPECT_EQ(in_key("literal"), "\"literal\"");
  EXPECT_EQ(in_key(std::string("string")), "\"string\"");
  EXPECT_EQ(in_key(std::string_view("string_view").substr(0, 6)), "\"string\"");
  EXPECT_EQ(in_key(std::vector<unsigned char>{'a', 'b'}), "b\"ab\"");
  EXPECT_EQ(in_key(std::array<std::byte, 2>{std::byte{'a'}, std::byte{'b'}}), "b\"ab\"");
}

TEST_F(Arguments, Nothing) {
  EXPECT_EQ(in_key(nullptr), "null");
  EXPECT_EQ(in_key(std::nullopt), "null");
  EXPECT_EQ(in_key(std::optional<int>()), "null");
  EXPECT_EQ(in_key(std::optional<int>(4)), "4");
  EXPECT_EQ(in_key(static_cast<const char *>(nullptr)), "null");
}

TEST_F(Arguments, ATypeMaySayWhatStandsForIt) {
  EXPECT_EQ(in_key(Point()), "\"here\"");
  EXPECT_EQ(in_key(std::optional<Point>()), "null");
  EXPECT_EQ(in_key(Grade::best), "\"best\"") << "an enumeration, too";
}

TEST_F(Arguments, ANameEndsWhereItsTextEnds) {
  EXPECT_THROW(cache.invalidate(std::string("ten\0ant", 7)), ArgumentError);
}

class Lists : public EveryCache {};

TEST_P(Lists, AreWrittenInManyWays) {
  const std::string expected = "nav,portal:user_id=1|page=\"home\"";
  const std::vector<const char *> names{"nav", "portal:user_id"};
  const std::vector<gc_arg> vector{arg("user_id", 1), arg("page", "home")};
  EXPECT_EQ(key({"nav", "portal:user_id"}, {arg("user_id", 1), arg("page", "home")}), expected);
  EXPECT_EQ(key(names, vector), expected);
  EXPECT_EQ(key(names, args(arg("user_id", 1), arg("page", "home"))), expected);
  EXPECT_EQ(key("nav"), "nav");
  EXPECT_EQ(key(std::string("nav")), "nav");
  EXPECT_EQ(key({"nav"}, args(7, "x", arg("b", 2))), "nav|7,\"x\",b=2");
}

TEST_P(Lists, BadOnesAreRefused) {
  EXPECT_THROW(key({}, {}), ArgumentError);
  EXPECT_THROW(key("portal:user_id"), ArgumentError);
  EXPECT_THROW(key("nav", {arg("a", 1), arg("a", 2)}), ArgumentError);
}

GENCACHE_CPP_ON_EVERY_STORE(Lists);

}  // namespace
}  // namespace gencache::cpp_test
