/* The messages of libgencache in Python's logging.
 *
 * They are kept while the call that causes them is inside of the library, and told when it has come back. To take the
 * GIL, or just to run Python, may end the thread where the interpreter is being finalized; until Python 3.13 that is an
 * exception of its own kind, which must not pass through C++. */
#include <stdlib.h>
#include <string.h>

#include "native.h"

typedef struct message {
  struct message *next;
  PyObject *function; /* borrowed: it lives for ever */
  int level;
  char text[];
} message;

/* Of the call that this thread makes, the oldest first. */
static _Thread_local message *first_kept, *last_kept;

/* Called by the library, with or without the GIL. */
static void keep(void *payload, int32_t level, const char *text) {
  const size_t size = strlen(text) + 1;
  message *kept = malloc(sizeof *kept + size);
  if (kept == NULL) return;
  *kept = (message){NULL, payload, level};
  memcpy(kept->text, text, size);
  if (first_kept == NULL) {
    first_kept = kept;
  } else {
    last_kept->next = kept;
  }
  last_kept = kept;
}

static void tell(const message *kept) {
  if (!Py_IsInitialized()) return; /* it is being finalized: logging may be gone */
  PyObject *result = PyObject_CallFunction(kept->function, "is", kept->level, kept->text);
  if (result == NULL) PyErr_WriteUnraisable(kept->function);
  Py_XDECREF(result);
}

/* What fails here must not disturb the call. A handler may make calls of its own, whose messages are told in them. */
static void tell_all(message *kept) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  while (kept != NULL) {
    message *told = kept;
    tell(told);
    kept = told->next;
    free(told);
  }
  PyErr_Restore(type, value, traceback);
}

void log_tell_kept(void) {
  message *kept = first_kept;
  first_kept = NULL;
  if (kept != NULL) tell_all(kept);
}

void log_begin(cache_object *cache, int level) {
  if (level == 0) return;
  /* Entries and batches may log after the cache is gone, so the function has to live for ever. */
  Py_INCREF(cache->state->log);
  gc_set_log(cache->handle, keep, cache->state->log, level);
}
