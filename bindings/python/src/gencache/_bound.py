"""A cache whose generations, parameters, defaults and options are given once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from . import _asyncio, _native
from ._options import merged, refreshing

if TYPE_CHECKING:
    from ._times import Seconds
    from ._types import Argument, Arguments


class Bound(_native.BoundBase):
    """A bound cache, from `Cache.bind`. Any number of threads may use it, and it may outlive its cache.

    What each method raises stands at the one of the same name in Cache.

    >>> pages = cache.bind(("nav", "nav_portal:user_id"), "user_id", page="home", timeout=300)
    >>> pages.set("<h1>Home</h1>", 1)
    >>> pages.get(user_id=1)
    '<h1>Home</h1>'
    """

    __slots__ = ("__weakref__",)

    async def afetch(
        self,
        compute: Callable[[], Any],
        /,
        *by_position: Argument,
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> Any:
        """Like `Cache.afetch`; without options, those of the bound cache apply.

        >>> import asyncio
        >>> asyncio.run(pages.afetch(lambda: "<h1>Async</h1>", 1, "async"))
        '<h1>Async</h1>'
        """
        options = merged(options, timeout)

        def begin(refresh: bool) -> _native.Entry:
            return self.begin(*by_position, options=refreshing(options, refresh), args=args, **arguments)

        return await _asyncio.fetch(self.cache, begin, compute)
