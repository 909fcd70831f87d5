/* The messages of libgencache in Python's logging. */
#include "native.h"

/* Called on the thread of a call, with or without the GIL; what fails here must not disturb that call. */
static void tell(void *payload, int32_t level, const char *message) {
  if (!Py_IsInitialized()) return;
  PyGILState_STATE gil = PyGILState_Ensure();
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyObject *result = PyObject_CallFunction(payload, "is", (int)level, message);
  if (result == NULL) PyErr_WriteUnraisable(payload);
  Py_XDECREF(result);
  PyErr_Restore(type, value, traceback);
  PyGILState_Release(gil);
}

void log_begin(cache_object *cache, int level) {
  if (level == 0) return;
  /* Entries and batches may log after the cache is gone, so the function has to live for ever. */
  Py_INCREF(cache->state->log);
  gc_set_log(cache->handle, tell, cache->state->log, level);
}
