"""Forked children of a test."""

from __future__ import annotations

import os
import signal
import traceback
from typing import Callable


def in_child(function: Callable[[], object], seconds: int = 60) -> int:
    """Runs the function in a forked child, which may take so long; its exit code says whether it raised."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.alarm(seconds)
            function()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def ended_well(pid: int) -> bool:
    return os.waitpid(pid, 0)[1] == 0
