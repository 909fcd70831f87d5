/* Python values as typed values of libgencache, and back. Scalars, text and bytes are done here; JSON, registered codecs
 * and pickle by gencache._values. */
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

/* What this file does not know: (type, bytes) from Python. */
static int encode_in_python(cache_object *cache, PyObject *value, encoded *out) {
  PyObject *pickle = cache->takes_pickle ? Py_True : Py_False;
  PyObject *pair = PyObject_CallFunctionObjArgs(cache->state->encode, value, pickle, NULL);
  if (pair == NULL) return -1;
  int type;
  PyObject *bytes = NULL;
  const int is_good = PyArg_ParseTuple(pair, "iS", &type, &bytes);
  Py_XINCREF(bytes);
  Py_DECREF(pair);
  return is_good ? encode_bytes(bytes, type, out) : -1;
}

/* An integer beyond 64 bits goes to Python, which makes a JSON number of it. */
static int encode_integer(cache_object *cache, PyObject *value, encoded *out) {
  int overflow;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) return encode_in_python(cache, value, out);
  out->value = gc_value_int(number);
  return number == -1 && PyErr_Occurred() ? -1 : 0;
}

int encode(cache_object *cache, PyObject *value, encoded *out) {
  PyTypeObject *type = Py_TYPE(value); /* subclasses may have a codec of their own, which Python knows */
  out->kept = NULL;
  if (type == &PyUnicode_Type) return encode_text(cache->state, value, out);
  if (type == &PyBytes_Type) return Py_INCREF(value), encode_bytes(value, GC_BYTES, out);
  if (type == &PyLong_Type) return encode_integer(cache, value, out);
  if (type == &PyFloat_Type) return out->value = gc_value_double(PyFloat_AsDouble(value)), 0;
  if (type == &PyBool_Type) return out->value = gc_value_bool(value == Py_True), 0;
  if (value == Py_None) return out->value = gc_value_null(), 0;
  return encode_in_python(cache, value, out);
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
