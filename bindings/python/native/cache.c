/* The native base of gencache.Cache: opening and closing, and what is done with a cache. */
#include "docs.h"
#include "native.h"

/* --- opening and closing --- */

int cache_enter(cache_object *self) {
  if (self->handle == NULL || self->is_closing) return raise_argument(self->state, "cache: it is closed");
  ++self->calls;
  return 0;
}

static void close_handle(cache_object *self) {
  gc_cache *handle = self->handle;
  self->handle = NULL;
  WITHOUT_GIL_IF(handle != NULL, gc_close(handle));
}

void cache_leave(cache_object *self) {
  if (--self->calls == 0 && self->is_closing) close_handle(self);
}

/* What gc_open makes of no URL. */
static const char *or_default(const char *url) {
  if (url == NULL) url = getenv("GENCACHE_URL");
  return url == NULL || *url == '\0' ? "memory://" : url;
}

static int open_handle(cache_object *self, const char *url) {
  gc_error *err = NULL;
  self->blocks = strncmp(or_default(url), "memory:", 7) != 0;
  WITHOUT_GIL_IF(1, self->handle = gc_open(url, &err)); /* resolves names */
  return self->handle == NULL ? raise_error(self->state, gc_error_status(err), err) : 0;
}

/* One that is no view gets an identity of its own. */
static cache_object *cache_alloc(PyTypeObject *type, cache_identity *identity) {
  module_state *state = state_of(type);
  cache_object *self = state == NULL ? NULL : new_object(type);
  if (self == NULL) return NULL;
  self->state = state;
  self->identity = identity != NULL ? identity : PyMem_Calloc(1, sizeof *identity);
  if (self->identity == NULL) return PyErr_NoMemory(), Py_DECREF(self), NULL;
  ++self->identity->references;
  ++self->identity->open;
  return self;
}

static void identity_leave(cache_identity *identity) {
  if (identity != NULL && --identity->references == 0) PyMem_Free(identity);
}

static PyObject *cache_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  static char *names[] = {"url", "pickle", "log_level", NULL};
  PyObject *given = Py_None;
  int pickle = 0, log_level = GC_LOG_INFO;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|O$pi:Cache", names, &given, &pickle, &log_level)) return NULL;
  cache_object *self = cache_alloc(type, NULL);
  const char *url = self == NULL || given == Py_None ? NULL : utf8(self->state, "url", given);
  if (self == NULL || (url == NULL && given != Py_None)) return Py_XDECREF(self), NULL;
  self->takes_pickle = (char)pickle;
  self->url = PyUnicode_FromString(or_default(url));
  if (self->url == NULL || open_handle(self, url) < 0) {
    Py_DECREF(self);
    return NULL;
  }
  log_begin(self, log_level);
  return (PyObject *)self;
}

static void cache_dealloc(cache_object *self) {
  if (self->identity != NULL && !self->is_closing) --self->identity->open;
  close_handle(self);
  Py_XDECREF(self->url);
  identity_leave(self->identity);
  free_object(self);
}

static PyObject *none(void) { return Py_INCREF(Py_None), Py_None; }

static PyObject *cache_close(cache_object *self, PyObject *unused) {
  (void)unused;
  if (self->is_closing) return none();
  self->is_closing = 1;
  if (self->calls == 0) close_handle(self);
  if (--self->identity->open == 0 && lease_forget_all(self) < 0) return NULL;
  return none();
}

/* The library's message speaks of milliseconds. */
static PyObject *refuse_budget(module_state *state, PyObject *seconds, gc_error *err) {
  if (gc_error_status(err) != GC_ERR_ARGUMENT) return raise_error(state, gc_error_status(err), err), NULL;
  gc_error_free(err);
  return raise_argument(state, "seconds: a call may take 0.001 to 60 seconds, not %R", seconds), NULL;
}

static PyObject *cache_with_timeout(cache_object *self, PyObject *seconds) {
  const long long ms = milliseconds(self->state, "seconds", seconds);
  if ((ms == -1 && PyErr_Occurred()) || cache_enter(self) < 0) return NULL;
  gc_error *err = NULL;
  cache_object *view = cache_alloc(Py_TYPE(self), self->identity);
  gc_cache *handle = view == NULL ? NULL : gc_with_timeout(self->handle, ms, &err);
  cache_leave(self);
  if (handle == NULL) {
    Py_XDECREF(view);
    return PyErr_Occurred() ? NULL : refuse_budget(self->state, seconds, err);
  }
  view->handle = handle;
  view->blocks = self->blocks;
  view->takes_pickle = self->takes_pickle;
  Py_INCREF(self->url);
  view->url = self->url;
  return (PyObject *)view;
}

static int is_closed(const cache_object *self) { return self->handle == NULL || self->is_closing; }

static PyObject *cache_repr(cache_object *self) {
  return PyUnicode_FromFormat("<gencache.Cache %U%s>", self->url, is_closed(self) ? ", closed" : "");
}

static PyObject *get_is_closed(cache_object *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(is_closed(self));
}

static PyObject *get_is_local(cache_object *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(!self->blocks);
}

static PyObject *get_identity(cache_object *self, void *unused) {
  (void)unused;
  return PyLong_FromVoidPtr(self->identity);
}

/* --- calls with generations and arguments --- */

/* Parses `function(generations, <own>, **arguments)` and runs `statement` with it. */
#define WITH_CALL(function, n_own, takes, statement)                                    \
  call c;                                                                               \
  const target on = {self, NULL};                                                       \
  PyObject *result = NULL;                                                              \
  (void)on;                                                                             \
  if (call_parse(&c, self->state, function, args, n, n_own, keywords, takes, 0) == 0 && \
      call_generations(&c, args[0]) == 0) {                                             \
    result = statement;                                                                 \
  }                                                                                     \
  call_free(&c);                                                                        \
  return result

#define METHOD(name) static PyObject *name(cache_object *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords)

METHOD(cache_get) { WITH_CALL("get", 1, TAKES_DEFAULT, do_get(&on, &c)); }
METHOD(cache_get_entry) { WITH_CALL("get_entry", 1, 0, do_get_entry(&on, &c)); }
METHOD(cache_set) { WITH_CALL("set", 2, TAKES_OPTIONS, do_set(&on, &c, args[1])); }
METHOD(cache_delete) { WITH_CALL("delete", 1, 0, do_delete(&on, &c)); }
METHOD(cache_begin) { WITH_CALL("begin", 1, TAKES_OPTIONS, do_begin(&on, &c)); }
METHOD(cache_fetch) { WITH_CALL("fetch", 2, TAKES_OPTIONS, do_fetch(&on, &c, args[1], 0)); }
METHOD(cache_fetch_entry) { WITH_CALL("fetch_entry", 2, TAKES_OPTIONS, do_fetch(&on, &c, args[1], 1)); }
METHOD(cache_get_many) { WITH_CALL("get_many", 2, TAKES_DEFAULT, do_get_many(&on, &c, args[1], 0)); }
METHOD(cache_get_many_entries) { WITH_CALL("get_many_entries", 2, 0, do_get_many(&on, &c, args[1], 1)); }
METHOD(cache_begin_many) { WITH_CALL("begin_many", 2, TAKES_OPTIONS, do_begin_many(&on, &c, args[1])); }

typedef gc_status (*change_function)(gc_cache *, const char *const *, size_t, const gc_arg *, size_t, gc_error **);

static PyObject *change(cache_object *self, const call *c, change_function function) {
  gc_error *err = NULL;
  gc_status status;
  if (cache_enter(self) < 0) return NULL;
  WITHOUT_GIL_IF(self->blocks,
                 status = function(self->handle, c->generations, c->n_generations, c->args, c->n_args, &err));
  cache_leave(self);
  return check(self->state, status, err) < 0 ? NULL : none();
}

METHOD(cache_invalidate) { WITH_CALL("invalidate", 1, 0, change(self, &c, gc_invalidate_many)); }
METHOD(cache_invalidate_soft) { WITH_CALL("invalidate_soft", 1, 0, change(self, &c, gc_invalidate_soft)); }

METHOD(cache_key) { WITH_CALL("key", 1, 0, do_key(&on, &c)); }
METHOD(cache_explain) { WITH_CALL("explain", 1, 0, do_explain(&on, &c)); }

/* --- calls without --- */

static PyObject *whole(cache_object *self, gc_status (*function)(gc_cache *, gc_error **)) {
  gc_error *err = NULL;
  gc_status status;
  if (cache_enter(self) < 0) return NULL;
  WITHOUT_GIL_IF(self->blocks, status = function(self->handle, &err));
  cache_leave(self);
  return check(self->state, status, err) < 0 ? NULL : none();
}

static PyObject *cache_clear(cache_object *self, PyObject *unused) { return (void)unused, whole(self, gc_clear); }
static PyObject *cache_ping(cache_object *self, PyObject *unused) { return (void)unused, whole(self, gc_ping); }

static PyObject *cache_metrics(cache_object *self, PyObject *unused) {
  (void)unused;
  char *text = NULL;
  gc_error *err = NULL;
  if (cache_enter(self) < 0) return NULL;
  const gc_status status = gc_metrics(self->handle, &text, &err);
  cache_leave(self);
  return check(self->state, status, err) < 0 ? NULL : take_string(text);
}

/* --- stats --- */

static PyObject *counts(const uint64_t *numbers, size_t n) {
  PyObject *list = PyList_New((Py_ssize_t)n);
  for (size_t i = 0; list != NULL && i < n; ++i) {
    PyObject *number = PyLong_FromUnsignedLongLong(numbers[i]);
    if (number == NULL || PyList_SetItem(list, (Py_ssize_t)i, number) < 0) Py_CLEAR(list);
  }
  return list;
}

static PyObject *histogram(const gc_histogram *of) {
  return Py_BuildValue("(NKK)", counts(of->buckets, GC_HISTOGRAM_BUCKETS), (unsigned long long)of->count,
                       (unsigned long long)of->sum_us);
}

typedef gc_status (*named_function)(gc_cache *, size_t, char **, uint64_t *, gc_error **);

static PyObject *named(cache_object *self, named_function function) {
  PyObject *list = PyList_New(0);
  for (size_t i = 0; list != NULL; ++i) {
    char *name = NULL;
    uint64_t count = 0;
    gc_error *err = NULL;
    const gc_status status = function(self->handle, i, &name, &count, &err);
    if (status == GC_MISS) break;
    PyObject *pair = check(self->state, status, err) < 0
                         ? NULL
                         : Py_BuildValue("(NK)", take_string(name), (unsigned long long)count);
    if (pair == NULL || PyList_Append(list, pair) < 0) Py_CLEAR(list);
    Py_XDECREF(pair);
  }
  return list;
}

static PyObject *stats(cache_object *self) {
  gc_stats s;
  gc_error *err = NULL;
  memset(&s, 0, sizeof s);
  const gc_status status = gc_get_stats(self->handle, &s, sizeof s, &err);
  if (check(self->state, status, err) < 0) return NULL;
#define COUNTER(name) #name, (unsigned long long)s.name
  return Py_BuildValue("{sNsKsKsKsKsKsKsKsKsKsKsKsNsNsNsNsN}", "reads", counts(s.reads, 8), COUNTER(fills),
                       COUNTER(fills_failed), COUNTER(fills_already_invalid), COUNTER(computations),
                       COUNTER(computations_failed), COUNTER(waits), COUNTER(waits_given_up), COUNTER(shared),
                       COUNTER(stale_served), COUNTER(invalidations), COUNTER(invalidations_failed), "read_time",
                       histogram(&s.read_time), "compute_time", histogram(&s.compute_time), "invalidate_time",
                       histogram(&s.invalidate_time), "server_errors", named(self, gc_server_errors), "top_generations",
                       named(self, gc_top_generation));
#undef COUNTER
}

static PyObject *cache_stats(cache_object *self, PyObject *unused) {
  (void)unused;
  if (cache_enter(self) < 0) return NULL;
  PyObject *result = stats(self);
  cache_leave(self);
  return result;
}

/* --- the type --- */

#define FASTCALL(name, function, doc) \
  { name, (PyCFunction)(void (*)(void))(function), METH_FASTCALL | METH_KEYWORDS, PyDoc_STR(doc) }
#define NO_ARGUMENTS(name, function, doc) \
  { name, (PyCFunction)(function), METH_NOARGS, PyDoc_STR(doc) }

static PyMethodDef cache_methods[] = {
    FASTCALL("get", cache_get, CACHE_GET_DOC),
    FASTCALL("get_entry", cache_get_entry, CACHE_GET_ENTRY_DOC),
    FASTCALL("set", cache_set, CACHE_SET_DOC),
    FASTCALL("delete", cache_delete, CACHE_DELETE_DOC),
    FASTCALL("fetch", cache_fetch, CACHE_FETCH_DOC),
    FASTCALL("fetch_entry", cache_fetch_entry, CACHE_FETCH_ENTRY_DOC),
    FASTCALL("begin", cache_begin, CACHE_BEGIN_DOC),
    FASTCALL("get_many", cache_get_many, CACHE_GET_MANY_DOC),
    FASTCALL("get_many_entries", cache_get_many_entries, CACHE_GET_MANY_ENTRIES_DOC),
    FASTCALL("begin_many", cache_begin_many, CACHE_BEGIN_MANY_DOC),
    FASTCALL("invalidate", cache_invalidate, CACHE_INVALIDATE_DOC),
    FASTCALL("invalidate_soft", cache_invalidate_soft, CACHE_INVALIDATE_SOFT_DOC),
    FASTCALL("key", cache_key, CACHE_KEY_DOC),
    FASTCALL("explain", cache_explain, CACHE_EXPLAIN_DOC),
    NO_ARGUMENTS("clear", cache_clear, CACHE_CLEAR_DOC),
    NO_ARGUMENTS("ping", cache_ping, CACHE_PING_DOC),
    NO_ARGUMENTS("metrics", cache_metrics, CACHE_METRICS_DOC),
    NO_ARGUMENTS("_stats", cache_stats, "The counters as a dict."),
    NO_ARGUMENTS("close", cache_close, CACHE_CLOSE_DOC),
    {"with_timeout", (PyCFunction)cache_with_timeout, METH_O, PyDoc_STR(CACHE_WITH_TIMEOUT_DOC)},
    {0},
};

static PyGetSetDef cache_getset[] = {
    {"closed", (getter)get_is_closed, NULL, PyDoc_STR("Whether it was closed."), NULL},
    {"_identity", (getter)get_identity, NULL, NULL, NULL},
    {"in_process", (getter)get_is_local, NULL, PyDoc_STR("Whether it is memory://."), NULL},
    {0},
};

static PyType_Slot cache_slots[] = {
    {Py_tp_new, cache_new},         {Py_tp_dealloc, cache_dealloc}, {Py_tp_repr, cache_repr},
    {Py_tp_methods, cache_methods}, {Py_tp_getset, cache_getset},   {0},
};

PyType_Spec cache_spec = {
    .name = "gencache._native.CacheBase",
    .basicsize = sizeof(cache_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = cache_slots,
};
