/* What help() tells of the native methods. The first line of each is its signature, for inspect. */
#ifndef GENCACHE_PYTHON_DOCS_H
#define GENCACHE_PYTHON_DOCS_H

#define SIGNATURE(text) text "\n--\n\n"

/* --- Cache --- */

#define CACHE_GET_DOC                                                                                               \
  SIGNATURE("get($self, generations, /, *, default=None, args=None, **arguments)")                                  \
  "The value, or `default` where there is none: one round trip, to one server.\n\n"                                 \
  "generations: what the value depends on, `name` or `name:argument`; one str, or a tuple of them.\n"               \
  "default: what a miss gives. A cached None is a hit: `default=gencache.MISS` tells them apart.\n"                 \
  "args: a mapping with more arguments, of any name; or pairs of a name (or None) and a value.\n"                   \
  "arguments: the arguments of the value, all by name.\n\n"                                                         \
  "Where the server is away it is a miss. A miss is remembered for a `set` of the same value in the same\n"         \
  "thread or task, which so stores nothing that was invalidated since. `asyncio.to_thread(cache.get, ...)` loses\n" \
  "it: use `aget` and `aset`, or `get_entry` and `Entry.fill`. Raises ArgumentError for bad input, and\n"           \
  "StoredTypeError where the value is none that this program can read; a `set` after that stores nothing.\n\n"      \
  ">>> cache.get(('nav', 'nav_portal:user_id'), user_id=1, page='home')\n"                                          \
  ">>> cache.set(('nav', 'nav_portal:user_id'), '<h1>Home</h1>', user_id=1, page='home')\n"                         \
  "True\n"                                                                                                          \
  ">>> cache.get(('nav', 'nav_portal:user_id'), user_id=1, page='home')\n"                                          \
  "'<h1>Home</h1>'\n"

#define CACHE_GET_ENTRY_DOC                                                                                 \
  SIGNATURE("get_entry($self, generations, /, *, args=None, **arguments)")                                  \
  "What a read finds, as an Entry: with the reason of a miss, and its lease, which `Entry.fill` fills.\n\n" \
  ">>> entry = cache.get_entry('nav', page='new')\n"                                                        \
  ">>> entry.reason\n"                                                                                      \
  "'absent'\n"                                                                                              \
  ">>> entry.fill('<h1>New</h1>')\n"                                                                        \
  "True\n"                                                                                                  \
  ">>> cache.get('nav', page='new')\n"                                                                      \
  "'<h1>New</h1>'\n"

#define CACHE_SET_DOC                                                                                                  \
  SIGNATURE("set($self, generations, value, /, *, options=None, timeout=None, args=None, **arguments)")                \
  "Stores a value, and returns whether it did.\n\n"                                                                    \
  "After a `get` of the same value that missed, in the same thread or task, it is stored under the lease of that\n"    \
  "miss: what was invalidated since then makes it a miss by itself. A server that is away or refuses it, or a value\n" \
  "that is too large, then costs a later miss, and the result is False. So it is where the `get` already could not\n"  \
  "ask the server: nothing is stored then, and what may be there is deleted.\n\n"                                      \
  "A lease serves one `set`. The value of a `set` after a miss and an `invalidate` of your own is a miss, since it\n"  \
  "may have been computed before: `get` again, or use `fetch`.\n\n"                                                    \
  "Without such a `get` (in another thread, by `asyncio.to_thread`, for a second time) it stores what it is given:\n"  \
  "an invalidation between the moment the value was computed and this call goes unnoticed\n"                           \
  "(prefer `fetch`); and where it is not stored, TooLargeError, UnavailableError or RefusedError is raised, for an\n"  \
  "old value may be left. ArgumentError for bad input.\n\n"                                                            \
  "timeout: its lifetime in seconds (or a timedelta), 0 for no end; by default that of the URL, else no end.\n"        \
  "options: all options, in the place of `timeout`.\n\n"                                                               \
  ">>> cache.set('nav', '<h1>About</h1>', page='about', timeout=300)\n"                                                \
  "True\n"                                                                                                             \
  ">>> cache.get('nav', page='about')\n"                                                                               \
  "'<h1>About</h1>'\n"

#define CACHE_DELETE_DOC                                                                                \
  SIGNATURE("delete($self, generations, /, *, args=None, **arguments)")                                 \
  "Deletes this one value, whether or not it is there. What depends on the same generations stays.\n\n" \
  "Raises UnavailableError where the server did not answer.\n\n"                                        \
  ">>> cache.delete('nav', page='about')\n"

#define CACHE_FETCH_DOC                                                                                              \
  SIGNATURE("fetch($self, generations, compute, /, *, options=None, timeout=None, args=None, **arguments)")          \
  "The value; where there is none, `compute()` gives it, and it is stored.\n\n"                                      \
  "Of all callers that miss one key at once, in any process on any host, one computes; the others wait for its\n"    \
  "value, up to the option `wait`, or take a stale one where `stale_for` allows it. No invalidation gets lost\n"     \
  "while it is computed. What `compute` raises comes out of this call, unless `fail_safe` allows an old value;\n"    \
  "where a server is away, the value is computed and returned all the same.\n\n"                                     \
  "Returns what `compute` gave as it is, or what is stored: of a tuple, that is a list (see *Values and types* in\n" \
  "the README).\n\n"                                                                                                 \
  ">>> cache.fetch('nav', lambda: '<h1>Contact</h1>', page='contact', timeout=300)\n"                                \
  "'<h1>Contact</h1>'\n"                                                                                             \
  ">>> cache.fetch('nav', lambda: 'not called', page='contact')\n"                                                   \
  "'<h1>Contact</h1>'\n"

#define CACHE_FETCH_ENTRY_DOC                                                                                        \
  SIGNATURE("fetch_entry($self, generations, compute, /, *, options=None, timeout=None, args=None, **arguments)")    \
  "Like `fetch`, for those who want to know about the value: an Entry that has it. One that Python cannot read is\n" \
  "not computed anew: `Entry.type` and `Entry.data` tell of it.\n\n"                                                 \
  ">>> cache.fetch_entry('nav', lambda: '<h1>Jobs</h1>', page='jobs').is_stale\n"                                    \
  "False\n"

#define CACHE_BEGIN_DOC                                                                                          \
  SIGNATURE("begin($self, generations, /, *, options=None, timeout=None, args=None, **arguments)")               \
  "A fetch in steps, for programs that cannot hand over a function: an Entry, whose status says what to do.\n\n" \
  "OK, STALE: take the value. MISS, UNAVAILABLE, REFUSED: compute it, and end that by `Entry.fill` or\n"         \
  "`Entry.abandon`; others wait for you. BUSY: somebody else computes it; ask again with `Entry.wait`.\n\n"      \
  ">>> entry = cache.begin('nav', page='steps')\n"                                                               \
  ">>> entry.status\n"                                                                                           \
  "<Status.MISS: 1>\n"                                                                                           \
  ">>> entry.fill('<h1>Steps</h1>')\n"                                                                           \
  "True\n"

#define CACHE_GET_MANY_DOC                                                                                        \
  SIGNATURE("get_many($self, generations, calls, /, *, default=None, args=None, **arguments)")                    \
  "Reads many values that depend on the same generations in one round trip: a list, in the order of `calls`.\n\n" \
  "calls: for each value its arguments, as a mapping or as pairs; see `gencache.each`. `args` and `arguments`\n"  \
  "are arguments that all of them have.\n\n"                                                                      \
  "Misses are remembered as those of `get`, up to 1024 in a thread or task: for more, use `fetch_many`.\n\n"      \
  ">>> cache.get_many('user:id', gencache.each('id', [11, 12]))\n"                                                \
  "[None, None]\n"

#define CACHE_GET_MANY_ENTRIES_DOC                                                                 \
  SIGNATURE("get_many_entries($self, generations, calls, /, *, args=None, **arguments)")           \
  "Like `get_many`, but gives entries; see `get_entry`.\n\n"                                       \
  ">>> [entry.reason for entry in cache.get_many_entries('user:id', gencache.each('id', [11]))]\n" \
  "['absent']\n"

#define CACHE_BEGIN_MANY_DOC                                                                                        \
  SIGNATURE("begin_many($self, generations, calls, /, *, options=None, timeout=None, args=None, **arguments)")      \
  "Like `begin`, of many values in two round trips, however many are missing: a list of entries, in the order of\n" \
  "`calls`, which are those of `get_many`.\n\n"                                                                     \
  "First end all computations that are yours, and only then wait for those of others: so no two callers wait for\n" \
  "each other. A key that is asked for twice is yours once and busy once. See `fetch_many`.\n\n"                    \
  ">>> entries = cache.begin_many('user:id', gencache.each('id', [13, 14]))\n"                                      \
  ">>> [entry.status.name for entry in entries]\n"                                                                  \
  "['MISS', 'MISS']\n"                                                                                              \
  ">>> [entry.fill('a user') for entry in entries]\n"                                                               \
  "[True, True]\n"

#define CACHE_INVALIDATE_DOC                                                                                         \
  SIGNATURE("invalidate($self, generations, /, *, args=None, **arguments)")                                          \
  "Invalidates generations: all that depends on one of them becomes a miss, however much it is.\n\n"                 \
  "generations: those that have changed, all of which are invalidated: not what a value is read with. With the\n"    \
  "`nav` of `('nav', 'nav_portal:user_id')` in the list, it is a miss for every user.\n\n"                           \
  "Once this has returned, no read that begins afterwards gives a value whose computation began before. Arguments\n" \
  "that no generation names are ignored. Raises UnavailableError or RefusedError where a server has not\n"           \
  "acknowledged it; the message names the server. This cache does not read from that server before it has\n"         \
  "delivered the invalidation, but another process may: call again to be sure.\n\n"                                  \
  ">>> cache.set('nav_portal:user_id', '<h1>Home</h1>', user_id=7)\n"                                                \
  "True\n"                                                                                                           \
  ">>> cache.invalidate('nav_portal:user_id', user_id=7)\n"                                                          \
  ">>> cache.get_entry('nav_portal:user_id', user_id=7).reason\n"                                                    \
  "'invalidated'\n"

#define CACHE_INVALIDATE_SOFT_DOC                                                                                    \
  SIGNATURE("invalidate_soft($self, generations, /, *, args=None, **arguments)")                                     \
  "Like `invalidate`, but calls whose options allow stale values (`stale_for`, `fail_safe`) may still get them.\n\n" \
  ">>> cache.invalidate_soft('nav')\n"

#define CACHE_KEY_DOC                                                      \
  SIGNATURE("key($self, generations, /, *, args=None, **arguments)")       \
  "The readable key of a value, without asking a server.\n\n"              \
  ">>> cache.key(('nav', 'nav_portal:user_id'), user_id=1, page='home')\n" \
  "'nav,nav_portal:user_id=1|page=\"home\"'\n"

#define CACHE_EXPLAIN_DOC                                                                                       \
  SIGNATURE("explain($self, generations, /, *, args=None, **arguments)")                                        \
  "What a read would find, for people: the key, the server, each stamp as it is stored and as it is now, and\n" \
  "the verdict. Changes nothing.\n\n"                                                                           \
  ">>> print(cache.explain('nav', page='nowhere'))  # doctest: +ELLIPSIS\n"                                     \
  "key: nav|page=\"nowhere\"\n...\nverdict: miss, absent...\n"

#define CACHE_CLEAR_DOC                                                                                              \
  SIGNATURE("clear($self, /)")                                                                                       \
  "Invalidates everything in the cache's namespace, as `invalidate` does. Other namespaces on the servers stay.\n\n" \
  ">>> cache.clear()\n"

#define CACHE_PING_DOC                                                                  \
  SIGNATURE("ping($self, /)")                                                           \
  "Asks every server for an answer, and delivers what it missed while it was away.\n\n" \
  "Raises UnavailableError, which names the servers that did not answer.\n\n"           \
  ">>> cache.ping()\n"

#define CACHE_METRICS_DOC                                                   \
  SIGNATURE("metrics($self, /)")                                            \
  "The counters as text for Prometheus (text exposition format 0.0.4).\n\n" \
  ">>> 'gencache_reads_total' in cache.metrics()\n"                         \
  "True\n"

#define CACHE_CLOSE_DOC                                                                                      \
  SIGNATURE("close($self, /)")                                                                               \
  "Closes the cache; calls that are under way on other threads come to their end first. Later calls raise\n" \
  "ArgumentError. What is not closed is closed when it is no longer used.\n\n"                               \
  ">>> other = gencache.Cache('memory://')\n"                                                                \
  ">>> other.close()\n"                                                                                      \
  ">>> other.closed\n"                                                                                       \
  "True\n"

#define CACHE_WITH_TIMEOUT_DOC                                                                                         \
  SIGNATURE("with_timeout($self, seconds, /)")                                                                         \
  "The same cache with another budget for its calls, 0.001 to 60 seconds, in the place of the URL's `timeout_ms`.\n\n" \
  "Connections, counters and what memory:// holds are shared. It may outlive this cache.\n\n"                          \
  ">>> cache.with_timeout(0.05).get('nav', page='quick')\n"

/* --- Bound --- */

#define BOUND_GET_DOC                                                                           \
  SIGNATURE("get($self, /, *by_position, default=None, args=None, **arguments)")                \
  "Like `Cache.get`; arguments go by position, in the order of the parameters, or by name.\n\n" \
  ">>> pages.set('<h1>Home</h1>', 1)\n"                                                         \
  "True\n"                                                                                      \
  ">>> pages.get(1, 'home')\n"                                                                  \
  "'<h1>Home</h1>'\n"
#define BOUND_GET_ENTRY_DOC                                              \
  SIGNATURE("get_entry($self, /, *by_position, args=None, **arguments)") \
  "Like `Cache.get_entry`.\n\n"                                          \
  ">>> pages.get_entry(2).reason\n"                                      \
  "'absent'\n"
#define BOUND_SET_DOC                                                                                 \
  SIGNATURE("set($self, value, /, *by_position, options=None, timeout=None, args=None, **arguments)") \
  "Like `Cache.set`; without options, those of the bound cache apply.\n\n"                            \
  ">>> pages.set('<h1>News</h1>', 1, 'news')\n"                                                       \
  "True\n"
#define BOUND_DELETE_DOC                                              \
  SIGNATURE("delete($self, /, *by_position, args=None, **arguments)") \
  "Like `Cache.delete`.\n\n"                                          \
  ">>> pages.delete(1, 'news')\n"
#define BOUND_FETCH_DOC                                                                                   \
  SIGNATURE("fetch($self, compute, /, *by_position, options=None, timeout=None, args=None, **arguments)") \
  "Like `Cache.fetch`; without options, those of the bound cache apply.\n\n"                              \
  ">>> pages.fetch(lambda: '<h1>Sport</h1>', 1, 'sport')\n"                                               \
  "'<h1>Sport</h1>'\n"
#define BOUND_FETCH_ENTRY_DOC                                                                                   \
  SIGNATURE("fetch_entry($self, compute, /, *by_position, options=None, timeout=None, args=None, **arguments)") \
  "Like `Cache.fetch_entry`.\n\n"                                                                               \
  ">>> pages.fetch_entry(lambda: '<h1>Jobs</h1>', 1, 'jobs').value\n"                                           \
  "'<h1>Jobs</h1>'\n"
#define BOUND_BEGIN_DOC                                                                          \
  SIGNATURE("begin($self, /, *by_position, options=None, timeout=None, args=None, **arguments)") \
  "Like `Cache.begin`.\n\n"                                                                      \
  ">>> pages.begin(1, 'sport').value\n"                                                          \
  "'<h1>Sport</h1>'\n"
#define BOUND_GET_MANY_DOC                                 \
  SIGNATURE("get_many($self, calls, /, *, default=None)")  \
  "Like `Cache.get_many`.\n\n"                             \
  ">>> pages.get_many(gencache.each('user_id', [1, 9]))\n" \
  "['<h1>Home</h1>', None]\n"
#define BOUND_GET_MANY_ENTRIES_DOC                                                            \
  SIGNATURE("get_many_entries($self, calls, /)")                                              \
  "Like `Cache.get_many_entries`.\n\n"                                                        \
  ">>> [bool(entry) for entry in pages.get_many_entries(gencache.each('user_id', [1, 9]))]\n" \
  "[True, False]\n"
#define BOUND_BEGIN_MANY_DOC                                                                  \
  SIGNATURE("begin_many($self, calls, /, *, options=None, timeout=None)")                     \
  "Like `Cache.begin_many`; without options, those of the bound cache apply.\n\n"             \
  ">>> [entry.status.name for entry in pages.begin_many(gencache.each('user_id', [1, 9]))]\n" \
  "['OK', 'MISS']\n"
#define BOUND_KEY_DOC                                              \
  SIGNATURE("key($self, /, *by_position, args=None, **arguments)") \
  "Like `Cache.key`.\n\n"                                          \
  ">>> pages.key(1)\n"                                             \
  "'nav,nav_portal:user_id=1|page=\"home\"'\n"
#define BOUND_EXPLAIN_DOC                                              \
  SIGNATURE("explain($self, /, *by_position, args=None, **arguments)") \
  "Like `Cache.explain`.\n\n"                                          \
  ">>> print(pages.explain(9))  # doctest: +ELLIPSIS\n"                \
  "key: nav,nav_portal:user_id=9|page=\"home\"\n...\nverdict: miss, absent...\n"
#define BOUND_INVALIDATE_DOC                                                                                 \
  SIGNATURE("invalidate($self, /, *by_position, args=None, **arguments)")                                    \
  "Invalidates those of its generations that the arguments given here name; without arguments, its static\n" \
  "ones. Defaults are not used. Raises ArgumentError if that is none; see `Cache.invalidate`.\n\n"           \
  ">>> pages.invalidate(user_id=1)  # nav_portal:user_id=1\n"                                                \
  ">>> pages.invalidate()           # nav\n"                                                                 \
  ">>> pages.get_entry(1).generation\n"                                                                      \
  "'nav'\n"
#define BOUND_INVALIDATE_SOFT_DOC                                              \
  SIGNATURE("invalidate_soft($self, /, *by_position, args=None, **arguments)") \
  "Like `invalidate`, softly: see `Cache.invalidate_soft`.\n\n"                \
  ">>> pages.invalidate_soft()\n"

/* --- Batch --- */

#define BATCH_INVALIDATE_DOC                                                \
  SIGNATURE("invalidate($self, generations, /, *, args=None, **arguments)") \
  "Notes an invalidation; see `Cache.invalidate`. Sends nothing.\n\n"       \
  ">>> with cache.batch() as batch:\n"                                      \
  "...     batch.invalidate('user:id', id=1)\n"
#define BATCH_INVALIDATE_SOFT_DOC                                                \
  SIGNATURE("invalidate_soft($self, generations, /, *, args=None, **arguments)") \
  "Notes a soft invalidation; see `Cache.invalidate_soft`.\n\n"                  \
  ">>> with cache.batch() as batch:\n"                                           \
  "...     batch.invalidate_soft('ranking')\n"
#define BATCH_DELETE_DOC                                                \
  SIGNATURE("delete($self, generations, /, *, args=None, **arguments)") \
  "Notes a deletion; see `Cache.delete`.\n\n"                           \
  ">>> with cache.batch() as batch:\n"                                  \
  "...     batch.delete('user:id', id=1)\n"
#define BATCH_COMMIT_DOC                                                                                          \
  SIGNATURE("commit($self, /)")                                                                                   \
  "Sends what was noted, in one round trip to each server; or hands it over to the outer batch.\n\n"              \
  "The batch is empty afterwards and may be used again. Raises like `Cache.invalidate`; then it keeps what was\n" \
  "not acknowledged, and may be committed again.\n\n"                                                             \
  ">>> batch = cache.batch()\n"                                                                                   \
  ">>> batch.invalidate('user:id', id=1)\n"                                                                       \
  ">>> batch.commit()\n"
#define BATCH_CANCEL_DOC                                   \
  SIGNATURE("cancel($self, /)")                            \
  "Drops what was noted. The batch may be used again.\n\n" \
  ">>> batch = cache.batch()\n"                            \
  ">>> batch.invalidate('user:id', id=1)\n"                \
  ">>> batch.cancel()\n"

/* --- Entry --- */

#define ENTRY_DOC                                                                                                  \
  "What a read found: a value, or a miss with its reason and its lease. True where there is a value.\n\n"          \
  "From `Cache.get_entry`, `begin` and their forms for many values. It may outlive its cache. To be used by one\n" \
  "thread at a time: while one waits for a server in it, the others get ArgumentError.\n\n"                        \
  ">>> entry = cache.get_entry('nav', page='entry')\n"                                                             \
  ">>> bool(entry), entry.status.name, entry.reason, entry.generation, entry.key\n"                                \
  "(False, 'MISS', 'absent', '', 'nav|page=\"entry\"')\n"                                                          \
  ">>> entry.fill('<h1>Entry</h1>', timeout=60)\n"                                                                 \
  "True\n"                                                                                                         \
  ">>> entry.value, entry.has_value, entry.is_stale\n"                                                             \
  "('<h1>Entry</h1>', True, False)\n"                                                                              \
  ">>> entry.type, entry.data\n"                                                                                   \
  "(1, b'<h1>Entry</h1>')\n"                                                                                       \
  ">>> 0 <= entry.age < 60, 0 < entry.remaining <= 60\n"                                                           \
  "(True, True)\n"
#define ENTRY_FILL_DOC                                                                                                \
  SIGNATURE("fill($self, value, /, *, options=None, timeout=None)")                                                   \
  "Stores a value under the lease of this miss: what was invalidated since it was read makes the value a miss.\n\n"   \
  "Whether it was stored: False where a server is away or refuses it, or it is too large, which costs a later miss\n" \
  "and no more (`Stats.fills_failed` counts). Raises ArgumentError for a second time, and for a value that cannot "   \
  "be\n"                                                                                                              \
  "stored at all.\n\n"                                                                                                \
  ">>> cache.get_entry('nav', page='fill').fill({'title': 'Fill'}, timeout=60)\n"                                     \
  "True\n"                                                                                                            \
  ">>> cache.get('nav', page='fill')\n"                                                                               \
  "{'title': 'Fill'}\n"
#define ENTRY_DEPEND_DOC                                                                                        \
  SIGNATURE("depend($self, generation, /, *, args=None, **arguments)")                                          \
  "Makes the value depend on one more generation; see `gencache.depend`. False where a server could not note\n" \
  "it: then `fill` does not store the value.\n\n"                                                               \
  ">>> cache.get_entry('book:id', id=3).depend('author:id', id=7)\n"                                            \
  "True\n"
#define ENTRY_WAIT_DOC                                                                                        \
  SIGNATURE("wait($self, seconds, /)")                                                                        \
  "Of an entry whose status is BUSY: waits for what somebody else computes, 0 asks once. The new status.\n\n" \
  ">>> mine = cache.begin('nav', page='wait')\n"                                                              \
  ">>> other = cache.begin('nav', page='wait')\n"                                                             \
  ">>> other.status\n"                                                                                        \
  "<Status.BUSY: 3>\n"                                                                                        \
  ">>> mine.fill('done')\n"                                                                                   \
  "True\n"                                                                                                    \
  ">>> other.wait(1)\n"                                                                                       \
  "<Status.OK: 0>\n"
#define ENTRY_ABANDON_DOC                                                                                      \
  SIGNATURE("abandon($self, /)")                                                                               \
  "Gives a computation of `begin` up because it failed, and lets another caller try. Status.STALE where the\n" \
  "option `fail_safe` allows the old value, which the entry then has; else Status.OK.\n\n"                     \
  ">>> cache.begin('nav', page='failed').abandon()\n"                                                          \
  "<Status.OK: 0>\n"
#define ENTRY_RELEASE_DOC                                                                          \
  SIGNATURE("release($self, /)")                                                                   \
  "Frees the entry now and not when it is no longer used; what it was to compute is given up.\n\n" \
  ">>> cache.begin('nav', page='released').release()\n"

/* --- Options --- */

#define OPTIONS_DOC                                                                                                    \
  SIGNATURE(                                                                                                           \
      "Options(*, timeout=None, nothing_timeout=None, jitter=None, stale_for=None, fail_safe=None, lock=None, "        \
      "wait=None, beta=None, refresh=None, log_misses=None)")                                                          \
  "How a value is to be stored and computed. Times are seconds, or timedeltas. What is None has its default.\n\n"      \
  "timeout: the lifetime, 0 for no end; by default that of the bound cache, else of the URL, else no end.\n"           \
  "nothing_timeout: the lifetime of None; by default as any other value's.\n"                                          \
  "jitter: the part of a lifetime that may be taken away at random, 0 to 1; 0.\n"                                      \
  "stale_for: how long an old value may be served while another caller computes; 0.\n"                                 \
  "fail_safe: how long an old value may be served where the computation fails; 0.\n"                                   \
  "lock: the lifetime of the fill lock, 2 to 3600, longer than the longest computation; 10.\n"                         \
  "wait: how long to wait for somebody else's computation, 0 to 3600; 30.\n"                                           \
  "beta: how early a value is computed anew before it expires, 0 to 100; 0. 1 is the optimum under load.\n"            \
  "refresh: whether to compute in any case.\n"                                                                         \
  "log_misses: whether misses of `fetch` and of bound caches are told to the logger `gencache` as INFO.\n\n"           \
  "Options never change, so any number of threads may share them. Raises ArgumentError for a number out of range.\n\n" \
  ">>> options = gencache.Options(timeout=300, jitter=0.1)\n"                                                          \
  ">>> cache.fetch('nav', lambda: 'fresh', page='options', options=options)\n"                                         \
  "'fresh'\n"
#define OPTIONS_REPLACE_DOC                                 \
  SIGNATURE("replace($self, /, **changes)")                 \
  "The same options with some changed.\n\n"                 \
  ">>> gencache.Options(timeout=300).replace(jitter=0.1)\n" \
  "Options(timeout=300, jitter=0.1)\n"

#endif
