"""A cache whose generations, parameters, defaults and options are given once."""

from __future__ import annotations

from ._coroutines import BoundForCoroutines


class Bound(BoundForCoroutines):
    """A bound cache, from `Cache.bind`. Any number of threads may use it, and it may outlive its cache.

    What each method raises stands at the one of the same name in Cache.

    >>> pages = cache.bind(("nav", "nav_portal:user_id"), "user_id", page="home", timeout=300)
    >>> pages.set("<h1>Home</h1>", 1)
    True
    >>> pages.get(user_id=1)
    '<h1>Home</h1>'
    """

    __slots__ = ("__weakref__",)
