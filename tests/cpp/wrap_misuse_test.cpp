// What looks like a call of a wrapped function, and would name or return something else.
#include <memory>
#include <string>

#include "every_cache.h"

// It is what these calls are about.
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wfloat-conversion"

namespace gencache::cpp_test {

struct Customer {
  Customer(int number) : id("C" + std::to_string(number)) {}  // as a call may convert
  std::string id;
  friend std::string_view gencache_arg(const Customer &customer) { return customer.id; }
};

namespace {

class WrapMisuse : public InMemory {
 protected:
  int computed = 0;

  // Whether an invalidation of what a call is given is one of what the call has stored.
  template <class P, class Given>
  bool invalidates(const Given &given) {
    const auto function = wrap(cache, "g:value", {"value"}, [this](P) { return ++computed; });
    const int before = function(given);
    function.invalidate(given);
    return function(given) == before + 1;
  }
};

TEST_F(WrapMisuse, InvalidateConvertsAsACallDoes) {
  EXPECT_TRUE(invalidates<bool>(1));
  EXPECT_TRUE(invalidates<double>(1));
  EXPECT_TRUE(invalidates<float>(0.1));
  EXPECT_TRUE(invalidates<int>(7.5));
  EXPECT_TRUE(invalidates<int>(true));
  EXPECT_TRUE(invalidates<std::int8_t>(300));
  EXPECT_TRUE(invalidates<std::optional<bool>>(1));
  EXPECT_TRUE(invalidates<Customer>(7));
  EXPECT_TRUE(invalidates<const Customer &>(7));
  EXPECT_TRUE(invalidates<const std::string &>("a text that is too long to be stored in place"));
  EXPECT_TRUE(invalidates<std::string>("a text that is too long to be stored in place"));
  EXPECT_TRUE(invalidates<std::string_view>(std::string("text")));
}

TEST_F(WrapMisuse, InvalidateConvertsEachArgumentToItsParameter) {
  const auto function =
      wrap(cache, {"g:first", "i:second", "h:third"}, {"trace", "first", "second", "third"},
           [this](int, bool, const Customer &, float) { return ++computed; }, {}, {.exclude = {"trace"}});
  const auto next = [&] { return function(0, true, 7, 0.1F); };
  EXPECT_EQ(next(), 1);
  function.invalidate(0, 8, 0.2);
  EXPECT_EQ(next(), 1) << "all of it is something else";
  function.invalidate(1);
  EXPECT_EQ(next(), 2);
  function.invalidate(0, 7);
  EXPECT_EQ(next(), 3);
  function.invalidate(0, 8, 0.1);
  EXPECT_EQ(next(), 4);
  function.invalidate_soft(1);
  EXPECT_EQ(next(), 5);
  EXPECT_THROW(function.invalidate(1, 7, 0.1, 2), ArgumentError);
}

TEST_F(WrapMisuse, InvalidateTakesWhatCanBeMadeAParameter) {
  const auto function = wrap(cache, "g:name", {"name"}, [this](const std::string &) { return ++computed; });
  EXPECT_EQ(function("Ada"), 1);
  function.invalidate(std::string_view("Ada"));
  EXPECT_EQ(function("Ada"), 2);
  EXPECT_THROW(function.invalidate(7), ArgumentError);
}

TEST_F(WrapMisuse, ANamedArgumentMustBeWhatItsParameterIs) {
  const auto function = wrap(cache, {"g:admin", "h:id"}, {"admin", "id"}, [this](bool, int) { return ++computed; });
  EXPECT_EQ(function(true, 1), 1);
  EXPECT_THROW(function.invalidate(arg("admin", 1), arg("id", 1)), ArgumentError);
  EXPECT_THROW(function.invalidate(arg(1), 1), ArgumentError) << "by position";
  EXPECT_THROW(function.invalidate(true, arg("id", 1.0)), ArgumentError);
  EXPECT_EQ(function(true, 1), 1);
  function.invalidate(arg("admin", true), arg("id", 1U));
  EXPECT_EQ(function(true, 1), 2);
  function.invalidate(arg("id", "1"), arg("admin", "true"));
  EXPECT_EQ(function(true, 1), 3) << "in a generation a text stands for a value";
}

TEST_F(WrapMisuse, ParametersToWriteToAreExcluded) {
  const auto find = [](int id, std::string &out) {
    out = std::to_string(id);
    return true;
  };
  EXPECT_THROW(wrap(cache, "g", {"id", "out"}, find), ArgumentError);
  EXPECT_THROW(wrap(cache, "g", find), ArgumentError) << "by position";
  EXPECT_NO_THROW(wrap(cache, "g", {"id", "out"}, find, {}, {.exclude = {"out"}}));
}

template <class C>
concept WrapsWith = requires(C &&cache, int (&function)(), int (&of_id)(int), const char *const (&names)[1]) {
  wrap(std::forward<C>(cache), "g", function);
  wrap(std::forward<C>(cache), "g", names, of_id);
};
template <class C>
concept WrapsSomethingWith = requires(C &&cache, int (&function)()) {
  wrap(std::forward<C>(cache), "g", function);
}
|| requires(C &&cache, int (&of_id)(int), const char *const (&names)[1]) {
  wrap(std::forward<C>(cache), "g", names, of_id);
};

TEST_F(WrapMisuse, ACacheThatIsGoneAtOnceIsRefused) {
  static_assert(WrapsWith<Cache &> && WrapsWith<const Cache &>);
  static_assert(!WrapsSomethingWith<Cache> && !WrapsSomethingWith<const Cache>);
}

int one() { return 1; }
int two() { return 2; }

// A helper that does not pass on the place of its caller.
template <class F>
auto memo(const Cache &cache, F function, const std::string &version = {}) {
  return wrap(cache, "g", function, {}, {.version = version}, Place("memo.cpp", "memo", 1));
}

TEST_F(WrapMisuse, AnotherFunctionAtOnePlaceIsRefused) {
  const auto wrapped = memo(cache, one);
  EXPECT_THROW(memo(cache, two), ArgumentError) << "of the same type";
  EXPECT_THROW(memo(cache, [] { return 3; }), ArgumentError) << "of another type";
  EXPECT_EQ(memo(cache, one)(), 1) << "the same";
  EXPECT_EQ(memo(cache, two, "2")(), 2);
}

TEST_F(WrapMisuse, APlaceIsHeldByTheLastOfItsFunction) {
  auto wrapped = std::make_unique<decltype(memo(cache, one))>(memo(cache, one));
  auto copy = std::make_unique<decltype(memo(cache, one))>(*wrapped);
  wrapped.reset();
  EXPECT_THROW(memo(cache, two), ArgumentError);
  copy.reset();
  EXPECT_NO_THROW(memo(cache, two));
}

TEST_F(WrapMisuse, OnePlaceInOtherKeysIsAnother) {
  const Cache other("memory://");
  const Place here = Place::here();
  const auto wrapped = wrap(cache, "g", one, {}, {}, here);
  EXPECT_EQ(wrap(other, "g", two, {}, {}, here)(), 2);
  EXPECT_EQ(wrap(cache, "h", two, {}, {}, here)(), 2);
  EXPECT_EQ(wrap(cache, "g", two)(), 2) << "at a line of its own";
}

}  // namespace
}  // namespace gencache::cpp_test
