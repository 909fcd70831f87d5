// Keys, for any call: what makes no difference, what always does, and which names may stand on a server.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "calls.h"
#include "meaning.h"

namespace gencache::test {
namespace {

template <class Range>
void shuffle(Range begin, Range end) {
  std::shuffle(begin, end, std::minstd_rand(*rc::gen::arbitrary<std::uint32_t>()));
}

std::vector<std::string> wire_names(const core::Key &key) {
  std::vector<std::string> names{std::string(key.wire())};
  for (std::size_t i = 0; i < key.stamps().size(); ++i) names.emplace_back(key.stamps()[i]);
  return names;
}

std::string any_prefix() {
  const auto letters = rc::gen::elementOf(std::string("abcXYZ019_.-"));
  return *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(1, 65), letters);
}

RC_GTEST_PROP(KeyProperty, TheOrderOfGenerationsAndNamedArgumentsNeverMatters, ()) {
  const Call call = *any_call();
  Call other = call;
  shuffle(other.generations.begin(), other.generations.end());
  other.generations.push_back(other.generations.front());
  const auto extras =
      std::stable_partition(other.args.begin(), other.args.end(), [](const Arg &arg) { return arg.name.has_value(); });
  shuffle(other.args.begin(), extras);
  if (*rc::gen::arbitrary<bool>()) std::rotate(other.args.begin(), extras, other.args.end());

  const core::Key a = key_of(call);
  const core::Key b = key_of(other);
  RC_ASSERT(a.text() == b.text());
  RC_ASSERT(wire_names(a) == wire_names(b));
}

// Whatever can be read back from a text has not been mixed up with anything else.
RC_GTEST_PROP(KeyProperty, TheTextTellsTheWholeCall, ()) {
  const Call call = *any_call();
  RC_ASSERT(read_key(key_of(call).text()) == meaning_of(call));
}

RC_GTEST_PROP(KeyProperty, TwoCallsHaveOneTextOnlyIfTheyMeanTheSame, ()) {
  const Call one = *lookalike_call();
  Call other = *rc::gen::oneOf(lookalike_call(), rc::gen::just(one));
  shuffle(other.args.begin(), other.args.end());
  if (!other.args.empty() && *rc::gen::arbitrary<bool>()) other.args[0].value = *lookalike_value();
  const bool is_same = meaning_of(one) == meaning_of(other);
  RC_CLASSIFY(is_same, "mean the same");
  RC_ASSERT((key_of(one).text() == key_of(other).text()) == is_same);
  RC_ASSERT((key_of(one).wire() == key_of(other).wire()) == is_same);
}

RC_GTEST_PROP(KeyProperty, TheOrderOfExtraPartsCounts, (int a, int b)) {
  const auto text = [](int first, int second) {
    return std::string(key_of({{"g"}, {{std::nullopt, int_value(first)}, {std::nullopt, int_value(second)}}}).text());
  };
  RC_ASSERT((text(a, b) == text(b, a)) == (a == b));
}

RC_GTEST_PROP(KeyProperty, WireNamesAreShortAndPrintable, ()) {
  const std::string prefix = any_prefix();
  for (const std::string &name : wire_names(key_of(*any_call(), prefix))) {
    RC_ASSERT(name.size() <= core::longest_wire_key);
    RC_ASSERT(std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7F'; }));
    RC_ASSERT(name.starts_with(prefix));
  }
}

RC_GTEST_PROP(KeyProperty, TextAndDigestNeverMeet, ()) {
  Call call = *rc::gen::oneOf(any_call(), lookalike_call());
  const std::string around_the_limit(*rc::gen::inRange<std::size_t>(150, 220), 'x');
  if (*rc::gen::arbitrary<bool>()) call.args.push_back({std::nullopt, text_value(around_the_limit)});
  const core::Key key = key_of(call);
  RC_ASSERT(key.text().find('#') == std::string::npos);
  const bool is_digest = key.wire().find('#') != std::string::npos;
  RC_CLASSIFY(is_digest, "digest");
  RC_ASSERT(is_digest == (3 + key.text().size() > core::longest_wire_key));
  RC_ASSERT((is_digest ? key.wire().size() == 3 + 33 : key.wire() == "gc/" + std::string(key.text())));
}

// Not with those of another namespace either.
RC_GTEST_PROP(KeyProperty, LocksMeetNoOtherNames, ()) {
  const std::string prefix = any_prefix();
  const std::string other_prefix = *rc::gen::oneOf(rc::gen::just(prefix), rc::gen::exec(any_prefix));
  const core::Key key = key_of(*rc::gen::oneOf(any_call(), lookalike_call()), prefix);
  const core::Key other = key_of(*rc::gen::oneOf(any_call(), lookalike_call()), other_prefix);
  const std::string lock = key.lock();
  for (const core::Key *its : {&key, &other}) {
    for (const std::string &name : wire_names(*its)) RC_ASSERT(name != lock);
  }
  RC_ASSERT((lock == other.lock()) == (key.wire() == other.wire()));
  RC_ASSERT(lock.size() <= core::longest_wire_key);
  RC_ASSERT(std::all_of(lock.begin(), lock.end(), [](char c) { return c > ' ' && c < '\x7F'; }));
}

RC_GTEST_PROP(KeyProperty, TheStampsAreTheRootsAndOneForEachGeneration, ()) {
  const Call call = *any_call();
  const core::Key key = key_of(call);
  const std::size_t count = meaning_of(call).generations.size();
  RC_ASSERT(key.stamps().size() == count + 1);
  RC_ASSERT(key.stamps()[0] == "gc:");
  std::string joined;
  for (std::size_t i = 1; i <= count; ++i) {
    joined.append(i == 1 ? "" : ",").append(key.generation(i));
    const std::string plain = "gc:" + std::string(key.generation(i));
    RC_ASSERT(plain.size() > core::longest_wire_key || key.stamps()[i] == plain);
  }
  RC_ASSERT(key.text().substr(0, key.text().find('|')) == joined);
}

}  // namespace
}  // namespace gencache::test
