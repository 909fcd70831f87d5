"""What may be part of a key, beside None, bool, int, float, str and bytes."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from ._errors import ArgumentError

T = TypeVar("T")

_converters: dict[type, Callable[[Any], object]] = {}

# Types whose text tells all of them. By name, so that this module need not import theirs.
_by_name: dict[str, Callable[[Any], object]] = {
    "datetime.date": lambda value: value.isoformat(),
    "datetime.datetime": lambda value: value.isoformat(),
    "datetime.time": lambda value: value.isoformat(),
    "decimal.Decimal": str,
    "uuid.UUID": str,
    "enum.Enum": lambda value: value.value,
}


def register_argument(cls: type[T], convert: Callable[[T], object]) -> None:
    """Lets objects of `cls` (or of a subclass) be arguments: `convert` makes a str, an int or the like of them.

    Dates, times, UUIDs, Decimals and Enums are known already. Objects that give the same are the same argument, of
    whatever type they are: a UUID and its text are one. In a class of your own, a method `__gencache_arg__` does it too.

    >>> class Point:
    ...     def __init__(self, x, y): self.x, self.y = x, y
    >>> gencache.register_argument(Point, lambda point: f"{point.x} {point.y}")
    >>> cache.key("tile", at=Point(1, 2))
    'tile|at="1%202"'
    """
    if not isinstance(cls, type):
        raise ArgumentError(f"cls: a type is expected, not {cls!r}")
    if not callable(convert):
        raise ArgumentError(f"convert: a function is expected, not {convert!r}")
    _converters[cls] = convert


def to_argument(value: object) -> object:
    """The value that stands for `value` in a key; itself where nothing is known."""
    cls = type(value)
    for base in cls.__mro__:
        convert = _converters.get(base) or _by_name.get(f"{base.__module__}.{base.__qualname__}")
        if convert is not None:
            return convert(value)
    own = getattr(cls, "__gencache_arg__", None)
    return value if own is None else own(value)
