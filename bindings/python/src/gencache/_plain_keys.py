"""Values under plain keys, as memcached itself has them, for interfaces that know no generations.

All of them hang on one generation, which `clear` invalidates. What reads or stores does not raise because a server is
away, as programs written for such interfaces expect; what deletes, counts or clears does.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator

from ._errors import RefusedError, Status, TooLargeError, UnavailableError
from ._native import Options

if TYPE_CHECKING:
    from ._cache import Cache
    from ._native import Entry
    from ._times import Seconds
    from ._types import Arguments, Generations

_logger = logging.getLogger("gencache")

# Who changes a number holds the fill lock of a value that nobody ever stores. Where a holder dies it is over after a few
# seconds; all this is a matter of milliseconds.
_TURN = Options(lock=5, wait=20)


def store(cache: Cache, generations: Generations, value: object, timeout: Seconds | None, args: Arguments) -> bool:
    """Sets a value and returns whether it was stored. What could not be stored leaves no older value behind, unless the
    server is away."""
    try:
        if cache.set(generations, value, timeout=timeout, args=args):
            return True
        _logger.warning("set: the value was not stored")  # after a miss, so nothing older is left
    except UnavailableError as error:
        _logger.warning("set: the value was not stored: %s", error)
    except (RefusedError, TooLargeError) as error:
        _logger.warning("set: the value was not stored: %s", error)
        with contextlib.suppress(UnavailableError, RefusedError):
            cache.delete(generations, args=args)
    return False


class PlainKeys:
    """The values of one generation. A timeout of 0 means no end, None that of the URL.

    open_cache: gives the cache, at each call.
    """

    def __init__(self, open_cache: Callable[[], Cache], generation: str) -> None:
        self._open = open_cache
        self._generation = generation

    def entry(self, key: str) -> Entry:
        """What stands there. It is no lease for a later set: that has to count also after a clear."""
        return self._open().get_entry(self._generation, args=_named(key))

    def get(self, key: str, default: Any = None) -> Any:
        entry = self.entry(key)
        return entry.value if entry.status is Status.OK else default

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Those that are there, in one round trip."""
        keys = list(keys)
        entries = self._open().get_many_entries(self._generation, [_named(key) for key in keys])
        return {key: entry.value for key, entry in zip(keys, entries) if entry.status is Status.OK}

    def has(self, key: str) -> bool:
        return self.entry(key).status is Status.OK

    def set(self, key: str, value: object, timeout: Seconds | None = None) -> bool:
        return store(self._open(), self._generation, value, timeout, _named(key))

    def fetch(self, key: str, compute: Callable[[], Any], timeout: Seconds | None = None) -> Any:
        """The value, computed by one of all callers where there is none."""
        return self._open().fetch(self._generation, compute, timeout=timeout, args=_named(key))

    def add(self, key: str, value: object, timeout: Seconds | None = None) -> bool:
        """Stores a value where there is none; of several callers at once, one does."""
        with self._turn(_named(key)) as entry:
            if entry.status in (Status.UNAVAILABLE, Status.REFUSED):
                _logger.warning("add: the value was not stored: the server could not be asked")
            if entry.status is not Status.MISS:
                return False
            is_stored = entry.fill(value, timeout=timeout)
            if not is_stored:
                _logger.warning("add: the value was not stored")
            return is_stored

    def delete(self, key: str) -> bool:
        """Returns whether there was one. It takes a round trip to look."""
        existed = self.has(key)
        self.discard(key)
        return existed

    def discard(self, key: str) -> None:
        """Deletes what is there, if anything is."""
        self._open().delete(self._generation, args=_named(key))

    def incr(self, key: str, delta: int = 1) -> int:
        """Adds to a number, which keeps the end of its lifetime. Raises ValueError where there is none.

        Others that call incr or touch wait for their turn; a set or a delete at the same moment may be lost.
        """
        with self._alone(key):
            entry = self._found(key)
            value: int = entry.value + delta
            self._set_or_raise(key, value, _left(entry))
            return value

    def move(self, key: str, to: str) -> None:
        """Stores the value under another key, where it keeps the end of its lifetime. Raises ValueError where there is
        none."""
        entry = self._found(key)
        if key != to:
            self._set_or_raise(to, entry.value, _left(entry))
            self.discard(key)

    def touch(self, key: str, timeout: Seconds | None = None) -> bool:
        """Stores the value anew with another timeout; returns whether there was one. As for others at once, see incr."""
        with self._alone(key):
            entry = self._present(key)
            if entry is not None:
                self._set_or_raise(key, entry.value, timeout)
            return entry is not None

    def clear(self) -> None:
        """Invalidates all of them."""
        self._open().invalidate(self._generation)

    def _found(self, key: str) -> Entry:
        entry = self._present(key)
        if entry is None:
            raise ValueError(f"Key '{key}' not found")
        return entry

    def _present(self, key: str) -> Entry | None:
        entry = self.entry(key)
        if entry.status in (Status.UNAVAILABLE, Status.REFUSED):
            raise UnavailableError(f"the server of the key {key!r} could not be asked")
        return entry if entry.status is Status.OK else None

    def _set_or_raise(self, key: str, value: object, timeout: Seconds | None) -> None:
        self._open().set(self._generation, value, timeout=timeout, args=_named(key))

    @contextlib.contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Keeps other callers of incr and touch, in any process, from this key meanwhile."""
        with self._turn([(None, "turn"), (None, key)]) as turn:
            if turn.status is not Status.MISS:
                raise UnavailableError(f"the server of the key {key!r} could not be asked")
            yield

    @contextlib.contextmanager
    def _turn(self, args: Arguments) -> Iterator[Entry]:
        """A value, once nobody else computes it. A miss is the caller's turn, until the end of the block."""
        entry = self._open().begin(self._generation, options=_TURN, args=args)
        try:
            while entry.status is Status.BUSY:
                entry.wait(1)
            yield entry
        finally:
            entry.release()


def _left(entry: Entry) -> float:
    """The rest of its lifetime, as a timeout."""
    return 0 if entry.remaining is None else max(entry.remaining, 0.001)


def _named(key: str) -> list[tuple[str | None, Any]]:
    return [(None, key)]
