/* Many callers miss one key at once, and one computes. */
#include <gencache/gencache.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CALLERS = 16, COMPUTING_MS = 200 };

static const char *const REPORT[] = {"report"};
static atomic_int computations, right_answers;
static pthread_barrier_t start;

static int32_t compute(void *payload, gc_entry *entry) {
  (void)payload;
  const struct timespec query = {0, COMPUTING_MS * 1000000L}; /* stands for a slow one */
  nanosleep(&query, NULL);
  gc_fill_value(entry, gc_value_int(atomic_fetch_add(&computations, 1) + 1), NULL, NULL);
  return 0;
}

static void *call(void *cache) {
  gc_entry *entry = NULL;
  gc_value report;
  pthread_barrier_wait(&start);
  if (gc_fetch(cache, REPORT, 1, NULL, 0, compute, NULL, NULL, &entry, NULL) == GC_OK &&
      gc_entry_value(entry, &report, NULL) == GC_OK && report.type == GC_INT && report.as.i == 1) {
    atomic_fetch_add(&right_answers, 1);
  }
  gc_entry_free(entry);
  return NULL;
}

/* On servers each caller has a cache of its own, as if it were another process; memory:// is inside this one. */
static gc_cache *open_for(gc_cache *cache) {
  const char *url = getenv("GENCACHE_URL");
  return url != NULL && strncmp(url, "memcached:", strlen("memcached:")) == 0 ? gc_open(url, NULL) : cache;
}

static int call_all(gc_cache *cache) {
  gc_cache *caches[CALLERS];
  pthread_t threads[CALLERS];
  pthread_barrier_init(&start, NULL, CALLERS);
  for (int i = 0; i < CALLERS; i++) {
    caches[i] = open_for(cache);
    if (caches[i] == NULL || pthread_create(&threads[i], NULL, call, caches[i]) != 0) return -1;
  }
  for (int i = 0; i < CALLERS; i++) {
    pthread_join(threads[i], NULL);
    if (caches[i] != cache) gc_close(caches[i]);
  }
  pthread_barrier_destroy(&start);
  return 0;
}

int main(void) {
  gc_error *err = NULL;
  gc_cache *cache = gc_open(NULL, &err);                           /* $GENCACHE_URL, or else memory:// */
  if (err == NULL) gc_invalidate(cache, REPORT[0], NULL, 0, &err); /* what an earlier run has left */
  if (err != NULL) {
    fprintf(stderr, "stampede: %s\n", gc_error_message(err));
    gc_error_free(err);
    gc_close(cache);
    return 1;
  }
  printf("%d callers miss one key at once; to compute it takes %d ms.\n", CALLERS, COMPUTING_MS);
  if (call_all(cache) < 0) return 1;
  printf("computations: %d\ncallers that got its value: %d\n", computations, right_answers);
  gc_close(cache);
  return 0;
}
