/* The extension module gencache._native: the C header of libgencache as Python objects.
 *
 * It is written for the limited API of Python 3.10, so one build serves every later Python too. Each file has one
 * subject; what they share stands here. Conventions: functions that return int give 0, or -1 with a Python exception
 * set; `owned` in a comment means that the caller has a reference to give back. */
#ifndef GENCACHE_PYTHON_NATIVE_H
#define GENCACHE_PYTHON_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <gencache/gencache.h>

/* --- the module --- */

/* What all objects of one interpreter share. */
typedef struct {
  PyTypeObject *entry_type;
  PyTypeObject *options_type;
  PyTypeObject *bound_type;
  PyTypeObject *batch_type;
  PyTypeObject *cache_type;
  PyObject *error_classes; /* {status: class} */
  PyObject *statuses;      /* {number: Status} */
  PyObject *seconds_to_ms; /* (name, time) -> int */
  PyObject *to_argument;   /* (value) -> a value of a type that an argument may have */
  PyObject *encode;        /* (value, pickle) -> (type, bytes), or a plain value */
  PyObject *decode;        /* (type, bytes, pickle) -> value */
  PyObject *compute;       /* (entry, function) -> value */
  PyObject *leases;        /* ContextVar of a tuple of entries */
  PyObject *log;           /* (level, message) */
  PyObject *miss;          /* the sentinel */
  PyObject *empty_tuple;
} module_state;

extern struct PyModuleDef native_module;

/* The state of the module that `type`, or a base of it, belongs to; NULL with an exception. */
module_state *state_of(PyTypeObject *type);

/* --- objects --- */

/* What a cache and its views of with_timeout share. */
typedef struct {
  int references;
  int open; /* how many of them are not closed */
} cache_identity;

typedef struct {
  PyObject ob_base; /* PyObject_HEAD */
  module_state *state;
  gc_cache *handle; /* NULL once it is closed */
  PyObject *url;    /* str, for repr */
  cache_identity *identity;
  int calls; /* under way, and bound caches: the last of them closes the handle */
  char is_closing;
  char blocks; /* calls may wait for a server: the GIL is released */
  char takes_pickle;
} cache_object;

typedef struct {
  PyObject ob_base; /* PyObject_HEAD */
  cache_object *cache;
  gc_entry *handle;  /* NULL once it is released */
  uint64_t key_hash; /* of a remembered one */
  char is_busy;      /* a call on the handle is under way on some thread */
  char is_spent;     /* filled, or of no use for a set any more */
} entry_object;

typedef struct {
  PyObject ob_base; /* PyObject_HEAD */
  module_state *state;
  gc_options *handle;
  PyObject *given; /* the keywords, as they were given */
} options_object;

typedef struct {
  PyObject ob_base; /* PyObject_HEAD */
  cache_object *cache;
  gc_bound *handle;
  gc_bound *reader;      /* for reads that a set may follow, whose options count then; mostly the handle itself */
  PyObject *options;     /* Options or None */
  PyObject *generations; /* tuple of str */
  PyObject *params;      /* tuple of (name,) or (name, default) */
  char has_entered;      /* the cache */
} bound_object;

typedef struct batch_object {
  PyObject ob_base; /* PyObject_HEAD */
  cache_object *cache;
  gc_batch *handle;
  struct batch_object *parent; /* or NULL */
  char is_busy;
} batch_object;

extern PyType_Spec cache_spec, entry_spec, options_spec, bound_spec, batch_spec;

/* A new object of a type of this module; the fields are 0. */
void *new_object(PyTypeObject *type);
/* The end of each dealloc: gives memory and type back. */
void free_object(void *object);

/* --- the GIL --- */

/* Runs a call on the library without the GIL where it may wait. Calls on memory:// take about as long as giving the GIL
 * away and getting it back, and wait for nobody: they keep it. Every call that may read or store goes through this, for
 * only here its messages for the log are told. */
#define WITHOUT_GIL_IF(may_wait, statement)                          \
  do {                                                               \
    PyThreadState *saved_ = (may_wait) ? PyEval_SaveThread() : NULL; \
    statement;                                                       \
    if (saved_ != NULL) PyEval_RestoreThread(saved_);                \
    log_tell_kept();                                                 \
  } while (0)

/* Around a call on the cache's handle: refuses a closed cache, and keeps close() from freeing the handle. A bound cache
 * does it for all of its life, since it may outlive its cache and needs the handle for its keys. */
int cache_enter(cache_object *cache);
void cache_leave(cache_object *cache);

/* --- errors.c --- */

/* Raises the exception for `status` and frees `err` (which may be NULL). Always -1. */
int raise_error(module_state *state, gc_status status, gc_error *err);
/* Raises ArgumentError with a formatted message. Always -1. */
int raise_argument(module_state *state, const char *format, ...);
/* 0 for GC_OK and expected outcomes, else raise_error. Frees `err`. */
int check(module_state *state, gc_status status, gc_error *err);
/* The same, for a parameter that has another name in Python. */
int check_named(module_state *state, const char *name, gc_status status, gc_error *err);
/* True where something was stored or noted, False where that failed and costs no more than a miss; else raises. Frees
 * `err`. */
PyObject *stored_or_not(module_state *state, gc_status status, gc_error *err);
/* The status as a member of gencache.Status, owned. */
PyObject *status_to_python(module_state *state, gc_status status);
/* Where the server could not be asked or could not store: no more than a miss. */
int is_only_a_miss(gc_status status);

/* --- arguments.c: what a call is about --- */

enum { CALL_ON_STACK = 16 };

/* Keywords that are no arguments of the value, and whether a function takes them. All functions reserve all of them,
 * so that one set of arguments means one key everywhere. */
enum { TAKES_DEFAULT = 1, TAKES_OPTIONS = 2 };

typedef struct {
  module_state *state;
  const char *const *generations;
  size_t n_generations;
  gc_arg *args;
  size_t n_args;
  size_t room;              /* in args */
  PyObject *default_value;  /* borrowed, or NULL */
  PyObject *options;        /* borrowed, or NULL */
  PyObject *timeout;        /* borrowed, or NULL */
  gc_options *with_timeout; /* made of timeout */
  PyObject *kept;           /* list of temporaries that args point into, or NULL */
  size_t number;            /* from 1 on, where it is one of many; else 0 */
  const char *generation_store[CALL_ON_STACK];
  gc_arg arg_store[CALL_ON_STACK];
} call;

/* The arguments of a METH_FASTCALL | METH_KEYWORDS function behind its first `n_own` positional ones. Further ones are
 * arguments by position where `by_position`, else an error. call_free in any case. */
int call_parse(call *c, module_state *state, const char *function, PyObject *const *args, Py_ssize_t n_positional,
               Py_ssize_t n_own, PyObject *keywords, int takes, int by_position);
void call_free(call *c);
/* `generations`: a str, or a tuple or list of them. */
int call_generations(call *c, PyObject *generations);
/* Adds the items of a mapping, or of a list of (name or None, value). */
int call_add_all(call *c, PyObject *args);
int call_add(call *c, PyObject *name, PyObject *value);
int call_add_arg(call *c, const gc_arg *arg);
/* The options of the call: NULL for the defaults. */
int call_options(call *c, const gc_options **options);
/* Keeps an object (a reference is stolen) until call_free. */
int call_keep(call *c, PyObject *object);
/* UTF-8 of a str, which lives as long as it does; `what` names it in messages. */
const char *utf8(module_state *state, const char *what, PyObject *text);

/* --- values.c --- */

typedef struct {
  gc_value value;
  PyObject *kept; /* owned: what `value` points into */
} encoded;

int encode(cache_object *cache, PyObject *value, encoded *out);
void encoded_free(encoded *value);
/* The value of an entry that has one, owned. */
PyObject *decode_entry(cache_object *cache, const gc_entry *entry);

/* --- json.c --- */

/* Refuses what JSON cannot hold, with the path to it. */
int check_json(module_state *state, PyObject *value);

/* --- options.c --- */

/* Milliseconds of seconds or a timedelta; -1 with an exception. `name` names it in messages. */
long long milliseconds(module_state *state, const char *name, PyObject *seconds);

/* `options` as gc_options, or NULL for None. */
int options_handle(module_state *state, PyObject *options, const gc_options **handle);
/* Options that compute in any case, else as `options` and `timeout` say, which may both be NULL; owned. */
PyObject *options_refreshing(module_state *state, PyObject *options, PyObject *timeout);
/* `base`, with what `options` and `timeout` give in its place; any of them may be NULL or None. Owned. */
PyObject *options_over(module_state *state, PyObject *base, PyObject *options, PyObject *timeout);
/* Of `options`, those that concern a read which computes nothing; owned. */
PyObject *options_of_reads(module_state *state, PyObject *options);

/* --- entry.c --- */

/* An Entry that takes over `handle`; owned. On failure the handle is freed. */
PyObject *entry_new(cache_object *cache, gc_entry *handle);
/* Waits in slices for up to `ms`, so that Ctrl-C gets through, while somebody else computes. */
int entry_handle_wait(cache_object *cache, gc_entry *handle, long long ms, gc_status *status);
/* Frees a handle, without the GIL where that can take a round trip. */
void entry_handle_free(cache_object *cache, gc_entry *handle);
/* gc_fill_value on the handle; to be entered before. */
gc_status entry_fill_value(entry_object *entry, gc_value value, const gc_options *options, gc_error **err);
/* Around a call on the handle that may release the GIL: nobody else may use it. */
int entry_enter(entry_object *entry);
void entry_leave(entry_object *entry);

/* --- leases.c --- */

/* Remembers a miss for a set in the same thread or task; also one whose server could not be asked. Takes over `handle`.
 */
int lease_remember(cache_object *cache, gc_entry *handle);
/* The same for all that are wanted; takes them over, which leaves NULL in `handles`. */
int lease_remember_all(cache_object *cache, gc_entry **handles, size_t n, int (*wants)(const gc_entry *handle));
/* Remembers reads whose values could not be read, with the exception set, so that a set knows what it follows. Takes
 * them over. */
void lease_remember_unread(cache_object *cache, gc_entry **handles, size_t n);
/* The remembered miss of a key, owned, or NULL; an exception may be set. `key` is asked for only if it is needed. It is
 * the caller's until entry_leave: other threads that look for it meanwhile find none. */
typedef char *(*key_function)(void *payload);
entry_object *lease_take(cache_object *cache, key_function key, void *payload);
int lease_forget(entry_object *entry);
/* Forgets all of a cache and its views, of which the last is being closed. */
int lease_forget_all(cache_object *cache);

/* --- operations.c: each operation once, for a cache and for a bound cache --- */

typedef struct {
  cache_object *cache;
  bound_object *bound; /* NULL: on the cache itself */
} target;

/* One call of the C header on the target: that of the bound cache, or that of the cache, which is entered; where it is
 * closed, the function returns `failed`. */
#define ON_TARGET(on, failed, status, bound_call, cache_call)   \
  do {                                                          \
    if ((on)->bound != NULL) {                                  \
      WITHOUT_GIL_IF((on)->cache->blocks, status = bound_call); \
    } else if (cache_enter((on)->cache) < 0) {                  \
      return failed;                                            \
    } else {                                                    \
      WITHOUT_GIL_IF((on)->cache->blocks, status = cache_call); \
      cache_leave((on)->cache);                                 \
    }                                                           \
  } while (0)

PyObject *do_get(const target *on, call *c);
PyObject *do_get_entry(const target *on, call *c);
PyObject *do_set(const target *on, call *c, PyObject *value);
PyObject *do_delete(const target *on, call *c);
PyObject *do_begin(const target *on, call *c);
PyObject *do_fetch(const target *on, call *c, PyObject *compute, int as_entry);
PyObject *do_key(const target *on, call *c);
PyObject *do_explain(const target *on, call *c);
/* A str of a text of the library, which is freed; owned. */
PyObject *take_string(char *text);

/* --- many.c --- */

PyObject *do_get_many(const target *on, call *c, PyObject *calls, int as_entries);
PyObject *do_begin_many(const target *on, call *c, PyObject *calls);

/* --- log.c --- */

/* Sends the cache's messages to Python's logging. */
void log_begin(cache_object *cache, int level);
/* Tells those of the call that this thread has just made, which runs Python. A pending exception stays. */
void log_tell_kept(void);

#endif
