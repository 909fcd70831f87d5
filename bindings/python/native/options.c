/* gencache.Options: how a value is to be stored and computed. Immutable, so any number of threads may share it. */
#include "docs.h"
#include "native.h"

typedef gc_status (*set_time)(gc_options *, int64_t, gc_error **);
typedef gc_status (*set_number)(gc_options *, double, gc_error **);
typedef gc_status (*set_flag)(gc_options *, int, gc_error **);

/* One of the three setters, by the type of the option. */
static const struct {
  const char *name;
  set_time time;
  set_number number;
  set_flag flag;
} settings[] = {
    {"timeout", gc_options_set_ttl_ms, NULL, NULL},
    {"nothing_timeout", gc_options_set_nothing_ttl_ms, NULL, NULL},
    {"stale_for", gc_options_set_stale_for_ms, NULL, NULL},
    {"fail_safe", gc_options_set_fail_safe_ms, NULL, NULL},
    {"lock", gc_options_set_lock_ms, NULL, NULL},
    {"wait", gc_options_set_wait_ms, NULL, NULL},
    {"jitter", NULL, gc_options_set_jitter, NULL},
    {"beta", NULL, gc_options_set_beta, NULL},
    {"refresh", NULL, NULL, gc_options_set_refresh},
    {"log_misses", NULL, NULL, gc_options_set_log_misses},
};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

long long milliseconds(module_state *state, const char *name, PyObject *seconds) {
  PyObject *ms = PyObject_CallFunction(state->seconds_to_ms, "sO", name, seconds);
  if (ms == NULL) return -1;
  const long long number = PyLong_AsLongLong(ms);
  Py_DECREF(ms);
  return number;
}

static int apply_time(options_object *self, size_t i, PyObject *value) {
  const long long ms = milliseconds(self->state, settings[i].name, value);
  if (ms == -1 && PyErr_Occurred()) return -1;
  gc_error *err = NULL;
  const gc_status status = settings[i].time(self->handle, ms, &err);
  return check_named(self->state, settings[i].name, status, err);
}

static int apply_number(options_object *self, size_t i, PyObject *value) {
  const double number = PyFloat_AsDouble(value);
  if (number == -1 && PyErr_Occurred()) {
    PyErr_Clear();
    return raise_argument(self->state, "%s: a number is expected, not %R", settings[i].name, value);
  }
  gc_error *err = NULL;
  const gc_status status = settings[i].number(self->handle, number, &err);
  return check_named(self->state, settings[i].name, status, err);
}

static int apply_flag(options_object *self, size_t i, PyObject *value) {
  const int truth = PyObject_IsTrue(value);
  if (truth < 0) return -1;
  gc_error *err = NULL;
  const gc_status status = settings[i].flag(self->handle, truth, &err);
  return check(self->state, status, err);
}

static int apply(options_object *self, size_t i, PyObject *value) {
  if (settings[i].time != NULL) return apply_time(self, i, value);
  return settings[i].flag != NULL ? apply_flag(self, i, value) : apply_number(self, i, value);
}

static int apply_all(options_object *self, PyObject *keywords) {
  Py_ssize_t at = 0;
  PyObject *name, *value;
  while (keywords != NULL && PyDict_Next(keywords, &at, &name, &value)) {
    size_t i = 0;
    while (i < N_SETTINGS && PyUnicode_CompareWithASCIIString(name, settings[i].name) != 0) ++i;
    if (i == N_SETTINGS) return PyErr_Format(PyExc_TypeError, "Options() has no option %R", name), -1;
    if (value != Py_None && apply(self, i, value) < 0) return -1;
  }
  return 0;
}

static PyObject *options_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  if (PyTuple_Size(args) != 0) return PyErr_SetString(PyExc_TypeError, "Options() takes keywords only"), NULL;
  module_state *state = state_of(type);
  options_object *self = state == NULL ? NULL : new_object(type);
  if (self == NULL) return NULL;
  self->state = state;
  self->given = keywords == NULL ? PyDict_New() : PyDict_Copy(keywords);
  self->handle = gc_options_new();
  if (self->handle == NULL) PyErr_NoMemory();
  if (self->given == NULL || self->handle == NULL || apply_all(self, self->given) < 0) {
    Py_DECREF(self);
    return NULL;
  }
  return (PyObject *)self;
}

static void options_dealloc(options_object *self) {
  gc_options_free(self->handle);
  Py_XDECREF(self->given);
  free_object(self);
}

static PyObject *options_repr(options_object *self) {
  PyObject *parts = PyList_New(0);
  Py_ssize_t at = 0;
  PyObject *name, *value;
  while (parts != NULL && PyDict_Next(self->given, &at, &name, &value)) {
    PyObject *part = PyUnicode_FromFormat("%U=%R", name, value);
    if (part == NULL || PyList_Append(parts, part) < 0) Py_CLEAR(parts);
    Py_XDECREF(part);
  }
  PyObject *separator = parts == NULL ? NULL : PyUnicode_FromString(", ");
  PyObject *all = separator == NULL ? NULL : PyUnicode_Join(separator, parts);
  PyObject *text = all == NULL ? NULL : PyUnicode_FromFormat("Options(%U)", all);
  Py_XDECREF(parts);
  Py_XDECREF(separator);
  Py_XDECREF(all);
  return text;
}

static PyObject *options_replace(options_object *self, PyObject *args, PyObject *changes) {
  if (PyTuple_Size(args) != 0) return PyErr_SetString(PyExc_TypeError, "replace() takes keywords only"), NULL;
  PyObject *all = PyDict_Copy(self->given);
  PyObject *made = NULL;
  if (all != NULL && (changes == NULL || PyDict_Update(all, changes) == 0)) {
    made = PyObject_Call((PyObject *)self->state->options_type, self->state->empty_tuple, all);
  }
  Py_XDECREF(all);
  return made;
}

int options_handle(module_state *state, PyObject *options, const gc_options **handle) {
  *handle = NULL;
  if (options == Py_None) return 0;
  if (Py_TYPE(options) != state->options_type) {
    return raise_argument(state, "options: gencache.Options is expected, not %R", options);
  }
  *handle = ((options_object *)options)->handle;
  return 0;
}

/* Adds those of `options`, which may be NULL or None. */
static int add_given(PyObject *all, PyObject *options) {
  Py_ssize_t at = 0;
  PyObject *name, *value;
  if (options == NULL || options == Py_None) return 0;
  while (PyDict_Next(((options_object *)options)->given, &at, &name, &value)) {
    if (value != Py_None && PyDict_SetItem(all, name, value) < 0) return -1;
  }
  return 0;
}

static PyObject *options_of(module_state *state, PyObject *base, PyObject *options, PyObject *timeout, int refresh) {
  PyObject *all = PyDict_New();
  PyObject *made = NULL;
  if (all != NULL && add_given(all, base) == 0 && add_given(all, options) == 0 &&
      (timeout == NULL || timeout == Py_None || PyDict_SetItemString(all, "timeout", timeout) == 0) &&
      (!refresh || PyDict_SetItemString(all, "refresh", Py_True) == 0)) {
    made = PyObject_Call((PyObject *)state->options_type, state->empty_tuple, all);
  }
  Py_XDECREF(all);
  return made;
}

PyObject *options_refreshing(module_state *state, PyObject *options, PyObject *timeout) {
  return options_of(state, NULL, options, timeout, 1);
}

PyObject *options_over(module_state *state, PyObject *base, PyObject *options, PyObject *timeout) {
  return options_of(state, base, options, timeout, 0);
}

PyObject *options_of_reads(module_state *state, PyObject *options) {
  PyObject *made = NULL, *all = PyDict_New();
  PyObject *log_misses =
      options == Py_None ? NULL : PyDict_GetItemString(((options_object *)options)->given, "log_misses");
  if (all != NULL && (log_misses == NULL || PyDict_SetItemString(all, "log_misses", log_misses) == 0)) {
    made = PyObject_Call((PyObject *)state->options_type, state->empty_tuple, all);
  }
  Py_XDECREF(all);
  return made;
}

static PyObject *get_given(options_object *self, void *unused) {
  (void)unused;
  return PyDict_Copy(self->given);
}

static PyGetSetDef options_getset[] = {
    {"_given", (getter)get_given, NULL, NULL, NULL},
    {0},
};

static PyMethodDef options_methods[] = {
    {"replace", (PyCFunction)(void (*)(void))options_replace, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR(OPTIONS_REPLACE_DOC)},
    {0},
};

static PyType_Slot options_slots[] = {
    {Py_tp_doc, PyDoc_STR(OPTIONS_DOC)},
    {Py_tp_new, options_new},
    {Py_tp_dealloc, options_dealloc},
    {Py_tp_repr, options_repr},
    {Py_tp_methods, options_methods},
    {Py_tp_getset, options_getset},
    {0},
};

PyType_Spec options_spec = {
    .name = "gencache.Options",
    .basicsize = sizeof(options_object),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = options_slots,
};
