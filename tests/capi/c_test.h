/* What the parts of c_test share. */
#ifndef GENCACHE_TESTS_CAPI_C_TEST_H
#define GENCACHE_TESTS_CAPI_C_TEST_H

#include <gencache/gencache.h>
#include <stdio.h>

extern int failures;

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                               \
    }                                                                           \
  } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline int is(const gc_entry *entry, const char *text) {
  return gc_entry_size(entry) == strlen(text) && memcmp(gc_entry_data(entry), text, strlen(text)) == 0;
}

void test_computing(gc_cache *cache);

#endif
