/* gencache.Bound: a cache whose generations, parameters, defaults and options are given once. */
#include "docs.h"
#include "native.h"

/* --- binding --- */

/* A parameter is a name, or (name, default). */
static int add_param(call *c, PyObject *param, PyObject *kept) {
  PyObject *name = param, *value = NULL;
  if (PyTuple_Check(param)) {
    if (PyTuple_Size(param) != 2) return raise_argument(c->state, "params: (name, default) is expected, not %R", param);
    name = PyTuple_GetItem(param, 0);
    value = PyTuple_GetItem(param, 1);
  }
  if (call_add(c, name, value == NULL ? Py_None : value) < 0) return -1;
  if (value == NULL) c->args[c->n_args - 1].value.type = GC_REQUIRED;
  PyObject *both = value == NULL ? Py_BuildValue("(O)", name) : Py_BuildValue("(OO)", name, value);
  const int failed = both == NULL || PyList_Append(kept, both) < 0;
  Py_XDECREF(both);
  return failed ? -1 : 0;
}

static int add_params(call *c, PyObject *params, PyObject *kept) {
  for (Py_ssize_t i = 0; i < PyTuple_Size(params); ++i) {
    if (add_param(c, PyTuple_GetItem(params, i), kept) < 0) return -1;
  }
  return 0;
}

static PyObject *as_tuple_of_str(PyObject *generations) {
  return PyUnicode_Check(generations) ? Py_BuildValue("(O)", generations) : PySequence_Tuple(generations);
}

static gc_bound *bind_with(bound_object *self, const call *c, PyObject *options) {
  const gc_options *handle;
  if (options == NULL || options_handle(c->state, options, &handle) < 0) return NULL;
  gc_error *err = NULL;
  gc_bound *made = gc_bind(self->cache->handle, c->generations, c->n_generations, c->args, c->n_args, handle, &err);
  if (made == NULL) raise_error(c->state, gc_error_status(err), err);
  return made;
}

static int bind(bound_object *self, const call *c, PyObject *options) {
  if (cache_enter(self->cache) < 0) return -1;
  self->has_entered = 1;
  Py_INCREF(options);
  self->options = options;
  self->handle = bind_with(self, c, options);
  if (self->handle == NULL) return -1;
  if (options == Py_None) return self->reader = self->handle, 0;
  PyObject *of_reads = options_of_reads(c->state, options);
  self->reader = bind_with(self, c, of_reads);
  Py_XDECREF(of_reads);
  return self->reader == NULL ? -1 : 0;
}

/* Bound(cache, generations, params, options): params is a tuple. */
static PyObject *bound_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  module_state *state = state_of(type);
  PyObject *cache, *generations, *params, *options;
  if (state == NULL || (keywords != NULL && PyDict_Size(keywords) > 0) ||
      !PyArg_ParseTuple(args, "O!OO!O:Bound", state->cache_type, &cache, &generations, &PyTuple_Type, &params,
                        &options)) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "Bound() takes no keywords: see Cache.bind");
    return NULL;
  }
  bound_object *self = new_object(type);
  if (self == NULL) return NULL;
  Py_INCREF(cache);
  self->cache = (cache_object *)cache;
  call c;
  PyObject *kept = PyList_New(0);
  const int failed = call_parse(&c, state, "bind", NULL, 0, 0, NULL, 0, 0) < 0 || kept == NULL ||
                     call_generations(&c, generations) < 0 || add_params(&c, params, kept) < 0 ||
                     bind(self, &c, options) < 0 || (self->generations = as_tuple_of_str(generations)) == NULL ||
                     (self->params = PyList_AsTuple(kept)) == NULL;
  call_free(&c);
  Py_XDECREF(kept);
  if (failed) Py_CLEAR(self);
  return (PyObject *)self;
}

static int bound_traverse(bound_object *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->cache);
  Py_VISIT(self->generations);
  Py_VISIT(self->params);
  return 0;
}

static void bound_dealloc(bound_object *self) {
  PyObject_GC_UnTrack(self);
  if (self->reader != self->handle) gc_bound_free(self->reader);
  gc_bound_free(self->handle);
  if (self->has_entered) cache_leave(self->cache);
  Py_XDECREF(self->cache);
  Py_XDECREF(self->options);
  Py_XDECREF(self->generations);
  Py_XDECREF(self->params);
  free_object(self);
}

/* --- calls --- */

/* Parses `function(<own>, *arguments, **arguments)` and runs `statement` with it. */
#define WITH_CALL(function, n_own, takes, statement)                                                             \
  call c;                                                                                                        \
  const target on = {self->cache, self};                                                                         \
  PyObject *result = NULL;                                                                                       \
  (void)on;                                                                                                      \
  if (call_parse(&c, self->cache->state, function, args, n, n_own, keywords, takes, 1) == 0) result = statement; \
  call_free(&c);                                                                                                 \
  return result

#define METHOD(name) static PyObject *name(bound_object *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords)

METHOD(bound_get) { WITH_CALL("get", 0, TAKES_DEFAULT, do_get(&on, &c)); }
METHOD(bound_get_entry) { WITH_CALL("get_entry", 0, 0, do_get_entry(&on, &c)); }
METHOD(bound_set) { WITH_CALL("set", 1, TAKES_OPTIONS, do_set(&on, &c, args[0])); }
METHOD(bound_delete) { WITH_CALL("delete", 0, 0, do_delete(&on, &c)); }
METHOD(bound_begin) { WITH_CALL("begin", 0, TAKES_OPTIONS, do_begin(&on, &c)); }
METHOD(bound_fetch) { WITH_CALL("fetch", 1, TAKES_OPTIONS, do_fetch(&on, &c, args[0], 0)); }
METHOD(bound_fetch_entry) { WITH_CALL("fetch_entry", 1, TAKES_OPTIONS, do_fetch(&on, &c, args[0], 1)); }
METHOD(bound_get_many) { WITH_CALL("get_many", 1, TAKES_DEFAULT, do_get_many(&on, &c, args[0], 0)); }
METHOD(bound_get_many_entries) { WITH_CALL("get_many_entries", 1, 0, do_get_many(&on, &c, args[0], 1)); }
METHOD(bound_begin_many) { WITH_CALL("begin_many", 1, TAKES_OPTIONS, do_begin_many(&on, &c, args[0])); }

METHOD(bound_key) { WITH_CALL("key", 0, 0, do_key(&on, &c)); }
METHOD(bound_explain) { WITH_CALL("explain", 0, 0, do_explain(&on, &c)); }

typedef gc_status (*change_function)(gc_bound *, const gc_arg *, size_t, gc_error **);

static PyObject *change(bound_object *self, const call *c, change_function function) {
  gc_error *err = NULL;
  gc_status status;
  WITHOUT_GIL_IF(self->cache->blocks, status = function(self->handle, c->args, c->n_args, &err));
  return check(c->state, status, err) < 0 ? NULL : (Py_INCREF(Py_None), Py_None);
}

METHOD(bound_invalidate) { WITH_CALL("invalidate", 0, 0, change(self, &c, gc_bound_invalidate)); }
METHOD(bound_invalidate_soft) { WITH_CALL("invalidate_soft", 0, 0, change(self, &c, gc_bound_invalidate_soft)); }

static PyObject *get_generations(bound_object *self, void *unused) {
  (void)unused;
  return Py_INCREF(self->generations), self->generations;
}

static PyObject *get_cache(bound_object *self, void *unused) {
  (void)unused;
  return Py_INCREF(self->cache), (PyObject *)self->cache;
}

/* --- the type --- */

#define FASTCALL(name, function, doc) \
  { name, (PyCFunction)(void (*)(void))(function), METH_FASTCALL | METH_KEYWORDS, PyDoc_STR(doc) }

static PyMethodDef bound_methods[] = {
    FASTCALL("get", bound_get, BOUND_GET_DOC),
    FASTCALL("get_entry", bound_get_entry, BOUND_GET_ENTRY_DOC),
    FASTCALL("set", bound_set, BOUND_SET_DOC),
    FASTCALL("delete", bound_delete, BOUND_DELETE_DOC),
    FASTCALL("fetch", bound_fetch, BOUND_FETCH_DOC),
    FASTCALL("fetch_entry", bound_fetch_entry, BOUND_FETCH_ENTRY_DOC),
    FASTCALL("begin", bound_begin, BOUND_BEGIN_DOC),
    FASTCALL("get_many", bound_get_many, BOUND_GET_MANY_DOC),
    FASTCALL("get_many_entries", bound_get_many_entries, BOUND_GET_MANY_ENTRIES_DOC),
    FASTCALL("begin_many", bound_begin_many, BOUND_BEGIN_MANY_DOC),
    FASTCALL("key", bound_key, BOUND_KEY_DOC),
    FASTCALL("explain", bound_explain, BOUND_EXPLAIN_DOC),
    FASTCALL("invalidate", bound_invalidate, BOUND_INVALIDATE_DOC),
    FASTCALL("invalidate_soft", bound_invalidate_soft, BOUND_INVALIDATE_SOFT_DOC),
    {0},
};

static PyGetSetDef bound_getset[] = {
    {"generations", (getter)get_generations, NULL, PyDoc_STR("What its values depend on."), NULL},
    {"cache", (getter)get_cache, NULL, PyDoc_STR("The cache that it was bound from."), NULL},
    {0},
};

static PyType_Slot bound_slots[] = {
    {Py_tp_new, bound_new},         {Py_tp_dealloc, bound_dealloc}, {Py_tp_traverse, bound_traverse},
    {Py_tp_methods, bound_methods}, {Py_tp_getset, bound_getset},   {0},
};

PyType_Spec bound_spec = {
    .name = "gencache._native.BoundBase",
    .basicsize = sizeof(bound_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = bound_slots,
};
