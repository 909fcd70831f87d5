/* From statuses and errors of libgencache to Python exceptions. */
#include "native.h"

static int raise_message(module_state *state, gc_status status, PyObject *message) {
  if (message == NULL) return -1;
  PyObject *number = PyLong_FromLong(status);
  PyObject *class = number == NULL ? NULL : PyDict_GetItemWithError(state->error_classes, number);
  if (class != NULL) {
    PyErr_SetObject(class, message);
  } else if (!PyErr_Occurred()) {
    PyErr_Format(PyExc_SystemError, "gencache: unknown status %d", (int)status);
  }
  Py_XDECREF(number);
  Py_DECREF(message);
  return -1;
}

int raise_error(module_state *state, gc_status status, gc_error *err) {
  const char *text = gc_error_message(err);
  if (*text == '\0') text = gc_status_name(status);
  PyObject *message = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
  gc_error_free(err);
  return raise_message(state, status, message);
}

int raise_argument(module_state *state, const char *format, ...) {
  va_list list;
  va_start(list, format);
  PyObject *message = PyUnicode_FromFormatV(format, list);
  va_end(list);
  return raise_message(state, GC_ERR_ARGUMENT, message);
}

int check(module_state *state, gc_status status, gc_error *err) {
  if (status < 0) return raise_error(state, status, err);
  gc_error_free(err);
  return 0;
}

int check_named(module_state *state, const char *name, gc_status status, gc_error *err) {
  if (status != GC_ERR_ARGUMENT) return check(state, status, err);
  const char *message = gc_error_message(err);
  const size_t size = strlen(name);
  const int names_it = strncmp(message, name, size) == 0 && (message[size] == ' ' || message[size] == ':');
  raise_argument(state, "%s%s%s", names_it ? "" : name, names_it ? "" : ": ", message);
  gc_error_free(err);
  return -1;
}

PyObject *stored_or_not(module_state *state, gc_status status, gc_error *err) {
  const int is_lost = is_only_a_miss(status);
  if (is_lost) gc_error_free(err);
  return is_lost || check(state, status, err) == 0 ? PyBool_FromLong(!is_lost) : NULL;
}

PyObject *status_to_python(module_state *state, gc_status status) {
  PyObject *number = PyLong_FromLong(status);
  if (number == NULL) return NULL;
  PyObject *member = PyDict_GetItemWithError(state->statuses, number);
  if (member == NULL) return PyErr_Occurred() ? (Py_DECREF(number), NULL) : number;
  Py_INCREF(member);
  Py_DECREF(number);
  return member;
}

int is_only_a_miss(gc_status status) {
  return status == GC_ERR_UNAVAILABLE || status == GC_ERR_REFUSED || status == GC_ERR_TOO_LARGE;
}
