/* Many values at once. */
#include "native.h"

/* The arguments of all calls, and what comes back for each. */
typedef struct {
  size_t n;
  call *calls; /* each with its own arguments */
  const gc_arg **args;
  size_t *n_args;
  gc_entry **entries;
  PyObject *given; /* tuple: the calls as the caller gave them */
} many;

static void many_free(many *m) {
  for (size_t i = 0; m->calls != NULL && i < m->n; ++i) call_free(&m->calls[i]);
  PyMem_Free(m->calls);
  PyMem_Free(m->args);
  PyMem_Free(m->n_args);
  PyMem_Free(m->entries);
  Py_XDECREF(m->given);
}

/* Arguments that all calls share stand in `c`. */
static int add_call(many *m, size_t i, const call *c, PyObject *args) {
  call *one = &m->calls[i];
  for (size_t k = 0; k < c->n_args; ++k) {
    if (call_add_arg(one, &c->args[k]) < 0) return -1;
  }
  if (call_add_all(one, args) < 0) return -1;
  m->args[i] = one->args;
  m->n_args[i] = one->n_args;
  return 0;
}

static int many_parse(many *m, const call *c, PyObject *calls) {
  memset(m, 0, sizeof *m);
  m->given = PySequence_Tuple(calls);
  if (m->given == NULL) return -1;
  const size_t n = (size_t)PyTuple_Size(m->given), room = n == 0 ? 1 : n;
  m->calls = PyMem_Malloc(room * sizeof *m->calls);
  m->args = PyMem_Malloc(room * sizeof *m->args);
  m->n_args = PyMem_Malloc(room * sizeof *m->n_args);
  m->entries = PyMem_Calloc(room, sizeof *m->entries);
  if (m->calls == NULL || m->args == NULL || m->n_args == NULL || m->entries == NULL) return PyErr_NoMemory(), -1;
  for (; m->n < n; ++m->n) call_parse(&m->calls[m->n], c->state, "calls", NULL, 0, 0, NULL, 0, 0);
  for (size_t i = 0; i < n; ++i) {
    if (add_call(m, i, c, PyTuple_GetItem(m->given, (Py_ssize_t)i)) < 0) return -1;
  }
  return 0;
}

/* --- what comes back --- */

static gc_entry *take(gc_entry **entry) {
  gc_entry *taken = *entry;
  *entry = NULL;
  return taken;
}

static int is_miss(const gc_entry *entry) {
  return gc_entry_type(entry) < 0 && (gc_entry_status(entry) == GC_MISS || is_only_a_miss(gc_entry_status(entry)));
}

static PyObject *value_of(cache_object *cache, PyObject *default_value, const gc_entry *entry) {
  if (entry != NULL && gc_entry_type(entry) >= 0) return decode_entry(cache, entry);
  return Py_INCREF(default_value), default_value;
}

static PyObject *values_of(cache_object *cache, const call *c, many *m) {
  PyObject *default_value = c->default_value == NULL ? Py_None : c->default_value;
  if (lease_remember_all(cache, m->entries, m->n, is_miss) < 0) return NULL;
  PyObject *list = PyList_New((Py_ssize_t)m->n);
  for (size_t i = 0; list != NULL && i < m->n; ++i) {
    PyObject *value = value_of(cache, default_value, m->entries[i]);
    if (value == NULL || PyList_SetItem(list, (Py_ssize_t)i, value) < 0) Py_CLEAR(list);
  }
  if (list == NULL) lease_remember_unread(cache, m->entries, m->n);
  return list;
}

static PyObject *entries_of(cache_object *cache, many *m) {
  PyObject *list = PyList_New((Py_ssize_t)m->n);
  for (size_t i = 0; list != NULL && i < m->n; ++i) {
    PyObject *entry = entry_new(cache, take(&m->entries[i]));
    if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)i, entry) < 0) Py_CLEAR(list);
  }
  return list;
}

static PyObject *results(cache_object *cache, const call *c, many *m, int as_entries) {
  PyObject *list = as_entries ? entries_of(cache, m) : values_of(cache, c, m);
  WITHOUT_GIL_IF(cache->blocks, gc_entries_free(m->entries, m->n));
  return list;
}

/* --- reading --- */

static int read_many(const target *on, gc_bound *bound, const call *c, many *m, gc_status *status, gc_error **err) {
  const gc_arg *const *args = m->args;
  ON_TARGET(
      on, -1, *status, gc_bound_get_many(bound, args, m->n_args, m->n, m->entries, err),
      gc_get_many(on->cache->handle, c->generations, c->n_generations, args, m->n_args, m->n, m->entries, err));
  return 0;
}

PyObject *do_get_many(const target *on, call *c, PyObject *calls, int as_entries) {
  many m;
  PyObject *list = NULL;
  gc_error *err = NULL;
  gc_status status;
  gc_bound *bound = on->bound == NULL ? NULL : as_entries ? on->bound->handle : on->bound->reader;
  if (many_parse(&m, c, calls) == 0 && read_many(on, bound, c, &m, &status, &err) == 0) {
    if (m.n > 0 && m.entries[0] == NULL) {
      raise_error(c->state, status, err);
    } else if (m.n == 0 && check(c->state, status, err) < 0) {
      list = NULL;
    } else {
      if (m.n > 0) gc_error_free(err);
      list = results(on->cache, c, &m, as_entries);
    }
  }
  many_free(&m);
  return list;
}

/* --- computing --- */

/* What the callback needs, on the thread of the call. */
typedef struct {
  cache_object *cache;
  module_state *state;
  const many *m;
  PyObject *compute;
  PyObject *values; /* {index: value}: what was computed goes to the caller as it is */
  PyThreadState *thread;
  int has_raised;
} many_computation;

static PyObject *missing_calls(const many_computation *self, const size_t *indexes, size_t n) {
  PyObject *list = PyList_New((Py_ssize_t)n);
  for (size_t i = 0; list != NULL && i < n; ++i) {
    PyObject *one = PyTuple_GetItem(self->m->given, (Py_ssize_t)indexes[i]);
    Py_INCREF(one);
    if (PyList_SetItem(list, (Py_ssize_t)i, one) < 0) Py_CLEAR(list);
  }
  return list;
}

static int fill_one(many_computation *self, gc_entry *entry, size_t index, PyObject *value) {
  if (value == self->state->miss) return 0; /* left */
  encoded stored;
  int result = -1;
  PyObject *number = PyLong_FromSize_t(index);
  if (number != NULL && encode(self->cache, value, &stored) == 0) {
    gc_error *err = NULL;
    gc_status status;
    WITHOUT_GIL_IF(self->cache->blocks, status = gc_fill_value(entry, stored.value, NULL, &err));
    if (is_only_a_miss(status)) {
      gc_error_free(err);
      status = GC_OK;
    } else {
      status = check(self->state, status, err);
    }
    result = status < 0 ? -1 : PyDict_SetItem(self->values, number, value);
  }
  if (number != NULL) encoded_free(&stored);
  Py_XDECREF(number);
  return result;
}

static int fill_all(many_computation *self, gc_entry *const *entries, const size_t *indexes, size_t n,
                    PyObject *computed) {
  PyObject *values = computed == NULL ? NULL : PySequence_Tuple(computed);
  if (values == NULL) return -1;
  int result = 0;
  if ((size_t)PyTuple_Size(values) != n) {
    result = raise_argument(self->state, "compute: %zu values are expected, not %zd; gencache.MISS stands for none", n,
                            PyTuple_Size(values));
  }
  for (size_t i = 0; result == 0 && i < n; ++i) {
    result = fill_one(self, entries[i], indexes[i], PyTuple_GetItem(values, (Py_ssize_t)i));
  }
  Py_DECREF(values);
  return result;
}

static int32_t compute_many(void *payload, gc_entry *const *entries, const size_t *indexes, size_t n) {
  many_computation *self = payload;
  PyEval_RestoreThread(self->thread);
  int failed = self->has_raised;
  if (!failed) {
    PyObject *missing = missing_calls(self, indexes, n);
    PyObject *computed =
        missing == NULL ? NULL : PyObject_CallFunctionObjArgs(self->state->compute_many, self->compute, missing, NULL);
    failed = self->has_raised = fill_all(self, entries, indexes, n, computed) < 0;
    Py_XDECREF(missing);
    Py_XDECREF(computed);
  }
  /* A raised exception waits in the thread's state. */
  self->thread = PyEval_SaveThread();
  return failed;
}

static gc_status call_fetch_many(const target *on, const call *c, many *m, many_computation *computation,
                                 const gc_options *options, gc_error **err) {
  const gc_arg *const *args = m->args;
  if (on->bound != NULL) {
    return gc_bound_fetch_many(on->bound->handle, args, m->n_args, m->n, compute_many, computation, options, m->entries,
                               err);
  }
  return gc_fetch_many(on->cache->handle, c->generations, c->n_generations, args, m->n_args, m->n, compute_many,
                       computation, options, m->entries, err);
}

/* What was computed here stands in for what was read. */
static int put_computed(PyObject *list, PyObject *values) {
  Py_ssize_t at = 0;
  PyObject *index, *value;
  while (PyDict_Next(values, &at, &index, &value)) {
    Py_INCREF(value);
    if (PyList_SetItem(list, PyLong_AsSsize_t(index), value) < 0) return -1;
  }
  return 0;
}

static PyObject *fetch_parsed(const target *on, call *c, many *m, PyObject *compute, const gc_options *options) {
  many_computation computation = {on->cache, c->state, m, compute, PyDict_New(), NULL, 0};
  gc_error *err = NULL;
  if (computation.values == NULL || cache_enter(on->cache) < 0) {
    Py_XDECREF(computation.values);
    return NULL;
  }
  computation.thread = PyEval_SaveThread(); /* it may wait for others, on memory:// too */
  const gc_status status = call_fetch_many(on, c, m, &computation, options, &err);
  PyEval_RestoreThread(computation.thread);
  cache_leave(on->cache);
  PyObject *list = NULL;
  if (computation.has_raised || (m->n > 0 && m->entries[0] == NULL)) {
    if (!computation.has_raised) raise_error(c->state, status, err), err = NULL;
    if (m->n > 0) gc_entries_free(m->entries, m->n);
  } else {
    c->default_value = c->state->miss;
    list = results(on->cache, c, m, 0);
    if (list != NULL && put_computed(list, computation.values) < 0) Py_CLEAR(list);
  }
  gc_error_free(err);
  Py_DECREF(computation.values);
  return list;
}

PyObject *do_fetch_many(const target *on, call *c, PyObject *calls, PyObject *compute) {
  many m;
  const gc_options *options;
  PyObject *list = NULL;
  if (call_options(c, &options) < 0) return NULL;
  if (many_parse(&m, c, calls) == 0) list = fetch_parsed(on, c, &m, compute, options);
  many_free(&m);
  return list;
}
