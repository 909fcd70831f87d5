"""The messages of the library, in Python's logging."""

from __future__ import annotations

import logging

from ._errors import ArgumentError

logger = logging.getLogger("gencache")
logger.addHandler(logging.NullHandler())  # a program that sets up no logging is told nothing

_LEVELS = {1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}


def tell(level: int, message: str) -> None:
    """Called by the native part; `level` is one of the C interface's GC_LOG_..."""
    logger.log(_LEVELS.get(level, logging.ERROR), "%s", message)


def native_level(level: int) -> int:
    """What the library is to tell, if the logger is to be told `level` and above; 0 for nothing."""
    if not isinstance(level, int):
        raise ArgumentError(f"log_level: a number as logging.INFO is expected, not {level!r}")
    return max((number for number, of_logging in _LEVELS.items() if of_logging >= level), default=0)
