#include "calls.h"

#include <bit>
#include <cmath>
#include <limits>
#include <set>

namespace gencache::test {
namespace {

using Strings = std::vector<std::string>;

// Pieces that would break a key that does not escape them.
const Strings kSafePieces = {"a", "b", "user_id", "42", "é", "漢",  " ", ",",
                             "|", "=", "\"",      "%",  "#", "%2C", "/", "b\""};
const Strings kTextPieces = {"null", "true", "1", "1.0", "\r\n", std::string(1, '\0'), "\x7F", ":", "\U0001F600"};
const Strings kBytePieces = {"\xFF", "\xC3", "\x80"};

Strings operator+(Strings a, const Strings &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Lists short enough that many a key is short, and long enough that many are not.
template <class T>
rc::Gen<std::vector<T>> some(const rc::Gen<T> &each) {
  return rc::gen::scale(0.2, rc::gen::container<std::vector<T>>(each));
}

rc::Gen<std::string> joined(const Strings &pieces) {
  return rc::gen::map(some(rc::gen::elementOf(pieces)), [](const Strings &chosen) {
    std::string all;
    for (const std::string &piece : chosen) all += piece;
    return all;
  });
}

rc::Gen<std::string> any_name() { return rc::gen::nonEmpty(joined(kSafePieces)); }

rc::Gen<double> any_double() {
  using Limits = std::numeric_limits<double>;
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t bits) { return std::bit_cast<double>(bits); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t number) { return static_cast<double>(number); }),
      rc::gen::element(0.0, -0.0, 0.1, 1e22, 0x1p63, 0x1p64, -0x1p64, Limits::infinity(), -Limits::infinity(),
                       Limits::quiet_NaN(), Limits::denorm_min()));
}

std::vector<Arg> some_args(const Strings &names, const rc::Gen<Value> &values) {
  std::vector<Arg> args;
  for (const std::string &name : std::set<std::string>(names.begin(), names.end())) args.push_back({name, *values});
  for (const Value &extra : *some(values)) args.push_back({std::nullopt, extra});
  return args;
}

bool can_be_named(const Arg &arg) { return arg.name && arg.name->find(':') == std::string::npos; }

Value scalar(std::int32_t type, std::uint64_t bits) { return {type, bits, {}}; }

}  // namespace

Value null_value() { return {}; }
Value bool_value(bool truth) { return scalar(GC_BOOL, truth ? 1 : 0); }
Value int_value(std::int64_t number) { return scalar(GC_INT, static_cast<std::uint64_t>(number)); }
Value uint_value(std::uint64_t number) { return scalar(GC_UINT, number); }
Value double_value(double number) { return scalar(GC_DOUBLE, std::bit_cast<std::uint64_t>(number)); }
Value text_value(std::string text) { return {GC_TEXT, 0, std::move(text)}; }
Value bytes_value(std::string bytes) { return {GC_BYTES, 0, std::move(bytes)}; }
double double_of(const Value &value) { return std::bit_cast<double>(value.bits); }

gc_value Value::view() const {
  if (type == GC_TEXT || type == GC_BYTES) return gc_value_data(type, bytes.data(), bytes.size());
  gc_value value = gc_value_data(type, nullptr, 0);
  value.as.u = bits;
  return value;
}

void showValue(const Call &call, std::ostream &out) {
  rc::show(call.generations, out);
  for (const Arg &arg : call.args) {
    std::string text;
    core::append_in_key(text, arg.value.view());
    out << ' ' << arg.name.value_or("(no name)") << '=' << text;
  }
}

core::Key key_of(const Call &call, std::string_view prefix) {
  std::vector<const char *> generations;
  for (const std::string &generation : call.generations) generations.push_back(generation.c_str());
  std::vector<gc_arg> args;
  for (const Arg &arg : call.args) args.push_back(gc_named(arg.name ? arg.name->c_str() : nullptr, arg.value.view()));
  return {prefix, core::parse_generations(generations.data(), generations.size()),
          core::parse_arguments(args.data(), args.size())};
}

rc::Gen<std::string> any_text() { return joined(kSafePieces + kTextPieces); }

rc::Gen<std::string> any_bytes() {
  return rc::gen::oneOf(joined(kSafePieces + kTextPieces + kBytePieces), rc::gen::arbitrary<std::string>());
}

rc::Gen<Value> any_value() {
  return rc::gen::oneOf(rc::gen::just(null_value()), rc::gen::map(rc::gen::arbitrary<bool>(), bool_value),
                        rc::gen::map(rc::gen::arbitrary<std::int64_t>(), int_value),
                        rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), uint_value),
                        rc::gen::map(any_double(), double_value), rc::gen::map(any_text(), text_value),
                        rc::gen::map(any_bytes(), bytes_value));
}

rc::Gen<Value> lookalike_value() {
  return rc::gen::elementOf(std::vector<Value>{null_value(),
                                               text_value("null"),
                                               bytes_value("null"),
                                               bool_value(true),
                                               bool_value(false),
                                               text_value("true"),
                                               int_value(42),
                                               uint_value(42),
                                               double_value(42),
                                               text_value("42"),
                                               text_value("42.0"),
                                               bytes_value("42"),
                                               int_value(0),
                                               double_value(0.0),
                                               double_value(-0.0),
                                               text_value(""),
                                               bytes_value(""),
                                               text_value("\""),
                                               text_value("b\""),
                                               text_value(",b=1"),
                                               text_value("%"),
                                               text_value("%25"),
                                               double_value(std::nan(""))});
}

rc::Gen<Call> any_call() {
  return rc::gen::exec([] {
    const auto names = rc::gen::oneOf(any_name(), rc::gen::element<std::string>("a:b", ":", "x", "y"));
    Call call{*rc::gen::nonEmpty(some(any_name())), some_args(*some(names), any_value())};
    for (const Arg &arg : call.args) {
      if (can_be_named(arg) && *rc::gen::arbitrary<bool>()) call.generations.push_back(*any_name() + ":" + *arg.name);
    }
    return call;
  });
}

rc::Gen<Call> lookalike_call() {
  return rc::gen::exec([] {
    Call call{{"g"}, {}};
    for (const char *name : {"a", "b"}) {
      if (*rc::gen::arbitrary<bool>()) call.args.push_back({name, *lookalike_value()});
    }
    while (call.args.size() < 3 && *rc::gen::arbitrary<bool>()) call.args.push_back({std::nullopt, *lookalike_value()});
    if (!call.args.empty() && call.args[0].name && *rc::gen::arbitrary<bool>()) {
      call.generations = {"g:" + *call.args[0].name};
    }
    return call;
  });
}

}  // namespace gencache::test
