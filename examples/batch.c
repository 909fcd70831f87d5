/* Invalidations that wait for a transaction's commit. */
#include <gencache/gencache.h>
#include <stdbool.h>
#include <stdio.h>

enum { USERS = 2 };

/* The "database": a transaction works on a copy, which its commit puts in the place of the old one. */
typedef struct users {
  const char *names[USERS];
} users;

typedef struct change {
  int id;
  const char *name;
} change;

typedef struct computation {
  const users *from;
  int id;
  bool is_done;
} computation;

static const char *const USER[] = {"user:id"};

static int32_t compute(void *payload, gc_entry *entry) {
  computation *own = payload;
  const char *name = own->from->names[own->id];
  own->is_done = true;
  gc_fill(entry, name, strlen(name), NULL, NULL); /* the caller has the value, even where it cannot be stored */
  return 0;
}

static void show(const users *database, gc_cache *cache, int id, gc_error **err) {
  computation own = {database, id, false};
  const gc_arg args[] = {gc_int("id", id)};
  gc_entry *entry = NULL;
  if (*err == NULL) gc_fetch(cache, USER, 1, args, 1, compute, &own, NULL, &entry, err);
  if (entry != NULL) {
    printf("user %d is %.*s, %s\n", id, (int)gc_entry_size(entry), (const char *)gc_entry_data(entry),
           own.is_done ? "computed" : "remembered");
  }
  gc_entry_free(entry);
}

/* All of the changes, or none of them. The cache hears of them after the commit. */
static bool rename_users(users *database, gc_cache *cache, const change *changes, size_t n, gc_error **err) {
  if (*err != NULL) return false;
  gc_batch *invalidations = gc_batch_new(cache, NULL, err);
  users changed = *database;
  bool is_good = invalidations != NULL;
  for (size_t i = 0; is_good && i < n; i++) {
    const gc_arg args[] = {gc_int("id", changes[i].id)};
    is_good = changes[i].id < USERS && gc_batch_invalidate(invalidations, USER, 1, args, 1, err) == GC_OK;
    if (is_good) changed.names[changes[i].id] = changes[i].name;
  }
  if (is_good) {
    *database = changed;
    gc_batch_commit(invalidations, err);
  }
  gc_batch_free(invalidations); /* what was not committed is dropped */
  return is_good && *err == NULL;
}

static bool tell(gc_cache *cache, gc_error **err) {
  users database = {{"nobody", "Ada"}};
  const change good[] = {{1, "Grace"}};
  const change bad[] = {{1, "Barbara"}, {7, "Edith"}}; /* there is no user 7 */
  const gc_arg first[] = {gc_int("id", 1)};
  gc_invalidate(cache, "user:id", first, 1, err); /* what an earlier run has left */
  show(&database, cache, 1, err);
  show(&database, cache, 1, err);

  printf("A transaction renames user 1, and commits:\n");
  const bool is_committed = rename_users(&database, cache, good, 1, err);
  show(&database, cache, 1, err);
  show(&database, cache, 1, err);

  printf("A transaction renames user 1, and fails:\n");
  const bool has_failed = !rename_users(&database, cache, bad, 2, err);
  show(&database, cache, 1, err);
  return is_committed && has_failed && *err == NULL;
}

int main(void) {
  gc_error *err = NULL;
  gc_cache *cache = gc_open(NULL, &err); /* $GENCACHE_URL, or else memory:// */
  const bool is_good = cache != NULL && tell(cache, &err);
  if (err != NULL) fprintf(stderr, "batch: %s\n", gc_error_message(err));
  gc_error_free(err);
  gc_close(cache);
  return !is_good;
}
