/**
 * @file gencache.h
 * @brief gencache: a generational cache on memcached, as a C library.
 *
 * A cached value depends on *generations*. `nav` is static; `nav_portal:user_id` is value-based: one generation
 * for each value of the argument `user_id`. Invalidating a generation makes every value that depends on it a
 * miss, at once, however many there are.
 *
 * Conventions
 * - Handles (gc_cache, gc_entry, gc_bound, gc_batch, gc_options, gc_error) are opaque. Each has one function that frees
 *   it; all of those accept NULL. Handles may be freed in any order, since each keeps what it needs of its cache; only
 *   the parent of a batch must outlive it.
 * - A returned pointer to data is borrowed from the handle it was asked of and lives as long as that handle;
 *   what comes through an out parameter (`gc_entry **`, `char **`) is owned by the caller.
 * - Strings are NUL-terminated UTF-8 unless a size stands beside them. Times are milliseconds, sizes bytes.
 * - A gc_status is 0 for success, positive for an expected outcome, negative for an error. Values never change.
 * - `gc_error **err` may be NULL. Otherwise `*err` must be NULL or an error of an earlier call: it is freed, and
 *   set to NULL on success and on expected outcomes, or to a new error that tells what went wrong and names the
 *   parameter. After bad input nothing has changed, here or on a server.
 * - Every call on a cache ends within its `timeout_ms`, of the URL or of gc_with_timeout (a scheduler's delay aside);
 *   those that compute or wait for a value say what they take beyond it.
 * - A gc_cache may be used by any number of threads at once, and after a fork by parent and child. The other
 *   handles may be read by several threads at once (functions that take them const), but not while one changes
 *   or frees them.
 * - No C++ exception leaves the library.
 */
#ifndef GENCACHE_GENCACHE_H
#define GENCACHE_GENCACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gencache/version.h"

#if defined(_WIN32)
#error "gencache needs a POSIX system"
#endif

/** Marks what the shared library exports. */
#define GC_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup status Statuses and errors
 * @{
 */

/** The outcome of a call; one of the GC_OK, GC_MISS, GC_ERR_… values. @since 0.1 */
typedef int32_t gc_status;

enum {
  GC_OK = 0,               /**< Done; of gc_get: a hit. */
  GC_MISS = 1,             /**< No valid value; the entry says why and carries the lease. */
  GC_STALE = 2,            /**< An old value, which the options allow; the entry says why it is old. */
  GC_BUSY = 3,             /**< No value, and somebody else is computing it: see gc_wait. */
  GC_ERR_ARGUMENT = -1,    /**< Bad input; the message names the parameter. Nothing has changed. */
  GC_ERR_UNAVAILABLE = -2, /**< A server was not reached or did not answer in time. A write may or may not have
                                happened; of gc_invalidate: at least one server has not acknowledged it. */
  GC_ERR_REFUSED = -3,     /**< A server answered that it cannot (out of memory, say). */
  GC_ERR_TOO_LARGE = -4,   /**< The value does not fit into an item. Nothing was sent. */
  GC_ERR_TYPE = -5,        /**< The stored value is not of the type that was asked for. */
  GC_ERR_MEMORY = -6,      /**< This process is out of memory. */
  GC_ERR_INTERNAL = -7,    /**< A defect of gencache; please report it. */
  GC_ERR_ORIGIN = -8       /**< The caller's own computation failed; gc_error_origin has what it returned. */
};

/** What went wrong in one call. @since 0.1 */
typedef struct gc_error gc_error;

/** @return The status of @p error; GC_OK for NULL. @since 0.1 */
GC_API gc_status gc_error_status(const gc_error *error);

/** @return A sentence that names the parameter or the server, borrowed from @p error; "" for NULL. @since 0.1 */
GC_API const char *gc_error_message(const gc_error *error);

/** @return What the caller's computation returned, where the status is GC_ERR_ORIGIN; else 0. @since 0.1 */
GC_API int32_t gc_error_origin(const gc_error *error);

/** Frees @p error; NULL is accepted. @since 0.1 */
GC_API void gc_error_free(gc_error *error);

/** @return The name of @p status, such as "GC_MISS"; "unknown status" for any other number. @since 0.1 */
GC_API const char *gc_status_name(gc_status status);

/** @} */

/**
 * @defgroup values Typed values and arguments
 *
 * The same types serve for arguments and for cached values. A value keeps its type in the cache, so every
 * language reads what another wrote.
 * @{
 */

/** The types of a gc_value, which are also the codecs of a stored value. Numbers never change. @since 0.1 */
enum {
  GC_BYTES = 0,   /**< Any bytes. */
  GC_TEXT = 1,    /**< Text; must be valid UTF-8. */
  GC_NULL = 2,    /**< Nothing, which is a value like any other: a cached null is a hit. */
  GC_BOOL = 3,    /**< `as.i` is 0 or 1. */
  GC_INT = 4,     /**< A signed 64-bit integer in `as.i`. */
  GC_DOUBLE = 5,  /**< An IEEE 754 double in `as.d`. */
  GC_JSON = 6,    /**< A JSON document; must be valid UTF-8, is not parsed. A value only, not an argument. */
  GC_CEREAL = 7,  /**< A C++ value in gencache's bounded cereal format. A value only. */
  GC_UINT = 8,    /**< An unsigned 64-bit integer in `as.u`. A stored value must fit into a GC_INT. */
  GC_PRIVATE = 16 /**< 16 to 31: formats private to one language's binding. A value only. */
};

/** A typed value. @since 0.1 */
typedef struct gc_value {
  int32_t type;     /**< One of GC_BYTES … GC_PRIVATE + 15. */
  int32_t reserved; /**< 0. */
  union {
    int64_t i;        /**< GC_BOOL, GC_INT. */
    uint64_t u;       /**< GC_UINT. */
    double d;         /**< GC_DOUBLE. */
    const void *data; /**< The other types: `size` bytes; may be NULL where `size` is 0. */
  } as;               /**< The value, by type. */
  size_t size;        /**< Bytes at `as.data`; 0 for the scalar types. */
} gc_value;

/**
 * An argument of a cached computation.
 *
 * A generation `nav_portal:user_id` takes its value from the argument named `user_id`; every other argument is
 * part of the rest of the key. In a generation 42 and "42" are one value; in the rest of the key they differ.
 * The order of named arguments makes no difference. An argument whose name is NULL is an explicit extra part of
 * the key; the order of those counts. @since 0.1
 */
typedef struct gc_arg {
  const char *name; /**< UTF-8 without control characters, not empty; or NULL. */
  gc_value value;   /**< Any type but GC_JSON, GC_CEREAL and the private ones. */
} gc_arg;

/** @return A value of @p type over @p size bytes at @p data (borrowed). @since 0.1 */
static inline gc_value gc_value_data(int32_t type, const void *data, size_t size) {
  gc_value value;
  value.type = type;
  value.reserved = 0;
  value.as.i = 0;
  value.as.data = data;
  value.size = size;
  return value;
}

/** @return Null. @since 0.1 */
static inline gc_value gc_value_null(void) { return gc_value_data(GC_NULL, NULL, 0); }

/** @return A boolean. @since 0.1 */
static inline gc_value gc_value_bool(bool truth) {
  gc_value value = gc_value_data(GC_BOOL, NULL, 0);
  value.as.i = truth;
  return value;
}

/** @return A signed integer. @since 0.1 */
static inline gc_value gc_value_int(int64_t number) {
  gc_value value = gc_value_data(GC_INT, NULL, 0);
  value.as.i = number;
  return value;
}

/** @return An unsigned integer. @since 0.1 */
static inline gc_value gc_value_uint(uint64_t number) {
  gc_value value = gc_value_data(GC_UINT, NULL, 0);
  value.as.u = number;
  return value;
}

/** @return A floating point number. @since 0.1 */
static inline gc_value gc_value_double(double number) {
  gc_value value = gc_value_data(GC_DOUBLE, NULL, 0);
  value.as.d = number;
  return value;
}

/** @return Text: the NUL-terminated @p text (borrowed); NULL gives null. @since 0.1 */
static inline gc_value gc_value_str(const char *text) {
  return text == NULL ? gc_value_null() : gc_value_data(GC_TEXT, text, strlen(text));
}

/** @return The argument @p name with @p value. @since 0.1 */
static inline gc_arg gc_named(const char *name, gc_value value) {
  gc_arg arg;
  arg.name = name;
  arg.value = value;
  return arg;
}

/** @return A null argument. @since 0.1 */
static inline gc_arg gc_null(const char *name) { return gc_named(name, gc_value_null()); }
/** @return A boolean argument. @since 0.1 */
static inline gc_arg gc_bool(const char *name, bool truth) { return gc_named(name, gc_value_bool(truth)); }
/** @return A signed integer argument. @since 0.1 */
static inline gc_arg gc_int(const char *name, int64_t number) { return gc_named(name, gc_value_int(number)); }
/** @return An unsigned integer argument. @since 0.1 */
static inline gc_arg gc_uint(const char *name, uint64_t number) { return gc_named(name, gc_value_uint(number)); }
/** @return A floating point argument. @since 0.1 */
static inline gc_arg gc_double(const char *name, double number) { return gc_named(name, gc_value_double(number)); }
/** @return A text argument; @p text is borrowed, NULL gives null. @since 0.1 */
static inline gc_arg gc_str(const char *name, const char *text) { return gc_named(name, gc_value_str(text)); }
/** @return A text argument of @p size bytes at @p text (borrowed). @since 0.1 */
static inline gc_arg gc_text(const char *name, const char *text, size_t size) {
  return gc_named(name, gc_value_data(GC_TEXT, text, size));
}
/** @return A bytes argument of @p size bytes at @p data (borrowed). @since 0.1 */
static inline gc_arg gc_bytes(const char *name, const void *data, size_t size) {
  return gc_named(name, gc_value_data(GC_BYTES, data, size));
}

/** @} */

/**
 * @defgroup cache Caches
 * @{
 */

/** A cache: a namespace on a pool of servers or in this process. Thread-safe. @since 0.1 */
typedef struct gc_cache gc_cache;

/**
 * Opens a cache.
 *
 * - `memory://?capacity=64MB` keeps values inside this process, least recently used out first. After a fork the
 *   child starts with an empty one.
 * - `memcached://h1:11211,h2:11212:3,[::1]:11213/?prefix=shop&ttl=3600` uses memcached servers, each with an
 *   optional port (11211) and, after the port, an optional weight (1). All clients of a pool must list the same
 *   servers with the same names, ports and weights; their order makes no difference.
 * - `memcached+unix:///run/memcached.sock?prefix=shop` uses one over a Unix socket.
 *
 * Parameters, each at most once:
 * | name | meaning | default | for |
 * |---|---|---|---|
 * | `prefix` | namespace: 1 to 64 of `A-Z a-z 0-9 _ . -` | `gc` | all |
 * | `ttl` | default lifetime in seconds, 0 for none | 0 | all |
 * | `capacity` | bytes for keys, values and upkeep (`KB`, `MB`, `GB` may follow), at least 64KB | 64MB | `memory` |
 * | `timeout_ms` | budget of a call, 1 to 60000 | 250 | `memcached` |
 * | `connections` | most connections to one server, 1 to 4096 | 64 | `memcached` |
 * | `item_max` | the servers' item limit (their `-I`), 1KB to 1GB | 1MB | `memcached` |
 *
 * Host names are resolved here, once; a name that does not resolve is an error. Nothing is connected yet (see
 * gc_ping): a server that is down now costs only its own keys.
 *
 * @param url The URL; NULL means `$GENCACHE_URL`, or `memory://` where that is not set or empty.
 * @param err Where to put an error, or NULL.
 * @return The cache, to be closed with gc_close; NULL on failure. @since 0.1
 */
GC_API gc_cache *gc_open(const char *url, gc_error **err);

/** Closes @p cache; NULL is accepted. No other call on it may be under way. @since 0.1 */
GC_API void gc_close(gc_cache *cache);

/**
 * The same cache with another budget for its calls, for a caller with a deadline of its own: connections, counters, log
 * and what is owed to a server are shared, and so is what `memory://` holds. It costs one small allocation, and may
 * outlive @p cache. Its entries, bound caches and batches have its budget too.
 * @param cache The cache.
 * @param timeout_ms Milliseconds, 1 to 60000, in the place of the URL's `timeout_ms`.
 * @param err Where to put an error, or NULL.
 * @return The cache, to be closed with gc_close; NULL on failure. @since 0.1
 */
GC_API gc_cache *gc_with_timeout(gc_cache *cache, int64_t timeout_ms, gc_error **err);

/**
 * Asks every server for an answer, and delivers what a server missed while it was away. A server that failed just now
 * is left alone for a while, up to a second, and counts as away.
 * @return GC_OK, or GC_ERR_UNAVAILABLE with a message that names the servers. @since 0.1
 */
GC_API gc_status gc_ping(gc_cache *cache, gc_error **err);

/** @} */

/**
 * @defgroup options Options of a single call
 *
 * The setters give GC_OK, or GC_ERR_ARGUMENT where the number is out of range (then nothing has changed). Options may
 * be used by any number of calls, also at once, as long as no thread changes them.
 * @{
 */

/** How a value is to be stored, and how it is to be computed. @since 0.1 */
typedef struct gc_options gc_options;

/** @return New options, all at their defaults, to be freed with gc_options_free; NULL if out of memory. @since 0.1 */
GC_API gc_options *gc_options_new(void);

/** Frees @p options; NULL is accepted. @since 0.1 */
GC_API void gc_options_free(gc_options *options);

/**
 * Sets the lifetime of the value.
 * @param options The options.
 * @param ttl_ms Milliseconds; 0 means no end. A negative number is an error. Without this call the bound cache's
 *   lifetime applies, or the URL's `ttl`. A lifetime beyond what memcached can express (past 2038) is kept
 *   exactly in the record, while the item itself does not expire on the server.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_ttl_ms(gc_options *options, int64_t ttl_ms, gc_error **err);

/**
 * Sets the lifetime of "nothing": of a value of type GC_NULL, say of a row that does not exist.
 * @param options The options.
 * @param nothing_ttl_ms Milliseconds; 0 means no end. Without this call it lives as long as any other value.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_nothing_ttl_ms(gc_options *options, int64_t nothing_ttl_ms, gc_error **err);

/**
 * Shortens each lifetime by a random part, so that values stored together do not expire together.
 * @param options The options.
 * @param jitter The most that is taken away, 0 (the default) to 1: 0.1 makes of an hour 54 to 60 minutes.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_jitter(gc_options *options, double jitter, gc_error **err);

/**
 * Allows stale values while one caller recomputes: whoever comes meanwhile gets the old value at once, as GC_STALE.
 * Never after a hard invalidation, or one whose kind is not known; see gc_invalidate_soft.
 * @param options The options.
 * @param stale_for_ms How long after a value expired or was softly invalidated it may be served, in milliseconds; 0
 *   (the default) for not at all. Values that are stored with these options are kept for so much longer (or for
 *   `fail_safe_ms`, if that is longer).
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_stale_for_ms(gc_options *options, int64_t stale_for_ms, gc_error **err);

/**
 * Allows stale values where the computation fails: the caller that computed gets the old value as GC_STALE instead of
 * its error, and so do callers in the same process that waited for it and have this option. Never after a hard
 * invalidation.
 * @param options The options.
 * @param fail_safe_ms How long after a value expired or was softly invalidated it may be served, in milliseconds; 0
 *   (the default) for not at all. Values that are stored with these options are kept for so much longer (or for
 *   `stale_for_ms`, if that is longer).
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_fail_safe_ms(gc_options *options, int64_t fail_safe_ms, gc_error **err);

/**
 * Sets the lifetime of the fill lock, which lets one of all processes compute a value. Where its holder dies, another
 * takes over when it is over.
 * @param options The options.
 * @param lock_ms Milliseconds, 2000 to 3600000, by default 10000; rounded up to whole seconds. A server may count one
 *   second less, so choose it a second longer than the longest computation. A computation that takes longer is not
 *   disturbed, but another one may begin.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_lock_ms(gc_options *options, int64_t lock_ms, gc_error **err);

/**
 * Sets how long a call waits for somebody else's computation before it computes itself. Where that is not longer than
 * `lock_ms` and a computation together, all who wait for a holder that has died compute at about the same time.
 * @param options The options.
 * @param wait_ms Milliseconds, 0 (not at all) to 3600000, by default 30000.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_wait_ms(gc_options *options, int64_t wait_ms, gc_error **err);

/**
 * Sets how early a value is recomputed before it expires: a hit becomes the caller's turn to compute when
 * `age - cost * beta * ln(random)` reaches the lifetime, where the cost is the time that computing it took. So values
 * that are read often and costly do not expire under load. Meanwhile the others get the value that is still valid, and
 * so does the caller if its computation fails. Values that were not computed by gc_fetch or gc_begin have no cost. From
 * Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention" (VLDB 2015), where 1 is the
 * optimum under load.
 * @param options The options.
 * @param beta 0 (the default, never early) to 100.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_beta(gc_options *options, double beta, gc_error **err);

/**
 * Makes gc_fetch, gc_begin, gc_fetch_many and gc_begin_many treat a hit like a miss: the value is computed anew, at
 * once and whoever else computes it.
 * @param options The options.
 * @param refresh Not 0 to compute in any case.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_refresh(gc_options *options, int refresh, gc_error **err);

/**
 * Makes gc_fetch, gc_begin, gc_fetch_many and gc_begin_many, and all reads of a bound cache that has this option, tell
 * their misses (key, reason, generation) to the log at level GC_LOG_INFO instead of GC_LOG_DEBUG.
 * @param options The options.
 * @param log_misses Not 0 to tell them.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_options_set_log_misses(gc_options *options, int log_misses, gc_error **err);

/** @} */

/**
 * @defgroup entries Entries
 * @{
 */

/** What a read found: a hit with its value, a stale value, or a miss with its reason and its lease. Once a miss has
 * been filled it has the value that it was filled with. @since 0.1 */
typedef struct gc_entry gc_entry;

/** Why a read was not a hit. Numbers never change. @since 0.1 */
enum {
  GC_REASON_HIT = 0,           /**< It was a hit. */
  GC_REASON_ABSENT = 1,        /**< Nothing is stored for the key. */
  GC_REASON_EXPIRED = 2,       /**< The value's lifetime is over. */
  GC_REASON_INVALIDATED = 3,   /**< A generation was invalidated, or lost by its server: see gc_entry_generation. */
  GC_REASON_CLEARED = 4,       /**< The namespace was cleared. */
  GC_REASON_CORRUPT = 5,       /**< What is stored is damaged. */
  GC_REASON_OTHER_VERSION = 6, /**< What is stored has the format of another version of gencache. */
  GC_REASON_UNAVAILABLE = 7    /**< The server could not be asked; the entry carries no lease. */
};

/** @return GC_OK for a hit or what has been filled, GC_STALE for a stale value, GC_MISS, GC_BUSY, the error of the
 * read, or GC_ERR_ORIGIN where gc_fetch_many could not compute it; GC_ERR_ARGUMENT for NULL. @since 0.1 */
GC_API gc_status gc_entry_status(const gc_entry *entry);

/** @return Why the read was not a hit: a GC_REASON_… value. Of a hit that is to be computed anew, early or because of
 * the option `refresh`, it is GC_REASON_EXPIRED. @since 0.1 */
GC_API int32_t gc_entry_reason(const gc_entry *entry);

/** @return The name of @p reason: "hit", "absent", "expired", "invalidated", "cleared", "corrupt",
 * "other version", "unavailable"; "unknown reason" for any other number. @since 0.1 */
GC_API const char *gc_reason_name(int32_t reason);

/** @return The generation that caused the miss, as it stands in the key text (`nav_portal:user_id=1`), borrowed;
 * "" where none did. @since 0.1 */
GC_API const char *gc_entry_generation(const gc_entry *entry);

/** @return The readable key, borrowed. @since 0.1 */
GC_API const char *gc_entry_key(const gc_entry *entry);

/** @return The bytes of the value, borrowed; never NULL where there is one (a hit, a stale value, or what has been
 * filled), NULL otherwise. Numbers and booleans are stored in 8 and 1 bytes, little-endian: gc_entry_value decodes
 * them. A further fill or wait on this entry makes the pointer invalid. @since 0.1 */
GC_API const void *gc_entry_data(const gc_entry *entry);

/** @return The number of bytes at gc_entry_data; 0 where there is none. @since 0.1 */
GC_API size_t gc_entry_size(const gc_entry *entry);

/** @return The type of the value, GC_BYTES … GC_PRIVATE + 15; -1 where there is none. @since 0.1 */
GC_API int32_t gc_entry_type(const gc_entry *entry);

/**
 * Decodes the value.
 * @param entry The entry.
 * @param value Receives the value; its `as.data` is borrowed from the entry.
 * @param err Where to put an error, or NULL.
 * @return GC_OK; GC_ERR_ARGUMENT if the entry has no value. @since 0.1
 */
GC_API gc_status gc_entry_value(const gc_entry *entry, gc_value *value, gc_error **err);

/** @return Milliseconds since the value was stored, by this host's clock, at least 0; -1 where there is none. @since
 * 0.1 */
GC_API int64_t gc_entry_age_ms(const gc_entry *entry);

/** @return Milliseconds that the value had left when it was read, at least 0; -1 if it has no end or there is none.
 * @since 0.1 */
GC_API int64_t gc_entry_remaining_ms(const gc_entry *entry);

/** Frees @p entry, filled or not; NULL is accepted. One whose computation gc_begin or gc_begin_many has given to the
 * caller is abandoned first, which takes a round trip. @since 0.1 */
GC_API void gc_entry_free(gc_entry *entry);

/** Frees the @p n_entries entries of the array @p entries, NULL ones left out; the array remains the caller's. What
 * gc_get_many, gc_begin_many and gc_fetch_many gave is freed faster so than one by one. @since 0.1 */
GC_API void gc_entries_free(gc_entry *const *entries, size_t n_entries);

/** @} */

/**
 * @defgroup direct Reading, filling, invalidating
 *
 * `generations` lists what the value depends on, at least one: `name` or `name:argument`. Names are not empty and
 * hold no control character and at most the one colon. `args` gives the arguments; names are unique. The order of
 * generations and of named arguments makes no difference. Keys may hold any bytes and be of any length.
 * @{
 */

/**
 * Reads a value: one round trip, to one server.
 *
 * @param cache The cache.
 * @param generations,n_generations What the value depends on.
 * @param args,n_args The arguments.
 * @param entry Receives an entry whatever the outcome, unless it is GC_ERR_ARGUMENT, GC_ERR_MEMORY or
 *   GC_ERR_INTERNAL (then NULL). Free it with gc_entry_free.
 * @param err Where to put an error, or NULL.
 * @return GC_OK for a hit; GC_MISS with the lease in the entry; GC_ERR_UNAVAILABLE if the server could not be
 *   asked, GC_ERR_REFUSED if it cannot keep a stamp, both with an entry of reason `unavailable` that cannot be
 *   filled. @since 0.1
 */
GC_API gc_status gc_get(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                        size_t n_args, gc_entry **entry, gc_error **err);

/**
 * Stores a value under the lease of a miss. The value is valid only if no generation was invalidated since the
 * miss was read, so it is safe to compute it between gc_get and gc_fill: there is no race with gc_invalidate.
 *
 * Success consumes the lease; a second fill of the same entry is GC_ERR_ARGUMENT. After any failure the lease is
 * still there. Where the entry is one of gc_begin, this ends the computation, by one round trip more.
 *
 * @param entry A miss. One without a lease, of reason `unavailable`, gives the error of its gc_get again.
 *   It has the value afterwards, unless the outcome is GC_ERR_ARGUMENT or GC_ERR_MEMORY.
 * @param data,size The bytes to store, as GC_BYTES.
 * @param options How to store it. NULL, and what they leave out, is as in the call that gave the entry.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or an error. @since 0.1
 */
GC_API gc_status gc_fill(gc_entry *entry, const void *data, size_t size, const gc_options *options, gc_error **err);

/** Like gc_fill, for a typed value. @since 0.1 */
GC_API gc_status gc_fill_value(gc_entry *entry, gc_value value, const gc_options *options, gc_error **err);

/**
 * Makes the value of a miss depend on one more generation, which turned up only while computing it. To be called
 * before the source that the generation stands for is read: then there is no race with an invalidation of it.
 *
 * A reader that does not know of the generation yet needs one more round trip, and remembers it.
 *
 * @param entry A miss that has not been filled.
 * @param generation `name` or `name:argument`. One that the value depends on already makes no difference.
 * @param args,n_args The arguments; those that the generation does not name are ignored.
 * @param err Where to put an error, or NULL.
 * @return GC_OK, also where the miss carries no lease; or an error. After GC_ERR_UNAVAILABLE and GC_ERR_REFUSED the
 *   lease is gone: what the value depends on could not be noted, so gc_fill does not store it. @since 0.1
 */
GC_API gc_status gc_depend(gc_entry *entry, const char *generation, const gc_arg *args, size_t n_args, gc_error **err);

/**
 * Stores a value that was not preceded by a miss. Its lease is taken when this call starts: an invalidation
 * between the moment the value was computed and this call goes unnoticed. Prefer gc_get and gc_fill.
 *
 * @param cache The cache.
 * @param generations,n_generations What the value depends on.
 * @param args,n_args The arguments.
 * @param data,size The bytes to store, as GC_BYTES.
 * @param options How to store it; NULL for the defaults.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or an error. @since 0.1
 */
GC_API gc_status gc_set(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                        size_t n_args, const void *data, size_t size, const gc_options *options, gc_error **err);

/** Like gc_set, for a typed value. @since 0.1 */
GC_API gc_status gc_set_value(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                              size_t n_args, gc_value value, const gc_options *options, gc_error **err);

/**
 * Deletes this one value. What depends on the same generations stays.
 * @return GC_OK, whether or not there was a value; or an error. @since 0.1
 */
GC_API gc_status gc_delete(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                           size_t n_args, gc_error **err);

/**
 * Invalidates one generation: everything that depends on it becomes a miss, however much it is.
 *
 * If this returns GC_OK, no read that begins afterwards returns a value whose lease was taken before this call
 * began. On GC_ERR_UNAVAILABLE the message names the servers that have not acknowledged; this cache does not read
 * from them again before it has delivered the invalidation, but another process may still read old values there:
 * call again to be sure.
 *
 * @param cache The cache.
 * @param generation `name` or `name:argument`.
 * @param args,n_args The arguments; those that the generation does not name are ignored.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or an error. @since 0.1
 */
GC_API gc_status gc_invalidate(gc_cache *cache, const char *generation, const gc_arg *args, size_t n_args,
                               gc_error **err);

/** Like gc_invalidate, for several generations in one round trip to each server, all servers at once. @since 0.1 */
GC_API gc_status gc_invalidate_many(gc_cache *cache, const char *const *generations, size_t n_generations,
                                    const gc_arg *args, size_t n_args, gc_error **err);

/**
 * Invalidates generations softly: what depends on them is a miss, but may still be served as a stale value, to those
 * calls only whose options allow it (gc_options_set_stale_for_ms, gc_options_set_fail_safe_ms). A hard invalidation at
 * the same time wins. Where a server did not acknowledge it, it is delivered later as a hard one. At times it is a hard
 * one at once: a stamp counts 65,535 of them at most, from a random number on.
 *
 * Takes one round trip to all servers at once, and then two for each generation that a server knows, one after the
 * other.
 *
 * @param cache The cache.
 * @param generations,n_generations What to invalidate.
 * @param args,n_args The arguments; those that no generation names are ignored.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or an error, with the promise of gc_invalidate for calls that do not allow stale values. @since 0.1
 */
GC_API gc_status gc_invalidate_soft(gc_cache *cache, const char *const *generations, size_t n_generations,
                                    const gc_arg *args, size_t n_args, gc_error **err);

/** Invalidates everything in the cache's namespace, with the promise of gc_invalidate. Other namespaces on the
 * same servers are not touched. @since 0.1 */
GC_API gc_status gc_clear(gc_cache *cache, gc_error **err);

/** @} */

/**
 * @defgroup computing Computing through the cache
 *
 * gc_fetch returns the value, computing and storing it where there is none. Of all callers that miss one key at once,
 * in any process on any host, one computes; the others wait for it, or take a stale value where the options allow it.
 * That is a courtesy to the source and no lock on it: where a holder dies or takes too long, another one computes.
 * @{
 */

/**
 * Computes a value. Called on the thread of the call that it was given to. It fills @p entry with gc_fill or
 * gc_fill_value, where NULL options mean those of the call, and may call gc_depend and other functions on other
 * entries. It must not free @p entry, and must return: no exception (the call would give
 * GC_ERR_INTERNAL), no longjmp, no pthread_exit. If it fetches its own key, it waits for itself.
 * @param payload The pointer that was given with the function.
 * @param entry The miss to fill. One that is left unfilled is a miss in the end.
 * @return 0, or any other number: the computation failed, and GC_ERR_ORIGIN carries the number to the caller. A value
 *   that was filled all the same is stored. So do not return what gc_fill returned: the caller gets the value also
 * where it could not be stored. @since 0.1
 */
typedef int32_t (*gc_compute_fn)(void *payload, gc_entry *entry);

/**
 * Gets a value, or computes and stores it.
 *
 * Takes one round trip for a hit. A miss takes one to read, one to become the one that computes, the computation, one
 * to store the value and one to let the others know. Beyond the `timeout_ms` of each it takes the time of the
 * computation and, where somebody else computes, at most `wait_ms`.
 *
 * Where a server is unavailable or cannot store the value, it is computed all the same and given to the caller; the log
 * tells of the server. Callers of this process share such a value if they came before its computation began; those that
 * come later share the next one.
 *
 * @param cache The cache.
 * @param generations,n_generations What the value depends on.
 * @param args,n_args The arguments.
 * @param compute Computes the value.
 * @param payload Handed to @p compute as it is.
 * @param options How to compute and store it; NULL for the defaults.
 * @param entry Receives an entry with the value; NULL on failure. Free it with gc_entry_free.
 * @param err Where to put an error, or NULL.
 * @return GC_OK, GC_STALE, GC_MISS if @p compute returned 0 and filled nothing, GC_ERR_ORIGIN if it failed and no
 *   stale value may stand in, or another error. @since 0.1
 */
GC_API gc_status gc_fetch(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                          size_t n_args, gc_compute_fn compute, void *payload, const gc_options *options,
                          gc_entry **entry, gc_error **err);

/**
 * Like gc_fetch, with the place of the computation as a first extra part of the key: the model's form
 * `module.function:line`, where the module is @p file without its ending. Two computations with the same generations
 * and arguments so have different values. To leave machine-dependent directories out, compile with
 * `-fmacro-prefix-map`.
 * @param cache The cache.
 * @param file,function,line The place, as `__FILE__`, `__func__` and `__LINE__` tell it; see GC_WRAP.
 * @param generations,n_generations What the value depends on.
 * @param args,n_args The arguments.
 * @param compute,payload Computes the value.
 * @param options How to compute and store it; NULL for the defaults.
 * @param entry Receives an entry with the value; NULL on failure.
 * @param err Where to put an error, or NULL.
 * @return Like gc_fetch. @since 0.1
 */
GC_API gc_status gc_fetch_at(gc_cache *cache, const char *file, const char *function, int line,
                             const char *const *generations, size_t n_generations, const gc_arg *args, size_t n_args,
                             gc_compute_fn compute, void *payload, const gc_options *options, gc_entry **entry,
                             gc_error **err);

/** gc_fetch_at for the place where it stands. To be written once for each computation, say as the only statement of a
 * function that callers use: the place is part of the key. @since 0.1 */
#define GC_WRAP(cache, generations, n_generations, args, n_args, compute, payload, options, entry, err)           \
  gc_fetch_at((cache), __FILE__, __func__, __LINE__, (generations), (n_generations), (args), (n_args), (compute), \
              (payload), (options), (entry), (err))

/**
 * gc_fetch in steps, for programs that cannot hand over a callback or block. The outcome says what is to be done:
 * - GC_OK: the entry has the value.
 * - GC_STALE: the entry has a stale value, and somebody else computes a new one.
 * - GC_MISS: the computation is yours. End it by gc_fill or gc_abandon; others wait for you.
 * - GC_BUSY: somebody else computes the value. Ask again with gc_wait.
 * - GC_ERR_UNAVAILABLE, GC_ERR_REFUSED: compute it, but it cannot be stored. End it by gc_fill, which shares the value
 *   with this process and gives the error again, or by gc_abandon.
 *
 * @param cache The cache.
 * @param generations,n_generations What the value depends on.
 * @param args,n_args The arguments.
 * @param options How to compute and store it (copied); NULL for the defaults. `wait_ms` counts from here.
 * @param entry Receives an entry, unless the outcome is GC_ERR_ARGUMENT, GC_ERR_MEMORY or GC_ERR_INTERNAL (then
 *   NULL). Free it with gc_entry_free.
 * @param err Where to put an error, or NULL.
 * @return One of the above, or an error. @since 0.1
 */
GC_API gc_status gc_begin(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                          size_t n_args, const gc_options *options, gc_entry **entry, gc_error **err);

/**
 * Waits for what somebody else computes. This is a read of its own: the promise of gc_invalidate counts from here.
 * @param entry An entry whose status is GC_BUSY.
 * @param wait_ms The most to wait in this call, in milliseconds; 0 asks once. When the `wait_ms` of the options is
 *   over, the outcome is GC_MISS: the computation is yours, beside the other one.
 * @param err Where to put an error, or NULL.
 * @return As gc_begin; GC_BUSY if the other one is still at work. @since 0.1
 */
GC_API gc_status gc_wait(gc_entry *entry, int64_t wait_ms, gc_error **err);

/**
 * Gives a computation up because it failed, and lets another caller try. It belongs to the read that began with
 * gc_begin or the last gc_wait: an old value that it gives is as it was found then.
 * @param entry An entry whose computation is the caller's.
 * @param err Where to put an error, or NULL.
 * @return GC_STALE if the options' `fail_safe_ms` allows the old value, which the entry then has; else GC_OK, where the
 *   entry has a value only if that was to be refreshed early.
 * @since 0.1
 */
GC_API gc_status gc_abandon(gc_entry *entry, gc_error **err);

/** @} */

/**
 * @defgroup many Many at once
 * @{
 */

/**
 * Reads many values that depend on the same generations, in one round trip: one request to each server involved, all
 * servers at once, a shared stamp asked for once. Misses whose stamps are not all there take one more, together; a
 * value with generations of gc_depend that this process does not know yet takes one more of its own.
 *
 * @param cache The cache.
 * @param generations,n_generations What the values depend on.
 * @param args,n_args For each value its arguments and their number; both have @p n_calls elements.
 * @param n_calls How many values.
 * @param entries Receives an entry for each value (an array of @p n_calls), unless the outcome is GC_ERR_ARGUMENT,
 *   GC_ERR_MEMORY or GC_ERR_INTERNAL (then NULL in each). Free them with gc_entries_free,
 *   or each with gc_entry_free; their memory goes with the last of them.
 * @param err Where to put an error, or NULL; it tells of the first entry with an error.
 * @return GC_OK if all are hits, GC_MISS if some are misses, or an error if a server failed: gc_entry_status tells
 *   which. @since 0.1
 */
GC_API gc_status gc_get_many(gc_cache *cache, const char *const *generations, size_t n_generations,
                             const gc_arg *const *args, const size_t *n_args, size_t n_calls, gc_entry **entries,
                             gc_error **err);

/**
 * Computes many values. Called on the thread of the call that it was given to. Each entry may be filled or left. Must
 * not throw.
 * @param payload The pointer that was given with the function.
 * @param entries The misses to fill.
 * @param indexes For each of them its index among the calls.
 * @param n How many, at least 1.
 * @return 0, or any other number: the computation failed. @since 0.1
 */
typedef int32_t (*gc_compute_many_fn)(void *payload, gc_entry *const *entries, const size_t *indexes, size_t n);

/**
 * Gets many values, and computes those that are missing by one call of @p compute. Values that somebody else is
 * computing are waited for; where that fails, @p compute is called again for them. Stale values and errors are as in
 * gc_fetch.
 *
 * @param cache The cache.
 * @param generations,n_generations What the values depend on.
 * @param args,n_args For each value its arguments and their number; both have @p n_calls elements.
 * @param n_calls How many values.
 * @param compute,payload Computes what is missing.
 * @param options How to compute and store it; NULL for the defaults.
 * @param entries Receives an entry for each value (an array of @p n_calls), unless the outcome is GC_ERR_ARGUMENT,
 *   GC_ERR_MEMORY or GC_ERR_INTERNAL (then NULL in each). Free them as those of gc_get_many.
 * @param err Where to put an error, or NULL.
 * @return GC_OK if each entry has a value that is not stale, GC_STALE if some are stale, GC_MISS if some were left
 *   unfilled, GC_ERR_ORIGIN if @p compute failed for some and no stale value may stand in. gc_entry_status tells of
 *   each. @since 0.1
 */
GC_API gc_status gc_fetch_many(gc_cache *cache, const char *const *generations, size_t n_generations,
                               const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                               gc_compute_many_fn compute, void *payload, const gc_options *options, gc_entry **entries,
                               gc_error **err);

/**
 * gc_fetch_many in steps, as gc_begin is gc_fetch in steps: all values are read at once, and what is missing is asked
 * for together. gc_entry_status says of each entry what is to be done, as gc_begin does. First end all computations
 * that are yours, by gc_fill or gc_abandon, and only then wait for those of others, by gc_wait: so no two callers wait
 * for each other. A key that is asked for twice in one call is yours once and busy once.
 *
 * @param cache The cache.
 * @param generations,n_generations What the values depend on.
 * @param args,n_args For each value its arguments and their number; both have @p n_calls elements.
 * @param n_calls How many values.
 * @param options How to compute and store it; NULL for the defaults. `wait_ms` counts from here.
 * @param entries Receives an entry for each value (an array of @p n_calls), unless the outcome is GC_ERR_ARGUMENT,
 *   GC_ERR_MEMORY or GC_ERR_INTERNAL (then NULL in each). Free them as those of gc_get_many.
 * @param err Where to put an error, or NULL; it tells of the first entry with an error.
 * @return GC_OK if each entry has a value that is not stale, GC_STALE if some are stale, GC_BUSY if somebody else is
 *   computing some, GC_MISS if some are yours to compute, or an error if a server failed. @since 0.1
 */
GC_API gc_status gc_begin_many(gc_cache *cache, const char *const *generations, size_t n_generations,
                               const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                               const gc_options *options, gc_entry **entries, gc_error **err);

/** @} */

/**
 * @defgroup batches After commit
 *
 * A batch collects invalidations and deletions, say while a database transaction is open, and sends them together when
 * it is committed. Until then nothing is sent; what is cancelled or freed is dropped.
 * @{
 */

/** Invalidations and deletions that wait for a commit. To be used by one thread at a time. @since 0.1 */
typedef struct gc_batch gc_batch;

/**
 * Begins a batch.
 * @param cache The cache.
 * @param parent NULL, or the batch that this one is nested in, which must live as long: its commit hands over to that
 *   one, which sends nothing before its own.
 * @param err Where to put an error, or NULL.
 * @return The batch, to be freed with gc_batch_free; NULL on failure. @since 0.1
 */
GC_API gc_batch *gc_batch_new(gc_cache *cache, gc_batch *parent, gc_error **err);

/** Notes an invalidation of @p generations; like gc_invalidate_many. @since 0.1 */
GC_API gc_status gc_batch_invalidate(gc_batch *batch, const char *const *generations, size_t n_generations,
                                     const gc_arg *args, size_t n_args, gc_error **err);

/** Notes a soft invalidation of @p generations; like gc_invalidate_soft. @since 0.1 */
GC_API gc_status gc_batch_invalidate_soft(gc_batch *batch, const char *const *generations, size_t n_generations,
                                          const gc_arg *args, size_t n_args, gc_error **err);

/** Notes a deletion; like gc_delete. @since 0.1 */
GC_API gc_status gc_batch_delete(gc_batch *batch, const char *const *generations, size_t n_generations,
                                 const gc_arg *args, size_t n_args, gc_error **err);

/**
 * Sends what was noted, or hands it over to the parent. The batch is empty afterwards and may be used again. The
 * invalidations go in one round trip to each server, soft ones after them as in gc_invalidate_soft, then the deletions
 * one by one, for which each server has its share of what is left of `timeout_ms`.
 * @return GC_OK, or the first error: then the batch keeps what was not acknowledged, and may be committed again.
 * @since 0.1
 */
GC_API gc_status gc_batch_commit(gc_batch *batch, gc_error **err);

/** Drops what was noted. The batch may be used again; NULL is accepted. @since 0.1 */
GC_API void gc_batch_cancel(gc_batch *batch);

/** Drops what was noted and frees @p batch; NULL is accepted. @since 0.1 */
GC_API void gc_batch_free(gc_batch *batch);

/** @} */

/**
 * @defgroup bound Bound caches
 *
 * A bound cache knows its generations, its parameters with their defaults, and its lifetime. Arguments may be
 * given by name, or, with a NULL name, by position in the order of the parameters.
 * @{
 */

/** A cache with generations, parameters and defaults given once. Thread-safe. @since 0.1 */
typedef struct gc_bound gc_bound;

/** The type of a parameter that has no default. @since 0.1 */
enum { GC_REQUIRED = -1 };

/** @return A parameter without a default, for gc_bind. @since 0.1 */
static inline gc_arg gc_param(const char *name) { return gc_named(name, gc_value_data(GC_REQUIRED, NULL, 0)); }

/**
 * Binds generations, parameters and defaults.
 * @param cache The cache; it may be closed before the bound cache is freed.
 * @param generations,n_generations What the values depend on; each argument they name must be a parameter.
 * @param params,n_params The parameters in order: gc_param for one without a default, else the default.
 * @param options Default options of its calls (copied), or NULL.
 * @param err Where to put an error, or NULL.
 * @return The bound cache, to be freed with gc_bound_free; NULL on failure. @since 0.1
 */
GC_API gc_bound *gc_bind(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *params,
                         size_t n_params, const gc_options *options, gc_error **err);

/** Frees @p bound; NULL is accepted. @since 0.1 */
GC_API void gc_bound_free(gc_bound *bound);

/** Like gc_get. @since 0.1 */
GC_API gc_status gc_bound_get(gc_bound *bound, const gc_arg *args, size_t n_args, gc_entry **entry, gc_error **err);

/** Like gc_set. NULL options, and what they leave out, mean those of the bound cache, here and below. @since 0.1 */
GC_API gc_status gc_bound_set(gc_bound *bound, const gc_arg *args, size_t n_args, const void *data, size_t size,
                              const gc_options *options, gc_error **err);

/** Like gc_set_value. @since 0.1 */
GC_API gc_status gc_bound_set_value(gc_bound *bound, const gc_arg *args, size_t n_args, gc_value value,
                                    const gc_options *options, gc_error **err);

/** Like gc_delete. @since 0.1 */
GC_API gc_status gc_bound_delete(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err);

/**
 * Invalidates those of its generations that the arguments given here name; without arguments, its static
 * generations. Defaults are not used. It is an error if that is none. @since 0.1
 */
GC_API gc_status gc_bound_invalidate(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err);

/** Like gc_bound_invalidate, softly: see gc_invalidate_soft. @since 0.1 */
GC_API gc_status gc_bound_invalidate_soft(gc_bound *bound, const gc_arg *args, size_t n_args, gc_error **err);

/** Like gc_fetch. @since 0.1 */
GC_API gc_status gc_bound_fetch(gc_bound *bound, const gc_arg *args, size_t n_args, gc_compute_fn compute,
                                void *payload, const gc_options *options, gc_entry **entry, gc_error **err);

/** Like gc_begin. @since 0.1 */
GC_API gc_status gc_bound_begin(gc_bound *bound, const gc_arg *args, size_t n_args, const gc_options *options,
                                gc_entry **entry, gc_error **err);

/** Like gc_get_many. @since 0.1 */
GC_API gc_status gc_bound_get_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                                   gc_entry **entries, gc_error **err);

/** Like gc_begin_many. @since 0.1 */
GC_API gc_status gc_bound_begin_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                                     const gc_options *options, gc_entry **entries, gc_error **err);

/** Like gc_fetch_many. @since 0.1 */
GC_API gc_status gc_bound_fetch_many(gc_bound *bound, const gc_arg *const *args, const size_t *n_args, size_t n_calls,
                                     gc_compute_many_fn compute, void *payload, const gc_options *options,
                                     gc_entry **entries, gc_error **err);

/** @} */

/**
 * @defgroup inside Seeing inside
 * @{
 */

/**
 * Explains what a read would find, for people: lines of `label: value` with the readable key, the wire key, the
 * server, each generation with its stored and its current stamp, and the verdict; and a `note:` where the reply showed
 * nothing at all. Changes nothing.
 * @param cache The cache.
 * @param generations,n_generations What the value depends on.
 * @param args,n_args The arguments.
 * @param text Receives the text, to be freed with gc_string_free; NULL on failure.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or an error. @since 0.1
 */
GC_API gc_status gc_explain(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                            size_t n_args, char **text, gc_error **err);

/** How many buckets a histogram has. @since 0.1 */
enum { GC_HISTOGRAM_BUCKETS = 24 };

/** How long calls took. Bucket i counts those below 2^i microseconds that no earlier one counts; the last one counts
 * all the others too. @since 0.1 */
typedef struct gc_histogram {
  uint64_t buckets[GC_HISTOGRAM_BUCKETS]; /**< Calls. */
  uint64_t count;                         /**< All calls. */
  uint64_t sum_us;                        /**< The time of all calls, in microseconds. */
} gc_histogram;

/** What a cache has done in this process since it was opened. Later versions add fields at the end. @since 0.1 */
typedef struct gc_stats {
  uint64_t reads[8];              /**< By GC_REASON_…: reads[GC_REASON_HIT] are the hits. Of many at once, each value
                                       counts. */
  uint64_t fills;                 /**< Values stored, by gc_fill and gc_set. */
  uint64_t fills_failed;          /**< Values that a server did not store, or that were too large. */
  uint64_t fills_already_invalid; /**< Values of gc_fetch and gc_begin that were invalidated while they were
                                       computed, so that they are stored but are no hits. Noticed where the call had
                                       the fill lock, for the generations that it declared. */
  uint64_t computations;          /**< Computations that gc_fetch, gc_begin and gc_fetch_many gave to their caller. */
  uint64_t computations_failed;   /**< Those that were abandoned or failed. */
  uint64_t waits;                 /**< Calls that waited for somebody else's computation. */
  uint64_t waits_given_up;        /**< Calls that computed beside somebody else, since their `wait_ms` was over. */
  uint64_t shared;                /**< Values taken directly from another caller in this process. */
  uint64_t stale_served;          /**< Stale values served, for whatever reason. */
  uint64_t invalidations;         /**< Calls that invalidated, gc_clear included. */
  uint64_t invalidations_failed;  /**< Those that not every server acknowledged. */
  gc_histogram read_time;         /**< Of reads, without computations and waits. Many at once are one. */
  gc_histogram compute_time;      /**< Of computations. */
  gc_histogram invalidate_time;   /**< Of invalidations. */
} gc_stats;

/**
 * Reads the counters. Each is exact; together they are no snapshot where calls are under way.
 * @param cache The cache.
 * @param stats Receives them.
 * @param size `sizeof(gc_stats)` of the caller: no more is written.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or GC_ERR_ARGUMENT. @since 0.1
 */
GC_API gc_status gc_get_stats(gc_cache *cache, gc_stats *stats, size_t size, gc_error **err);

/**
 * The counters as text in the format of Prometheus (text exposition format 0.0.4), with the errors by server and the
 * generations that cause most misses beside them. The metrics begin with `gencache_`; all carry the label `prefix`.
 * @param cache The cache.
 * @param text Receives the text, to be freed with gc_string_free; NULL on failure.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or an error. @since 0.1
 */
GC_API gc_status gc_metrics(gc_cache *cache, char **text, gc_error **err);

/**
 * How many calls failed on a server, beside gc_get_stats.
 * @param cache The cache.
 * @param server 0, 1, … in the order of the URL.
 * @param name Receives the server's name, to be freed with gc_string_free; NULL where there is none.
 * @param errors Receives the number of calls.
 * @param err Where to put an error, or NULL.
 * @return GC_OK; GC_MISS where there is no such server; or an error. @since 0.1
 */
GC_API gc_status gc_server_errors(gc_cache *cache, size_t server, char **name, uint64_t *errors, gc_error **err);

/**
 * The generations that cause most misses, beside gc_get_stats: of the 64 most frequent ones.
 * @param cache The cache.
 * @param rank 0 for the most frequent.
 * @param generation Receives the generation as it stands in keys, to be freed with gc_string_free; NULL where there is
 *   none.
 * @param misses Receives how many, at most: where more than 64 cause misses, rare ones may count too high.
 * @param err Where to put an error, or NULL.
 * @return GC_OK; GC_MISS where there is none of this rank; or an error. @since 0.1
 */
GC_API gc_status gc_top_generation(gc_cache *cache, size_t rank, char **generation, uint64_t *misses, gc_error **err);

/**
 * The readable key of a call, without asking a server: what gc_entry_key tells of its entry.
 * @param cache The cache.
 * @param generations,n_generations What the value depends on.
 * @param args,n_args The arguments.
 * @param text Receives the key, to be freed with gc_string_free; NULL on failure.
 * @param err Where to put an error, or NULL.
 * @return GC_OK or an error. @since 0.1
 */
GC_API gc_status gc_key(gc_cache *cache, const char *const *generations, size_t n_generations, const gc_arg *args,
                        size_t n_args, char **text, gc_error **err);

/** Frees a string that the library gave away; NULL is accepted. @since 0.1 */
GC_API void gc_string_free(char *text);

/** How much a log callback is told. @since 0.1 */
enum {
  GC_LOG_ERROR = 1,   /**< An invalidation that did not reach every server. */
  GC_LOG_WARNING = 2, /**< A server that failed, a corrupt record, a computation that failed and whose caller got an
                         old value. */
  GC_LOG_INFO = 3,    /**< A server that came back; misses of calls with gc_options_set_log_misses. */
  GC_LOG_DEBUG = 4    /**< Every miss: key, reason, generation; calls that did not ask a server that has just failed. */
};

/**
 * Receives a message. Called on the thread whose call caused it, maybe on several threads at once; must not throw
 * and must not close the cache.
 * @param payload The pointer that was given to gc_set_log.
 * @param level GC_LOG_ERROR … GC_LOG_DEBUG.
 * @param message NUL-terminated, borrowed for the call. @since 0.1
 */
typedef void (*gc_log_fn)(void *payload, int32_t level, const char *message);

/**
 * Sets who is told what happens inside; nobody is at first. Not to be called while other calls on @p cache are
 * under way.
 * @param cache The cache.
 * @param log The callback, or NULL for none.
 * @param payload Handed to the callback as it is. It must live until the cache is closed and the last of its entries,
 *   bound caches and batches is freed.
 * @param level The most detailed level to be told, GC_LOG_ERROR … GC_LOG_DEBUG. @since 0.1
 */
GC_API void gc_set_log(gc_cache *cache, gc_log_fn log, void *payload, int32_t level);

/** @return The version of the loaded library, "0.1.0"; compare with GC_VERSION of the header. @since 0.1 */
GC_API const char *gc_version(void);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
