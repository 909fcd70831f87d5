"""What an argument of any type looks like in a key.

The original took the text of whatever it was given. So does this, but where that text holds an address in memory: it
would be another object's tomorrow.
"""

from __future__ import annotations

import re
from typing import Any

from .._arguments import to_argument
from .._errors import ArgumentError

_PLAIN = (type(None), bool, int, float, str, bytes)
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_MAX_INT, _MIN_INT = 2**64, -(2**63)


def as_argument(name: str, value: Any) -> Any:
    """What stands for a value among the arguments of the core: itself, or its text.

    >>> as_argument("ids", [1, 2])
    '[1, 2]'
    """
    if type(value) in _PLAIN and not (type(value) is int and not _MIN_INT <= value < _MAX_INT):
        return value
    return text_of(name, value)


def text_of(name: str, value: Any) -> str:
    """The text of a value; of text, itself.

    >>> text_of("id", 1)
    '1'
    """
    value = to_argument(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return exact_text_of(name, value)


def exact_text_of(name: str, value: Any) -> str:
    """A text that different values do not share: 1 and "1" differ. Of equal dicts and sets it is the same.

    >>> exact_text_of("filters", {"b": {2, 1}, "a": "1"})
    "{'a': '1', 'b': set(1, 2)}"
    """
    try:
        return _exact(value)
    except RecursionError:
        raise ArgumentError(f"argument {name}: it is nested too deeply, or holds itself") from None
    except _Unfit as unfit:
        raise ArgumentError(
            f"argument {name}: {unfit} cannot be part of a key, since its text holds an address in memory; exclude it, "
            "or see gencache.register_argument"
        ) from None


class _Unfit(Exception):
    pass


def _exact(value: Any) -> str:
    kind = type(value)
    if kind in _PLAIN:
        return repr(value)
    if kind is list:
        return f"[{', '.join(map(_exact, value))}]"
    if kind is tuple:
        return f"({', '.join(map(_exact, value))},)"
    if kind in (set, frozenset):
        return f"set({', '.join(sorted(map(_exact, value)))})"
    if kind is dict:
        return f"{{{', '.join(sorted(f'{_exact(key)}: {_exact(item)}' for key, item in value.items()))}}}"
    return _of_object(value)


def _of_object(value: Any) -> str:
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    converted = to_argument(value)
    if converted is not value:
        return f"{name}({_exact(converted)})"
    text = repr(value)
    if _ADDRESS.search(text):
        raise _Unfit(text)
    return f"{name}({text})"
