"""A cache whose generations, parameters, defaults and options are given once."""

from __future__ import annotations

from . import _native


class Bound(_native.BoundBase):
    """A bound cache, from `Cache.bind`."""

    __slots__ = ("__weakref__",)
