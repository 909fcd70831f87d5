// Bad input to what computes, reads many, collects and counts: refused with a message that names the culprit, and
// nobody computes anything.
#include "refused.h"
#include "support/computing.h"

namespace gencache::test {
namespace {

class BadComputing : public BadInput {
 protected:
  const Names kept = {"kept:id"};
  const Args two = {gc_int("id", 2)};
  Error error;

  static int32_t never(void *, gc_entry *) {
    ADD_FAILURE() << "a refused call computes";
    return 1;
  }
  static int32_t never_many(void *, gc_entry *const *, const size_t *, size_t) {
    ADD_FAILURE() << "a refused call computes";
    return 1;
  }
  static ComputeMany never_many() {
    return [](auto, auto) { return never_many(nullptr, nullptr, nullptr, 0); };
  }

  void refused(gc_status status, const std::vector<std::string> &named) {
    EXPECT_EQ(error.status(), status);
    EXPECT_EQ(error.origin(), 0);
    expect_refused({status, error.message()}, named);
  }

  // Every call that computes or reads many refuses these generations and arguments.
  void all_refuse(const Names &names, const Args &args, const std::vector<std::string> &named) {
    gc_entry *entry = nullptr;
    const auto check = [&](gc_status status) {
      refused(status, named);
      EXPECT_EQ(entry, nullptr);
    };
    const size_t n = names.size();
    const gc_arg *const calls[] = {args.data()};
    const size_t sizes[] = {args.size()};
    gc_cache *handle = cache.handle();
    check(gc_fetch(handle, names.data(), n, args.data(), args.size(), never, nullptr, nullptr, &entry, error.out()));
    check(gc_fetch_at(handle, "f.c", "f", 1, names.data(), n, args.data(), args.size(), never, nullptr, nullptr, &entry,
                      error.out()));
    check(gc_begin(handle, names.data(), n, args.data(), args.size(), nullptr, &entry, error.out()));
    check(gc_get_many(handle, names.data(), n, calls, sizes, 1, &entry, error.out()));
    check(gc_begin_many(handle, names.data(), n, calls, sizes, 1, nullptr, &entry, error.out()));
    check(gc_fetch_many(handle, names.data(), n, calls, sizes, 1, never_many, nullptr, nullptr, &entry, error.out()));
    check(gc_invalidate_soft(handle, names.data(), n, args.data(), args.size(), error.out()));
    const Batch batch(cache);
    check(gc_batch_invalidate(batch.handle(), names.data(), n, args.data(), args.size(), error.out()));
    check(gc_batch_invalidate_soft(batch.handle(), names.data(), n, args.data(), args.size(), error.out()));
    check(gc_batch_delete(batch.handle(), names.data(), n, args.data(), args.size(), error.out()));
    EXPECT_TRUE(batch.commit().ok());
  }
};

TEST_F(BadComputing, GenerationsAndArguments) {
  all_refuse({}, {}, {"generation"});
  all_refuse({"kept:id", nullptr}, two, {"generations[1]"});
  all_refuse({"kept:id", "a:b:c"}, two, {"generations[1]"});
  all_refuse({"caf\xe9"}, two, {"generations[0]", "UTF-8"});
  all_refuse({"kept:id"}, {}, {"kept:id", "id"});
  all_refuse({"kept:id"}, {gc_int("id", 1), gc_int("id", 2)}, {"id", "twice"});
  all_refuse({"kept:id"}, {gc_named("id", gc_value_data(GC_JSON, "{}", 2))}, {"id"});
  all_refuse({"kept:id"}, {gc_text("id", "\xff", 1)}, {"id", "UTF-8"});
}

TEST_F(BadComputing, NullToFetch) {
  gc_entry *entry = nullptr;
  const auto fetch_with = [&](gc_cache *handle, gc_compute_fn compute, gc_entry **out) {
    return gc_fetch(handle, kept.data(), 1, two.data(), 1, compute, nullptr, nullptr, out, error.out());
  };
  refused(fetch_with(nullptr, never, &entry), {"cache"});
  refused(fetch_with(cache.handle(), nullptr, &entry), {"compute"});
  refused(fetch_with(cache.handle(), never, nullptr), {"entry"});
  refused(gc_fetch(cache.handle(), kept.data(), 1, nullptr, 1, never, nullptr, nullptr, &entry, error.out()), {"args"});
  EXPECT_EQ(entry, nullptr);
}

TEST_F(BadComputing, NullToFetchAt) {
  gc_entry *entry = nullptr;
  const auto fetch_at_with = [&](gc_cache *handle, const char *file, const char *function, gc_compute_fn compute,
                                 gc_entry **out) {
    return gc_fetch_at(handle, file, function, 1, kept.data(), 1, two.data(), 1, compute, nullptr, nullptr, out,
                       error.out());
  };
  refused(fetch_at_with(nullptr, "f.c", "f", never, &entry), {"cache"});
  refused(fetch_at_with(cache.handle(), nullptr, "f", never, &entry), {"file"});
  refused(fetch_at_with(cache.handle(), "f.c", nullptr, never, &entry), {"function"});
  refused(fetch_at_with(cache.handle(), "f.c", "f", nullptr, &entry), {"compute"});
  refused(fetch_at_with(cache.handle(), "f.c", "f", never, nullptr), {"entry"});
  refused(fetch_at_with(cache.handle(), "\xff", "f", never, &entry), {"UTF-8"});
  refused(gc_fetch_at(cache.handle(), "f.c", "f", 1, kept.data(), 1, nullptr, 1, never, nullptr, nullptr, &entry,
                      error.out()),
          {"args"});
}

TEST_F(BadComputing, Steps) {
  gc_entry *entry = nullptr;
  refused(gc_begin(nullptr, kept.data(), 1, two.data(), 1, nullptr, &entry, error.out()), {"cache"});
  refused(gc_begin(cache.handle(), kept.data(), 1, two.data(), 1, nullptr, nullptr, error.out()), {"entry"});
  refused(gc_wait(nullptr, 0, error.out()), {"entry"});
  refused(gc_abandon(nullptr, error.out()), {"entry"});
  const Got mine = begin(cache, kept, two);
  const Got busy = begin(cache, kept, two);
  ASSERT_TRUE(busy.busy());
  refused(gc_wait(busy.entry.get(), -1, error.out()), {"wait_ms", "-1"});
  EXPECT_EQ(wait(busy.entry, 0).status, GC_BUSY) << "it can still be waited for";
  refused(gc_wait(mine.entry.get(), 0, error.out()), {"entry", "busy"});
  refused(gc_abandon(busy.entry.get(), error.out()), {"entry"});
  refused(gc_abandon(cache.get(kept, two).entry.get(), error.out()), {"entry"});
  EXPECT_TRUE(fill(mine.entry, "mine").ok());
  EXPECT_EQ(wait(busy.entry, 1000).status, GC_OK);
}

TEST_F(BadComputing, Depend) {
  const Got miss = cache.get(kept, two);
  const auto refused_by_depend = [&](const char *generation, const Args &args, const std::vector<std::string> &named) {
    refused(gc_depend(miss.entry.get(), generation, args.data(), args.size(), error.out()), named);
  };
  refused_by_depend(nullptr, {}, {"generation"});
  refused_by_depend("", {}, {"generation"});
  refused_by_depend("a:b:c", {}, {"a:b:c"});
  refused_by_depend("\xff", {}, {"UTF-8"});
  refused_by_depend("author:id", {}, {"author:id", "id"});
  refused_by_depend("author:id", {gc_int("id", 1), gc_int("id", 1)}, {"id", "twice"});
  refused(gc_depend(nullptr, "author", nullptr, 0, error.out()), {"entry"});
  refused(gc_depend(miss.entry.get(), "author", nullptr, 1, error.out()), {"args"});
  EXPECT_TRUE(fill(miss.entry, "value").ok()) << "the lease is as good as before";
  EXPECT_EQ(cache.get(kept, two).data(), "value");
  refused(gc_depend(miss.entry.get(), "author", nullptr, 0, error.out()), {"entry"});
}

TEST_F(BadComputing, NullToMany) {
  const gc_arg *const args[] = {two.data(), two.data()};
  const size_t n_args[] = {1, 1};
  const size_t wrong[] = {1, 9};
  gc_entry *entries[2] = {nullptr, nullptr};
  gc_cache *handle = cache.handle();
  const auto get_with = [&](gc_cache *its, const gc_arg *const *its_args, const size_t *its_sizes, gc_entry **out) {
    return gc_get_many(its, kept.data(), 1, its_args, its_sizes, 2, out, error.out());
  };
  refused(get_with(nullptr, args, n_args, entries), {"cache"});
  refused(get_with(handle, nullptr, n_args, entries), {"args"});
  refused(get_with(handle, args, nullptr, entries), {"n_args"});
  refused(get_with(handle, args, n_args, nullptr), {"entries"});
  const gc_arg *const missing[] = {two.data(), nullptr};
  refused(get_with(handle, missing, wrong, entries), {"args"});
  const auto begin_with = [&](gc_cache *its, const gc_arg *const *its_args, const size_t *its_sizes, gc_entry **out) {
    return gc_begin_many(its, kept.data(), 1, its_args, its_sizes, 2, nullptr, out, error.out());
  };
  refused(begin_with(nullptr, args, n_args, entries), {"cache"});
  refused(begin_with(handle, nullptr, n_args, entries), {"args"});
  refused(begin_with(handle, args, nullptr, entries), {"n_args"});
  refused(begin_with(handle, args, n_args, nullptr), {"entries"});
  const auto fetch_with = [&](gc_cache *its, gc_compute_many_fn compute, gc_entry **out) {
    return gc_fetch_many(its, kept.data(), 1, args, n_args, 2, compute, nullptr, nullptr, out, error.out());
  };
  refused(fetch_with(nullptr, never_many, entries), {"cache"});
  refused(fetch_with(handle, nullptr, entries), {"compute"});
  refused(fetch_with(handle, never_many, nullptr), {"entries"});
  EXPECT_EQ(entries[0], nullptr);
  EXPECT_EQ(entries[1], nullptr);
}

// One bad call among good ones: none of them is done, and no entry is left behind.
TEST_F(BadComputing, OneOfMany) {
  const Calls calls = {two, {gc_int("other", 1)}, two};
  const GotMany got = get_many(cache, kept, calls);
  expect_refused({got.status, got.message}, {"kept:id", "id"});
  for (const Entry &entry : got.entries) EXPECT_FALSE(entry);
  const GotMany begun = begin_many(cache, kept, calls);
  expect_refused({begun.status, begun.message}, {"kept:id", "id"});
  for (const Entry &entry : begun.entries) EXPECT_FALSE(entry);
  const GotMany fetched = fetch_many(cache, kept, calls, never_many());
  expect_refused({fetched.status, fetched.message}, {"kept:id", "id"});
  for (const Entry &entry : fetched.entries) EXPECT_FALSE(entry);
  EXPECT_TRUE(begin(cache, kept, two).miss()) << "nobody is locked out";
}

TEST_F(BadComputing, Batches) {
  EXPECT_EQ(gc_batch_new(nullptr, nullptr, error.out()), nullptr);
  refused(error.status(), {"cache"});
  Cache other("memory://");
  const Batch of_another(other);
  EXPECT_EQ(gc_batch_new(cache.handle(), of_another.handle(), error.out()), nullptr);
  refused(error.status(), {"parent"});
  const Names names = {"kept:id"};
  refused(gc_batch_invalidate(nullptr, names.data(), 1, two.data(), 1, error.out()), {"batch"});
  refused(gc_batch_invalidate_soft(nullptr, names.data(), 1, two.data(), 1, error.out()), {"batch"});
  refused(gc_batch_delete(nullptr, names.data(), 1, two.data(), 1, error.out()), {"batch"});
  refused(gc_batch_commit(nullptr, error.out()), {"batch"});
}

TEST_F(BadComputing, BoundCaches) {
  const Bound bound(cache, {"kept:id"}, {gc_param("id"), gc_str("page", "home")});
  const auto both_refuse = [&](const Args &args, const std::vector<std::string> &named) {
    const Got fetched = bound.fetch(args, [](gc_entry *entry) { return never(nullptr, entry); });
    expect_refused({fetched.status, fetched.message}, named);
    const Got begun = bound.begin(args);
    expect_refused({begun.status, begun.message}, named);
    const GotMany many = bound.get_many({two, args});
    expect_refused({many.status, many.message}, named);
    const GotMany begun_many = bound.begin_many({two, args});
    expect_refused({begun_many.status, begun_many.message}, named);
    const GotMany fetched_many = bound.fetch_many({two, args}, never_many());
    expect_refused({fetched_many.status, fetched_many.message}, named);
  };
  both_refuse({}, {"id"});
  both_refuse({gc_int("id", 1), gc_int("unknown", 1)}, {"unknown"});
  both_refuse({gc_int(nullptr, 1), gc_str(nullptr, "x"), gc_int(nullptr, 3)}, {"args[2]"});
  expect_refused(bound.invalidate_soft(), {});
  expect_refused(bound.invalidate_soft({gc_str("page", "x")}), {});

  gc_entry *entry = nullptr;
  refused(gc_bound_fetch(nullptr, two.data(), 1, never, nullptr, nullptr, &entry, error.out()), {"bound"});
  refused(gc_bound_fetch(bound.handle(), two.data(), 1, nullptr, nullptr, nullptr, &entry, error.out()), {"compute"});
  refused(gc_bound_fetch(bound.handle(), two.data(), 1, never, nullptr, nullptr, nullptr, error.out()), {"entry"});
  refused(gc_bound_begin(nullptr, two.data(), 1, nullptr, &entry, error.out()), {"bound"});
  refused(gc_bound_begin(bound.handle(), two.data(), 1, nullptr, nullptr, error.out()), {"entry"});
  refused(gc_bound_get_many(nullptr, nullptr, nullptr, 0, &entry, error.out()), {"bound"});
  refused(gc_bound_begin_many(nullptr, nullptr, nullptr, 0, nullptr, &entry, error.out()), {"bound"});
  refused(gc_bound_fetch_many(nullptr, nullptr, nullptr, 0, never_many, nullptr, nullptr, &entry, error.out()),
          {"bound"});
  refused(gc_bound_invalidate_soft(nullptr, nullptr, 0, error.out()), {"bound"});
}

TEST_F(BadComputing, SeeingInside) {
  gc_stats stats{};
  char *text = nullptr;
  refused(gc_get_stats(nullptr, &stats, sizeof stats, error.out()), {"cache"});
  refused(gc_get_stats(cache.handle(), nullptr, sizeof stats, error.out()), {"stats"});
  refused(gc_metrics(nullptr, &text, error.out()), {"cache"});
  EXPECT_EQ(text, nullptr);
  refused(gc_metrics(cache.handle(), nullptr, error.out()), {"text"});
  refused(gc_key(nullptr, kept.data(), 1, two.data(), 1, &text, error.out()), {"cache"});
  refused(gc_key(cache.handle(), kept.data(), 1, two.data(), 1, nullptr, error.out()), {"text"});
  refused(gc_key(cache.handle(), kept.data(), 1, nullptr, 0, &text, error.out()), {"kept:id", "id"});
  EXPECT_EQ(text, nullptr);
}

TEST_F(BadComputing, WhatIsNull) {
  EXPECT_EQ(gc_entry_status(nullptr), GC_ERR_ARGUMENT);
  EXPECT_EQ(gc_error_origin(nullptr), 0);
  gc_batch_cancel(nullptr);
  gc_batch_free(nullptr);
}

}  // namespace
}  // namespace gencache::test
