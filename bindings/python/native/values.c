/* Python values as typed values of libgencache, and back. Scalars, text and bytes are done here; JSON, registered
 * codecs and pickle by gencache._values. */
#include "native.h"

static int encode_text(module_state *state, PyObject *text, encoded *out) {
  Py_ssize_t size;
  const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (bytes == NULL) {
    PyErr_Clear();
    return raise_argument(state, "value: the text is no Unicode that UTF-8 can hold (a lone surrogate)");
  }
  Py_INCREF(text);
  out->kept = text;
  out->value = gc_value_data(GC_TEXT, bytes, (size_t)size);
  return 0;
}

static int encode_bytes(PyObject *bytes, int type, encoded *out) {
  char *data;
  Py_ssize_t size;
  out->kept = bytes;
  if (bytes == NULL || PyBytes_AsStringAndSize(bytes, &data, &size) < 0) return -1;
  out->value = gc_value_data(type, data, (size_t)size);
  return 0;
}

static int encode_other(cache_object *cache, PyObject *value, encoded *out);

/* An integer beyond 64 bits goes to Python, which makes a JSON number of it. */
static int encode_integer(cache_object *cache, PyObject *value, encoded *out) {
  int overflow;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) return encode_other(cache, value, out);
  out->value = gc_value_int(number);
  return number == -1 && PyErr_Occurred() ? -1 : 0;
}

/* 1 where `value` is of a type that this file knows, else 0. Subclasses may have a codec of their own, which Python
 * knows. */
static int encode_plain(cache_object *cache, PyObject *value, encoded *out) {
  PyTypeObject *type = Py_TYPE(value);
  int failed = 0;
  if (type == &PyUnicode_Type) {
    failed = encode_text(cache->state, value, out);
  } else if (type == &PyBytes_Type) {
    Py_INCREF(value);
    failed = encode_bytes(value, GC_BYTES, out);
  } else if (type == &PyLong_Type) {
    failed = encode_integer(cache, value, out);
  } else if (type == &PyFloat_Type) {
    out->value = gc_value_double(PyFloat_AsDouble(value));
  } else if (type == &PyBool_Type) {
    out->value = gc_value_bool(value == Py_True);
  } else if (value == Py_None) {
    out->value = gc_value_null();
  } else {
    return 0;
  }
  return failed ? -1 : 1;
}

/* Python gives (type, bytes), or the value of a plain type that stands for it. */
static int encode_other(cache_object *cache, PyObject *value, encoded *out) {
  PyObject *pickle = cache->takes_pickle ? Py_True : Py_False;
  PyObject *made = PyObject_CallFunctionObjArgs(cache->state->encode, value, pickle, NULL);
  if (made == NULL) return -1;
  int result = -1, type;
  PyObject *bytes;
  if (!PyTuple_Check(made)) {
    const int is_plain = encode_plain(cache, made, out);
    if (is_plain == 0) raise_argument(cache->state, "value: %R stands for it, which cannot be stored", made);
    result = is_plain == 1 ? 0 : -1;
  } else if (PyArg_ParseTuple(made, "iS;the type and the bytes of a value", &type, &bytes)) {
    Py_INCREF(bytes);
    result = encode_bytes(bytes, type, out);
  }
  Py_DECREF(made);
  return result;
}

int encode(cache_object *cache, PyObject *value, encoded *out) {
  out->kept = NULL;
  const int is_plain = encode_plain(cache, value, out);
  if (is_plain != 0) return is_plain < 0 ? -1 : 0;
  return encode_other(cache, value, out);
}

void encoded_free(encoded *value) { Py_XDECREF(value->kept); }

static PyObject *decode_in_python(cache_object *cache, const gc_value *value) {
  PyObject *pickle = cache->takes_pickle ? Py_True : Py_False;
  return PyObject_CallFunction(cache->state->decode, "iy#O", (int)value->type, (const char *)value->as.data,
                               (Py_ssize_t)value->size, pickle);
}

static PyObject *decode(cache_object *cache, const gc_value *value) {
  switch (value->type) {
    case GC_TEXT:
      return PyUnicode_DecodeUTF8(value->as.data, (Py_ssize_t)value->size, NULL);
    case GC_BYTES:
      return PyBytes_FromStringAndSize(value->as.data, (Py_ssize_t)value->size);
    case GC_NULL:
      return Py_INCREF(Py_None), Py_None;
    case GC_BOOL:
      return PyBool_FromLong(value->as.i != 0);
    case GC_INT:
      return PyLong_FromLongLong(value->as.i);
    case GC_DOUBLE:
      return PyFloat_FromDouble(value->as.d);
    default:
      return decode_in_python(cache, value);
  }
}

PyObject *decode_entry(cache_object *cache, const gc_entry *entry) {
  gc_value value;
  gc_error *err = NULL;
  const gc_status status = gc_entry_value(entry, &value, &err);
  return check(cache->state, status, err) < 0 ? NULL : decode(cache, &value);
}
