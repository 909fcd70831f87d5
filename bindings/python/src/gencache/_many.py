"""Many values at once.

All are read in one round trip. For each that is missing a turn is asked for, as for a single one; those that this caller
gets are computed together by one call of its function, and only then it waits for what others compute: nobody waits while
he holds a turn. The library's own function for it is of no use here: it computes in a callback, from which a thread cannot
end.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from ._computing import _current, fill, old_value, refuse_coroutine
from ._errors import ArgumentError, Status, StoredTypeError
from ._options import recomputes, refreshing
from ._values import MISS

if TYPE_CHECKING:
    from ._native import BoundBase, CacheBase, Entry, Options
    from ._types import Argument, Arguments, Calls, Generations

_A_MINUTE = 60.0


class Request(NamedTuple):
    """What is asked for, and how."""

    calls: tuple[Arguments, ...]
    read: Callable[[], list[Entry]]
    """All of them at once."""
    begin: Callable[[Arguments, bool], Entry]
    """A turn for one call, with whether to refresh."""
    recomputes: bool
    """Whether a value that is there may be computed anew all the same."""


def of_cache(
    cache: CacheBase,
    generations: Generations,
    calls: Calls,
    options: Options | None,
    args: Arguments | None,
    arguments: dict[str, Argument],
) -> Request:
    all_calls = _as_tuple(calls)

    def begin(call: Arguments, refresh: bool) -> Entry:
        both = [*_pairs(args), *_pairs(call)]
        return cache.begin(generations, options=refreshing(options, refresh), args=both, **arguments)

    read = partial(cache.get_many_entries, generations, all_calls, args=args, **arguments)
    return Request(all_calls, read, begin, recomputes(options))


def of_bound(bound: BoundBase, calls: Calls, options: Options | None, options_of_bound: Options | None) -> Request:
    all_calls = _as_tuple(calls)

    def begin(call: Arguments, refresh: bool) -> Entry:
        return bound.begin(options=refreshing(options, refresh), args=call)

    read = partial(bound.get_many_entries, all_calls)
    return Request(all_calls, read, begin, recomputes(options, options_of_bound))


def _as_tuple(calls: Calls) -> tuple[Arguments, ...]:
    try:
        return tuple(calls)
    except TypeError:
        raise ArgumentError(f"calls: the arguments of each value are expected, not {calls!r}") from None


def _pairs(args: Arguments | None) -> list[Any]:
    """Arguments of either form as a list of pairs."""
    items = getattr(args, "items", None)
    return list(items() if items is not None else args or ())


def hit(entry: Entry) -> Any:
    """The value, or MISS; also for one that is none of ours, which is computed anew and overwritten."""
    try:
        return entry.value
    except StoredTypeError:
        return MISS


def checked(values: Any, n: int) -> list[Any]:
    """What a function for many values has returned. A dict or a set has no order that could be meant."""
    refuse_coroutine(values, "afetch_many")
    is_sequence = hasattr(values, "__getitem__") and hasattr(values, "__len__")
    if not is_sequence or isinstance(values, (str, bytes, bytearray, memoryview, Mapping, Set)):
        kind = type(values).__qualname__
        raise ArgumentError(f"compute: a list is expected, of one value for each call, not what it gave: {kind}")
    if len(values) != n:
        raise ArgumentError(f"compute: {n} values are expected, not {len(values)}; gencache.MISS stands for none")
    return list(values)


def fetch_many(request: Request, compute: Callable[[list[Any]], Any]) -> list[Any]:
    fetching = _Fetching(request, compute)
    try:
        return fetching.run()
    finally:
        fetching.release()


class _Fetching:
    """One call of fetch_many."""

    def __init__(self, request: Request, compute: Callable[[list[Any]], Any]) -> None:
        self._request = request
        self._function = compute
        self._values: list[Any] = [MISS] * len(request.calls)
        self._begun: list[Entry] = []
        self._turns: list[tuple[int, Entry]] = []
        self._waiting: list[tuple[int, Entry]] = []

    def run(self) -> list[Any]:
        for index, entry in enumerate(self._request.read()):
            if not self._request.recomputes:
                self._values[index] = hit(entry)
            if self._values[index] is MISS:
                self._begin(index, refresh=False)
        self._compute()
        while self._waiting:
            self._wait_for_first()
            self._compute()
        return self._values

    def release(self) -> None:
        """Gives up what is not filled."""
        for entry in self._begun:
            entry.release()

    def _begin(self, index: int, refresh: bool) -> None:
        entry = self._request.begin(self._request.calls[index], refresh)
        self._begun.append(entry)
        self._sort(index, entry)

    def _sort(self, index: int, entry: Entry) -> None:
        """By what is to be done."""
        if entry.status is Status.BUSY:
            self._waiting.append((index, entry))
        elif entry.status not in (Status.OK, Status.STALE):
            self._turns.append((index, entry))
        else:
            self._values[index] = hit(entry)
            if self._values[index] is MISS:
                self._begin(index, refresh=True)

    def _wait_for_first(self) -> None:
        (index, first), *others = self._waiting
        while first.status is Status.BUSY:
            first.wait(_A_MINUTE)
        self._waiting = others
        self._sort(index, first)
        if not self._turns:
            return
        self._waiting = []  # whoever left this one maybe left others, too
        for index, entry in others:
            entry.wait(0)
            self._sort(index, entry)

    def _compute(self) -> None:
        turns, self._turns = self._turns, []
        if not turns:
            return
        try:
            values = self._computed([self._request.calls[index] for index, _ in turns])
        except Exception as error:
            self._give_up(turns, error)
            return
        for (index, entry), value in zip(turns, values):
            if value is MISS:
                value = old_value(entry)
            else:
                fill(entry, value)
            self._values[index] = value

    def _computed(self, missing: list[Arguments]) -> list[Any]:
        token = _current.set(False)
        try:
            return checked(self._function(missing), len(missing))
        finally:
            _current.reset(token)

    def _give_up(self, turns: list[tuple[int, Entry]], error: Exception) -> None:
        for index, entry in turns:
            self._values[index] = old_value(entry)
        if any(self._values[index] is MISS for index, _ in turns):
            raise error
