"""Settings by name: Django's where Django is configured, else the environment's variables."""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["get_setting", "get_setting_default"]

_FALSE = ("", "0", "false", "no", "off")
_MISSING = object()

_own: dict[str, Any] = {}


def get_setting(name: str) -> Any:
    """The setting `name` in upper case. Raises AttributeError where nothing sets it.

    >>> import os
    >>> os.environ["NO_CACHE"] = "off"
    >>> get_setting("no_cache")
    False
    >>> del os.environ["NO_CACHE"]
    """
    value = get_setting_default(name, _MISSING)
    if value is _MISSING:
        raise AttributeError(f"there is no setting {name.upper()}")
    return value


def get_setting_default(name: str, default: Any) -> Any:
    """The setting `name` in upper case, or the default. Of the environment, `0`, `false`, `no` and `off` are False.

    >>> get_setting_default("no_such_setting", 1)
    1
    """
    name = name.upper()
    if name in _own:
        return _own[name]
    value = getattr(django_settings(), name, _MISSING)
    if value is not _MISSING:
        return value
    text = os.environ.get(name)
    if text is None:
        return default
    return False if text.lower() in _FALSE else text


def _set_setting(name: str, value: Any) -> None:
    """Sets a setting in this process, before all others; for tests."""
    _own[name.upper()] = value


def django_settings() -> Any:
    """Django's settings, or None where Django is not in use."""
    if "django" not in sys.modules and "DJANGO_SETTINGS_MODULE" not in os.environ:
        return None
    try:
        from django.conf import settings
    except ImportError:
        return None
    return settings if settings.configured or "DJANGO_SETTINGS_MODULE" in os.environ else None
