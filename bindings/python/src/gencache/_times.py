"""Times: seconds or timedelta in Python, milliseconds below."""

from __future__ import annotations

import datetime
import math
from typing import Union

from ._errors import ArgumentError

Seconds = Union[int, float, datetime.timedelta]


def to_ms(name: str, time: object) -> int:
    """Milliseconds, rounded to the nearest; what is more than nothing never becomes 0, which means "no end"."""
    seconds: float
    if isinstance(time, datetime.timedelta):
        seconds = time.total_seconds()
    elif isinstance(time, (int, float)) and not isinstance(time, bool) and time == time:
        seconds = time
    else:
        raise ArgumentError(f"{name}: a number of seconds or a timedelta is expected, not {time!r}")
    if abs(seconds) >= 2**53:
        raise ArgumentError(f"{name}: it is too long, or has no end, for which 0 stands")
    ms = round(seconds * 1000)
    return ms if ms != 0 or seconds == 0 else int(math.copysign(1, seconds))
