"""Computing through the cache without blocking an event loop.

Calls that may wait for a server run in a few threads of their own. Who waits for somebody else's computation waits in
the loop: within it for the one that computes, else by a timer, and then asks the cache again.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Awaitable, Callable, Iterable, TypeVar, Union, cast
from weakref import WeakKeyDictionary

from ._computing import LEASES, _current
from ._errors import ArgumentError, Status
from ._many import hit
from ._native import Entry
from ._values import MISS

T = TypeVar("T")

THREADS = 8

_pool: ThreadPoolExecutor | None = None


def _forget_pool() -> None:  # in a forked child its threads are gone
    global _pool
    _pool = None


os.register_at_fork(after_in_child=_forget_pool)


def _threads() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="gencache")
    return _pool


class _Loop:
    """What the callers in one event loop share."""

    def __init__(self) -> None:
        self.flights: dict[tuple[int, str], asyncio.Future[None]] = {}
        self.callers = 0
        # No more calls at once than threads: a thousand callers that wake up together do not swamp the loop.
        self.turns = asyncio.Semaphore(THREADS)


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()


def _this_loop() -> _Loop:
    loop = asyncio.get_running_loop()
    if loop not in _loops:
        _loops[loop] = _Loop()
    return _loops[loop]


class Steps:
    """The calls of one cache, in threads unless it is memory://, whose calls wait for nobody."""

    def __init__(self, in_process: bool) -> None:
        self._in_process = in_process
        self.loop = _this_loop()
        self._latest: Future[Any] | None = None  # of the calls in threads

    def __enter__(self) -> Steps:
        self.loop.callers += 1
        return self

    def __exit__(self, *error: object) -> None:
        self.loop.callers -= 1

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        if self._in_process and self.loop.callers <= THREADS:
            return function(*args)
        async with self.loop.turns:
            if self._in_process:
                await asyncio.sleep(0)  # others of the loop come first
                return function(*args)
            self._latest = running = _threads().submit(function, *args)
            try:
                return await asyncio.wrap_future(running)
            except asyncio.CancelledError:
                running.add_done_callback(_release_result)
                raise

    def release_later(self, *entries: Entry) -> None:
        """Gives up what the entries were to compute, without waiting for it: that may take round trips."""
        if self._in_process:
            _release(entries)
        elif self._latest is None:
            _threads().submit(_release, entries)
        else:  # where the caller was cancelled, its latest call may still use an entry
            self._latest.add_done_callback(lambda _: _threads().submit(_release, entries))


def _release(entries: Iterable[Entry]) -> None:
    for entry in entries:
        with contextlib.suppress(ArgumentError):  # a call that is under way uses it; whoever made that releases it
            entry.release()


def _release_result(running: Future[Any]) -> None:
    """Of a call whose caller was cancelled."""
    if running.cancelled() or running.exception() is not None:
        return
    result = running.result()
    results = result if isinstance(result, list) else [result]
    _threads().submit(_release, [one for one in results if isinstance(one, Entry)])


async def call(cache: Any, function: Callable[[], T]) -> T:
    """A call that computes nothing. It sees the misses that the task has not filled yet, and the task those that it
    leaves."""
    context = contextvars.copy_context()

    def in_context() -> T:
        return context.run(function)

    with Steps(cache.in_process) as steps:
        result = await steps.call(in_context)
    leases = context.get(LEASES)
    if leases is not None and leases is not LEASES.get(None):
        LEASES.set(leases)
    return result


Computation = Union[Callable[[], Awaitable[T]], Callable[[], T]]


async def fetch(cache: Any, begin: Callable[[bool], Entry], compute: Computation[T]) -> T:
    """Cache.fetch for coroutines; `begin(refresh)` is Cache.begin with all of its arguments."""
    with Steps(cache.in_process) as steps:
        entry = await steps.call(begin, False)
        return cast(T, await pursue(steps, cache._identity, entry, lambda: begin(True), compute))


async def pursue(
    steps: Steps, identity: int, entry: Entry, begin_anew: Callable[[], Entry], compute: Computation[T]
) -> Any:
    """The value of an entry that was begun: it is waited for, or computed in this turn of the loop. One that is none of
    ours is computed anew and overwritten."""
    value = await _pursue_once(steps, identity, entry, compute)
    if value is MISS:
        value = await _pursue_once(steps, identity, await steps.call(begin_anew), compute)
    return value


async def _pursue_once(steps: Steps, identity: int, entry: Entry, compute: Computation[T]) -> Any:
    """MISS for a value that is none of ours."""
    try:
        await _wait_for_others(steps, identity, entry)
        if entry.status in (Status.OK, Status.STALE):
            return hit(entry)
        return await _take_turn(steps, identity, entry, compute)
    except BaseException:
        steps.release_later(entry)
        raise


async def _wait_for_others(steps: Steps, identity: int, entry: Entry) -> None:
    pause = 0.002
    while entry.status is Status.BUSY:
        flight = steps.loop.flights.get((identity, entry.key))
        if flight is not None:
            await asyncio.wait([flight], timeout=1)
        else:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.25)
        await steps.call(entry.wait, 0)


async def _take_turn(steps: Steps, identity: int, entry: Entry, compute: Computation[T]) -> T:
    flights, where = steps.loop.flights, (identity, entry.key)
    flights[where] = flight = asyncio.get_running_loop().create_future()
    try:
        return await _compute(steps, entry, compute)
    finally:
        if flights.get(where) is flight:
            del flights[where]
        flight.set_result(None)


async def _compute(steps: Steps, entry: Entry, compute: Computation[T]) -> T:
    token = _current.set(entry)
    try:
        made = compute()
        value: T = await made if inspect.isawaitable(made) else made
    except Exception as error:
        old: T = await _give_up(steps, entry, error)
        return old
    finally:
        _current.reset(token)
    await steps.call(entry.fill, value)
    return value


async def _give_up(steps: Steps, entry: Entry, error: Exception) -> Any:
    try:
        await steps.call(entry.abandon)
    except Exception:  # the caller is to see the error of the computation
        raise error
    old = hit(entry)
    if old is MISS:
        raise error
    return old


def mark_coroutine_function(function: object) -> None:
    """Makes inspect and asyncio see an object that is called like an `async def` as one."""
    mark = getattr(inspect, "markcoroutinefunction", None)
    if mark is not None:  # Python 3.12
        mark(function)
    else:
        function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]
