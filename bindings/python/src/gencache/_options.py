"""Options from keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import ArgumentError
from ._native import Options

if TYPE_CHECKING:
    from ._times import Seconds


def merged(options: Options | None, timeout: Seconds | None) -> Options | None:
    """`options`, or what the shorthand `timeout=` stands for."""
    if timeout is None:
        return options
    if options is not None:
        raise ArgumentError("timeout: it belongs into the options that are given, too")
    return Options(timeout=timeout)


def refreshing(options: Options | None, refresh: bool) -> Options | None:
    """The same options; computing in any case, if `refresh`."""
    if not refresh:
        return options
    return Options(refresh=True) if options is None else options.replace(refresh=True)
