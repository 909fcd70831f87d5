/* Computing through the cache from real C: fetch, steps, many at once, batches, statistics. */
#include "c_test.h"

static const char *const page[] = {"page", "page:id"};
static const char *const page_alone[] = {"page"};

/* What a page is made of, and how often it was. */
typedef struct source {
  const char *text;
  int32_t failure;
  int computed;
} source;

static int32_t render(void *payload, gc_entry *entry) {
  source *from = payload;
  const gc_arg author[] = {gc_int("author", 7)};
  ++from->computed;
  if (from->failure != 0) return from->failure;
  CHECK(gc_entry_status(entry) == GC_MISS);
  CHECK(gc_depend(entry, "author:author", author, COUNT(author), NULL) == GC_OK);
  CHECK(gc_fill(entry, from->text, strlen(from->text), NULL, NULL) == GC_OK);
  return 0;
}

static void test_fetch(gc_cache *cache) {
  const gc_arg args[] = {gc_int("id", 1)};
  const gc_arg author[] = {gc_int("author", 7)};
  source from = {"<page>", 0, 0};
  gc_entry *entry = NULL;
  gc_error *err = NULL;
  for (int i = 0; i < 3; ++i) {
    CHECK(gc_fetch(cache, page, COUNT(page), args, COUNT(args), render, &from, NULL, &entry, &err) == GC_OK);
    CHECK(gc_entry_status(entry) == GC_OK && is(entry, "<page>"));
    gc_entry_free(entry);
  }
  CHECK(from.computed == 1);

  CHECK(gc_invalidate(cache, "author:author", author, COUNT(author), &err) == GC_OK);
  from.failure = 42;
  CHECK(gc_fetch(cache, page, COUNT(page), args, COUNT(args), render, &from, NULL, &entry, &err) == GC_ERR_ORIGIN);
  CHECK(entry == NULL && gc_error_status(err) == GC_ERR_ORIGIN && gc_error_origin(err) == 42);
  gc_error_free(err);
}

/* The one place where this computation stands. A colon is escaped in every key. */
static gc_status wrapped(gc_cache *cache, source *from, gc_entry **entry) {
  return GC_WRAP(cache, page_alone, COUNT(page_alone), NULL, 0, render, from, NULL, entry, NULL);
}

static void test_wrap(gc_cache *cache) {
  source from = {"wrapped", 0, 0};
  gc_entry *entry = NULL;
  CHECK(wrapped(cache, &from, &entry) == GC_OK);
  CHECK(strstr(gc_entry_key(entry), "c_computing_test.wrapped:") != NULL);
  gc_entry_free(entry);
  CHECK(wrapped(cache, &from, &entry) == GC_OK && is(entry, "wrapped"));
  gc_entry_free(entry);
  CHECK(from.computed == 1);
  CHECK(gc_fetch_at(cache, "a/b.c", "f", 3, page_alone, 1, NULL, 0, render, &from, NULL, &entry, NULL) == GC_OK);
  CHECK(strcmp(gc_entry_key(entry), "page|\"a/b.f:3\"") == 0);
  gc_entry_free(entry);
}

static void test_steps(gc_cache *cache) {
  const gc_arg args[] = {gc_int("id", 2)};
  gc_entry *mine = NULL;
  gc_entry *other = NULL;
  gc_error *err = NULL;
  CHECK(gc_begin(cache, page, COUNT(page), args, COUNT(args), NULL, &mine, &err) == GC_MISS);
  CHECK(gc_begin(cache, page, COUNT(page), args, COUNT(args), NULL, &other, &err) == GC_BUSY);
  CHECK(gc_wait(other, 0, &err) == GC_BUSY);
  CHECK(gc_abandon(mine, &err) == GC_OK);
  CHECK(gc_wait(other, 1000, &err) == GC_MISS);
  CHECK(gc_fill(other, "second", 6, NULL, &err) == GC_OK);
  gc_entry_free(other);
  gc_entry_free(mine);
  CHECK(gc_begin(cache, page, COUNT(page), args, COUNT(args), NULL, &mine, &err) == GC_OK && is(mine, "second"));
  gc_entry_free(mine);
}

static void test_options(gc_cache *cache) {
  const gc_arg args[] = {gc_int("id", 3)};
  gc_options *options = gc_options_new();
  source from = {"old", 0, 0};
  gc_entry *entry = NULL;
  gc_error *err = NULL;
  CHECK(gc_options_set_ttl_ms(options, 3600000, &err) == GC_OK);
  CHECK(gc_options_set_nothing_ttl_ms(options, 60000, &err) == GC_OK);
  CHECK(gc_options_set_jitter(options, 0.1, &err) == GC_OK);
  CHECK(gc_options_set_stale_for_ms(options, 60000, &err) == GC_OK);
  CHECK(gc_options_set_fail_safe_ms(options, 3600000, &err) == GC_OK);
  CHECK(gc_options_set_lock_ms(options, 5000, &err) == GC_OK);
  CHECK(gc_options_set_wait_ms(options, 5000, &err) == GC_OK);
  CHECK(gc_options_set_beta(options, 1, &err) == GC_OK);
  CHECK(gc_options_set_refresh(options, 0, &err) == GC_OK);
  CHECK(gc_options_set_log_misses(options, 1, &err) == GC_OK);
  CHECK(gc_fetch(cache, page, COUNT(page), args, COUNT(args), render, &from, options, &entry, &err) == GC_OK);
  gc_entry_free(entry);

  CHECK(gc_invalidate_soft(cache, page, COUNT(page), args, COUNT(args), &err) == GC_OK);
  from.failure = -1;
  CHECK(gc_fetch(cache, page, COUNT(page), args, COUNT(args), render, &from, options, &entry, &err) == GC_STALE);
  CHECK(err == NULL && gc_entry_status(entry) == GC_STALE && is(entry, "old"));
  gc_entry_free(entry);
  gc_options_free(options);
}

static int32_t render_many(void *payload, gc_entry *const *entries, const size_t *indexes, size_t n) {
  source *from = payload;
  ++from->computed;
  for (size_t i = 0; i < n; ++i) {
    CHECK(gc_fill_value(entries[i], gc_value_int((int64_t)indexes[i]), NULL, NULL) == GC_OK);
  }
  return 0;
}

static void test_many(gc_cache *cache) {
  const gc_arg first[] = {gc_int("id", 10)};
  const gc_arg second[] = {gc_int("id", 11)};
  const gc_arg *const args[] = {first, second};
  const size_t n_args[] = {COUNT(first), COUNT(second)};
  source from = {"", 0, 0};
  gc_entry *entries[] = {NULL, NULL};
  gc_error *err = NULL;
  CHECK(gc_get_many(cache, page, COUNT(page), args, n_args, 2, entries, &err) == GC_MISS);
  CHECK(gc_fill_value(entries[0], gc_value_int(0), NULL, &err) == GC_OK);
  for (size_t i = 0; i < 2; ++i) gc_entry_free(entries[i]);
  CHECK(gc_begin_many(cache, page, COUNT(page), args, n_args, 2, NULL, entries, &err) == GC_MISS);
  CHECK(gc_entry_status(entries[0]) == GC_OK && gc_entry_status(entries[1]) == GC_MISS);
  gc_entries_free(entries, 2); /* gives the second one's computation up */
  CHECK(gc_fetch_many(cache, page, COUNT(page), args, n_args, 2, render_many, &from, NULL, entries, &err) == GC_OK);
  for (size_t i = 0; i < 2; ++i) {
    gc_value value;
    CHECK(gc_entry_value(entries[i], &value, NULL) == GC_OK && value.as.i == (int64_t)i);
  }
  gc_entries_free(entries, 2);
  CHECK(from.computed == 1);
}

static void test_batches(gc_cache *cache) {
  gc_entry *entry = NULL;
  gc_error *err = NULL;
  gc_batch *outer = gc_batch_new(cache, NULL, &err);
  gc_batch *inner = gc_batch_new(cache, outer, &err);
  CHECK(outer != NULL && inner != NULL);
  CHECK(gc_set(cache, page_alone, 1, NULL, 0, "old", 3, NULL, &err) == GC_OK);
  CHECK(gc_batch_invalidate(inner, page_alone, 1, NULL, 0, &err) == GC_OK);
  CHECK(gc_batch_invalidate_soft(inner, page_alone, 1, NULL, 0, &err) == GC_OK);
  CHECK(gc_batch_commit(inner, &err) == GC_OK);
  CHECK(gc_get(cache, page_alone, 1, NULL, 0, &entry, &err) == GC_OK);
  gc_entry_free(entry);
  CHECK(gc_batch_delete(outer, page_alone, 1, NULL, 0, &err) == GC_OK);
  CHECK(gc_batch_commit(outer, &err) == GC_OK);
  CHECK(gc_get(cache, page_alone, 1, NULL, 0, &entry, &err) == GC_MISS);
  gc_entry_free(entry);
  gc_batch_cancel(outer);
  gc_batch_free(inner);
  gc_batch_free(outer);
}

static void test_bound_computing(gc_cache *cache) {
  const gc_arg params[] = {gc_param("id")};
  const gc_arg one[] = {gc_int(NULL, 20)};
  const gc_arg *const args[] = {one};
  const size_t n_args[] = {1};
  source from = {"bound", 0, 0};
  gc_entry *entry = NULL;
  gc_error *err = NULL;
  gc_bound *bound = gc_bind(cache, page, COUNT(page), params, COUNT(params), NULL, &err);
  CHECK(gc_bound_fetch(bound, one, 1, render, &from, NULL, &entry, &err) == GC_OK && is(entry, "bound"));
  gc_entry_free(entry);
  CHECK(gc_bound_get_many(bound, args, n_args, 1, &entry, &err) == GC_OK && is(entry, "bound"));
  gc_entry_free(entry);
  CHECK(gc_bound_invalidate_soft(bound, one, 1, &err) == GC_OK);
  CHECK(gc_bound_begin(bound, one, 1, NULL, &entry, &err) == GC_MISS);
  CHECK(strcmp(gc_entry_generation(entry), "page:id=20") == 0);
  gc_entry_free(entry); /* gives the computation up */
  CHECK(gc_bound_begin_many(bound, args, n_args, 1, NULL, &entry, &err) == GC_MISS);
  gc_entry_free(entry);
  CHECK(gc_bound_fetch_many(bound, args, n_args, 1, render_many, &from, NULL, &entry, &err) == GC_OK);
  gc_entry_free(entry);
  CHECK(from.computed == 2);
  gc_bound_free(bound);
}

static void test_statistics(gc_cache *cache) {
  gc_stats stats;
  char *text = NULL;
  CHECK(gc_get_stats(cache, &stats, sizeof stats, NULL) == GC_OK);
  CHECK(stats.computations > 0 && stats.computations_failed > 0 && stats.stale_served == 1);
  CHECK(stats.read_time.count > 0);
  CHECK(gc_metrics(cache, &text, NULL) == GC_OK);
  CHECK(text != NULL && strstr(text, "gencache_reads_total{") != NULL);
  gc_string_free(text);
}

void test_computing(gc_cache *cache) {
  test_fetch(cache);
  test_wrap(cache);
  test_steps(cache);
  test_options(cache);
  test_many(cache);
  test_batches(cache);
  test_bound_computing(cache);
  test_statistics(cache);
}
