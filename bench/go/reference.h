// The reference: a plain C program that uses libmemcached directly. Each call is timed in C.
#ifndef GENCACHE_BENCH_GO_REFERENCE_H
#define GENCACHE_BENCH_GO_REFERENCE_H

#include <libmemcached/memcached.h>
#include <stdint.h>

// KETAMA_WEIGHTED and TCP_NODELAY, all else at libmemcached's defaults; NULL on failure.
memcached_st *reference_open(uint16_t port);

// Returns 0, or what went wrong, as do the others.
int reference_set(memcached_st *handle, const char *key, size_t key_size, size_t value_size);

// Keys of one length, one after the other.
typedef struct {
  const char *text;
  size_t size;
  size_t count;
} reference_keys;

// memcached_get of key number `first`, `first` + 1, … by turns; each value must have
// `value_size` bytes at least, and is freed.
// `warm_up` calls, and then `n` calls whose microseconds are put into `us`.
int reference_hits(memcached_st *handle, reference_keys keys, size_t first, size_t value_size, int warm_up, int n,
                   double *us);

// The same for memcached_mget of all keys, with a copy of each value, freed in the end.
int reference_mgets(memcached_st *handle, reference_keys keys, size_t value_size, int warm_up, int n, double *us);

#endif
