/* gencache.Entry: what a read found. */
#include "docs.h"
#include "native.h"

void entry_handle_free(cache_object *cache, gc_entry *handle) {
  /* One whose computation is ours is given up, which takes a round trip. */
  const int may_wait = cache->blocks && gc_entry_status(handle) != GC_OK;
  WITHOUT_GIL_IF(may_wait, gc_entry_free(handle));
}

PyObject *entry_new(cache_object *cache, gc_entry *handle) {
  entry_object *self = new_object(cache->state->entry_type);
  if (self == NULL) {
    entry_handle_free(cache, handle);
    return NULL;
  }
  Py_INCREF(cache);
  self->cache = cache;
  self->handle = handle;
  return (PyObject *)self;
}

int entry_handle_wait(cache_object *cache, gc_entry *handle, long long ms, gc_status *status) {
  enum { SLICE_MS = 200 };
  do {
    const long long slice = ms < SLICE_MS ? ms : SLICE_MS;
    const int may_wait = slice > 0 || cache->blocks;
    gc_error *err = NULL;
    WITHOUT_GIL_IF(may_wait, *status = gc_wait(handle, slice, &err));
    if (is_only_a_miss(*status)) { /* compute it, although it cannot be stored */
      gc_error_free(err);
    } else if (check(cache->state, *status, err) < 0) {
      return -1;
    }
    if (PyErr_CheckSignals() < 0) return -1;
    ms -= slice;
  } while (*status == GC_BUSY && ms > 0);
  return 0;
}

static int entry_traverse(entry_object *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->cache);
  return 0;
}

static void entry_dealloc(entry_object *self) {
  PyObject_GC_UnTrack(self);
  if (self->handle != NULL) {
    PyObject *type, *value, *traceback; /* while an exception is on its way */
    PyErr_Fetch(&type, &value, &traceback);
    entry_handle_free(self->cache, self->handle);
    PyErr_Restore(type, value, traceback);
  }
  Py_XDECREF(self->cache);
  free_object(self);
}

static int require_handle(entry_object *self) {
  if (self->is_busy) return raise_argument(self->cache->state, "entry: another thread is using it");
  if (self->handle == NULL) return raise_argument(self->cache->state, "entry: it was released");
  return 0;
}

int entry_enter(entry_object *self) {
  if (require_handle(self) < 0) return -1;
  self->is_busy = 1;
  return 0;
}

void entry_leave(entry_object *self) { self->is_busy = 0; }

/* --- what it tells --- */

static PyObject *get_status(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : status_to_python(self->cache->state, gc_entry_status(self->handle));
}

static PyObject *get_reason(entry_object *self, void *unused) {
  (void)unused;
  if (require_handle(self) < 0) return NULL;
  return PyUnicode_FromString(gc_reason_name(gc_entry_reason(self->handle)));
}

static PyObject *get_generation(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : PyUnicode_FromString(gc_entry_generation(self->handle));
}

static PyObject *get_key(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : PyUnicode_FromString(gc_entry_key(self->handle));
}

static PyObject *get_has_value(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : PyBool_FromLong(gc_entry_type(self->handle) >= 0);
}

static PyObject *get_is_stale(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : PyBool_FromLong(gc_entry_status(self->handle) == GC_STALE);
}

static PyObject *get_value(entry_object *self, void *unused) {
  (void)unused;
  if (require_handle(self) < 0) return NULL;
  if (gc_entry_type(self->handle) < 0) return Py_INCREF(self->cache->state->miss), self->cache->state->miss;
  return decode_entry(self->cache, self->handle);
}

static PyObject *get_type(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : PyLong_FromLong(gc_entry_type(self->handle));
}

static PyObject *get_data(entry_object *self, void *unused) {
  (void)unused;
  if (require_handle(self) < 0) return NULL;
  const void *data = gc_entry_data(self->handle);
  if (data == NULL) return Py_INCREF(Py_None), Py_None;
  return PyBytes_FromStringAndSize(data, (Py_ssize_t)gc_entry_size(self->handle));
}

static PyObject *seconds(int64_t ms) {
  if (ms < 0) return Py_INCREF(Py_None), Py_None;
  return PyFloat_FromDouble((double)ms / 1000);
}

static PyObject *get_age(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : seconds(gc_entry_age_ms(self->handle));
}

static PyObject *get_remaining(entry_object *self, void *unused) {
  (void)unused;
  return require_handle(self) < 0 ? NULL : seconds(gc_entry_remaining_ms(self->handle));
}

static int entry_bool(entry_object *self) { return require_handle(self) < 0 ? -1 : gc_entry_type(self->handle) >= 0; }

static PyObject *entry_repr(entry_object *self) {
  if (self->handle == NULL || self->is_busy) return PyUnicode_FromString("<gencache.Entry>");
  return PyUnicode_FromFormat("<gencache.Entry %s: %s%s%s>", gc_entry_key(self->handle),
                              gc_reason_name(gc_entry_reason(self->handle)),
                              *gc_entry_generation(self->handle) == '\0' ? "" : " ", gc_entry_generation(self->handle));
}

/* --- what can be done with it --- */

gc_status entry_fill_value(entry_object *self, gc_value value, const gc_options *options, gc_error **err) {
  gc_status status;
  WITHOUT_GIL_IF(self->cache->blocks, status = gc_fill_value(self->handle, value, options, err));
  self->is_spent |= status == GC_OK;
  return status;
}

static PyObject *entry_fill(entry_object *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords) {
  call c;
  encoded value;
  const gc_options *options;
  PyObject *result = NULL;
  if (call_parse(&c, self->cache->state, "fill", args, n, 1, keywords, TAKES_OPTIONS, 0) == 0 &&
      (c.n_args == 0 || (PyErr_SetString(PyExc_TypeError, "fill() takes no arguments of the value"), 0)) &&
      call_options(&c, &options) == 0 && require_handle(self) == 0) {
    /* Encoding may run Python, and so another thread. */
    if (encode(self->cache, args[0], &value) == 0 && entry_enter(self) == 0) {
      gc_error *err = NULL;
      const gc_status status = entry_fill_value(self, value.value, options, &err);
      entry_leave(self);
      result = stored_or_not(c.state, status, err);
    }
    encoded_free(&value);
  }
  call_free(&c);
  return result;
}

static PyObject *entry_depend(entry_object *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords) {
  call c;
  PyObject *result = NULL;
  if (call_parse(&c, self->cache->state, "depend", args, n, 1, keywords, 0, 0) == 0) {
    const char *generation = utf8(c.state, "generation", args[0]);
    if (generation != NULL && entry_enter(self) == 0) {
      gc_error *err = NULL;
      gc_status status;
      WITHOUT_GIL_IF(self->cache->blocks, status = gc_depend(self->handle, generation, c.args, c.n_args, &err));
      entry_leave(self);
      result = stored_or_not(c.state, status, err);
    }
  }
  call_free(&c);
  return result;
}

static PyObject *entry_wait(entry_object *self, PyObject *seconds_to_wait) {
  module_state *state = self->cache->state;
  const long long ms = milliseconds(state, "seconds", seconds_to_wait);
  if ((ms == -1 && PyErr_Occurred()) || entry_enter(self) < 0) return NULL;
  gc_status status;
  const int failed = entry_handle_wait(self->cache, self->handle, ms, &status) < 0;
  entry_leave(self);
  return failed ? NULL : status_to_python(state, status);
}

static PyObject *entry_abandon(entry_object *self, PyObject *unused) {
  (void)unused;
  if (entry_enter(self) < 0) return NULL;
  gc_error *err = NULL;
  gc_status status;
  WITHOUT_GIL_IF(self->cache->blocks, status = gc_abandon(self->handle, &err));
  entry_leave(self);
  if (check(self->cache->state, status, err) < 0) return NULL;
  return status_to_python(self->cache->state, status);
}

static PyObject *entry_release(entry_object *self, PyObject *unused) {
  (void)unused;
  gc_entry *handle = self->handle;
  if (self->is_busy) return require_handle(self), NULL;
  self->handle = NULL;
  if (handle != NULL) entry_handle_free(self->cache, handle);
  return Py_INCREF(Py_None), Py_None;
}

static PyGetSetDef entry_getset[] = {
    {"status", (getter)get_status, NULL, PyDoc_STR("Status.OK, MISS, STALE, BUSY, or the error of the read."), NULL},
    {"reason", (getter)get_reason, NULL, PyDoc_STR("Why it was no hit: 'hit', 'absent', 'expired', ..."), NULL},
    {"generation", (getter)get_generation, NULL, PyDoc_STR("The generation that caused the miss, or ''."), NULL},
    {"key", (getter)get_key, NULL, PyDoc_STR("The readable key."), NULL},
    {"has_value", (getter)get_has_value, NULL, PyDoc_STR("Whether there is a value, found or filled."), NULL},
    {"is_stale", (getter)get_is_stale, NULL, PyDoc_STR("Whether the value is an old one."), NULL},
    {"value", (getter)get_value, NULL, PyDoc_STR("The value; MISS where there is none."), NULL},
    {"type", (getter)get_type, NULL, PyDoc_STR("The number of the value's type; -1 where there is none."), NULL},
    {"data", (getter)get_data, NULL, PyDoc_STR("The bytes of the value as they are stored, or None."), NULL},
    {"age", (getter)get_age, NULL, PyDoc_STR("Seconds since the value was stored, or None."), NULL},
    {"remaining", (getter)get_remaining, NULL, PyDoc_STR("Seconds that it had left, or None for no end."), NULL},
    {0},
};

#define FASTCALL(function) ((PyCFunction)(void (*)(void))(function))

static PyMethodDef entry_methods[] = {
    {"fill", FASTCALL(entry_fill), METH_FASTCALL | METH_KEYWORDS, PyDoc_STR(ENTRY_FILL_DOC)},
    {"depend", FASTCALL(entry_depend), METH_FASTCALL | METH_KEYWORDS, PyDoc_STR(ENTRY_DEPEND_DOC)},
    {"wait", (PyCFunction)entry_wait, METH_O, PyDoc_STR(ENTRY_WAIT_DOC)},
    {"abandon", (PyCFunction)entry_abandon, METH_NOARGS, PyDoc_STR(ENTRY_ABANDON_DOC)},
    {"release", (PyCFunction)entry_release, METH_NOARGS, PyDoc_STR(ENTRY_RELEASE_DOC)},
    {0},
};

static PyType_Slot entry_slots[] = {
    {Py_tp_doc, PyDoc_STR(ENTRY_DOC)}, {Py_tp_dealloc, entry_dealloc},
    {Py_tp_traverse, entry_traverse},  {Py_tp_repr, entry_repr},
    {Py_nb_bool, entry_bool},          {Py_tp_getset, entry_getset},
    {Py_tp_methods, entry_methods},    {0},
};

PyType_Spec entry_spec = {
    .name = "gencache.Entry",
    .basicsize = sizeof(entry_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = entry_slots,
};
