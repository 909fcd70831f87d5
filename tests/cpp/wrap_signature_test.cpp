// Whatever can be called can be wrapped, and is called alike.
#include <functional>
#include <memory>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

int computed = 0;

int twice(int number) {
  ++computed;
  return 2 * number;
}
int thrice(int number) noexcept { return 3 * number; }
const User &the_user() {
  static const User user{1, "Ada", {}};
  return user;
}
std::string_view the_name() { return "Ada"; }

struct Shop {
  int factor = 10;
  int price(int item) { return factor * item; }
  int price_of(int item) const noexcept { return factor * item; }
  int fetched(Filling &filling, int item) const {
    filling.depend("rates");
    return factor * item + ++computed;
  }
};

struct Functor {
  int operator()(int number) const { return number + 1; }
};

class WrapSignature : public InMemory {
 protected:
  WrapSignature() { computed = 0; }
};

TEST_F(WrapSignature, Functions) {
  const auto wrapped = wrap(cache, "g", {"number"}, twice);
  static_assert(std::is_invocable_r_v<int, decltype(wrapped), int>);
  static_assert(!std::is_invocable_v<decltype(wrapped)> && !std::is_invocable_v<decltype(wrapped), int, int>);
  EXPECT_EQ(wrapped(4), 8);
  EXPECT_EQ(wrapped(4), 8);
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(wrap(cache, "g", {"number"}, &thrice)(4), 12);
}

TEST_F(WrapSignature, Objects) {
  EXPECT_EQ(wrap(cache, "g", {"number"}, Functor())(4), 5);
  EXPECT_EQ(wrap(cache, "g", {"number"}, std::function<int(int)>(twice))(4), 8);
  int calls = 0;
  EXPECT_EQ(wrap(cache, "g", [calls]() mutable { return ++calls; })(), 1);
  EXPECT_EQ(wrap(cache, "g", [owned = std::make_unique<int>(7)] { return *owned; })(), 7);
}

TEST_F(WrapSignature, Methods) {
  Shop shop;
  const auto price = wrap(cache, "g", {"item"}, &Shop::price);
  EXPECT_EQ(price(shop, 2), 20);
  shop.factor = 100;
  EXPECT_EQ(price(shop, 2), 20) << "the object is not in the key";
  const auto price_of = wrap(cache, "g:item", {"item"}, &Shop::price_of);
  EXPECT_EQ(price_of(Shop(), 2), 20);
  price_of.invalidate(2);
  EXPECT_EQ(price_of(shop, 2), 200);
}

TEST_F(WrapSignature, MethodsThatDependOnMore) {
  const Shop shop;
  const auto wrapped = wrap(cache, "g", {"item"}, &Shop::fetched);
  static_assert(std::is_invocable_r_v<int, decltype(wrapped), const Shop &, int>);
  EXPECT_EQ(wrapped(shop, 2), 21);
  EXPECT_EQ(wrapped(shop, 2), 21);
  cache.invalidate("rates");
  EXPECT_EQ(wrapped(shop, 2), 22);
}

TEST_F(WrapSignature, Results) {
  const auto user = wrap(cache, "g", the_user);
  static_assert(std::same_as<decltype(user()), User>, "a value: the cache has no reference to give");
  EXPECT_EQ(user(), the_user());
  static_assert(std::same_as<decltype(wrap(cache, "g", the_name)()), std::string>);
  EXPECT_EQ(wrap(cache, "g", the_name)(), "Ada");
  const auto maybe = wrap(cache, "g", {"id"}, [](int id) { return id > 0 ? std::optional(id) : std::nullopt; });
  EXPECT_EQ(maybe(0), std::nullopt);
  EXPECT_EQ(maybe(0), std::nullopt);
  EXPECT_EQ(maybe(1), 1);
}

TEST_F(WrapSignature, Parameters) {
  const auto wrapped =
      wrap(cache, "g", {"owned", "optional", "text", "out"},
           [](std::unique_ptr<int> owned, std::optional<int> optional, const std::string &text, int &out) {
             out = *owned + optional.value_or(0);
             return text;
           },
           {}, {.exclude = {"owned", "out"}});
  int out = 0;
  EXPECT_EQ(wrapped(std::make_unique<int>(1), 2, "text", out), "text");
  EXPECT_EQ(out, 3);
  EXPECT_EQ(wrapped(std::make_unique<int>(5), 2, "text", out), "text");
  EXPECT_EQ(out, 3) << "remembered: nothing was called";
}

TEST_F(WrapSignature, WhatCannotBeWrapped) {
  const auto generic = [](auto number) { return number; };
  static_assert(!Wrappable<decltype(generic)> && !Wrappable<int> && !Wrappable<int Shop::*>);
  static_assert(Wrappable<decltype(twice)> && Wrappable<Functor> && Wrappable<decltype(&Shop::price)>);
}

}  // namespace
}  // namespace gencache::cpp_test
