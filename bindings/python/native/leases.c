/* The misses that a thread or a task has read and not filled yet, so that a set after a get fills the lease of that
 * get: the natural way to write it is the one without a race.
 *
 * They stand in a ContextVar as a tuple of entries, the latest last. A tuple never changes, so a task that was started
 * after a miss sees it, while what happens in one task or thread is not seen by others. There are LEASES at most; the
 * oldest goes first. An old lease is never wrong: at worst the value that it stores is a miss. A miss whose server
 * could not be asked has none; it is there so that the set knows it follows a miss. */
#include "native.h"

enum { LEASES = 128 };

static PyObject *remembered(module_state *state) {
  PyObject *leases = PyObject_CallMethod(state->leases, "get", "(O)", state->empty_tuple);
  if (leases != NULL && !PyTuple_Check(leases)) {
    Py_DECREF(leases);
    PyErr_SetString(PyExc_SystemError, "gencache: the ContextVar of leases was changed");
    return NULL;
  }
  return leases;
}

/* Steals `leases`. */
static int remember_all(module_state *state, PyObject *leases) {
  if (leases == NULL) return -1;
  PyObject *token = PyObject_CallMethod(state->leases, "set", "(O)", leases);
  Py_DECREF(leases);
  if (token == NULL) return -1;
  Py_DECREF(token);
  return 0;
}

static int is_for(entry_object *lease, cache_object *cache, const char *key) {
  return !lease->is_busy && !lease->is_spent && lease->handle != NULL && lease->cache->identity == cache->identity &&
         strcmp(gc_entry_key(lease->handle), key) == 0;
}

/* All of `leases` that `drops` does not want dropped. */
typedef int (*drop_function)(entry_object *lease, void *payload);

static PyObject *without(PyObject *leases, Py_ssize_t from, drop_function drops, void *payload) {
  PyObject *left = PyList_New(0);
  for (Py_ssize_t i = from; left != NULL && i < PyTuple_Size(leases); ++i) {
    PyObject *lease = PyTuple_GetItem(leases, i);
    if (!drops((entry_object *)lease, payload) && PyList_Append(left, lease) < 0) Py_CLEAR(left);
  }
  return left;
}

/* Steals `list`. */
static int remember_list(module_state *state, PyObject *list) {
  PyObject *leases = list == NULL ? NULL : PyList_AsTuple(list);
  Py_XDECREF(list);
  return remember_all(state, leases);
}

static int replaces(entry_object *lease, void *payload) {
  entry_object *latest = payload;
  return lease->is_spent || is_for(lease, latest->cache, gc_entry_key(latest->handle));
}

static int remember(entry_object *entry) {
  module_state *state = entry->cache->state;
  PyObject *before = remembered(state);
  if (before == NULL) return -1;
  const Py_ssize_t n = PyTuple_Size(before);
  PyObject *leases = without(before, n < LEASES ? 0 : n - LEASES + 1, replaces, entry);
  Py_DECREF(before);
  if (leases != NULL && PyList_Append(leases, (PyObject *)entry) < 0) Py_CLEAR(leases);
  return remember_list(state, leases);
}

int lease_remember(cache_object *cache, gc_entry *handle) {
  PyObject *entry = entry_new(cache, handle);
  const int failed = entry == NULL || remember((entry_object *)entry) < 0;
  Py_XDECREF(entry);
  return failed ? -1 : 0;
}

entry_object *lease_find(cache_object *cache, key_function key, void *payload) {
  PyObject *leases = remembered(cache->state);
  if (leases == NULL) return NULL;
  entry_object *found = NULL;
  const Py_ssize_t n = PyTuple_Size(leases);
  char *text = n == 0 ? NULL : key(payload);
  for (Py_ssize_t i = n; text != NULL && found == NULL && i-- > 0;) {
    entry_object *lease = (entry_object *)PyTuple_GetItem(leases, i);
    if (is_for(lease, cache, text)) found = lease;
  }
  Py_XINCREF(found);
  gc_string_free(text);
  Py_DECREF(leases);
  return found;
}

static int is_same(entry_object *lease, void *payload) { return lease == payload; }

int lease_forget(entry_object *entry) {
  module_state *state = entry->cache->state;
  PyObject *before = remembered(state);
  if (before == NULL) return -1;
  PyObject *leases = without(before, 0, is_same, entry);
  Py_DECREF(before);
  return remember_list(state, leases);
}

static int is_of(entry_object *lease, void *payload) {
  return lease->cache->identity == ((cache_object *)payload)->identity;
}

int lease_forget_all(cache_object *cache) {
  PyObject *before = remembered(cache->state);
  if (before == NULL) return -1;
  PyObject *leases = without(before, 0, is_of, cache);
  Py_DECREF(before);
  return remember_list(cache->state, leases);
}
