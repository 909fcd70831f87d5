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
  if (!PyTuple_Check(calls) && !PySequence_Check(calls) && !PyObject_HasAttrString(calls, "__iter__")) {
    return raise_argument(c->state, "calls: the arguments of each value are expected, not %R", calls);
  }
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
    m->calls[i].number = i + 1;
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
  const int some_are_left = !as_entries || list == NULL; /* perhaps turns to give up, which takes round trips */
  WITHOUT_GIL_IF(cache->blocks && some_are_left, gc_entries_free(m->entries, m->n));
  return list;
}

/* After a call on the library: 0 where the entries are there, whatever they say. Frees `err`. */
static int check_entries(const call *c, const many *m, gc_status status, gc_error *err) {
  if (m->n == 0) return check(c->state, status, err);
  if (m->entries[0] == NULL) return raise_error(c->state, status, err);
  return gc_error_free(err), 0;
}

/* --- reading --- */

static int read_many(const target *on, gc_bound *bound, const call *c, many *m) {
  const gc_arg *const *args = m->args;
  gc_error *err = NULL;
  gc_status status;
  ON_TARGET(on, -1, status, gc_bound_get_many(bound, args, m->n_args, m->n, m->entries, &err),
            gc_get_many(on->cache->handle, c->generations, c->n_generations, args, m->n_args, m->n, m->entries, &err));
  return check_entries(c, m, status, err);
}

PyObject *do_get_many(const target *on, call *c, PyObject *calls, int as_entries) {
  many m;
  PyObject *list = NULL;
  gc_bound *bound = on->bound == NULL ? NULL : as_entries ? on->bound->handle : on->bound->reader;
  if (many_parse(&m, c, calls) == 0 && read_many(on, bound, c, &m) == 0) list = results(on->cache, c, &m, as_entries);
  many_free(&m);
  return list;
}

/* --- computing --- */

static int begin_many(const target *on, const call *c, const gc_options *options, many *m) {
  const gc_arg *const *args = m->args;
  gc_error *err = NULL;
  gc_status status;
  ON_TARGET(on, -1, status, gc_bound_begin_many(on->bound->handle, args, m->n_args, m->n, options, m->entries, &err),
            gc_begin_many(on->cache->handle, c->generations, c->n_generations, args, m->n_args, m->n, options,
                          m->entries, &err));
  return check_entries(c, m, status, err);
}

PyObject *do_begin_many(const target *on, call *c, PyObject *calls) {
  many m;
  PyObject *list = NULL;
  const gc_options *options;
  if (many_parse(&m, c, calls) == 0 && call_options(c, &options) == 0 && begin_many(on, c, options, &m) == 0) {
    list = results(on->cache, c, &m, 1);
  }
  many_free(&m);
  return list;
}
