"""The part of a fetch that happens on a miss."""

from __future__ import annotations

from contextvars import ContextVar
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Callable, Literal, TypeVar, cast

from ._errors import ArgumentError
from ._values import MISS

if TYPE_CHECKING:
    from ._native import Entry
    from ._types import Argument, Arguments

T = TypeVar("T")

# The misses of this thread or task that a set would fill, for the native part.
LEASES: ContextVar[tuple[object, ...]] = ContextVar("gencache.leases")

# What is being computed in this thread or task, for depend; False while it is many values at once.
_current: ContextVar[Entry | None | Literal[False]] = ContextVar("gencache.current", default=None)


def compute(entry: Entry, function: Callable[[], T]) -> T:
    """Computes the value of a miss that is the caller's turn, and stores it."""
    token = _current.set(entry)
    try:
        value = function()
    except Exception as error:
        old = old_value(entry)
        if old is MISS:
            raise
        return cast(T, old)
    except BaseException:  # Ctrl-C: lets another caller try, and offers no old value
        entry.release()
        raise
    finally:
        _current.reset(token)
    fill(entry, value)
    return value


def fill(entry: Entry, value: object) -> None:
    """Stores what was computed. Where a server cannot, that costs no more than a miss later."""
    try:
        refuse_coroutine(value, "afetch")
        entry.fill(value)
    except BaseException:  # it cannot be stored at all
        entry.release()
        raise


def refuse_coroutine(value: object, method: str) -> None:
    if type(value) is CoroutineType:
        value.close()  # it is not to be awaited
        raise ArgumentError(f"compute: {value.__qualname__}() is an async def; await {method}(...) takes it")


def old_value(entry: Entry) -> Any:
    """Of a computation that is given up: the old value, where the option `fail_safe` allows it; else MISS."""
    try:
        entry.abandon()
        value = entry.value
    except Exception:  # the caller is to see the error of the computation
        value = MISS
    if value is MISS:
        entry.release()
    return value


def depend(generation: str, /, *, args: Arguments | None = None, **arguments: Argument) -> bool:
    """Makes the value that is being computed depend on one more generation, which turned up only now.

    To be called by what `fetch` or a wrapped function computes, before it reads what the generation stands for: then
    there is no race with an invalidation. It costs a round trip: in a coroutine, `await asyncio.to_thread(depend, ...)`
    does not block the loop.

    Returns whether it was noted: False where a server could not note it (then the value is computed but not stored),
    and outside of a computation, so that a function does the same where it is called without the cache. Where one
    computation fetches another value, it counts for the inner one alone. Raises ArgumentError within `fetch_many`, where
    it is not known which value is meant, and once the computation is over, in a task that it has left behind.

    >>> def book():
    ...     author = 7  # known only when the book is read
    ...     gencache.depend("author:id", id=author)
    ...     return f"a book by {author}"
    >>> cache.fetch("book:id", book, id=1)
    'a book by 7'
    >>> cache.invalidate("author:id", id=7)
    >>> cache.get("book:id", id=1) is None
    True
    """
    entry = _current.get()
    if entry is False:
        raise ArgumentError("depend: not within fetch_many, where it is not known which value depends on it")
    return entry is not None and entry.depend(generation, args=args, **arguments)
