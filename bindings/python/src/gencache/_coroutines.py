"""The operations of a cache and of a bound cache for coroutines. Each is the one of the same name without the `a`, and
neither a server nor somebody else's computation blocks the event loop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from . import _asyncio, _asyncio_many, _many, _native
from ._options import merged, refreshing

if TYPE_CHECKING:
    from ._times import Seconds
    from ._types import Argument, Arguments, Calls, Generations


class CacheForCoroutines(_native.CacheBase):
    """What `Cache` has for coroutines."""

    __slots__ = ()

    async def aget(
        self, generations: Generations, /, *, default: Any = None, args: Arguments | None = None, **arguments: Argument
    ) -> Any:
        """`get` for coroutines. A miss is remembered for an `aset` or `set` in the same task.

        >>> import asyncio
        >>> asyncio.run(cache.aget("nav", page="none", default="a default"))
        'a default'
        """
        return await _asyncio.call(self, partial(self.get, generations, default=default, args=args, **arguments))

    async def aset(
        self,
        generations: Generations,
        value: object,
        /,
        *,
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> bool:
        """`set` for coroutines.

        >>> import asyncio
        >>> asyncio.run(cache.aset("nav", "<h1>Async</h1>", page="async", timeout=300))
        True
        """
        store = partial(self.set, generations, value, options=options, timeout=timeout, args=args, **arguments)
        return await _asyncio.call(self, store)

    async def adelete(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None:
        """`delete` for coroutines.

        >>> import asyncio
        >>> asyncio.run(cache.adelete("nav", page="async"))
        """
        await _asyncio.call(self, partial(self.delete, generations, args=args, **arguments))

    async def ainvalidate(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None:
        """`invalidate` for coroutines. One that is cancelled may or may not have invalidated.

        >>> import asyncio
        >>> asyncio.run(cache.ainvalidate("nav_portal:user_id", user_id=1))
        """
        await _asyncio.call(self, partial(self.invalidate, generations, args=args, **arguments))

    async def ainvalidate_soft(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None:
        """`invalidate_soft` for coroutines.

        >>> import asyncio
        >>> asyncio.run(cache.ainvalidate_soft("nav"))
        """
        await _asyncio.call(self, partial(self.invalidate_soft, generations, args=args, **arguments))

    async def aclear(self) -> None:
        """`clear` for coroutines.

        >>> import asyncio
        >>> asyncio.run(cache.aclear())
        """
        await _asyncio.call(self, self.clear)

    async def aget_many(
        self,
        generations: Generations,
        calls: Calls,
        /,
        *,
        default: Any = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> list[Any]:
        """`get_many` for coroutines.

        >>> import asyncio
        >>> asyncio.run(cache.aget_many("user:id", gencache.each("id", [11, 12])))
        [None, None]
        """
        read = partial(self.get_many, generations, calls, default=default, args=args, **arguments)
        return await _asyncio.call(self, read)

    async def afetch(
        self,
        generations: Generations,
        compute: Callable[[], Any],
        /,
        *,
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> Any:
        """`fetch` for coroutines.

        `compute` is an `async def`, or a function that does not block.

        >>> import asyncio
        >>> async def render():
        ...     return "<h1>Async</h1>"
        >>> asyncio.run(cache.afetch("nav", render, page="async"))
        '<h1>Async</h1>'
        """
        options = merged(options, timeout)

        def begin(refresh: bool) -> _native.Entry:
            return self.begin(generations, options=refreshing(options, refresh), args=args, **arguments)

        return await _asyncio.fetch(self, begin, compute)

    async def afetch_many(
        self,
        generations: Generations,
        calls: Calls,
        compute: Callable[[list[Any]], Any],
        /,
        *,
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> list[Any]:
        """`fetch_many` for coroutines.

        `compute` is an `async def`, or a function that does not block.

        >>> import asyncio
        >>> async def load(missing):
        ...     return [f"user {call['id']}" for call in missing]
        >>> asyncio.run(cache.afetch_many("user:id", gencache.each("id", [1, 2]), load))
        ['user 1', 'user 2']
        """
        request = _many.of_cache(self, generations, calls, merged(options, timeout), args, arguments)
        return await _asyncio_many.fetch_many(self, request, compute)


class BoundForCoroutines(_native.BoundBase):
    """What `Bound` has for coroutines."""

    __slots__ = ()

    async def aget(
        self, /, *by_position: Argument, default: Any = None, args: Arguments | None = None, **arguments: Argument
    ) -> Any:
        """Like `Cache.aget`.

        >>> import asyncio
        >>> asyncio.run(pages.aget(1))
        '<h1>Home</h1>'
        """
        return await _asyncio.call(self.cache, partial(self.get, *by_position, default=default, args=args, **arguments))

    async def aset(
        self,
        value: object,
        /,
        *by_position: Argument,
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> bool:
        """Like `Cache.aset`; without options, those of the bound cache apply.

        >>> import asyncio
        >>> asyncio.run(pages.aset("<h1>News</h1>", 1, "news"))
        True
        """
        store = partial(self.set, value, *by_position, options=options, timeout=timeout, args=args, **arguments)
        return await _asyncio.call(self.cache, store)

    async def adelete(self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument) -> None:
        """Like `Cache.adelete`.

        >>> import asyncio
        >>> asyncio.run(pages.adelete(1, "news"))
        """
        await _asyncio.call(self.cache, partial(self.delete, *by_position, args=args, **arguments))

    async def ainvalidate(
        self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument
    ) -> None:
        """`Bound.invalidate` for coroutines; see `Cache.ainvalidate`.

        >>> import asyncio
        >>> asyncio.run(pages.ainvalidate(user_id=1))  # nav_portal:user_id=1
        """
        await _asyncio.call(self.cache, partial(self.invalidate, *by_position, args=args, **arguments))

    async def ainvalidate_soft(
        self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument
    ) -> None:
        """`Bound.invalidate_soft` for coroutines.

        >>> import asyncio
        >>> asyncio.run(pages.ainvalidate_soft())  # nav
        """
        await _asyncio.call(self.cache, partial(self.invalidate_soft, *by_position, args=args, **arguments))

    async def aget_many(self, calls: Calls, /, *, default: Any = None) -> list[Any]:
        """Like `Cache.aget_many`.

        >>> import asyncio
        >>> asyncio.run(pages.aget_many(gencache.each("user_id", [1, 9])))
        ['<h1>Home</h1>', None]
        """
        return await _asyncio.call(self.cache, partial(self.get_many, calls, default=default))

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

    async def afetch_many(
        self,
        calls: Calls,
        compute: Callable[[list[Any]], Any],
        /,
        *,
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
    ) -> list[Any]:
        """Like `Cache.afetch_many`; without options, those of the bound cache apply.

        >>> import asyncio
        >>> asyncio.run(pages.afetch_many(gencache.each("user_id", [1, 8]), lambda missing: ["<h1>New</h1>"]))
        ['<h1>Home</h1>', '<h1>New</h1>']
        """
        request = _many.of_bound(self, calls, merged(options, timeout))
        return await _asyncio_many.fetch_many(self.cache, request, compute)
