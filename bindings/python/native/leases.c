/* The misses that a thread or a task has read and not filled yet, so that a set after a get fills the lease of that
 * get: the natural way to write it is the one without a race.
 *
 * They stand in a ContextVar as a tuple of entries, the latest last. A tuple never changes, so a task that was started
 * after a miss sees it, while what happens in one task or thread is not seen by others. There are LEASES at most; the
 * oldest goes first. An old lease is never wrong: at worst the value that it stores is a miss. A read whose server
 * could not be asked, or whose value could not be read, has none; it is there so that the set knows what it follows. */
#include "native.h"

enum { LEASES = 1024 };

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

/* FNV-1a. */
static uint64_t hash_of(const char *key) {
  uint64_t hash = 0xCBF29CE484222325U;
  for (; *key != '\0'; ++key) hash = (hash ^ (unsigned char)*key) * 0x100000001B3U;
  return hash;
}

static int is_for(entry_object *lease, cache_object *cache, const char *key, uint64_t hash) {
  return lease->key_hash == hash && !lease->is_busy && !lease->is_spent && lease->handle != NULL &&
         lease->cache->identity == cache->identity && strcmp(gc_entry_key(lease->handle), key) == 0;
}

typedef int (*drop_function)(entry_object *lease, void *payload);

/* All of `leases` that `drops` does not want dropped, and then those of `latest`, a list or NULL; at most LEASES, of
 * which the first ones go. */
static PyObject *joined(PyObject *leases, drop_function drops, void *payload, PyObject *latest) {
  const Py_ssize_t n_latest = latest == NULL ? 0 : PyList_Size(latest);
  const Py_ssize_t taken = n_latest < LEASES ? n_latest : LEASES, n = PyTuple_Size(leases);
  PyObject *all = PyTuple_New(n < LEASES - taken ? n + taken : LEASES);
  Py_ssize_t kept = 0;
  for (Py_ssize_t i = n < LEASES - taken ? 0 : n - (LEASES - taken); all != NULL && i < n; ++i) {
    PyObject *lease = PyTuple_GetItem(leases, i);
    if (!drops((entry_object *)lease, payload)) PyTuple_SetItem(all, kept++, (Py_INCREF(lease), lease));
  }
  for (Py_ssize_t i = n_latest - taken; all != NULL && i < n_latest; ++i) {
    PyObject *lease = PyList_GetItem(latest, i);
    PyTuple_SetItem(all, kept++, (Py_INCREF(lease), lease));
  }
  if (all == NULL || kept == PyTuple_Size(all)) return all;
  PyObject *shorter = PyTuple_GetSlice(all, 0, kept);
  Py_DECREF(all);
  return shorter;
}

/* Remembers `leases` with these changes. */
static int change(module_state *state, drop_function drops, void *payload, PyObject *latest) {
  PyObject *before = remembered(state);
  if (before == NULL) return -1;
  PyObject *after = joined(before, drops, payload, latest);
  Py_DECREF(before);
  return remember_all(state, after);
}

static int is_replaced(entry_object *lease, void *payload) {
  const Py_ssize_t n = PyList_Size(payload);
  for (Py_ssize_t i = 0; i < n; ++i) {
    entry_object *latest = (entry_object *)PyList_GetItem(payload, i);
    if (lease->key_hash == latest->key_hash &&
        is_for(lease, latest->cache, gc_entry_key(latest->handle), latest->key_hash)) {
      return 1;
    }
  }
  return lease->is_spent;
}

/* Steals `handle`. */
static int add_entry(PyObject *entries, cache_object *cache, gc_entry *handle) {
  PyObject *entry = entry_new(cache, handle);
  if (entry == NULL) return -1;
  ((entry_object *)entry)->key_hash = hash_of(gc_entry_key(handle));
  const int failed = PyList_Append(entries, entry);
  Py_DECREF(entry);
  return failed;
}

int lease_remember_all(cache_object *cache, gc_entry **handles, size_t n, int (*wants)(const gc_entry *handle)) {
  PyObject *entries = PyList_New(0);
  for (size_t i = 0; entries != NULL && i < n; ++i) {
    gc_entry *handle = handles[i];
    if (handle == NULL || !wants(handle)) continue;
    handles[i] = NULL;
    if (add_entry(entries, cache, handle) < 0) Py_CLEAR(entries);
  }
  const int failed =
      entries == NULL || (PyList_Size(entries) > 0 && change(cache->state, is_replaced, entries, entries) < 0);
  Py_XDECREF(entries);
  return failed ? -1 : 0;
}

static int wants_all(const gc_entry *handle) { return (void)handle, 1; }

int lease_remember(cache_object *cache, gc_entry *handle) {
  const int result = lease_remember_all(cache, &handle, 1, wants_all);
  if (handle != NULL) entry_handle_free(cache, handle);
  return result;
}

void lease_remember_unread(cache_object *cache, gc_entry **handles, size_t n) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  if (lease_remember_all(cache, handles, n, wants_all) < 0) PyErr_Clear(); /* the caller has an exception already */
  PyErr_Restore(type, value, traceback);
}

entry_object *lease_take(cache_object *cache, key_function key, void *payload) {
  PyObject *leases = remembered(cache->state);
  if (leases == NULL) return NULL;
  entry_object *found = NULL;
  const Py_ssize_t n = PyTuple_Size(leases);
  char *text = n == 0 ? NULL : key(payload);
  const uint64_t hash = text == NULL ? 0 : hash_of(text);
  for (Py_ssize_t i = n; text != NULL && found == NULL && i-- > 0;) {
    entry_object *lease = (entry_object *)PyTuple_GetItem(leases, i);
    if (is_for(lease, cache, text, hash)) found = lease;
  }
  if (found != NULL) {
    Py_INCREF(found);
    found->is_busy = 1; /* before anything lets another thread run, which might take it too */
  }
  gc_string_free(text);
  Py_DECREF(leases);
  return found;
}

static int is_same(entry_object *lease, void *payload) { return lease == payload; }

int lease_forget(entry_object *entry) { return change(entry->cache->state, is_same, entry, NULL); }

static int is_of(entry_object *lease, void *payload) {
  return lease->cache->identity == ((cache_object *)payload)->identity;
}

int lease_forget_all(cache_object *cache) { return change(cache->state, is_of, cache, NULL); }
