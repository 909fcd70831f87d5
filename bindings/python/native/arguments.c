/* What a call is about: generations and arguments, from Python's calling convention to arrays of the C header. Up to
 * CALL_ON_STACK of each need no memory, and text is not copied. */
#include "native.h"

static const char *text_of(module_state *state, const char *what, PyObject *text, Py_ssize_t *size) {
  const char *bytes = PyUnicode_AsUTF8AndSize(text, size);
  if (bytes != NULL || !PyErr_ExceptionMatches(PyExc_UnicodeError)) return bytes;
  PyErr_Clear();
  raise_argument(state, "%s: the text is no Unicode that UTF-8 can hold (a lone surrogate): %R", what, text);
  return NULL;
}

const char *utf8(module_state *state, const char *what, PyObject *text) {
  if (!PyUnicode_Check(text)) {
    raise_argument(state, "%s: a str is expected, not %R", what, text);
    return NULL;
  }
  Py_ssize_t size;
  const char *bytes = text_of(state, what, text, &size);
  if (bytes != NULL && strlen(bytes) != (size_t)size) {
    raise_argument(state, "%s: a NUL character in %R", what, text);
    return NULL;
  }
  return bytes;
}

int call_keep(call *c, PyObject *object) {
  if (object == NULL) return -1;
  if (c->kept == NULL) c->kept = PyList_New(0);
  const int failed = c->kept == NULL || PyList_Append(c->kept, object) < 0;
  Py_DECREF(object);
  return failed ? -1 : 0;
}

/* --- one argument --- */

static int integer(module_state *state, const char *name, PyObject *number, gc_value *out) {
  int overflow;
  const long long as_signed = PyLong_AsLongLongAndOverflow(number, &overflow);
  if (overflow == 0) {
    *out = gc_value_int(as_signed);
    return as_signed == -1 && PyErr_Occurred() ? -1 : 0;
  }
  const unsigned long long as_unsigned = overflow > 0 ? PyLong_AsUnsignedLongLong(number) : 0;
  if (overflow < 0 || (as_unsigned == (unsigned long long)-1 && PyErr_Occurred())) {
    PyErr_Clear();
    return raise_argument(state, "argument %s: the integer does not fit into 64 bits; give it as text", name);
  }
  *out = gc_value_uint(as_unsigned);
  return 0;
}

static int text(module_state *state, const char *name, PyObject *value, gc_value *out) {
  Py_ssize_t size;
  const char *bytes = PyUnicode_AsUTF8AndSize(value, &size);
  if (bytes == NULL) {
    PyErr_Clear();
    return raise_argument(state, "argument %s: the text is no Unicode that UTF-8 can hold: %R", name, value);
  }
  *out = gc_value_data(GC_TEXT, bytes, (size_t)size);
  return 0;
}

/* 1 where `value` is of a type that an argument may have, and `out` is filled; 0 where it is not. */
static int plain(call *c, const char *name, PyObject *value, gc_value *out) {
  if (PyUnicode_Check(value)) return text(c->state, name, value, out) < 0 ? -1 : 1;
  if (PyBool_Check(value)) {
    *out = gc_value_bool(value == Py_True);
  } else if (PyLong_Check(value)) {
    return integer(c->state, name, value, out) < 0 ? -1 : 1;
  } else if (value == Py_None) {
    *out = gc_value_null();
  } else if (PyFloat_Check(value)) {
    *out = gc_value_double(PyFloat_AsDouble(value));
  } else if (PyBytes_Check(value)) {
    *out = gc_value_data(GC_BYTES, PyBytes_AsString(value), (size_t)PyBytes_Size(value));
  } else if (PyByteArray_Check(value) || PyMemoryView_Check(value)) {
    PyObject *copy = PyBytes_FromObject(value);
    if (call_keep(c, copy) < 0) return -1;
    *out = gc_value_data(GC_BYTES, PyBytes_AsString(copy), (size_t)PyBytes_Size(copy));
  } else {
    return 0;
  }
  return 1;
}

static int convert(call *c, const char *name, PyObject *value, gc_value *out) {
  PyObject *converted = PyObject_CallFunctionObjArgs(c->state->to_argument, value, NULL);
  if (call_keep(c, converted) < 0) return -1;
  const int is_plain = plain(c, name, converted, out);
  if (is_plain != 0) return is_plain < 0 ? -1 : 0;
  PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(value), "__qualname__");
  if (type == NULL) return -1;
  raise_argument(c->state,
                 "argument %s: %U cannot be part of a key; give it as None, bool, int, float, str or bytes, or see "
                 "gencache.register_argument",
                 name, type);
  Py_DECREF(type);
  return -1;
}

static int make_room(call *c) {
  const size_t room = c->room * 2;
  const int is_on_stack = c->args == c->arg_store;
  gc_arg *args = PyMem_Realloc(is_on_stack ? NULL : c->args, room * sizeof *args);
  if (args == NULL) return PyErr_NoMemory(), -1;
  if (is_on_stack) memcpy(args, c->arg_store, c->n_args * sizeof *args);
  c->args = args;
  c->room = room;
  return 0;
}

int call_add(call *c, PyObject *name, PyObject *value) {
  if (c->n_args == c->room && make_room(c) < 0) return -1;
  gc_arg *arg = &c->args[c->n_args];
  arg->name = NULL;
  if (name != NULL && name != Py_None && (arg->name = utf8(c->state, "name of an argument", name)) == NULL) return -1;
  const char *shown = arg->name == NULL ? "without a name" : arg->name;
  const int is_plain = plain(c, shown, value, &arg->value);
  if (is_plain < 0 || (is_plain == 0 && convert(c, shown, value, &arg->value) < 0)) return -1;
  ++c->n_args;
  return 0;
}

int call_add_arg(call *c, const gc_arg *arg) {
  if (c->n_args == c->room && make_room(c) < 0) return -1;
  c->args[c->n_args++] = *arg;
  return 0;
}

/* --- many arguments --- */

static int refuse(const call *c, const char *expected, PyObject *given) {
  if (c->number == 0) return raise_argument(c->state, "args: %s expected, not %R", expected, given);
  return raise_argument(c->state, "calls[%zu]: %s expected, not %R", c->number - 1, expected, given);
}

static int add_pair(call *c, PyObject *pair) {
  if (!PyTuple_Check(pair) || PyTuple_Size(pair) != 2) {
    return refuse(c, "pairs of a name (or None) and a value are", pair);
  }
  return call_add(c, PyTuple_GetItem(pair, 0), PyTuple_GetItem(pair, 1));
}

/* The tuple is kept: another thread may change the mapping while the call is under way. */
int call_add_all(call *c, PyObject *args) {
  if (args == Py_None) return 0;
  PyObject *pairs;
  if (PyTuple_Check(args)) {
    pairs = args;
  } else {
    if (!PyList_Check(args) && !PyObject_HasAttrString(args, "items")) {
      return refuse(c, "a mapping or a list of pairs is", args);
    }
    PyObject *items = PyList_Check(args) ? (Py_INCREF(args), args) : PyMapping_Items(args);
    if (items == NULL) return -1;
    pairs = PyList_AsTuple(items);
    Py_DECREF(items);
    if (call_keep(c, pairs) < 0) return -1;
  }
  for (Py_ssize_t i = 0; i < PyTuple_Size(pairs); ++i) {
    if (add_pair(c, PyTuple_GetItem(pairs, i)) < 0) return -1;
  }
  return 0;
}

static int set_generation(call *c, size_t i, PyObject *generation) {
  return (((const char **)c->generations)[i] = utf8(c->state, "generations", generation)) == NULL ? -1 : 0;
}

int call_generations(call *c, PyObject *generations) {
  if (PyUnicode_Check(generations)) {
    c->n_generations = 1;
    return set_generation(c, 0, generations);
  }
  if (!PyTuple_Check(generations)) {
    if (!PyList_Check(generations)) {
      return raise_argument(c->state, "generations: a str or a tuple of str is expected, not %R", generations);
    }
    generations = PyList_AsTuple(generations);
    if (call_keep(c, generations) < 0) return -1;
  }
  c->n_generations = (size_t)PyTuple_Size(generations);
  if (c->n_generations == 0) return raise_argument(c->state, "generations: a value depends on at least one");
  if (c->n_generations > CALL_ON_STACK) {
    c->generations = PyMem_Malloc(c->n_generations * sizeof *c->generations);
    if (c->generations == NULL) return c->generations = c->generation_store, PyErr_NoMemory(), -1;
  }
  for (size_t i = 0; i < c->n_generations; ++i) {
    if (set_generation(c, i, PyTuple_GetItem(generations, (Py_ssize_t)i)) < 0) return -1;
  }
  return 0;
}

/* --- the whole call --- */

/* Where a reserved keyword goes, or NULL for an argument of the value. */
static PyObject **reserved(call *c, PyObject **args, const char *name, size_t size) {
  if (size == 7) {
    if (memcmp(name, "options", 7) == 0) return &c->options;
    if (memcmp(name, "timeout", 7) == 0) return &c->timeout;
    if (memcmp(name, "default", 7) == 0) return &c->default_value;
  }
  return size == 4 && memcmp(name, "args", 4) == 0 ? args : NULL;
}

static int refuse_unexpected(const call *c, const char *function, int takes) {
  const char *name = NULL;
  if (c->default_value != NULL && !(takes & TAKES_DEFAULT)) name = "default";
  if (c->options != NULL && !(takes & TAKES_OPTIONS)) name = "options";
  if (c->timeout != NULL && !(takes & TAKES_OPTIONS)) name = "timeout";
  if (name == NULL) return 0;
  PyErr_Format(PyExc_TypeError, "%s() takes no '%s'; an argument of the value that has this name goes into args={...}",
               function, name);
  return -1;
}

static int add_keywords(call *c, PyObject *const *values, PyObject *keywords, PyObject **args) {
  const Py_ssize_t n = keywords == NULL ? 0 : PyTuple_Size(keywords);
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject *name = PyTuple_GetItem(keywords, i);
    Py_ssize_t size;
    const char *bytes = text_of(c->state, "name of an argument", name, &size);
    if (bytes == NULL) return -1;
    PyObject **own = reserved(c, args, bytes, (size_t)size);
    if (own != NULL) {
      *own = values[i];
    } else if (call_add(c, name, values[i]) < 0) {
      return -1;
    }
  }
  return 0;
}

int call_parse(call *c, module_state *state, const char *function, PyObject *const *args, Py_ssize_t n_positional,
               Py_ssize_t n_own, PyObject *keywords, int takes, int by_position) {
  c->state = state;
  c->generations = c->generation_store;
  c->args = c->arg_store;
  c->room = CALL_ON_STACK;
  c->n_generations = c->n_args = 0;
  c->default_value = c->options = c->timeout = c->kept = NULL;
  c->with_timeout = NULL;
  c->number = 0;
  if (n_positional < n_own || (n_positional > n_own && !by_position)) {
    PyErr_Format(PyExc_TypeError, "%s() takes %zd positional argument%s, not %zd; arguments of the value go by name",
                 function, n_own, n_own == 1 ? "" : "s", n_positional);
    return -1;
  }
  PyObject *more = NULL;
  for (Py_ssize_t i = n_own; i < n_positional; ++i) {
    if (call_add(c, NULL, args[i]) < 0) return -1;
  }
  if (add_keywords(c, args + n_positional, keywords, &more) < 0) return -1;
  if (more != NULL && call_add_all(c, more) < 0) return -1;
  return refuse_unexpected(c, function, takes);
}

void call_free(call *c) {
  if (c->generations != c->generation_store) PyMem_Free((void *)c->generations);
  if (c->args != c->arg_store) PyMem_Free(c->args);
  gc_options_free(c->with_timeout);
  Py_XDECREF(c->kept);
}

int call_options(call *c, const gc_options **options) {
  *options = NULL;
  if (c->options != NULL && options_handle(c->state, c->options, options) < 0) return -1;
  if (c->timeout == NULL || c->timeout == Py_None) return 0;
  if (*options != NULL) return raise_argument(c->state, "timeout: it belongs into the options that are given, too");
  const long long ms = milliseconds(c->state, "timeout", c->timeout);
  if (ms == -1 && PyErr_Occurred()) return -1;
  c->with_timeout = gc_options_new();
  if (c->with_timeout == NULL) return PyErr_NoMemory(), -1;
  gc_error *err = NULL;
  const gc_status status = gc_options_set_ttl_ms(c->with_timeout, ms, &err);
  *options = c->with_timeout;
  return check_named(c->state, "timeout", status, err);
}
