/* The step in C: sees that the value is gone, and why. */
#include <gencache/gencache.h>
#include <stdio.h>

static int see(gc_cache *cache, gc_error **err) {
  const char *const generations[] = {"users", "user:user_id"};
  const gc_arg args[] = {gc_int("user_id", 7), gc_str("kind", "profile")};
  gc_entry *entry = NULL;
  const gc_status got = gc_get(cache, generations, 2, args, 2, &entry, err);
  if (got == GC_MISS) {
    printf("C: miss of %s: %s by %s\n", gc_entry_key(entry), gc_reason_name(gc_entry_reason(entry)),
           gc_entry_generation(entry));
  } else {
    fprintf(stderr, "C: %s, and no miss: %s\n", gc_status_name(got), gc_error_message(*err));
  }
  gc_entry_free(entry);
  return got == GC_MISS ? 0 : 1;
}

int main(void) {
  gc_error *err = NULL;
  gc_cache *cache = gc_open(NULL, &err); /* $GENCACHE_URL */
  int failed = 1;
  if (cache != NULL) {
    failed = see(cache, &err);
  } else {
    fprintf(stderr, "C: %s\n", gc_error_message(err));
  }
  gc_error_free(err);
  gc_close(cache);
  return failed;
}
