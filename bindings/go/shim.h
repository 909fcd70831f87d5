// What the binding calls in C: for each operation one function, so that it costs one crossing from Go to C.
//
// Go hands over its generations and arguments as a request, one block of bytes without a pointer in it (request.go
// writes it, shim.c reads it). So no pointer to Go's memory stands in memory that C sees, and none is kept.
#ifndef GENCACHE_GO_SHIM_H
#define GENCACHE_GO_SHIM_H

#include <gencache/gencache.h>

// Which fields of gcgo_options are given.
enum {
  GCGO_TTL = 1 << 0,
  GCGO_NOTHING_TTL = 1 << 1,
  GCGO_JITTER = 1 << 2,
  GCGO_STALE_FOR = 1 << 3,
  GCGO_FAIL_SAFE = 1 << 4,
  GCGO_LOCK = 1 << 5,
  GCGO_WAIT = 1 << 6,
  GCGO_BETA = 1 << 7,
  GCGO_REFRESH = 1 << 8,
  GCGO_LOG_MISSES = 1 << 9
};

// gc_options, flat.
typedef struct gcgo_options {
  uint32_t given;
  int32_t refresh;
  int32_t log_misses;
  int64_t ttl_ms;
  int64_t nothing_ttl_ms;
  int64_t stale_for_ms;
  int64_t fail_safe_ms;
  int64_t lock_ms;
  int64_t wait_ms;
  double jitter;
  double beta;
} gcgo_options;

// What came of a call. All pointers are to C's memory.
typedef struct gcgo_result {
  int32_t status;
  int32_t reason;
  int32_t type;       // of the value; -1 where there is none
  int32_t is_copied;  // the value and then the key stand in the caller's buffer, and the entry has been freed
  uint64_t bits;      // of a scalar value
  const char *data;   // of any other value that was not copied, borrowed from `entry`
  size_t size;        // of the value's bytes
  int64_t age_ms;     // -1: none, as for remaining_ms
  int64_t remaining_ms;
  const char *generation;  // borrowed from `entry`; NULL where there is none
  const char *key;         // borrowed from `entry`; NULL where there is none
  size_t key_size;
  gc_entry *entry;  // owned by the caller
  gc_error *error;  // owned by the caller
  char *text;       // of gcgo_text; owned by the caller
} gcgo_result;

// A cache, or a cache and what is bound on it: then the request has no generations.
typedef struct gcgo_target {
  gc_cache *cache;
  gc_bound *bound;
} gcgo_target;

// Reads a value. A hit of which value and key fit into the `room` bytes of `buffer` is there, with no entry to free.
void gcgo_get(gcgo_target target, const uint8_t *request, char *buffer, size_t room, gcgo_result *result);

// The same with gc_begin, and with gc_wait(entry, 0). The latter keeps or frees `entry`, which is in the result if
// kept.
void gcgo_begin(gcgo_target target, const uint8_t *request, const gcgo_options *options, char *buffer, size_t room,
                gcgo_result *result);
void gcgo_wait(gc_entry *entry, char *buffer, size_t room, gcgo_result *result);

// gc_abandon. Frees `entry` where that leaves no value, or one that is copied.
void gcgo_abandon(gc_entry *entry, char *buffer, size_t room, gcgo_result *result);

// Reads the calls of a request, of which there are `n`; or begins them, where there are `options`. Returns as many
// results, to be freed by gcgo_free_many; NULL where there are none. `result` has the outcome of the whole.
gcgo_result *gcgo_many(gcgo_target target, const uint8_t *request, size_t n, const gcgo_options *options,
                       gcgo_result *result);

// Frees the results, and the entries that are left in them.
void gcgo_free_many(gcgo_result *results, size_t n);

void gcgo_set(gcgo_target target, const uint8_t *request, int32_t type, uint64_t bits, const char *data, size_t size,
              const gcgo_options *options, gcgo_result *result);

// Fills `entry`, and frees it if that succeeds or if `is_last`.
void gcgo_fill(gc_entry *entry, int32_t type, uint64_t bits, const char *data, size_t size, const gcgo_options *options,
               int is_last, gcgo_result *result);

// gc_depend: the request's one generation and its arguments.
void gcgo_depend(gc_entry *entry, const uint8_t *request, gcgo_result *result);

// The calls that change something and tell nothing.
enum { GCGO_DELETE, GCGO_INVALIDATE, GCGO_INVALIDATE_SOFT };
void gcgo_change(int change, gcgo_target target, const uint8_t *request, gcgo_result *result);
void gcgo_batch_change(int change, gc_batch *batch, const uint8_t *request, gcgo_result *result);

// gc_key and gc_explain.
enum { GCGO_KEY, GCGO_EXPLAIN };
void gcgo_text(int which, gc_cache *cache, const uint8_t *request, gcgo_result *result);

// gc_bind: the request's arguments are the parameters.
gc_bound *gcgo_bind(gc_cache *cache, const uint8_t *request, const gcgo_options *options, gc_error **error);

// Logs to the Go function behind `handle`.
void gcgo_set_log(gc_cache *cache, uintptr_t handle, int32_t level);

#endif
