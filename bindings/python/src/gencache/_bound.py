"""A cache whose generations, parameters, defaults and options are given once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from . import _many
from ._coroutines import BoundForCoroutines
from ._options import merged

if TYPE_CHECKING:
    from ._native import Options
    from ._times import Seconds
    from ._types import Calls


class Bound(BoundForCoroutines):
    """A bound cache, from `Cache.bind`. Any number of threads may use it, and it may outlive its cache.

    What each method raises stands at the one of the same name in Cache.

    >>> pages = cache.bind(("nav", "nav_portal:user_id"), "user_id", page="home", timeout=300)
    >>> pages.set("<h1>Home</h1>", 1)
    True
    >>> pages.get(user_id=1)
    '<h1>Home</h1>'
    >>> pages.generations, pages.cache is cache
    (('nav', 'nav_portal:user_id'), True)
    """

    __slots__ = ("__weakref__",)

    def fetch_many(
        self,
        calls: Calls,
        compute: Callable[[list[Any]], Any],
        /,
        *,
        options: Options | None = None,
        timeout: Seconds | None = None,
    ) -> list[Any]:
        """Like `Cache.fetch_many`; without options, those of the bound cache apply.

        >>> pages.fetch_many(gencache.each("user_id", [1, 8]), lambda missing: ["<h1>New</h1>" for call in missing])
        ['<h1>Home</h1>', '<h1>New</h1>']
        """
        request = _many.of_bound(self, calls, merged(options, timeout))
        return _many.fetch_many(request, compute)
