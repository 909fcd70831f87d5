// Arguments: which are accepted, their order, and how a value reads in the rest of the key.
#include "argument.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "failures.h"

namespace gencache::core {
namespace {

using Limits = std::numeric_limits<double>;

std::string in_key(const gc_value &value) {
  std::string out;
  append_in_key(out, value);
  return out;
}

std::string refusal_of(const std::vector<gc_arg> &args) {
  return test::refusal([&] { parse_arguments(args.data(), args.size()); });
}

gc_value of_type(std::int32_t type) { return gc_value_data(type, "{}", 2); }

TEST(Argument, ExtraPartsInOrderThenNamedOnesSorted) {
  const gc_arg args[] = {gc_int("z", 1), gc_int(nullptr, 2), gc_int("a", 3), gc_int(nullptr, 1), gc_int("é", 4)};
  std::string order;
  for (const Argument &argument : parse_arguments(args, std::size(args))) {
    order.append(argument.name).append("=").append(in_key(argument.value)).append(" ");
  }
  EXPECT_EQ(order, "=2 =1 a=3 z=1 é=4 ");
}

TEST(Argument, NoneAtAll) { EXPECT_TRUE(parse_arguments(nullptr, 0).empty()); }

TEST(Argument, FoundByName) {
  const gc_arg args[] = {gc_int("b", 2), gc_int("a", 1), gc_int(nullptr, 0)};
  const Arguments parsed = parse_arguments(args, 3);
  ASSERT_NE(find(parsed, "b"), nullptr);
  EXPECT_EQ(find(parsed, "b")->as.i, 2);
  EXPECT_EQ(find(parsed, "c"), nullptr);
}

TEST(Argument, RefusesABadNameAndSaysWhich) {
  EXPECT_EQ(refusal_of({gc_int("", 1)}), "args[0] has an empty name");
  EXPECT_EQ(refusal_of({gc_int("a", 1), gc_int("b\n", 1)}), "args[1] 'b\\x0A' holds a control character in its name");
  EXPECT_EQ(refusal_of({gc_int("\xFF", 1)}), "args[0] '\\xFF' has a name that is not UTF-8");
  EXPECT_EQ(refusal_of({gc_int("a", 1), gc_int("b", 1), gc_str("a", "x")}), "args: argument 'a' is given twice");
  EXPECT_EQ(test::refusal([] { parse_arguments(nullptr, 2); }), "args is NULL, but n_args is 2");
  EXPECT_EQ(test::refusal([] { parse_arguments(nullptr, 2, "params"); }), "params is NULL, but n_params is 2");
}

TEST(Argument, RefusesABadValueAndSaysWhose) {
  EXPECT_EQ(refusal_of({gc_text("name", "\xC3", 1)}), "args[0] 'name' is not UTF-8");
  EXPECT_EQ(refusal_of({gc_int("x", 1), gc_text(nullptr, "\xC3", 1)}), "args[1] is not UTF-8");
  EXPECT_EQ(refusal_of({gc_bytes("data", nullptr, 1)}), "args[0] 'data' is NULL, but its size is not 0");
  EXPECT_EQ(refusal_of({gc_text("text", "abc", static_cast<size_t>(-1))}),
            "args[0] 'text' has a size that no memory holds, a negative one perhaps");
  gc_arg in_braces = gc_null("id");
  in_braces.value.reserved = 7;
  EXPECT_EQ(refusal_of({in_braces}), "args[0] 'id' has a reserved member that is not 0");
  gc_value two = gc_value_bool(1);
  two.as.i = 2;
  EXPECT_EQ(refusal_of({gc_named("flag", two)}), "args[0] 'flag' is a boolean, but neither 0 nor 1");
}

TEST(Argument, RefusesTypesThatAreForValuesOnly) {
  for (const std::int32_t type :
       std::vector<std::int32_t>{GC_JSON, GC_CEREAL, GC_PRIVATE, GC_PRIVATE + 15, 9, -1, 32, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(refusal_of({gc_named("a", of_type(type))}), "args[0] 'a' has a type that an argument cannot have")
        << type;
  }
}

TEST(Argument, ProblemsOfAnyValue) {
  for (const std::int32_t type : std::vector<std::int32_t>{GC_BYTES, GC_TEXT, GC_NULL, GC_INT, GC_DOUBLE, GC_JSON,
                                                           GC_CEREAL, GC_UINT, GC_PRIVATE, GC_PRIVATE + 15}) {
    EXPECT_EQ(problem_with(of_type(type)), nullptr) << type;
  }
  for (const std::int32_t type : std::vector<std::int32_t>{-1, 9, 15, 32, INT32_MAX}) {
    EXPECT_STREQ(problem_with(of_type(type)), " has an unknown type") << type;
  }
  EXPECT_EQ(problem_with(gc_value_data(GC_BYTES, nullptr, 0)), nullptr);
  EXPECT_EQ(problem_with(gc_value_data(GC_BYTES, "\xFF", 1)), nullptr);
  EXPECT_STREQ(problem_with(gc_value_data(GC_JSON, "\xFF", 1)), " is not UTF-8");
}

TEST(Argument, ValuesOfEveryType) {
  EXPECT_EQ(in_key(gc_value_null()), "null");
  EXPECT_EQ(in_key(gc_value_bool(1)), "true");
  EXPECT_EQ(in_key(gc_value_bool(0)), "false");
  EXPECT_EQ(in_key(gc_value_int(42)), "42");
  EXPECT_EQ(in_key(gc_value_int(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(in_key(gc_value_uint(42)), "42");
  EXPECT_EQ(in_key(gc_value_uint(UINT64_MAX)), "18446744073709551615");
  EXPECT_EQ(in_key(gc_value_str("home")), "\"home\"");
  EXPECT_EQ(in_key(gc_value_str("é \"b\",|=")), "\"%C3%A9%20%22b%22%2C%7C%3D\"");
  EXPECT_EQ(in_key(gc_value_str("")), "\"\"");
  EXPECT_EQ(in_key(gc_value_data(GC_BYTES, "\0\r\n", 3)), "b\"%00%0D%0A\"");
}

TEST(Argument, ADoubleIsNeverTakenForAnInteger) {
  EXPECT_EQ(in_key(gc_value_double(42)), "42.0");
  EXPECT_EQ(in_key(gc_value_double(-0.0)), "-0.0");
  EXPECT_EQ(in_key(gc_value_double(0.1)), "0.1");
  EXPECT_EQ(in_key(gc_value_double(1e300)), "1e+300");
  EXPECT_EQ(in_key(gc_value_double(Limits::infinity())), "inf");
  EXPECT_EQ(in_key(gc_value_double(-Limits::infinity())), "-inf");
  EXPECT_EQ(in_key(gc_value_double(Limits::quiet_NaN())), "nan");
  std::string after_text = "name.e=";  // what stands before the number does not count
  append_in_key(after_text, gc_value_double(7));
  EXPECT_EQ(after_text, "name.e=7.0");
}

}  // namespace
}  // namespace gencache::core
