"""Many values at once without blocking an event loop.

All values are begun at once, and each that is missing is pursued as a single one is; but those whose turn it is at the same
moment are computed together.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, Sequence

from . import _asyncio
from ._computing import _current
from ._many import checked, take_hits
from ._values import MISS

if TYPE_CHECKING:
    from ._many import Request
    from ._native import Entry
    from ._types import Arguments


async def fetch_many(cache: Any, request: Request, compute: Callable[[list[Any]], Any]) -> list[Any]:
    """Cache.fetch_many for coroutines."""
    fetching = _Fetching(cache, request, compute)
    try:
        return await fetching.run()
    except BaseException:
        fetching.release()
        raise


class _Fetching:
    """One call of afetch_many."""

    def __init__(self, cache: Any, request: Request, compute: Callable[[list[Any]], Any]) -> None:
        self._cache = cache
        self._request = request
        self._steps = _asyncio.Steps(cache.in_process)
        self._together = _Together(compute, request.calls)
        self._values: list[Any] = [MISS] * len(request.calls)
        self._begun: list[Entry] = []

    async def run(self) -> list[Any]:
        with self._steps:
            left = await self._begin(range(len(self._values)), refresh=False)
        if left:
            await self._fetch_all(left)
        return self._values

    def release(self) -> None:
        """Gives up what is not filled; also of those whose task was cancelled before it ran."""
        self._steps.release_later(*self._begun)

    async def _begin(self, indexes: Sequence[int], refresh: bool) -> list[tuple[int, Entry]]:
        """What is to be computed or waited for."""
        entries = await self._steps.call(self._request.begin, indexes, refresh)
        self._begun += entries
        left, foreign = take_hits(self._values, zip(indexes, entries))
        if foreign:
            left += await self._begin(foreign, refresh=True)
        return left

    async def _fetch_all(self, begun: list[tuple[int, Entry]]) -> None:
        try:
            ended = await asyncio.gather(*(self._fetch(*one) for one in begun), return_exceptions=True)
        finally:
            self._together.cancel()
        for error in ended:
            if error is not None:
                raise error

    async def _fetch(self, index: int, entry: Entry) -> None:
        def begin_anew() -> Entry:
            return self._request.begin([index], True)[0]

        compute = functools.partial(self._together.value, index)
        with contextlib.suppress(_Left), _asyncio.Steps(self._cache.in_process) as steps:
            self._values[index] = await _asyncio.pursue(steps, self._cache._identity, entry, begin_anew, compute)


class _Left(Exception):
    """What was computed has no value for this call."""


class _Together:
    """Calls a function once for all values that turn out to be missing at the same time."""

    def __init__(self, compute: Callable[[list[Any]], Any], calls: list[Arguments]) -> None:
        self._calls = calls
        self._compute = compute
        self._missing: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def value(self, index: int) -> asyncio.Future[Any]:
        """What is computed for a call."""
        loop = asyncio.get_running_loop()
        if not self._missing:
            loop.call_soon(self._start)  # soon: others may turn up in the same turn of the loop
        self._missing[index] = future = loop.create_future()
        return future

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _start(self) -> None:
        missing, self._missing = self._missing, {}
        task = asyncio.get_running_loop().create_task(self._run(missing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, missing: dict[int, asyncio.Future[Any]]) -> None:
        indexes = sorted(missing)
        try:
            values = await self._computed([self._calls[index] for index in indexes])
        except asyncio.CancelledError:
            for future in missing.values():
                future.cancel()
            raise
        except Exception as error:
            for future in missing.values():
                _fail(future, error)
            return
        for future, value in zip(map(missing.__getitem__, indexes), values):
            if value is MISS:
                _fail(future, _Left())
            elif not future.done():
                future.set_result(value)

    async def _computed(self, calls: list[Arguments]) -> list[Any]:
        _current.set(False)  # of this task: depend would not know which value is meant
        made = self._compute(calls)
        return checked(await made if inspect.isawaitable(made) else made, len(calls))


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():  # else its caller was cancelled
        future.set_exception(error)
