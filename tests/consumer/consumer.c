/* A program of somebody else: includes the installed header and does the main job once. */
#include <gencache/gencache.h>
#include <stdio.h>

static int fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  return 1;
}

int main(void) {
  const char *generations[] = {"nav_portal:user_id"};
  gc_arg args[] = {gc_int("user_id", 1)};
  gc_cache *cache = gc_open("memory://", NULL);
  gc_entry *entry = NULL;

  if (strcmp(gc_version(), GC_VERSION) != 0) return fail("the header and the library are of different versions");
  if (cache == NULL) return fail("gc_open failed");
  if (gc_get(cache, generations, 1, args, 1, &entry, NULL) != GC_MISS) return fail("the first read is no miss");
  if (gc_fill(entry, "page", 4, NULL, NULL) != GC_OK) return fail("gc_fill failed");
  gc_entry_free(entry);
  if (gc_get(cache, generations, 1, args, 1, &entry, NULL) != GC_OK) return fail("the second read is no hit");
  if (gc_entry_size(entry) != 4 || memcmp(gc_entry_data(entry), "page", 4) != 0) return fail("another value came back");
  gc_entry_free(entry);
  if (gc_invalidate(cache, generations[0], args, 1, NULL) != GC_OK) return fail("gc_invalidate failed");
  if (gc_get(cache, generations, 1, args, 1, &entry, NULL) != GC_MISS) return fail("the third read is no miss");
  gc_entry_free(entry);
  gc_close(cache);
  printf("gencache %s: miss, hit, miss\n", gc_version());
  return 0;
}
