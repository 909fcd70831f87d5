// Bound caches: arguments by name and by position, defaults, and what an invalidation chooses.
#include "binding.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "failures.h"
#include "key.h"

namespace gencache::core {
namespace {

using Declared = std::vector<const char *>;
using Args = std::vector<gc_arg>;

std::unique_ptr<Binding> bind(const Declared &generations, const Args &params) {
  return std::make_unique<Binding>(generations.data(), generations.size(), params.data(), params.size());
}

std::string refusal_of(const Declared &generations, const Args &params) {
  return test::refusal([&] { bind(generations, params); });
}

std::string text(const Arguments &arguments) {
  std::string all;
  for (const Argument &argument : arguments) {
    all.append(all.empty() ? "" : " ").append(argument.name).append("=");
    append_in_key(all, argument.value);
  }
  return all;
}

class Bound : public testing::Test {
 protected:
  const std::unique_ptr<Binding> binding = bind({"nav_portal:user_id", "nav", "lang:lang"},
                                                {gc_param("user_id"), gc_str("page", "home"), gc_str("lang", "en")});

  std::string complete(const Args &args) const { return text(binding->complete(args.data(), args.size())); }
  std::string given(const Args &args) const { return text(binding->given(args.data(), args.size())); }
  std::string chosen(const Args &args) const {
    std::string all;
    for (const Generation &generation : binding->chosen_by(binding->given(args.data(), args.size()))) {
      all.append(all.empty() ? "" : " ").append(generation.declared);
    }
    return all;
  }
};

TEST_F(Bound, DefaultsComplete) {
  EXPECT_EQ(complete({gc_int("user_id", 1)}), "lang=\"en\" page=\"home\" user_id=1");
  EXPECT_EQ(complete({gc_str("page", "x"), gc_int("user_id", 1)}), "lang=\"en\" page=\"x\" user_id=1");
}

TEST_F(Bound, ByPosition) {
  EXPECT_EQ(complete({gc_int(nullptr, 1)}), "lang=\"en\" page=\"home\" user_id=1");
  EXPECT_EQ(complete({gc_int(nullptr, 1), gc_str(nullptr, "x"), gc_str(nullptr, "de")}),
            "lang=\"de\" page=\"x\" user_id=1");
  EXPECT_EQ(complete({gc_str("lang", "de"), gc_int(nullptr, 1), gc_str(nullptr, "x")}),
            "lang=\"de\" page=\"x\" user_id=1");
}

TEST_F(Bound, GivenLeavesDefaultsOut) {
  EXPECT_EQ(given({}), "");
  EXPECT_EQ(given({gc_str("page", "x")}), "page=\"x\"");
  EXPECT_EQ(given({gc_int(nullptr, 1)}), "user_id=1");
}

TEST_F(Bound, RefusesBadArguments) {
  EXPECT_EQ(test::refusal([&] { complete({}); }), "argument 'user_id' is missing");
  EXPECT_EQ(test::refusal([&] { complete({gc_int("user", 1)}); }),
            "argument 'user' is not a parameter of the bound cache");
  EXPECT_EQ(test::refusal([&] {
              complete({gc_int(nullptr, 1), gc_int("user_id", 1)});
            }),
            "args: argument 'user_id' is given twice");
  EXPECT_EQ(test::refusal([&] { complete(Args(4, gc_int(nullptr, 1))); }),
            "args[3] is one too many: there are 3 parameters");
  EXPECT_EQ(test::refusal([&] { complete({gc_text("user_id", "\xFF", 1)}); }), "args[0] 'user_id' is not UTF-8");
  EXPECT_EQ(test::refusal([&] { binding->complete(nullptr, 2); }), "args is NULL, but n_args is 2");
  EXPECT_EQ(test::refusal([&] { binding->given(nullptr, 1); }), "args is NULL, but n_args is 1");
}

TEST_F(Bound, GenerationsThatAnInvalidationChooses) {
  EXPECT_EQ(chosen({}), "nav");
  EXPECT_EQ(chosen({gc_int("user_id", 1)}), "nav_portal:user_id");
  EXPECT_EQ(chosen({gc_str("lang", "de"), gc_int("user_id", 1)}), "lang:lang nav_portal:user_id");
  EXPECT_EQ(chosen({gc_str("page", "x"), gc_int("user_id", 1)}), "nav_portal:user_id");
}

TEST_F(Bound, AnInvalidationOfNothingIsRefused) {
  EXPECT_EQ(test::refusal([&] { chosen({gc_str("page", "x")}); }), "args names no generation of the bound cache");
  const auto without_static = bind({"a:x"}, {gc_param("x")});
  EXPECT_EQ(test::refusal([&] { without_static->chosen_by({}); }),
            "args is empty, and the bound cache has no static generation");
}

TEST(Binding, GenerationsInKeyOrder) {
  const auto binding = bind({"b", "a:x", "b"}, {gc_param("x")});
  ASSERT_EQ(binding->generations().size(), 2U);
  EXPECT_EQ(binding->generations()[0].declared, "a:x");
  EXPECT_EQ(binding->generations()[1].declared, "b");
}

TEST(Binding, KeepsNothingOfTheCallers) {
  char generation[] = "a:x";
  char name[] = "x";
  char value[] = "value";
  char bytes[] = {1, 2};
  const Args params = {gc_str(name, value), gc_bytes("y", bytes, sizeof bytes), gc_bytes("z", nullptr, 0)};
  const auto binding = bind({generation}, params);
  for (char *used : {generation, name, value}) std::memset(used, '!', std::strlen(used));
  bytes[0] = '!';
  EXPECT_EQ(text(binding->complete(nullptr, 0)), "x=\"value\" y=b\"%01%02\" z=b\"\"");
  EXPECT_EQ(Key("gc", binding->generations(), binding->complete(nullptr, 0)).text(), "a:x=value|y=b\"%01%02\",z=b\"\"");
}

TEST(Binding, WithoutParameters) {
  const Binding binding(Declared{"a"}.data(), 1, nullptr, 0);
  EXPECT_TRUE(binding.complete(nullptr, 0).empty());
  const gc_arg extra = gc_int(nullptr, 1);
  EXPECT_EQ(test::refusal([&] { binding.complete(&extra, 1); }), "args[0] is one too many: there are 0 parameters");
}

TEST(Binding, RefusesBadDeclarations) {
  EXPECT_EQ(refusal_of({"a:x"}, {gc_param("y")}),
            "generation 'a:x' needs the parameter 'x', which params does not declare");
  EXPECT_EQ(refusal_of({"a"}, {gc_param("x"), gc_param(nullptr)}), "params[1] has no name");
  EXPECT_EQ(refusal_of({"a"}, {gc_param("x"), gc_int("x", 1)}), "params: argument 'x' is given twice");
  EXPECT_EQ(refusal_of({"a"}, {gc_text("x", "\xFF", 1)}), "params[0] 'x' is not UTF-8");
  EXPECT_EQ(refusal_of({"a"}, {gc_bytes("x", nullptr, 1)}), "params[0] 'x' is NULL, but its size is not 0");
  EXPECT_EQ(refusal_of({"a:"}, {}), "generations[0] 'a:' names no argument after its colon");
  EXPECT_EQ(test::refusal([] { Binding(Declared{"a"}.data(), 1, nullptr, 1); }), "params is NULL, but n_params is 1");
}

}  // namespace
}  // namespace gencache::core
