/* Reading, storing and computing: each operation once, for a cache and for a bound cache. */
#include <limits.h>

#include "native.h"

static PyObject *none(void) { return Py_INCREF(Py_None), Py_None; }

/* --- reading --- */

/* A miss, which is remembered for a set. */
static PyObject *missed(cache_object *cache, const call *c, gc_status status, gc_entry *handle, gc_error *err) {
  if (status != GC_MISS && !is_only_a_miss(status)) {
    if (handle != NULL) entry_handle_free(cache, handle);
    return raise_error(cache->state, status, err), NULL;
  }
  gc_error_free(err);
  if (lease_remember(cache, handle) < 0) return NULL;
  PyObject *value = c->default_value == NULL ? Py_None : c->default_value;
  return Py_INCREF(value), value;
}

static int read_one(const target *on, gc_bound *bound, const call *c, gc_status *status, gc_entry **handle,
                    gc_error **err) {
  ON_TARGET(on, -1, *status, gc_bound_get(bound, c->args, c->n_args, handle, err),
            gc_get(on->cache->handle, c->generations, c->n_generations, c->args, c->n_args, handle, err));
  return 0;
}

PyObject *do_get(const target *on, call *c) {
  gc_entry *handle = NULL;
  gc_error *err = NULL;
  gc_status status;
  if (read_one(on, on->bound == NULL ? NULL : on->bound->reader, c, &status, &handle, &err) < 0) return NULL;
  if (status != GC_OK) return missed(on->cache, c, status, handle, err);
  PyObject *value = decode_entry(on->cache, handle);
  if (value == NULL) lease_remember_unread(on->cache, &handle, 1);
  gc_entry_free(handle);
  return value;
}

PyObject *do_get_entry(const target *on, call *c) {
  gc_entry *handle = NULL;
  gc_error *err = NULL;
  gc_status status;
  if (read_one(on, on->bound == NULL ? NULL : on->bound->handle, c, &status, &handle, &err) < 0) return NULL;
  if (handle == NULL) return raise_error(c->state, status, err), NULL;
  gc_error_free(err);
  return entry_new(on->cache, handle);
}

/* --- the key --- */

/* The header has no gc_bound_key and no gc_bound_explain: what they would tell is told of the same call on the bound
 * cache's cache, with positions named and defaults filled in. */

static const char *param_name(const bound_object *bound, Py_ssize_t i) {
  return utf8(bound->cache->state, "params", PyTuple_GetItem(PyTuple_GetItem(bound->params, i), 0));
}

static int is_param(const bound_object *bound, const char *name) {
  for (Py_ssize_t i = 0; i < PyTuple_Size(bound->params); ++i) {
    if (strcmp(param_name(bound, i), name) == 0) return 1;
  }
  return 0;
}

static int is_given(const call *c, const char *name) {
  for (size_t i = 0; i < c->n_args; ++i) {
    if (strcmp(c->args[i].name, name) == 0) return 1;
  }
  return 0;
}

static int add_given(const bound_object *bound, const call *given, call *whole) {
  Py_ssize_t position = 0;
  for (size_t i = 0; i < given->n_args; ++i) {
    gc_arg arg = given->args[i];
    if (arg.name == NULL) {
      if (position == PyTuple_Size(bound->params)) {
        return raise_argument(whole->state, "args: more than the %zd parameters", position);
      }
      arg.name = param_name(bound, position++);
    } else if (!is_param(bound, arg.name)) {
      return raise_argument(whole->state, "args: there is no parameter '%s'", arg.name);
    }
    if (call_add_arg(whole, &arg) < 0) return -1;
  }
  return 0;
}

static int add_defaults(const bound_object *bound, call *whole) {
  for (Py_ssize_t i = 0; i < PyTuple_Size(bound->params); ++i) {
    PyObject *param = PyTuple_GetItem(bound->params, i);
    const char *name = param_name(bound, i);
    if (is_given(whole, name)) continue;
    if (PyTuple_Size(param) == 1) return raise_argument(whole->state, "args: the parameter '%s' is not given", name);
    if (call_add(whole, PyTuple_GetItem(param, 0), PyTuple_GetItem(param, 1)) < 0) return -1;
  }
  return 0;
}

static int add_bound(const bound_object *bound, const call *given, call *whole) {
  return call_generations(whole, bound->generations) < 0 || add_given(bound, given, whole) < 0 ||
                 add_defaults(bound, whole) < 0
             ? -1
             : 0;
}

typedef gc_status (*text_function)(gc_cache *, const char *const *, size_t, const gc_arg *, size_t, char **,
                                   gc_error **);

/* On a handle that stays open meanwhile. */
static char *text_about_whole(cache_object *cache, const call *c, text_function function) {
  char *text = NULL;
  gc_error *err = NULL;
  gc_status status;
  const int may_wait = cache->blocks && function != gc_key;
  WITHOUT_GIL_IF(may_wait,
                 status = function(cache->handle, c->generations, c->n_generations, c->args, c->n_args, &text, &err));
  return check(cache->state, status, err) < 0 ? NULL : text;
}

/* To be freed with gc_string_free; NULL with an exception. */
static char *text_about(const target *on, call *c, text_function function) {
  char *text = NULL;
  if (on->bound == NULL) {
    if (cache_enter(on->cache) < 0) return NULL;
    text = text_about_whole(on->cache, c, function);
    cache_leave(on->cache);
    return text;
  }
  call whole;
  if (call_parse(&whole, c->state, "key", NULL, 0, 0, NULL, 0, 0) == 0 && add_bound(on->bound, c, &whole) == 0) {
    text = text_about_whole(on->cache, &whole, function);
  }
  call_free(&whole);
  return text;
}

PyObject *take_string(char *text) {
  PyObject *string = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
  gc_string_free(text);
  return string;
}

PyObject *do_key(const target *on, call *c) {
  char *text = text_about(on, c, gc_key);
  return text == NULL ? NULL : take_string(text);
}

PyObject *do_explain(const target *on, call *c) {
  char *text = text_about(on, c, gc_explain);
  return text == NULL ? NULL : take_string(text);
}

/* --- storing --- */

static int delete_one(const target *on, const call *c, gc_status *status, gc_error **err) {
  ON_TARGET(on, -1, *status, gc_bound_delete(on->bound->handle, c->args, c->n_args, err),
            gc_delete(on->cache->handle, c->generations, c->n_generations, c->args, c->n_args, err));
  return 0;
}

typedef struct {
  const target *on;
  call *c;
} key_request;

static char *requested_key(void *payload) {
  const key_request *request = payload;
  return text_about(request->on, request->c, gc_key);
}

/* Without a lease there is no telling what was invalidated since the read: so nothing is stored. What may be there is
 * deleted, for the caller believes to have replaced it. */
static PyObject *drop(const target *on, const call *c, entry_object *miss) {
  gc_error *err = NULL;
  gc_status status;
  miss->is_spent = 1;
  if (lease_forget(miss) < 0 || delete_one(on, c, &status, &err) < 0) return NULL;
  PyObject *is_done = stored_or_not(c->state, status, err);
  if (is_done == NULL) return NULL;
  Py_DECREF(is_done);
  return PyBool_FromLong(0);
}

/* The server could not be asked, or it had a value that could not be read. */
static int has_no_lease(const gc_entry *miss) {
  return gc_entry_reason(miss) == GC_REASON_UNAVAILABLE || gc_entry_reason(miss) == GC_REASON_HIT;
}

/* Fills a miss of an earlier get in this thread or task. Where that fails, its lease is still there. */
static PyObject *store_under(const target *on, call *c, entry_object *miss, gc_value value, const gc_options *options) {
  if (has_no_lease(miss->handle)) return drop(on, c, miss);
  gc_error *err = NULL;
  const gc_status status = entry_fill_value(miss, value, options, &err);
  PyObject *is_stored = stored_or_not(c->state, status, err);
  if (is_stored == Py_True && lease_forget(miss) < 0) Py_CLEAR(is_stored);
  return is_stored;
}

/* The read of a miss had no options, so that those of the target count here, all of them. */
static PyObject *store_with_all(const target *on, call *c, entry_object *miss, gc_value value,
                                const gc_options *options) {
  if (on->bound == NULL || on->bound->options == Py_None) return store_under(on, c, miss, value, options);
  PyObject *all = options_over(c->state, on->bound->options, c->options, c->timeout);
  if (all == NULL) return NULL;
  PyObject *is_stored = options_handle(c->state, all, &options) < 0 ? NULL : store_under(on, c, miss, value, options);
  Py_DECREF(all);
  return is_stored;
}

static PyObject *store_anew(const target *on, const call *c, gc_value value, const gc_options *options) {
  gc_error *err = NULL;
  gc_status status;
  ON_TARGET(
      on, NULL, status, gc_bound_set_value(on->bound->handle, c->args, c->n_args, value, options, &err),
      gc_set_value(on->cache->handle, c->generations, c->n_generations, c->args, c->n_args, value, options, &err));
  return check(c->state, status, err) < 0 ? NULL : PyBool_FromLong(1);
}

static PyObject *store(const target *on, call *c, gc_value value, const gc_options *options) {
  key_request request = {on, c};
  entry_object *miss = lease_take(on->cache, requested_key, &request);
  if (miss == NULL) return PyErr_Occurred() ? NULL : store_anew(on, c, value, options);
  PyObject *is_stored = store_with_all(on, c, miss, value, options);
  entry_leave(miss);
  Py_DECREF(miss);
  return is_stored;
}

PyObject *do_set(const target *on, call *c, PyObject *value) {
  const gc_options *options;
  encoded stored;
  if (call_options(c, &options) < 0) return NULL;
  PyObject *result = encode(on->cache, value, &stored) < 0 ? NULL : store(on, c, stored.value, options);
  encoded_free(&stored);
  return result;
}

PyObject *do_delete(const target *on, call *c) {
  gc_error *err = NULL;
  gc_status status;
  if (delete_one(on, c, &status, &err) < 0) return NULL;
  return check(c->state, status, err) < 0 ? NULL : none();
}

/* --- computing --- */

static gc_entry *begin(const target *on, const call *c, const gc_options *options, gc_status *status) {
  gc_entry *handle = NULL;
  gc_error *err = NULL;
  ON_TARGET(on, NULL, *status, gc_bound_begin(on->bound->handle, c->args, c->n_args, options, &handle, &err),
            gc_begin(on->cache->handle, c->generations, c->n_generations, c->args, c->n_args, options, &handle, &err));
  if (handle == NULL) return raise_error(c->state, *status, err), NULL;
  gc_error_free(err);
  return handle;
}

PyObject *do_begin(const target *on, call *c) {
  const gc_options *options;
  gc_status status;
  if (call_options(c, &options) < 0) return NULL;
  gc_entry *handle = begin(on, c, options, &status);
  return handle == NULL ? NULL : entry_new(on->cache, handle);
}

/* 1 where the exception says that the value in the cache is none of ours, so that it is to be computed anew. */
static int is_foreign(module_state *state) {
  PyObject *number = PyLong_FromLong(GC_ERR_TYPE);
  PyObject *class = number == NULL ? NULL : PyDict_GetItem(state->error_classes, number);
  const int matches = class != NULL && PyErr_ExceptionMatches(class);
  Py_XDECREF(number);
  return matches;
}

/* What this call computes itself; the value, or the entry that has it. Steals the handle. */
static PyObject *take_turn(const target *on, const call *c, PyObject *compute, gc_entry *handle, int as_entry) {
  PyObject *entry = entry_new(on->cache, handle);
  if (entry == NULL) return NULL;
  PyObject *value = PyObject_CallFunctionObjArgs(c->state->compute, entry, compute, NULL);
  if (!as_entry || value == NULL) {
    Py_DECREF(entry);
    return value;
  }
  Py_DECREF(value);
  return entry;
}

/* `foreign` tells whether it failed because the value that is there is none of ours. */
static PyObject *fetch_once(const target *on, const call *c, PyObject *compute, const gc_options *options, int as_entry,
                            int *foreign) {
  gc_status status;
  gc_entry *handle = begin(on, c, options, &status);
  *foreign = 0;
  if (handle == NULL) return NULL;
  if (status == GC_BUSY && entry_handle_wait(on->cache, handle, LLONG_MAX, &status) < 0) {
    entry_handle_free(on->cache, handle);
    return NULL;
  }
  if (status != GC_OK && status != GC_STALE) return take_turn(on, c, compute, handle, as_entry);
  if (as_entry) return entry_new(on->cache, handle);
  PyObject *value = decode_entry(on->cache, handle);
  if (value == NULL) *foreign = is_foreign(c->state);
  gc_entry_free(handle);
  return value;
}

PyObject *do_fetch(const target *on, call *c, PyObject *compute, int as_entry) {
  const gc_options *options;
  int foreign;
  if (call_options(c, &options) < 0) return NULL;
  PyObject *value = fetch_once(on, c, compute, options, as_entry, &foreign);
  if (!foreign) return value;
  PyErr_Clear();
  PyObject *refreshing = options_refreshing(c->state, c->options, c->timeout);
  if (refreshing == NULL) return NULL;
  if (options_handle(c->state, refreshing, &options) == 0) value = fetch_once(on, c, compute, options, 0, &foreign);
  Py_DECREF(refreshing);
  return value;
}
