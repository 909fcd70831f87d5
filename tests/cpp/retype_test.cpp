// A program whose types have changed finds values of the old types: it goes on, and its values take their place.
#include <stdexcept>

#include "every_cache.h"

namespace gencache::cpp_test {
namespace {

struct UserWithMail : User {
  std::string mail;

  template <class Archive>
  void serialize(Archive &archive) {
    archive(id, name, groups, mail);
  }
};

class Retype : public EveryCache {
 protected:
  int computed = 0;
  UserWithMail load() {
    ++computed;
    UserWithMail user;
    user.mail = "ada@example.org";
    return user;
  }
};

TEST_P(Retype, FetchComputesAnewAndOverwrites) {
  cache.set("user", {}, User{1, "Ada", {}});
  EXPECT_EQ(cache.fetch("user", {}, [&] { return load(); }).mail, "ada@example.org");
  EXPECT_EQ(cache.fetch("user", {}, [&] { return load(); }).mail, "ada@example.org");
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(cache.get<UserWithMail>("user")->mail, "ada@example.org");
}

TEST_P(Retype, OptionsHoldForTheNewValue) {
  cache.set("user", {}, "of another type");
  cache.fetch("user", {}, [&] { return load(); }, {.ttl = 5min});
  EXPECT_NE(cache.get<UserWithMail>("user").remaining(), std::nullopt);
}

TEST_P(Retype, AFailureToComputeIsTheCallers) {
  cache.set("user", {}, "of another type");
  EXPECT_THROW(cache.fetch("user", {}, []() -> User { throw std::domain_error("no user"); }), std::domain_error);
  EXPECT_EQ(*cache.get<std::string>("user"), "of another type");
}

TEST_P(Retype, FetchManyComputesThoseOnly) {
  const std::vector<int> ids{1, 2, 3};
  const auto calls = each("id", ids);
  cache.set("user:id", calls[0], 10);
  cache.set("user:id", calls[1], "of another type");
  std::vector<std::size_t> missing;
  const auto found = cache.fetch_many<int>("user:id", calls, [&](std::span<Gap<int>> gaps) {
    for (auto &gap : gaps) {
      missing.push_back(gap.index());
      gap.fill(10 * ids[gap.index()]);
    }
  });
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(*found[i], 10 * ids[i]);
  EXPECT_EQ(missing.size(), 2U);
  EXPECT_EQ(*cache.get<int>("user:id", calls[1]), 20);
}

TEST_P(Retype, AWrappedFunctionGoesOn) {
  const auto text = wrap(cache, "user", [] { return std::string("of another type"); }, {}, {.place = false});
  const auto user = wrap(cache, "user", [&] { return load(); }, {}, {.place = false});
  EXPECT_EQ(text(), "of another type");
  EXPECT_EQ(user().mail, "ada@example.org");
  EXPECT_EQ(user().mail, "ada@example.org");
  EXPECT_EQ(computed, 1);
}

GENCACHE_CPP_ON_EVERY_STORE(Retype);

}  // namespace
}  // namespace gencache::cpp_test
