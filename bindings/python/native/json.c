/* Refuses what JSON cannot hold before json.dumps sees it: that one would turn the key 1 into "1" without a word. */
#include "native.h"

/* Where the walk is, from the innermost container outwards. */
typedef struct place {
  const struct place *around;
  PyObject *key; /* of a dict, or NULL */
  Py_ssize_t index;
} place;

static PyObject *path_text(const place *at) {
  if (at == NULL) return PyUnicode_FromString("value");
  PyObject *before = path_text(at->around);
  if (before == NULL) return NULL;
  PyObject *path = at->key != NULL ? PyUnicode_FromFormat("%U[%R]", before, at->key)
                                   : PyUnicode_FromFormat("%U[%zd]", before, at->index);
  Py_DECREF(before);
  return path;
}

static int refuse(module_state *state, const place *at, const char *why, PyObject *what) {
  PyObject *path = path_text(at);
  if (path == NULL) return -1;
  raise_argument(state, "%U: %s: %R", path, why, what);
  Py_DECREF(path);
  return -1;
}

static int refuse_type(module_state *state, const place *at, PyObject *what) {
  PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(what), "__qualname__");
  PyObject *why = type == NULL ? NULL : PyUnicode_FromFormat("a %U cannot be stored as JSON", type);
  const char *text = why == NULL ? NULL : PyUnicode_AsUTF8AndSize(why, NULL);
  if (text != NULL) refuse(state, at, text, what);
  Py_XDECREF(why);
  Py_XDECREF(type);
  return -1;
}

static int walk(module_state *state, const place *at, PyObject *value);

static int walk_dict(module_state *state, const place *at, PyObject *dict) {
  PyObject *items = PyDict_Items(dict);
  if (items == NULL) return -1;
  int failed = 0;
  for (Py_ssize_t i = 0; !failed && i < PyList_Size(items); ++i) {
    PyObject *item = PyList_GetItem(items, i);
    const place inside = {at, PyTuple_GetItem(item, 0), 0};
    failed = PyUnicode_Check(inside.key)
                 ? walk(state, &inside, PyTuple_GetItem(item, 1))
                 : refuse(state, at, "a key that is no str cannot be stored as JSON", inside.key);
  }
  Py_DECREF(items);
  return failed ? -1 : 0;
}

static int walk_sequence(module_state *state, const place *at, PyObject *sequence) {
  PyObject *items = PySequence_Tuple(sequence); /* a list may change under us */
  if (items == NULL) return -1;
  int failed = 0;
  for (Py_ssize_t i = 0; !failed && i < PyTuple_Size(items); ++i) {
    const place inside = {at, NULL, i};
    failed = walk(state, &inside, PyTuple_GetItem(items, i));
  }
  Py_DECREF(items);
  return failed ? -1 : 0;
}

static int walk_inside(module_state *state, const place *at, PyObject *value) {
  if (Py_EnterRecursiveCall(" in a value that is to be stored as JSON")) return -1;
  const int failed = PyDict_Check(value) ? walk_dict(state, at, value) : walk_sequence(state, at, value);
  Py_LeaveRecursiveCall();
  return failed;
}

static int walk_float(module_state *state, const place *at, PyObject *value) {
  const double number = PyFloat_AsDouble(value);
  if (number - number == 0) return 0; /* finite */
  return refuse(state, at, "JSON has no such number", value);
}

static int walk(module_state *state, const place *at, PyObject *value) {
  if (PyUnicode_Check(value) || PyLong_Check(value) || value == Py_None) return 0;
  if (PyFloat_Check(value)) return walk_float(state, at, value);
  if (PyDict_Check(value) || PyList_Check(value) || PyTuple_Check(value)) return walk_inside(state, at, value);
  return refuse_type(state, at, value);
}

int check_json(module_state *state, PyObject *value) { return walk(state, NULL, value); }
