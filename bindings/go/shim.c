#include "shim.h"

#include <stdlib.h>

#include "_cgo_export.h"

// --- Requests: from Go's block of bytes to the arrays that gencache takes.

enum { ROOM_FOR_GENERATIONS = 16, ROOM_FOR_ARGS = 16, ROOM_FOR_CALLS = 1 };

typedef struct {
  size_t n_generations;
  const char **generations;
  size_t n_calls;
  const gc_arg **args;  // of each call
  size_t *n_args;
  void *heap;  // where there is more than fits in here
  const char *own_generations[ROOM_FOR_GENERATIONS];
  gc_arg own_list[ROOM_FOR_ARGS];
  const gc_arg *own_args[ROOM_FOR_CALLS];
  size_t own_n_args[ROOM_FOR_CALLS];
} request;

static uint64_t take_number(const uint8_t **in) {
  uint64_t number;
  memcpy(&number, *in, sizeof number);
  *in += sizeof number;
  return number;
}

static const char *take_string(const uint8_t **in) {
  const char *text = (const char *)*in;
  *in += strlen(text) + 1;
  return text;
}

static int is_data(int32_t type) { return type == GC_BYTES || type == GC_TEXT; }

static gc_value make_value(int32_t type, uint64_t bits, const char *data, size_t size) {
  gc_value value = gc_value_data(type, NULL, 0);
  value.as.u = bits;  // the bits of whichever scalar it is
  if (is_data(type) || type == GC_JSON || type == GC_CEREAL || type >= GC_PRIVATE) {
    value.as.data = data;
    value.size = size;
  }
  return value;
}

static gc_arg take_arg(const uint8_t **in) {
  const int32_t type = (int8_t)(*in)[0];
  const int has_name = (*in)[1];
  *in += 2;
  const char *name = has_name ? take_string(in) : NULL;
  const uint64_t number = take_number(in);
  if (!is_data(type)) return gc_named(name, make_value(type, number, NULL, 0));
  const char *data = (const char *)*in;
  *in += number;
  return gc_named(name, make_value(type, 0, data, number));
}

// False if out of memory.
static int open_request(request *out, const uint8_t *in) {
  out->n_generations = take_number(&in);
  out->n_calls = take_number(&in);
  const size_t n_args = take_number(&in);
  out->generations = out->own_generations;
  out->args = out->own_args;
  out->n_args = out->own_n_args;
  out->heap = NULL;
  gc_arg *list = out->own_list;
  if (out->n_generations > ROOM_FOR_GENERATIONS || n_args > ROOM_FOR_ARGS || out->n_calls > ROOM_FOR_CALLS) {
    list = out->heap = malloc(n_args * sizeof *list + out->n_calls * (sizeof *out->args + sizeof *out->n_args) +
                              out->n_generations * sizeof *out->generations);
    if (list == NULL) return 0;
    out->args = (const gc_arg **)(list + n_args);
    out->n_args = (size_t *)(out->args + out->n_calls);
    out->generations = (const char **)(out->n_args + out->n_calls);
  }
  for (size_t i = 0; i < out->n_generations; i++) out->generations[i] = take_string(&in);
  for (size_t call = 0; call < out->n_calls; call++) {
    out->n_args[call] = take_number(&in);
    out->args[call] = list;
    for (size_t i = 0; i < out->n_args[call]; i++) *list++ = take_arg(&in);
  }
  return 1;
}

static void close_request(request *open) { free(open->heap); }

// --- Options

static gc_status make_options(const gcgo_options *from, gc_options **out, gc_error **error) {
  *out = NULL;
  if (from->given == 0) return GC_OK;
  gc_options *made = gc_options_new();
  if (made == NULL) return GC_ERR_MEMORY;
  gc_status status = GC_OK;
#define SET(flag, setter, value) \
  if (status == GC_OK && (from->given & (flag))) status = setter(made, value, error)
  SET(GCGO_TTL, gc_options_set_ttl_ms, from->ttl_ms);
  SET(GCGO_NOTHING_TTL, gc_options_set_nothing_ttl_ms, from->nothing_ttl_ms);
  SET(GCGO_JITTER, gc_options_set_jitter, from->jitter);
  SET(GCGO_STALE_FOR, gc_options_set_stale_for_ms, from->stale_for_ms);
  SET(GCGO_FAIL_SAFE, gc_options_set_fail_safe_ms, from->fail_safe_ms);
  SET(GCGO_LOCK, gc_options_set_lock_ms, from->lock_ms);
  SET(GCGO_WAIT, gc_options_set_wait_ms, from->wait_ms);
  SET(GCGO_BETA, gc_options_set_beta, from->beta);
  SET(GCGO_REFRESH, gc_options_set_refresh, from->refresh);
  SET(GCGO_LOG_MISSES, gc_options_set_log_misses, from->log_misses);
#undef SET
  if (status == GC_OK) {
    *out = made;
  } else {
    gc_options_free(made);
  }
  return status;
}

// --- Results

static void clear(gcgo_result *result) {
  memset(result, 0, sizeof *result);
  result->type = -1;
  result->age_ms = result->remaining_ms = -1;
}

static void tell_value(gcgo_result *result) {
  result->type = gc_entry_type(result->entry);
  if (result->type < 0) return;
  gc_value value;
  const gc_status status = gc_entry_value(result->entry, &value, &result->error);
  if (status != GC_OK) {
    result->status = status;
    return;
  }
  result->age_ms = gc_entry_age_ms(result->entry);
  result->remaining_ms = gc_entry_remaining_ms(result->entry);
  result->size = value.size;
  if (value.type == GC_NULL || value.type == GC_BOOL || value.type == GC_INT || value.type == GC_DOUBLE) {
    result->bits = value.as.u;
  } else {
    result->data = value.as.data;
  }
}

// The outcome `status` of a call, which has given result->entry.
static void tell(gcgo_result *result, gc_status status) {
  result->status = status;
  if (result->entry == NULL) return;
  result->reason = gc_entry_reason(result->entry);
  result->generation = gc_entry_generation(result->entry);
  result->key = gc_entry_key(result->entry);
  result->key_size = strlen(result->key);
  tell_value(result);
}

static void free_entry(gcgo_result *result) {
  gc_entry_free(result->entry);
  result->entry = NULL;
  result->generation = result->key = NULL;
}

// Most hits are small: with a copy the caller need not come back to free the entry. An old value keeps it, since it has
// a generation to tell.
static void tell_copied(gcgo_result *result, gc_status status, char *buffer, size_t room) {
  tell(result, status);
  if (result->status != GC_OK || result->type < 0 || result->size + result->key_size > room) return;
  if (result->size > 0) memcpy(buffer, result->data, result->size);
  memcpy(buffer + result->size, result->key, result->key_size);
  result->data = NULL;
  result->is_copied = 1;
  free_entry(result);
}

// --- Calls

// False if out of memory, which the result says.
static int start(request *asked, const uint8_t *in, gcgo_result *result) {
  clear(result);
  if (open_request(asked, in)) return 1;
  result->status = GC_ERR_MEMORY;
  return 0;
}

void gcgo_get(gcgo_target target, const uint8_t *in, char *buffer, size_t room, gcgo_result *result) {
  request asked;
  if (!start(&asked, in, result)) return;
  const gc_status status =
      target.bound != NULL ? gc_bound_get(target.bound, asked.args[0], asked.n_args[0], &result->entry, &result->error)
                           : gc_get(target.cache, asked.generations, asked.n_generations, asked.args[0],
                                    asked.n_args[0], &result->entry, &result->error);
  tell_copied(result, status, buffer, room);
  close_request(&asked);
}

void gcgo_begin(gcgo_target target, const uint8_t *in, const gcgo_options *given, char *buffer, size_t room,
                gcgo_result *result) {
  request asked;
  gc_options *options;
  if (!start(&asked, in, result)) return;
  gc_status status = make_options(given, &options, &result->error);
  if (status == GC_OK) {
    status = target.bound != NULL
                 ? gc_bound_begin(target.bound, asked.args[0], asked.n_args[0], options, &result->entry, &result->error)
                 : gc_begin(target.cache, asked.generations, asked.n_generations, asked.args[0], asked.n_args[0],
                            options, &result->entry, &result->error);
  }
  tell_copied(result, status, buffer, room);
  gc_options_free(options);
  close_request(&asked);
}

void gcgo_wait(gc_entry *entry, char *buffer, size_t room, gcgo_result *result) {
  clear(result);
  result->entry = entry;
  tell_copied(result, gc_wait(entry, 0, &result->error), buffer, room);
}

void gcgo_abandon(gc_entry *entry, char *buffer, size_t room, gcgo_result *result) {
  clear(result);
  result->entry = entry;
  tell_copied(result, gc_abandon(entry, &result->error), buffer, room);
  if (result->entry != NULL && result->type < 0) free_entry(result);
}

// Results and behind them, in the same block, room for their entries.
static gc_entry **entries_of(gcgo_result *results, size_t n) { return (gc_entry **)(results + n); }

static gc_status get_many(gcgo_target target, const request *asked, size_t n, gc_entry **entries, gc_error **error) {
  if (target.bound != NULL) return gc_bound_get_many(target.bound, asked->args, asked->n_args, n, entries, error);
  return gc_get_many(target.cache, asked->generations, asked->n_generations, asked->args, asked->n_args, n, entries,
                     error);
}

static gc_status begin_many(gcgo_target target, const request *asked, size_t n, const gcgo_options *given,
                            gc_entry **entries, gc_error **error) {
  gc_options *options;
  gc_status status = make_options(given, &options, error);
  if (status == GC_OK) {
    status = target.bound != NULL
                 ? gc_bound_begin_many(target.bound, asked->args, asked->n_args, n, options, entries, error)
                 : gc_begin_many(target.cache, asked->generations, asked->n_generations, asked->args, asked->n_args, n,
                                 options, entries, error);
  }
  gc_options_free(options);
  return status;
}

gcgo_result *gcgo_many(gcgo_target target, const uint8_t *in, size_t n, const gcgo_options *options,
                       gcgo_result *result) {
  request asked;
  if (!start(&asked, in, result)) return NULL;
  gcgo_result *results = calloc(n, sizeof *results + sizeof(gc_entry *));
  if (results == NULL) {
    result->status = GC_ERR_MEMORY;
  } else {
    gc_entry **entries = entries_of(results, n);
    result->status = options == NULL ? get_many(target, &asked, n, entries, &result->error)
                                     : begin_many(target, &asked, n, options, entries, &result->error);
    for (size_t i = 0; i < n; i++) {
      clear(&results[i]);
      results[i].entry = entries[i];
      tell(&results[i], gc_entry_status(entries[i]));
    }
  }
  close_request(&asked);
  return results;
}

void gcgo_free_many(gcgo_result *results, size_t n) {
  gc_entry **entries = entries_of(results, n);
  for (size_t i = 0; i < n; i++) entries[i] = results[i].entry;
  gc_entries_free(entries, n);
  free(results);
}

void gcgo_set(gcgo_target target, const uint8_t *in, int32_t type, uint64_t bits, const char *data, size_t size,
              const gcgo_options *given, gcgo_result *result) {
  request asked;
  gc_options *options;
  if (!start(&asked, in, result)) return;
  const gc_value value = make_value(type, bits, data, size);
  result->status = make_options(given, &options, &result->error);
  if (result->status == GC_OK) {
    result->status =
        target.bound != NULL
            ? gc_bound_set_value(target.bound, asked.args[0], asked.n_args[0], value, options, &result->error)
            : gc_set_value(target.cache, asked.generations, asked.n_generations, asked.args[0], asked.n_args[0], value,
                           options, &result->error);
  }
  gc_options_free(options);
  close_request(&asked);
}

void gcgo_fill(gc_entry *entry, int32_t type, uint64_t bits, const char *data, size_t size, const gcgo_options *given,
               int is_last, gcgo_result *result) {
  gc_options *options;
  clear(result);
  result->status = make_options(given, &options, &result->error);
  if (result->status == GC_OK) {
    result->status = gc_fill_value(entry, make_value(type, bits, data, size), options, &result->error);
  }
  gc_options_free(options);
  if (is_last || result->status == GC_OK) gc_entry_free(entry);
}

void gcgo_depend(gc_entry *entry, const uint8_t *in, gcgo_result *result) {
  request asked;
  if (!start(&asked, in, result)) return;
  result->status = gc_depend(entry, asked.generations[0], asked.args[0], asked.n_args[0], &result->error);
  close_request(&asked);
}

static gc_status change_bound(int change, gc_bound *bound, const request *asked, gc_error **error) {
  const gc_arg *args = asked->args[0];
  const size_t n_args = asked->n_args[0];
  switch (change) {
    case GCGO_DELETE:
      return gc_bound_delete(bound, args, n_args, error);
    case GCGO_INVALIDATE:
      return gc_bound_invalidate(bound, args, n_args, error);
    default:
      return gc_bound_invalidate_soft(bound, args, n_args, error);
  }
}

static gc_status change_direct(int change, gc_cache *cache, const request *asked, gc_error **error) {
  const gc_arg *args = asked->args[0];
  const size_t n_args = asked->n_args[0];
  switch (change) {
    case GCGO_DELETE:
      return gc_delete(cache, asked->generations, asked->n_generations, args, n_args, error);
    case GCGO_INVALIDATE:
      return gc_invalidate_many(cache, asked->generations, asked->n_generations, args, n_args, error);
    default:
      return gc_invalidate_soft(cache, asked->generations, asked->n_generations, args, n_args, error);
  }
}

void gcgo_change(int change, gcgo_target target, const uint8_t *in, gcgo_result *result) {
  request asked;
  if (!start(&asked, in, result)) return;
  result->status = target.bound != NULL ? change_bound(change, target.bound, &asked, &result->error)
                                        : change_direct(change, target.cache, &asked, &result->error);
  close_request(&asked);
}

void gcgo_batch_change(int change, gc_batch *batch, const uint8_t *in, gcgo_result *result) {
  request asked;
  if (!start(&asked, in, result)) return;
  gc_status (*note)(gc_batch *, const char *const *, size_t, const gc_arg *, size_t, gc_error **) =
      change == GCGO_DELETE       ? gc_batch_delete
      : change == GCGO_INVALIDATE ? gc_batch_invalidate
                                  : gc_batch_invalidate_soft;
  result->status = note(batch, asked.generations, asked.n_generations, asked.args[0], asked.n_args[0], &result->error);
  close_request(&asked);
}

void gcgo_text(int which, gc_cache *cache, const uint8_t *in, gcgo_result *result) {
  request asked;
  if (!start(&asked, in, result)) return;
  result->status = (which == GCGO_KEY ? gc_key : gc_explain)(
      cache, asked.generations, asked.n_generations, asked.args[0], asked.n_args[0], &result->text, &result->error);
  close_request(&asked);
}

gc_bound *gcgo_bind(gc_cache *cache, const uint8_t *in, const gcgo_options *given, gc_error **error) {
  request asked;
  gc_options *options;
  if (!open_request(&asked, in)) return NULL;
  gc_bound *bound = NULL;
  if (make_options(given, &options, error) == GC_OK) {
    bound = gc_bind(cache, asked.generations, asked.n_generations, asked.args[0], asked.n_args[0], options, error);
  }
  gc_options_free(options);
  close_request(&asked);
  return bound;
}

static void log_to_go(void *payload, int32_t level, const char *message) {
  gcgoLog((uintptr_t)payload, level, (char *)message);
}

void gcgo_set_log(gc_cache *cache, uintptr_t handle, int32_t level) {
  gc_set_log(cache, handle == 0 ? NULL : log_to_go, (void *)handle, level);
}
