"""Where wrapped functions look whether to leave the cache alone."""

from __future__ import annotations

import os
from typing import Callable, Optional, Union

Setting = Union[str, Callable[[], object]]
"""The name of a setting, or a function that tells its value."""

_FALSE = ("", "0", "false", "no", "off")


def _in_environment(name: str) -> object:
    return os.environ.get(name, "").lower() not in _FALSE


_look_up: Callable[[str], object] = _in_environment


def look_up_settings(look_up: Optional[Callable[[str], object]]) -> None:
    """Sets how `ignore_if_setting_is_true="NAME"` finds a setting; None for the environment, as at first.

    >>> settings = {"NO_CACHE": True}
    >>> gencache.look_up_settings(settings.get)
    >>> gencache.look_up_settings(None)
    """
    global _look_up
    _look_up = _in_environment if look_up is None else look_up


def is_local() -> bool:
    """Whether this is a developer's machine: `$GENCACHE_LOCAL` is set, and not to 0."""
    return bool(_in_environment("GENCACHE_LOCAL"))


def asks(setting: Setting) -> bool:
    """Whether the setting is true now."""
    return bool(_look_up(setting) if isinstance(setting, str) else setting())
