"""Many values at once without blocking an event loop.

All values are read at once, and each that is missing is fetched as a single one is; but those whose turn it is at the same
moment are computed together.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable

from . import _asyncio
from ._computing import _current
from ._many import checked, hit
from ._values import MISS

if TYPE_CHECKING:
    from ._many import Request
    from ._native import Entry
    from ._types import Arguments

async def fetch_many(cache: Any, request: Request, compute: Callable[[list[Any]], Any]) -> list[Any]:
    """Cache.fetch_many for coroutines."""
    entries = await _asyncio.call(cache, request.read)
    values = [MISS] * len(entries) if request.recomputes else [hit(entry) for entry in entries]
    missing = [index for index, value in enumerate(values) if value is MISS]
    together = _Together(compute, request.calls, len(missing))
    try:
        fetched = await asyncio.gather(
            *(_fetch_one(cache, request.begin, index, together) for index in missing), return_exceptions=True
        )
    finally:
        together.cancel()
    for index, one in zip(missing, fetched):
        if isinstance(one, BaseException):
            raise one
        (values[index],) = one
    return values


class _Left(Exception):
    """What was computed has no value for this call."""


async def _fetch_one(cache: Any, begin: Callable[[Arguments, bool], Entry], index: int, together: _Together) -> tuple[Any]:
    """In a tuple, since the value may be an exception."""
    has_begun = together.begins_once()
    try:
        begin_this = functools.partial(begin, together.calls[index])
        compute = functools.partial(together.value, index)
        return (await _asyncio.fetch(cache, begin_this, compute, has_begun),)
    except _Left:
        return (MISS,)
    finally:
        has_begun()


class _Together:
    """Calls a function once for all values that turn out to be missing at the same time."""

    def __init__(self, compute: Callable[[list[Any]], Any], calls: tuple[Arguments, ...], to_begin: int) -> None:
        self.calls = calls
        self._compute = compute
        self._to_begin = to_begin  # of so many it is not known yet whether they are missing
        self._missing: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begins_once(self) -> Callable[[], None]:
        """To be called when it is known of one value; more than once makes no difference."""
        is_known = False

        def has_begun() -> None:
            nonlocal is_known
            if not is_known:
                is_known = True
                self._to_begin -= 1
                self._start_soon()

        return has_begun

    def value(self, index: int) -> asyncio.Future[Any]:
        """What is computed for a call."""
        self._missing[index] = future = asyncio.get_running_loop().create_future()
        self._start_soon()
        return future

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _start_soon(self) -> None:
        if self._to_begin == 0 and self._missing:  # soon: others may turn up in the same turn of the loop
            asyncio.get_running_loop().call_soon(self._start)

    def _start(self) -> None:
        missing, self._missing = self._missing, {}
        if missing:
            task = asyncio.get_running_loop().create_task(self._run(missing))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, missing: dict[int, asyncio.Future[Any]]) -> None:
        indexes = sorted(missing)
        try:
            values = await self._computed([self.calls[index] for index in indexes])
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
