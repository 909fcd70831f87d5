#include "reference.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

memcached_st *reference_open(uint16_t port) {
  memcached_st *handle = memcached_create(NULL);
  if (handle == NULL) return NULL;
  memcached_behavior_set(handle, MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
  memcached_behavior_set(handle, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
  if (memcached_server_add(handle, "127.0.0.1", port) == MEMCACHED_SUCCESS) return handle;
  memcached_free(handle);
  return NULL;
}

int reference_set(memcached_st *handle, const char *key, size_t key_size, size_t value_size) {
  char *value = malloc(value_size);
  if (value == NULL) return -1;
  memset(value, 'x', value_size);
  const memcached_return_t status = memcached_set(handle, key, key_size, value, value_size, 0, 0);
  free(value);
  return (int)status;
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int hit(memcached_st *handle, const char *key, size_t key_size, size_t value_size) {
  size_t size = 0;
  uint32_t flags = 0;
  memcached_return_t status = MEMCACHED_SUCCESS;
  char *value = memcached_get(handle, key, key_size, &size, &flags, &status);
  free(value);
  return value == NULL || size < value_size;
}

int reference_hits(memcached_st *handle, reference_keys keys, size_t first, size_t value_size, int warm_up, int n,
                   double *us) {
  for (int i = -warm_up; i < n; i++) {
    const char *key = keys.text + first++ % keys.count * keys.size;
    const double start = now_us();
    if (hit(handle, key, keys.size, value_size)) return 1;
    if (i >= 0) us[i] = now_us() - start;
  }
  return 0;
}

// As a program does it that wants to know which value is which: values come in the order of the keys.
static int mget(memcached_st *handle, const char **names, const size_t *sizes, reference_keys keys, size_t value_size,
                memcached_result_st *result, char **values) {
  if (memcached_mget(handle, names, sizes, keys.count) != MEMCACHED_SUCCESS) return 1;
  memcached_return_t status = MEMCACHED_SUCCESS;
  size_t found = 0;
  while (memcached_fetch_result(handle, result, &status) != NULL) {
    if (found == keys.count || memcached_result_key_length(result) != keys.size ||
        memcmp(memcached_result_key_value(result), names[found], keys.size) != 0 ||
        memcached_result_length(result) < value_size) {
      break;
    }
    values[found] = malloc(memcached_result_length(result));
    if (values[found] == NULL) break;
    memcpy(values[found++], memcached_result_value(result), memcached_result_length(result));
  }
  for (size_t i = 0; i < found; i++) free(values[i]);
  return found != keys.count;
}

int reference_mgets(memcached_st *handle, reference_keys keys, size_t value_size, int warm_up, int n, double *us) {
  const char **names = malloc(keys.count * sizeof *names);
  size_t *sizes = malloc(keys.count * sizeof *sizes);
  char **values = malloc(keys.count * sizeof *values);
  memcached_result_st result;
  int failed = names == NULL || sizes == NULL || values == NULL;
  memcached_result_create(handle, &result);
  for (size_t i = 0; !failed && i < keys.count; i++) {
    names[i] = keys.text + i * keys.size;
    sizes[i] = keys.size;
  }
  for (int i = -warm_up; !failed && i < n; i++) {
    const double start = now_us();
    failed = mget(handle, names, sizes, keys, value_size, &result, values);
    if (i >= 0) us[i] = now_us() - start;
  }
  memcached_result_free(&result);
  free(names);
  free(sizes);
  free(values);
  return failed;
}
