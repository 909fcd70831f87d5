/* A function that remembers its results, by its arguments. GC_WRAP makes the place where it stands a part of the key,
 * so that two functions with the same arguments are two values. */
#include <gencache/gencache.h>
#include <stdbool.h>
#include <stdio.h>

static const char *const GENERATIONS[] = {"nav", "nav_portal:user_id"};

typedef struct page {
  int64_t user_id;
  const char *name;
  bool trace;
} page;

static int32_t compute(void *payload, gc_entry *entry) {
  const page *of = payload;
  char html[100];
  printf("    (computing %s of user %d%s)\n", of->name, (int)of->user_id, of->trace ? ", traced" : "");
  const int size = snprintf(html, sizeof html, "<h1>%s of user %d</h1>", of->name, (int)of->user_id);
  gc_fill(entry, html, (size_t)size, NULL, NULL); /* the caller has the value, even where it cannot be stored */
  return 0;
}

/* What a caller calls. `trace` is no argument of the cache, so it is no part of the key. */
static gc_entry *portal(gc_cache *cache, page of, const gc_options *options, gc_error **err) {
  gc_entry *entry = NULL;
  const gc_arg args[] = {gc_int("user_id", of.user_id), gc_str("page", of.name)};
  GC_WRAP(cache, GENERATIONS, 2, args, 2, compute, &of, options, &entry, err);
  return entry;
}

static void show(gc_cache *cache, page of, const gc_options *options, gc_error **err) {
  if (*err != NULL) return;
  gc_entry *entry = portal(cache, of, options, err);
  if (entry != NULL) printf("  %.*s\n", (int)gc_entry_size(entry), (const char *)gc_entry_data(entry));
  gc_entry_free(entry);
}

static void tell(gc_cache *cache, const gc_options *refreshing, gc_error **err) {
  const page home = {1, "home", false};
  const page news = {1, "news", false};
  const page home_of_2 = {2, "home", false};
  const page home_traced = {1, "home", true};
  const gc_arg user[] = {gc_int("user_id", 1)};
  gc_invalidate(cache, "nav", NULL, 0, err); /* what an earlier run has left */

  printf("The first call computes, the second one remembers:\n");
  show(cache, home, NULL, err);
  show(cache, home, NULL, err);

  printf("Other arguments, another result; `trace` is excluded, so it makes no difference:\n");
  show(cache, news, NULL, err);
  show(cache, home_of_2, NULL, err);
  show(cache, home_traced, NULL, err);

  printf("User 1 has changed, on all pages; user 2 has not:\n");
  if (*err == NULL) gc_invalidate(cache, "nav_portal:user_id", user, 1, err);
  show(cache, home, NULL, err);
  show(cache, news, NULL, err);
  show(cache, home_of_2, NULL, err);

  printf("nav has changed, for everybody:\n");
  if (*err == NULL) gc_invalidate(cache, "nav", NULL, 0, err);
  show(cache, home_of_2, NULL, err);

  printf("A refresh computes, whatever is remembered:\n");
  show(cache, home_of_2, refreshing, err);
}

int main(void) {
  gc_error *err = NULL;
  gc_cache *cache = gc_open(NULL, &err); /* $GENCACHE_URL, or else memory:// */
  gc_options *refreshing = gc_options_new();
  if (err == NULL && gc_options_set_refresh(refreshing, 1, &err) == GC_OK) tell(cache, refreshing, &err);

  const bool failed = err != NULL;
  if (failed) fprintf(stderr, "wrap: %s\n", gc_error_message(err));
  gc_error_free(err);
  gc_options_free(refreshing);
  gc_close(cache);
  return failed;
}
