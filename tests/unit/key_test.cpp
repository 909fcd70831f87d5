// Keys, by example: the text and the names on a server, byte for byte.
#include "key.h"

#include <gtest/gtest.h>

#include <vector>

#include "failures.h"

namespace gencache::core {
namespace {

using Declared = std::vector<const char *>;
using Args = std::vector<gc_arg>;
using Strings = std::vector<std::string>;

Key key(const Declared &generations, const Args &args = {}, std::string_view prefix = "gc") {
  return {prefix, parse_generations(generations.data(), generations.size()), parse_arguments(args.data(), args.size())};
}

Strings list(const StampNames &names) {
  Strings all;
  for (std::size_t i = 0; i < names.size(); ++i) all.emplace_back(names[i]);
  return all;
}

TEST(Key, TheExampleOfTheProtocol) {
  const Key nav = key({"nav_portal:user_id", "nav"}, {gc_str("page", "home"), gc_int("user_id", 1)});
  EXPECT_EQ(nav.text(), "nav,nav_portal:user_id=1|page=\"home\"");
  EXPECT_EQ(nav.wire(), "gc/nav,nav_portal:user_id=1|page=\"home\"");
  EXPECT_EQ(list(nav.stamps()), (Strings{"gc:", "gc:nav", "gc:nav_portal:user_id=1"}));
  EXPECT_EQ(nav.generation(0), "");
  EXPECT_EQ(nav.generation(1), "nav");
  EXPECT_EQ(nav.generation(2), "nav_portal:user_id=1");
}

TEST(Key, Texts) {
  EXPECT_EQ(key({"nav"}).text(), "nav");
  EXPECT_EQ(key({"b", "a", "b"}).text(), "a,b");
  EXPECT_EQ(key({"a:x"}, {gc_null("y"), gc_int(nullptr, 7), gc_str("x", "é b")}).text(), "a:x=%C3%A9%20b|7,y=null");
  EXPECT_EQ(key({"a:x", "b:x", "c"}, {gc_int("x", -1)}).text(), "a:x=-1,b:x=-1,c");
  EXPECT_EQ(key({"nav"}, {gc_str(nullptr, "b"), gc_str(nullptr, "a")}).text(), "nav|\"b\",\"a\"");
  EXPECT_EQ(key({"nav"}, {gc_bytes("b", nullptr, 0)}).text(), "nav|b=b\"\"");
  EXPECT_EQ(key({"n,a|v"}, {gc_bool("a=b", 1)}).text(), "n%2Ca%7Cv|a%3Db=true");
  EXPECT_EQ(key({"a:x"}, {gc_str("x", "")}).text(), "a:x=");
}

TEST(Key, TypesDifferInTheRestButNotInAGeneration) {
  for (const gc_arg &same : {gc_int("x", 42), gc_uint("x", 42), gc_double("x", 42), gc_str("x", "42")}) {
    EXPECT_EQ(key({"a:x"}, {same}).text(), "a:x=42");
  }
  EXPECT_EQ(key({"a"}, {gc_int("x", 42)}).text(), "a|x=42");
  EXPECT_EQ(key({"a"}, {gc_uint("x", 42)}).text(), "a|x=42");
  EXPECT_EQ(key({"a"}, {gc_double("x", 42)}).text(), "a|x=42.0");
  EXPECT_EQ(key({"a"}, {gc_str("x", "42")}).text(), "a|x=\"42\"");
  EXPECT_EQ(key({"a"}, {gc_bytes("x", "42", 2)}).text(), "a|x=b\"42\"");
}

TEST(Key, AValueBasedGenerationNeedsItsArgument) {
  const char *message = "generation 'nav_portal:user_id' needs the argument 'user_id', which is not given";
  EXPECT_EQ(test::refusal([] { key({"nav", "nav_portal:user_id"}, {gc_int("user", 1)}); }), message);
  EXPECT_EQ(test::refusal([] { key({"nav_portal:user_id"}, {gc_int(nullptr, 1)}); }), message);
}

TEST(Key, ALongNameBecomesADigest) {
  const std::string fits(longest_wire_key - 3, 'n');
  EXPECT_EQ(key({fits.c_str()}).wire(), "gc/" + fits);
  EXPECT_EQ(key({fits.c_str()}).stamps()[1], "gc:" + fits);
  const std::string longer = fits + "n";
  const Key digest = key({longer.c_str()});
  EXPECT_EQ(digest.text(), longer);
  EXPECT_EQ(digest.generation(1), longer);
  EXPECT_EQ(digest.wire(), "gc/#1da90f2dc4d094ed146fb515903c6150");  // XXH3-128 of 198 times n
  EXPECT_EQ(digest.stamps()[1], "gc:#1da90f2dc4d094ed146fb515903c6150");
}

TEST(Key, TheLimitCountsThePrefix) {
  const std::string prefix(64, 'p');
  const std::string fits(longest_wire_key - 65, 'n');
  EXPECT_EQ(key({fits.c_str()}, {}, prefix).wire(), prefix + "/" + fits);
  EXPECT_EQ(key({(fits + "n").c_str()}, {}, prefix).wire().size(), 64U + 1 + 33);
}

TEST(Key, ALongValueOfAShortGeneration) {
  const std::string page(300, 'x');
  const Key long_text = key({"nav"}, {gc_str("page", page.c_str())});
  EXPECT_EQ(long_text.text(), "nav|page=\"" + page + "\"");
  EXPECT_TRUE(long_text.wire().starts_with("gc/#"));
  EXPECT_EQ(long_text.stamps()[1], "gc:nav");
}

TEST(Key, WhatLooksLikeADigestIsEscaped) {
  EXPECT_EQ(key({"#1da90f2dc4d094ed146fb515903c6150"}).wire(), "gc/%231da90f2dc4d094ed146fb515903c6150");
}

TEST(Key, TheTextIsACString) {
  const Key longer = key({std::string(300, 'n').c_str()});
  EXPECT_STREQ(key({"nav"}, {gc_str("page", "home")}).text().data(), "nav|page=\"home\"");
  EXPECT_STREQ(longer.text().data(), std::string(300, 'n').c_str());
}

TEST(Key, RootStamp) { EXPECT_EQ(list(root_stamp("shop")), Strings{"shop:"}); }

TEST(Key, StampsToInvalidate) {
  const Declared declared = {"nav_portal:user_id", "nav"};
  const Generations generations = parse_generations(declared.data(), declared.size());
  const Args args = {gc_str("page", "home"), gc_int("user_id", 1)};
  const Arguments arguments = parse_arguments(args.data(), args.size());
  EXPECT_EQ(list(stamps_to_invalidate("shop", generations, arguments)),
            (Strings{"shop:nav", "shop:nav_portal:user_id=1"}));
  EXPECT_EQ(test::refusal([&] { stamps_to_invalidate("shop", generations, {}); }),
            "generation 'nav_portal:user_id' needs the argument 'user_id', which is not given");
}

}  // namespace
}  // namespace gencache::core
