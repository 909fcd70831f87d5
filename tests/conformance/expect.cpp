#include "expect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace gencache::conformance {
namespace {

void expect_status(const std::string &expected, const Outcome &outcome) {
  if (outcome.is_only_a_miss) {
    EXPECT_TRUE(expected == "GC_ERR_UNAVAILABLE" || expected == "GC_ERR_REFUSED" || expected == "GC_ERR_TOO_LARGE")
        << "a server could not do it, but expected is " << expected;
  } else {
    EXPECT_EQ(gc_status_name(outcome.status), expected) << outcome.message;
  }
}

bool has_line(const std::string &text, std::string pattern) {
  const bool is_start = pattern.ends_with('*');
  if (is_start) pattern.pop_back();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (is_start ? line.starts_with(pattern) : line == pattern) return true;
  }
  return false;
}

void expect_value(const Value &expected, const Outcome &outcome) {
  ASSERT_TRUE(outcome.value) << "no value, but expected is " << expected;
  EXPECT_EQ(*outcome.value, expected);
}

}  // namespace

void expect_outcome(const Json &expected, const Outcome &outcome) {
  for (const auto &field : expected.items()) {
    const std::string &name = field.key();
    const Json &is = field.value();
    if (name == "status") {
      expect_status(is, outcome);
    } else if (name == "reason") {
      EXPECT_EQ(outcome.reason, is.get<std::string>());
    } else if (name == "generation") {
      EXPECT_EQ(outcome.generation, is.get<std::string>());
    } else if (name == "key") {
      EXPECT_EQ(outcome.key, is.get<std::string>());
    } else if (name == "value") {
      expect_value(value_from(is), outcome);
    } else if (name == "message") {
      EXPECT_NE(outcome.message.find(is.get<std::string>()), std::string::npos) << outcome.message;
    } else if (name == "lines") {
      for (const std::string line : is) EXPECT_TRUE(has_line(outcome.text, line)) << line << "\nin\n" << outcome.text;
    } else {
      ADD_FAILURE() << "unknown expectation '" << name << "'";
    }
  }
}

void expect_item(const Json &expected, const std::optional<std::string> &item) {
  ASSERT_EQ(item.has_value(), !expected.is_null()) << (item ? to_hex(*item) : "nothing is there");
  if (!item) return;
  const std::string golden = expected;
  const std::string hex = to_hex(*item);
  const auto is_alike = [](char wanted, char is) { return wanted == 'x' || wanted == is; };
  EXPECT_TRUE(std::equal(golden.begin(), golden.end(), hex.begin(), hex.end(), is_alike))
      << "expected " << golden << "\nis       " << hex;
}

}  // namespace gencache::conformance
