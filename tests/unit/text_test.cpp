// What counts as text, and how it is escaped and shown.
#include "text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "calls.h"

namespace gencache::core {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

TEST(Text, Utf8) {
  for (const char *text : {"", "plain", "\x7F", "é", "漢字", "\U0001F600", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << core::quoted(text);
  }
  EXPECT_TRUE(is_utf8({}));
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(Text, NotUtf8) {
  for (const char *text : {"\x80",                                              // a continuation without a start
                           "\xC3", "\xE6\xBC", "\xF0\x9F\x98", "a\xC3z",        // cut off
                           "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF",              // longer than need be
                           "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",  // surrogates
                           "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF"}) {
    EXPECT_FALSE(is_utf8(text)) << core::quoted(text);
  }
}

TEST(Text, Visible) {
  for (const char *text : {"", "a", "nav:id=1", "!~", "%C3%A9"}) EXPECT_TRUE(is_visible(text)) << text;
  for (const char *text : {" ", "a b", "\r\n", "\x7F", "\x80", "é", "\x01"}) EXPECT_FALSE(is_visible(text)) << text;
  EXPECT_FALSE(is_visible(std::string_view("a\0b", 3)));
}

TEST(Text, Names) {
  for (const char *name : {"a", "nav_portal", "é", "two words", "a,b|c=d\"%#", "漢字"}) {
    EXPECT_EQ(problem_with_name(name), nullptr) << name;
  }
  EXPECT_STREQ(problem_with_name(""), " has an empty name");
  EXPECT_STREQ(problem_with_name("a\xFF"), " has a name that is not UTF-8");
  for (int byte = 0; byte < 0x80; ++byte) {
    const bool is_control = byte < 0x20 || byte == 0x7F;
    const char name[] = {'a', static_cast<char>(byte), 'b'};
    EXPECT_STREQ(problem_with_name({name, 3}), is_control ? " holds a control character in its name" : nullptr) << byte;
  }
}

TEST(Text, EscapesAllButTheSafeBytes) {
  const std::string_view safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~/@+-";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned>(byte));
    EXPECT_EQ(escaped({&c, 1}), safe.find(c) == std::string_view::npos ? hex : std::string(1, c)) << byte;
  }
  EXPECT_EQ(escaped("a b,é"), "a%20b%2C%C3%A9");
  EXPECT_EQ(escaped({}), "");
}

TEST(Text, EscapingAppends) {
  std::string out = "before ";
  append_escaped(out, "it");
  EXPECT_EQ(out, "before it");
}

TEST(Text, QuotedForAMessage) {
  EXPECT_EQ(core::quoted("nav"), "'nav'");
  EXPECT_EQ(core::quoted(""), "''");
  EXPECT_EQ(core::quoted("a\r\né\x7F"), "'a\\x0D\\x0A\\xC3\\xA9\\x7F'");
  EXPECT_EQ(core::quoted(std::string(80, 'x')), "'" + std::string(80, 'x') + "'");
  EXPECT_EQ(core::quoted(std::string(81, 'x')), "'" + std::string(80, 'x') + "…'");
}

RC_GTEST_PROP(TextProperty, WhatIsMadeOfTextIsUtf8, ()) { RC_ASSERT(is_utf8(*test::any_text())); }

RC_GTEST_PROP(TextProperty, QuotedIsPrintable, ()) {
  const std::string shown = core::quoted(*test::any_bytes());
  RC_ASSERT(is_utf8(shown));
  RC_ASSERT(std::none_of(shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }));
}

}  // namespace
}  // namespace gencache::core
