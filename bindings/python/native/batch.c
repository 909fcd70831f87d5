/* gencache.Batch: invalidations and deletions that wait for a commit. */
#include "docs.h"
#include "native.h"

/* Batch(cache, parent): parent is a Batch or None. */
static PyObject *batch_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
  module_state *state = state_of(type);
  PyObject *cache, *parent;
  (void)keywords;
  if (state == NULL || !PyArg_ParseTuple(args, "O!O:Batch", state->cache_type, &cache, &parent)) return NULL;
  if (parent != Py_None && !PyObject_TypeCheck(parent, state->batch_type)) {
    return raise_argument(state, "parent: a Batch is expected, not %R", parent), NULL;
  }
  batch_object *self = new_object(type);
  if (self == NULL) return NULL;
  Py_INCREF(cache);
  self->cache = (cache_object *)cache;
  if (parent != Py_None) self->parent = (Py_INCREF(parent), (batch_object *)parent);
  gc_error *err = NULL;
  if (cache_enter(self->cache) == 0) {
    self->handle = gc_batch_new(self->cache->handle, self->parent == NULL ? NULL : self->parent->handle, &err);
    cache_leave(self->cache);
    if (self->handle == NULL) raise_error(state, gc_error_status(err), err);
  }
  if (self->handle == NULL) Py_CLEAR(self);
  return (PyObject *)self;
}

static int batch_traverse(batch_object *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->cache);
  Py_VISIT(self->parent);
  return 0;
}

static void batch_dealloc(batch_object *self) {
  PyObject_GC_UnTrack(self);
  gc_batch_free(self->handle); /* before its parent */
  Py_XDECREF(self->parent);
  Py_XDECREF(self->cache);
  free_object(self);
}

/* A commit releases the GIL; nobody else may use the batch, or hand over to it, meanwhile. */
static int require_idle(batch_object *self) {
  for (batch_object *batch = self; batch != NULL; batch = batch->parent) {
    if (batch->is_busy) return raise_argument(self->cache->state, "batch: another thread is committing it");
  }
  return 0;
}

typedef gc_status (*note_function)(gc_batch *, const char *const *, size_t, const gc_arg *, size_t, gc_error **);

static PyObject *note(batch_object *self, const char *name, PyObject *const *args, Py_ssize_t n, PyObject *keywords,
                      note_function function) {
  call c;
  PyObject *result = NULL;
  if (call_parse(&c, self->cache->state, name, args, n, 1, keywords, 0, 0) == 0 && call_generations(&c, args[0]) == 0 &&
      require_idle(self) == 0) {
    gc_error *err = NULL;
    const gc_status status = function(self->handle, c.generations, c.n_generations, c.args, c.n_args, &err);
    if (check(c.state, status, err) == 0) result = (Py_INCREF(Py_None), Py_None);
  }
  call_free(&c);
  return result;
}

#define METHOD(name) static PyObject *name(batch_object *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords)

METHOD(batch_invalidate) { return note(self, "invalidate", args, n, keywords, gc_batch_invalidate); }
METHOD(batch_invalidate_soft) { return note(self, "invalidate_soft", args, n, keywords, gc_batch_invalidate_soft); }
METHOD(batch_delete) { return note(self, "delete", args, n, keywords, gc_batch_delete); }

static PyObject *batch_commit(batch_object *self, PyObject *unused) {
  (void)unused;
  if (require_idle(self) < 0) return NULL;
  gc_error *err = NULL;
  gc_status status;
  const int may_wait = self->cache->blocks && self->parent == NULL;
  self->is_busy = 1;
  WITHOUT_GIL_IF(may_wait, status = gc_batch_commit(self->handle, &err));
  self->is_busy = 0;
  return check(self->cache->state, status, err) < 0 ? NULL : (Py_INCREF(Py_None), Py_None);
}

static PyObject *batch_cancel(batch_object *self, PyObject *unused) {
  (void)unused;
  if (require_idle(self) < 0) return NULL;
  gc_batch_cancel(self->handle);
  return Py_INCREF(Py_None), Py_None;
}

static PyObject *get_cache(batch_object *self, void *unused) {
  (void)unused;
  return Py_INCREF(self->cache), (PyObject *)self->cache;
}

#define FASTCALL(name, function, doc) \
  { name, (PyCFunction)(void (*)(void))(function), METH_FASTCALL | METH_KEYWORDS, PyDoc_STR(doc) }

static PyMethodDef batch_methods[] = {
    FASTCALL("invalidate", batch_invalidate, BATCH_INVALIDATE_DOC),
    FASTCALL("invalidate_soft", batch_invalidate_soft, BATCH_INVALIDATE_SOFT_DOC),
    FASTCALL("delete", batch_delete, BATCH_DELETE_DOC),
    {"commit", (PyCFunction)batch_commit, METH_NOARGS, PyDoc_STR(BATCH_COMMIT_DOC)},
    {"cancel", (PyCFunction)batch_cancel, METH_NOARGS, PyDoc_STR(BATCH_CANCEL_DOC)},
    {0},
};

static PyGetSetDef batch_getset[] = {
    {"cache", (getter)get_cache, NULL, PyDoc_STR("The cache that it belongs to."), NULL},
    {0},
};

static PyType_Slot batch_slots[] = {
    {Py_tp_new, batch_new},         {Py_tp_dealloc, batch_dealloc}, {Py_tp_traverse, batch_traverse},
    {Py_tp_methods, batch_methods}, {Py_tp_getset, batch_getset},   {0},
};

PyType_Spec batch_spec = {
    .name = "gencache._native.BatchBase",
    .basicsize = sizeof(batch_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = batch_slots,
};
