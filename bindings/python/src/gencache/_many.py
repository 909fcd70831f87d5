"""Many values at once.

All are begun by one call of the library, which reads them and asks for the turns of those that are missing. The turns that
this caller gets are computed together by one call of its function, and only then it waits for what others compute: nobody
waits while he holds a turn. The library's own function for all of that is of no use here: it computes in a callback, from
which a thread cannot end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Callable, Iterable

from ._computing import _current, fill, old_value, refuse_coroutine
from ._errors import ArgumentError, Status, StoredTypeError
from ._options import refreshing
from ._values import MISS

if TYPE_CHECKING:
    from ._native import BoundBase, CacheBase, Entry, Options
    from ._types import Argument, Arguments, Calls, Generations

_A_MINUTE = 60.0


class Request:
    """What is asked for, and how."""

    def __init__(self, calls: Calls, begin: Callable[[list[Arguments], bool], list[Entry]]) -> None:
        """`begin` is begin_many of some calls, with whether to refresh."""
        self.calls = _as_list(calls)
        self._begin = begin

    def begin(self, indexes: Iterable[int], refresh: bool) -> list[Entry]:
        return self._begin([self.calls[index] for index in indexes], refresh)


def of_cache(
    cache: CacheBase,
    generations: Generations,
    calls: Calls,
    options: Options | None,
    args: Arguments | None,
    arguments: dict[str, Argument],
) -> Request:
    def begin(some: list[Arguments], refresh: bool) -> list[Entry]:
        return cache.begin_many(generations, some, options=refreshing(options, refresh), args=args, **arguments)

    return Request(calls, begin)


def of_bound(bound: BoundBase, calls: Calls, options: Options | None) -> Request:
    return Request(calls, lambda some, refresh: bound.begin_many(some, options=refreshing(options, refresh)))


def _as_list(calls: Calls) -> list[Arguments]:
    try:
        return list(calls)
    except TypeError:
        raise ArgumentError(f"calls: the arguments of each value are expected, not {calls!r}") from None


def hit(entry: Entry) -> Any:
    """The value, or MISS; also for one that is none of ours, which is computed anew and overwritten."""
    try:
        return entry.value
    except StoredTypeError:
        return MISS


def take_hits(values: list[Any], begun: Iterable[tuple[int, Entry]]) -> tuple[list[tuple[int, Entry]], list[int]]:
    """Puts the values that are there into their places. What is left: what is to be computed or waited for, and the
    places of values that are none of ours."""
    left, foreign = [], []
    for index, entry in begun:
        value = hit(entry)
        if value is not MISS:
            values[index] = value
        elif entry.has_value:
            foreign.append(index)
        else:
            left.append((index, entry))
    return left, foreign


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
    except BaseException:
        fetching.release()
        raise


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
        self._begin(range(len(self._values)), refresh=False)
        self._compute()
        while self._waiting:
            self._wait_for_first()
            self._compute()
        return self._values

    def release(self) -> None:
        """Gives up what is not filled now, and not when the exception is forgotten."""
        for entry in self._begun:
            entry.release()

    def _begin(self, indexes: Sequence[int], refresh: bool) -> None:
        entries = self._request.begin(indexes, refresh)
        self._begun += entries
        self._sort(zip(indexes, entries))

    def _sort(self, begun: Iterable[tuple[int, Entry]]) -> None:
        """By what is to be done."""
        left, foreign = take_hits(self._values, begun)
        for index, entry in left:
            (self._waiting if entry.status is Status.BUSY else self._turns).append((index, entry))
        if foreign:
            self._begin(foreign, refresh=True)

    def _wait_for_first(self) -> None:
        (index, first), *others = self._waiting
        while first.status is Status.BUSY:
            first.wait(_A_MINUTE)
        self._waiting = others
        self._sort([(index, first)])
        if not self._turns:
            return
        self._waiting = []  # whoever left this one maybe left others, too
        for _, entry in others:
            entry.wait(0)
        self._sort(others)

    def _compute(self) -> None:
        turns, self._turns = sorted(self._turns), []
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
