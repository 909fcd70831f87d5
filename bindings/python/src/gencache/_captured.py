"""Functions that stand at one place and are not the same: they would share their values."""

from __future__ import annotations

import warnings
from types import CodeType
from typing import Any, Callable, Hashable, Iterator

_TOLD_BY_VALUE = (type(None), bool, int, float, str, bytes, CodeType)

Key = tuple[Hashable, ...]
"""The generations of a wrapped function and what it has in its keys."""


class Places:
    """The functions that were wrapped with one cache, by what is in their keys."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[Hashable, ...]] = {}
        self._told: set[Key] = set()

    def note(self, key: Key, function: Callable[..., Any]) -> None:
        """Warns, once for each place, where another function with the same key was wrapped before."""
        parts = tuple(_parts(function))
        if self._known.setdefault(key, parts) != parts and key not in self._told:
            self._told.add(key)
            warnings.warn(
                f"gencache: {function.__qualname__}() is wrapped again at the same place with other captured values, or "
                "by another function: both share their values in the cache. Pass what differs as an argument, or give "
                "version=...",
                stacklevel=2 + _DEPTH,
            )


_DEPTH = 4  # from here to the line of the program: Plan, make_plan, wrapped, decorate


def _parts(function: Any) -> Iterator[Hashable]:
    """What tells one function from another: its code and what it has captured, of all that are wrapped in it."""
    while function is not None:
        yield getattr(function, "__code__", None)
        for cell in getattr(function, "__closure__", None) or ():
            yield _part(cell)
        function = getattr(function, "__wrapped__", None)


def _part(cell: Any) -> Hashable:
    """The value, or the identity of what is not told by its value; nothing is kept alive by it."""
    try:
        value: Hashable = cell.cell_contents
    except ValueError:  # not bound yet
        return None
    return value if type(value) in _TOLD_BY_VALUE else id(value)
