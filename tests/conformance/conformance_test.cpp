// Every conformance case is a test: in C and in C++, on each store that it names.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "run.h"

namespace gencache::conformance {
namespace {

struct Language {
  std::string name;
  std::function<std::unique_ptr<Door>()> make_door;
  std::map<std::string, std::string, std::less<>> cannot_say;  // which cases, and why
};

const std::vector<Language> &languages() {
  static const std::string typed = "a typed value is never private to another language";
  static const std::vector<Language> all = {{"C", make_c_door, {}},
                                            {"C++",
                                             make_cpp_door,
                                             {{"a value that is private to a language is read", typed},
                                              {"a value that is private to a language is written", typed}}}};
  return all;
}

const test::MemcachedServer &server() {
  static const test::MemcachedServer started;
  return started;
}

class ConformanceTest : public testing::Test {
 public:
  explicit ConformanceTest(std::function<void()> body) : body_(std::move(body)) {}

 private:
  void TestBody() override { body_(); }

  std::function<void()> body_;
};

void add(const std::string &suite, const std::string &name, const std::function<void()> &body) {
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [body]() -> testing::Test * { return new ConformanceTest(body); });
}

void add_all(const std::vector<Case> &cases, const Language &language) {
  for (const Case &each : cases) {
    if (language.cannot_say.contains(each.name)) continue;
    std::vector<std::string> stores = each.stores;
    if (stores.empty()) stores.emplace_back();
    for (const std::string &store : stores) {
      add(language.name + (store.empty() ? "" : "/" + store), each.name,
          [&each, &language, store] { run(each, store, *language.make_door(), server()); });
    }
  }
  for (const auto &[name, why] : language.cannot_say) {
    add(language.name, "leaves out '" + name + "'", [&cases, name = name, why = why] {
      EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), [&](const Case &each) { return each.name == name; })) << why;
    });
  }
}

}  // namespace
}  // namespace gencache::conformance

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto cases = gencache::conformance::read_cases();
  for (const auto &language : gencache::conformance::languages()) gencache::conformance::add_all(cases, language);
  return RUN_ALL_TESTS();
}
