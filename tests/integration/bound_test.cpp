// Bound caches: generations, parameters and defaults given once.
#include <memory>
#include <string>

#include "every_store.h"

namespace gencache::test {
namespace {

class Bound : public EveryStore {
 protected:
  Cache cache = open();

  void bind(const Names &gens, const Args &params) {
    Error error;
    bound_.reset(gc_bind(cache.handle(), gens.data(), gens.size(), params.data(), params.size(), nullptr, error.out()));
    ASSERT_NE(bound_, nullptr) << error.message();
  }
  Got get(const Args &args) {
    Error error;
    gc_entry *entry = nullptr;
    const gc_status status = gc_bound_get(bound_.get(), args.data(), args.size(), &entry, error.out());
    return {status, Entry(entry), error.message()};
  }
  Done set(const Args &args, std::string_view data) {
    Error error;
    const gc_status status =
        gc_bound_set(bound_.get(), args.data(), args.size(), data.data(), data.size(), nullptr, error.out());
    return {status, error.message()};
  }
  Done remove(const Args &args) {
    Error error;
    const gc_status status = gc_bound_delete(bound_.get(), args.data(), args.size(), error.out());
    return {status, error.message()};
  }
  Done invalidate(const Args &args) {
    Error error;
    const gc_status status = gc_bound_invalidate(bound_.get(), args.data(), args.size(), error.out());
    return {status, error.message()};
  }

 private:
  struct Free {
    void operator()(gc_bound *bound) const { gc_bound_free(bound); }
  };
  std::unique_ptr<gc_bound, Free> bound_;
};

TEST_P(Bound, ByPositionByNameAndByDefaultAreOneKey) {
  bind({"nav", "nav_portal:user_id"}, {gc_param("user_id"), gc_str("page", "home"), gc_int("size", 10)});
  ASSERT_TRUE(set({gc_int(nullptr, 1)}, "value").ok());
  EXPECT_TRUE(get({gc_int("user_id", 1)}).hit());
  EXPECT_TRUE(get({gc_int(nullptr, 1), gc_str(nullptr, "home")}).hit());
  EXPECT_TRUE(get({gc_int(nullptr, 1), gc_str("page", "home"), gc_int("size", 10)}).hit());
  EXPECT_TRUE(get({gc_int("size", 10), gc_str("page", "home"), gc_int("user_id", 1)}).hit());
  EXPECT_TRUE(get({gc_int(nullptr, 1), gc_str(nullptr, "other")}).miss());
  EXPECT_TRUE(get({gc_int(nullptr, 1), gc_int("size", 11)}).miss());
}

TEST_P(Bound, IsTheSameValueAsThroughTheCache) {
  bind({"nav:user_id"}, {gc_param("user_id"), gc_str("page", "home")});
  ASSERT_TRUE(set({gc_int("user_id", 1)}, "value").ok());
  EXPECT_EQ(cache.get({"nav:user_id"}, {gc_int("user_id", 1), gc_str("page", "home")}).data(), "value");
  ASSERT_TRUE(remove({gc_int("user_id", 1)}).ok());
  EXPECT_EQ(get({gc_int("user_id", 1)}).entry.reason(), GC_REASON_ABSENT);
}

TEST_P(Bound, InvalidateFindsTheGenerationOfItsArguments) {
  bind({"nav", "portal:user_id", "team:team_id"}, {gc_param("user_id"), gc_int("team_id", 5), gc_str("page", "home")});
  ASSERT_TRUE(set({gc_int("user_id", 1)}, "one").ok());
  ASSERT_TRUE(set({gc_int("user_id", 2)}, "two").ok());
  ASSERT_TRUE(invalidate({gc_int("user_id", 1)}).ok());
  EXPECT_EQ(get({gc_int("user_id", 1)}).entry.generation(), "portal:user_id=1");
  EXPECT_TRUE(get({gc_int("user_id", 2)}).hit()) << "the default of team_id is not used, nav not named";
  ASSERT_TRUE(invalidate({gc_int("team_id", 5)}).ok());
  EXPECT_EQ(get({gc_int("user_id", 2)}).entry.generation(), "team:team_id=5");
}

TEST_P(Bound, InvalidateByPosition) {
  bind({"nav", "portal:user_id"}, {gc_param("user_id"), gc_str("page", "home")});
  ASSERT_TRUE(set({gc_int(nullptr, 1)}, "one").ok());
  ASSERT_TRUE(invalidate({gc_int(nullptr, 1)}).ok());
  EXPECT_EQ(get({gc_int(nullptr, 1)}).entry.generation(), "portal:user_id=1");
}

TEST_P(Bound, InvalidateWithoutArgumentsTakesTheStaticOnes) {
  bind({"nav", "blog", "portal:user_id"}, {gc_param("user_id")});
  ASSERT_TRUE(set({gc_int("user_id", 1)}, "one").ok());
  ASSERT_TRUE(cache.set({"portal:user_id"}, {gc_int("user_id", 1)}, "portal").ok());
  ASSERT_TRUE(invalidate({}).ok());
  const Got got = get({gc_int("user_id", 1)});
  EXPECT_EQ(got.entry.reason(), GC_REASON_INVALIDATED);
  EXPECT_TRUE(got.entry.generation() == "nav" || got.entry.generation() == "blog") << got.entry.generation();
  EXPECT_TRUE(cache.get({"portal:user_id"}, {gc_int("user_id", 1)}).hit());
}

TEST_P(Bound, ItsMissIsFilledSafely) {
  bind({"nav", "portal:user_id"}, {gc_param("user_id")});
  const Got miss = get({gc_int("user_id", 1)});
  ASSERT_TRUE(miss.miss());
  ASSERT_TRUE(invalidate({gc_int("user_id", 1)}).ok());
  ASSERT_TRUE(fill(miss.entry, "old").ok());
  EXPECT_EQ(get({gc_int("user_id", 1)}).entry.generation(), "portal:user_id=1");
}

GENCACHE_ON_EVERY_STORE(Bound);

}  // namespace
}  // namespace gencache::test
