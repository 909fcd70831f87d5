#include "run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

#include "expect.h"

namespace gencache::conformance {
namespace {

const std::map<std::string, Change, std::less<>> changes = {
    {"invalidate", Change::invalidate}, {"invalidate_soft", Change::invalidate_soft}, {"delete", Change::remove}};

Call call_from(const Json &step) {
  return {step.value("generations", std::vector<std::string>()), arguments_from(step.value("args", Json::array()))};
}

test::Settings settings_from(const Json &options) {
  test::Settings settings;
  std::size_t known = 0;
  const auto read = [&]<class T>(const char *name, std::optional<T> &option) {
    if (!options.contains(name)) return;
    option = options.at(name).get<T>();
    ++known;
  };
  read("ttl_ms", settings.ttl_ms);
  read("nothing_ttl_ms", settings.nothing_ttl_ms);
  read("jitter", settings.jitter);
  read("stale_for_ms", settings.stale_for_ms);
  read("fail_safe_ms", settings.fail_safe_ms);
  read("lock_ms", settings.lock_ms);
  read("wait_ms", settings.wait_ms);
  read("beta", settings.beta);
  read("refresh", settings.refresh);
  read("log_misses", settings.log_misses);
  EXPECT_EQ(known, options.size()) << "an unknown option in " << options.dump();
  return settings;
}

class Run {
 public:
  Run(const Case &its_case, Door &door, const test::MemcachedServer &server)
      : case_(its_case), door_(door), server_(server) {}

  void open(const std::string &store) {
    if (store.empty()) return;
    ASSERT_TRUE(store == "memory" || store == "memcached") << "unknown store '" << store << "'";
    const std::string base =
        store == "memory" ? "memory://?" : "memcached://" + server_.address() + "/?timeout_ms=5000&";
    ASSERT_EQ(door_.open(base + case_.url).status, GC_OK);
    const auto is_on_item = [](const Json &step) { return step.at("do").get<std::string>().starts_with("item_"); };
    if (std::any_of(case_.steps.begin(), case_.steps.end(), is_on_item)) return;
    ASSERT_EQ(door_.clear().status, GC_OK);
  }

  void all_steps() {
    for (at_ = 0; at_ < case_.steps.size(); ++at_) {
      SCOPED_TRACE("step " + std::to_string(at_ + 1) + ": " + step().dump());
      one_step(step().at("do"));
      if (testing::Test::HasFailure()) return;
    }
  }

 private:
  using Action = void (Run::*)();
  const Json &step() const { return case_.steps[at_]; }
  Call call() const { return call_from(step()); }
  Arguments args() const { return call().args; }
  Value value() const { return value_from(step().at("value")); }
  bool is_bound() const { return step().at("do").get<std::string>().starts_with("bound_"); }

  test::Settings settings() const { return settings_from(step().value("options", Json::object())); }
  // Of a call on a bound cache, which has options of its own.
  std::optional<test::Settings> settings_if_given() const {
    return step().contains("options") ? std::optional(settings()) : std::nullopt;
  }

  void one_step(const std::string &name) {
    static const std::map<std::string, Action, std::less<>> actions = {
        {"open", &Run::open_url},
        {"key", &Run::key},
        {"explain", &Run::explain},
        {"get", &Run::get},
        {"get_many", &Run::get_many},
        {"fill", &Run::fill},
        {"depend", &Run::depend},
        {"set", &Run::set},
        {"delete", &Run::change},
        {"fetch", &Run::fetch},
        {"invalidate", &Run::change},
        {"invalidate_soft", &Run::change},
        {"clear", &Run::clear},
        {"batch", &Run::batch},
        {"bind", &Run::bind},
        {"bound_get", &Run::get},
        {"bound_set", &Run::set},
        {"bound_delete", &Run::change},
        {"bound_fetch", &Run::fetch},
        {"bound_invalidate", &Run::change},
        {"bound_invalidate_soft", &Run::change},
        {"item_set", &Run::item_set},
        {"item_get", &Run::item_get},
        {"item_delete", &Run::item_delete},
    };
    const auto action = actions.find(name);
    ASSERT_NE(action, actions.end()) << "unknown step '" << name << "'";
    refuse_unknown_fields();
    (this->*action->second)();
  }

  void refuse_unknown_fields() const {
    static const std::set<std::string, std::less<>> known = {"do",     "generations", "args",  "value", "options",
                                                             "expect", "url",         "calls", "fails", "generation",
                                                             "params", "cancel",      "steps", "key",   "hex"};
    for (const auto &field : step().items()) EXPECT_TRUE(known.contains(field.key())) << "unknown " << field.key();
  }

  void expect(const Outcome &outcome) const {
    if (step().contains("expect")) expect_outcome(step().at("expect"), outcome);
  }

  // What a language with declared types reads: the type of the value that is expected, or that a later step fills.
  int32_t type_to_read() const {
    for (size_t i = at_; i < case_.steps.size(); ++i) {
      const Json &later = case_.steps[i];
      const Json expected = later.value("expect", Json::object());
      for (const Json &each : expected.value("each", Json::array())) {
        if (each.contains("value")) return value_from(each.at("value")).type;
      }
      if (expected.contains("value")) return value_from(expected.at("value")).type;
      if (later.contains("value")) return value_from(later.at("value")).type;
    }
    return GC_BYTES;
  }

  void open_url() {
    std::string url = step().at("url");
    if (const size_t at = url.find("SERVER"); at != std::string::npos) url.replace(at, 6, server_.address());
    expect(door_.open(url));
  }
  void key() { expect(door_.key(call())); }
  void explain() { expect(door_.explain(call())); }
  void get() { expect(is_bound() ? door_.bound_get(args(), type_to_read()) : door_.get(call(), type_to_read())); }
  void fill() { expect(door_.fill(value(), settings())); }
  void depend() { expect(door_.depend(step().at("generation"), args())); }
  void clear() { expect(door_.clear()); }

  void get_many() {
    std::vector<Arguments> calls;
    for (const Json &args : step().at("calls")) calls.push_back(arguments_from(args));
    const ManyOutcomes outcomes = door_.get_many(call().generations, calls, type_to_read());
    Json expected = step().at("expect");
    const Json each = expected.value("each", Json::array());
    expected.erase("each");
    expect_outcome(expected, outcomes.all);
    if (each.empty()) return;
    ASSERT_EQ(outcomes.each.size(), each.size());
    for (size_t i = 0; i < each.size(); ++i) expect_outcome(each[i], outcomes.each[i]);
  }

  void set() {
    if (!is_bound()) return expect(door_.set(call(), value(), settings()));
    const std::optional<test::Settings> given = settings_if_given();
    expect(door_.bound_set(args(), value(), given ? &*given : nullptr));
  }

  void fetch() {
    Computation computation;
    if (!step().value("fails", false)) computation.value = value();
    const int32_t type = computation.value ? computation.value->type : type_to_read();
    const std::optional<test::Settings> given = settings_if_given();
    const Outcome outcome = is_bound() ? door_.bound_fetch(args(), computation, type, given ? &*given : nullptr)
                                       : door_.fetch(call(), computation, type, settings());
    Json expected = step().value("expect", Json::object());
    if (expected.contains("computed")) {
      EXPECT_EQ(computation.calls, expected.at("computed").get<bool>() ? 1 : 0);
    }
    expected.erase("computed");
    expect_outcome(expected, outcome);
  }

  void change() {
    std::string name = step().at("do");
    if (is_bound()) name.erase(0, std::string("bound_").size());
    expect(is_bound() ? door_.bound_change(changes.at(name), args()) : door_.change(changes.at(name), call()));
  }

  void batch() {
    Changes collected;
    for (const Json &inner : step().at("steps")) {
      collected.emplace_back(changes.at(inner.at("do").get<std::string>()), call_from(inner));
    }
    expect(door_.batch(collected, step().value("cancel", false)));
  }

  void bind() {
    expect(door_.bind({call().generations, arguments_from(step().value("params", Json::array()))}, settings()));
  }

  void item_set() { server_.set(step().at("key"), from_hex(step().at("hex").get<std::string>())); }
  void item_get() { expect_item(step().at("expect").at("hex"), server_.get(step().at("key"))); }
  void item_delete() { server_.remove(step().at("key")); }

  const Case &case_;
  Door &door_;
  const test::MemcachedServer &server_;
  size_t at_ = 0;
};

}  // namespace

std::vector<Case> read_cases() {
  const char *const given = std::getenv("GENCACHE_CONFORMANCE");
  const std::string path = given == nullptr ? CONFORMANCE_CASES : given;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  const Json all = Json::parse(file);
  if (all.at("format") != 1) throw std::runtime_error("the format of " + path + " is not 1");
  std::vector<Case> cases;
  for (const Json &one : all.at("cases")) {
    cases.push_back({one.at("name"), one.at("stores"), one.at("url"), one.at("steps")});
  }
  return cases;
}

void run(const Case &conformance_case, const std::string &store, Door &door, const test::MemcachedServer &server) {
  Run run(conformance_case, door, server);
  run.open(store);
  if (!testing::Test::HasFailure()) run.all_steps();
}

}  // namespace gencache::conformance
