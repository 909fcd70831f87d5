"""The messages of the library, in Python's logging."""

from __future__ import annotations

import logging

logger = logging.getLogger("gencache")

_LEVELS = {1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}


def tell(level: int, message: str) -> None:
    """Called by the native part; `level` is one of the C interface's GC_LOG_..."""
    logger.log(_LEVELS.get(level, logging.ERROR), "%s", message)
