#include <gencache/gencache.h>
#include <stdio.h>

int main(void) {
  gc_error *err = NULL;
  gc_cache *cache = gc_open(NULL, &err); /* $GENCACHE_URL, or else memory:// */
  const char *generations[] = {"nav", "nav_portal:user_id"};
  gc_arg args[] = {gc_int("user_id", 1), gc_str("page", "home")};

  for (int visit = 1; visit <= 3 && err == NULL; visit++) {
    gc_entry *entry = NULL;
    gc_status got = gc_get(cache, generations, 2, args, 2, &entry, &err);
    if (got == GC_OK) {
      printf("hit:  %.*s\n", (int)gc_entry_size(entry), (const char *)gc_entry_data(entry));
    } else if (got == GC_MISS) {
      const char *html = "<h1>Welcome back</h1>"; /* compute it here: no invalidation gets lost meanwhile */
      const char *cause = gc_entry_generation(entry);
      printf("miss: %s%s%s\n", gc_reason_name(gc_entry_reason(entry)), *cause ? " " : "", cause);
      gc_fill(entry, html, strlen(html), NULL, &err);
    }
    gc_entry_free(entry);
    if (visit == 2 && err == NULL) gc_invalidate(cache, "nav_portal:user_id", args, 1, &err);
  }

  int failed = err != NULL;
  if (failed) fprintf(stderr, "quickstart: %s\n", gc_error_message(err));
  gc_error_free(err);
  gc_close(cache);
  return failed;
}
