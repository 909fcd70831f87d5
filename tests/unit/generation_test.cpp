// Generations: which are accepted, their order, and how a value reads in one.
#include "generation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <vector>

#include "calls.h"
#include "failures.h"

namespace gencache::core {
namespace {

using Limits = std::numeric_limits<double>;

std::string in_generation(const gc_value &value) {
  std::string out;
  append_in_generation(out, value);
  return out;
}

std::string refusal_of(std::vector<const char *> declared) {
  return test::refusal([&] { parse_generations(declared.data(), declared.size()); });
}

TEST(Generation, StaticAndValueBased) {
  const char *declared[] = {"nav_portal:user_id", "nav"};
  const Generations parsed = parse_generations(declared, 2);
  ASSERT_EQ(parsed.size(), 2U);
  EXPECT_EQ(parsed[0].declared, "nav");
  EXPECT_EQ(parsed[0].name, "nav");
  EXPECT_TRUE(parsed[0].is_static());
  EXPECT_EQ(parsed[1].declared, "nav_portal:user_id");
  EXPECT_EQ(parsed[1].name, "nav_portal");
  EXPECT_EQ(parsed[1].argument, "user_id");
  EXPECT_FALSE(parsed[1].is_static());
}

TEST(Generation, SortedAsBytesWithoutDuplicates) {
  const char *declared[] = {"b", "a:x", "é", "a", "B", "a:x", "b", "a b"};
  std::string order;
  for (const Generation &generation : parse_generations(declared, std::size(declared))) {
    order.append(generation.declared).append("|");
  }
  EXPECT_EQ(order, "B|a|a b|a:x|b|é|");
}

TEST(Generation, RefusesABadNameAndSaysWhich) {
  EXPECT_EQ(refusal_of({"nav", nullptr}), "generations[1] is NULL");
  EXPECT_EQ(refusal_of({""}), "generations[0] '' has an empty name");
  EXPECT_EQ(refusal_of({"a", "b", ":x"}), "generations[2] ':x' has an empty name");
  EXPECT_EQ(refusal_of({"a:"}), "generations[0] 'a:' names no argument after its colon");
  EXPECT_EQ(refusal_of({":"}), "generations[0] ':' names no argument after its colon");
  EXPECT_EQ(refusal_of({"a:b:c"}), "generations[0] 'a:b:c' has more than one colon");
  EXPECT_EQ(refusal_of({"a::b"}), "generations[0] 'a::b' has more than one colon");
  EXPECT_EQ(refusal_of({"a\nb"}), "generations[0] 'a\\x0Ab' holds a control character in its name");
  EXPECT_EQ(refusal_of({"a:\x7F"}), "generations[0] 'a:\\x7F' holds a control character in its name");
  EXPECT_EQ(refusal_of({"a\xFF"}), "generations[0] 'a\\xFF' has a name that is not UTF-8");
}

TEST(Generation, RefusesNone) {
  const char *nav = "nav";
  EXPECT_EQ(test::refusal([&] { parse_generations(&nav, 0); }),
            "n_generations is 0: a value depends on at least one generation");
  EXPECT_EQ(test::refusal([] { parse_generations(nullptr, 1); }), "generations is NULL");
}

TEST(Generation, OneValueWhateverItsType) {
  EXPECT_EQ(in_generation(gc_value_int(42)), "42");
  EXPECT_EQ(in_generation(gc_value_uint(42)), "42");
  EXPECT_EQ(in_generation(gc_value_double(42.0)), "42");
  EXPECT_EQ(in_generation(gc_value_str("42")), "42");
  EXPECT_EQ(in_generation(gc_value_data(GC_BYTES, "42", 2)), "42");
}

TEST(Generation, ValuesOfEveryType) {
  EXPECT_EQ(in_generation(gc_value_null()), "null");
  EXPECT_EQ(in_generation(gc_value_bool(1)), "true");
  EXPECT_EQ(in_generation(gc_value_bool(0)), "false");
  EXPECT_EQ(in_generation(gc_value_int(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(in_generation(gc_value_uint(UINT64_MAX)), "18446744073709551615");
  EXPECT_EQ(in_generation(gc_value_str("a b=é")), "a%20b%3D%C3%A9");
  EXPECT_EQ(in_generation(gc_value_data(GC_BYTES, "\0\xFF", 2)), "%00%FF");
  EXPECT_EQ(in_generation(gc_value_str("")), "");
}

TEST(Generation, Doubles) {
  EXPECT_EQ(in_generation(gc_value_double(-0.0)), "0");
  EXPECT_EQ(in_generation(gc_value_double(-7.0)), "-7");
  EXPECT_EQ(in_generation(gc_value_double(0.1)), "0.1");
  EXPECT_EQ(in_generation(gc_value_double(1e15)), "1000000000000000");
  EXPECT_EQ(in_generation(gc_value_double(0x1p63)), "9223372036854775808");
  EXPECT_EQ(in_generation(gc_value_double(std::nextafter(0x1p64, 0))), "18446744073709549568");
  EXPECT_EQ(in_generation(gc_value_double(1e300)), "1e+300");
  EXPECT_EQ(in_generation(gc_value_double(Limits::infinity())), "inf");
  EXPECT_EQ(in_generation(gc_value_double(-Limits::infinity())), "-inf");
  EXPECT_EQ(in_generation(gc_value_double(Limits::quiet_NaN())), "nan");
  EXPECT_EQ(in_generation(gc_value_double(-Limits::quiet_NaN())), "nan");
}

RC_GTEST_PROP(GenerationProperty, NumbersAgree, (std::int64_t number)) {
  const std::string text = std::to_string(number);
  RC_ASSERT(in_generation(gc_value_int(number)) == text);
  RC_ASSERT(in_generation(gc_value_str(text.c_str())) == text);
  if (number >= 0) RC_ASSERT(in_generation(gc_value_uint(static_cast<std::uint64_t>(number))) == text);
  const auto rounded = static_cast<double>(number);
  if (std::fabs(rounded) < 0x1p53) RC_ASSERT(in_generation(gc_value_double(rounded)) == text);
}

RC_GTEST_PROP(GenerationProperty, WholeDoublesReadLikeTheirInteger, (std::int32_t number, std::uint8_t shift)) {
  const double whole = std::ldexp(number, shift % 32);
  RC_ASSERT(in_generation(gc_value_double(whole)) == std::to_string(static_cast<std::int64_t>(whole)));
}

}  // namespace
}  // namespace gencache::core
