"""Django's cache interface on gencache."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable, Mapping

from asgiref.sync import sync_to_async
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.exceptions import ImproperlyConfigured

from .._cache import Cache
from .._plain_keys import PlainKeys
from .._servers import memcached_url, servers_of
from ._after_commit import AfterCommit

_GENERATION = "django"

# Those of Django's base class, which have no meaning here.
_IGNORED_OPTIONS = {"MAX_ENTRIES", "CULL_FREQUENCY"}

# Django makes a backend for each thread, and forgets it after a request; the cache below them is one.
# There is no lock: one that a thread holds while it opens a cache would be held for ever in a child that is forked
# meanwhile.
_caches: dict[tuple[str, bool], Cache] = {}


def _shared_cache(url: str | None, pickle: bool) -> Cache:
    url = url or os.environ.get("GENCACHE_URL") or "memory://"
    cache = _caches.get((url, pickle))
    if cache is None:  # of the threads that come first at once, all use that of one
        cache = _caches.setdefault((url, pickle), Cache(url, pickle=pickle))
    return cache


class GenerationalCache(BaseCache):
    """Django's cache interface, and gencache's own in `generational`.

    LOCATION is the URL, as for `gencache.Cache`; without it `$GENCACHE_URL` counts, else `memory://`. TIMEOUT,
    KEY_PREFIX, VERSION and KEY_FUNCTION work as Django says. They are for Django's keys alone; `clear` drops the whole
    namespace, generational values included.

    Values are None, bool, int, float, str, bytes and what JSON holds (a tuple comes back as a list); others are an error.
    `OPTIONS: {"pickle": True}` lets all others be pickled, which `cache_page` and other users of whole responses need. It
    is no default, for who can write to the servers can then run code in this process.

    Where a server is away, what reads finds nothing, and what stores tells the logger `gencache` and returns; what
    deletes, counts, touches or clears raises `gencache.UnavailableError`.

    `add`, `incr`, `decr` and `touch` of one key wait for each other, also between processes: see
    `gencache.hscacheutils.raw_cache`, which works alike.

    >>> django_cache.set("greeting", "hello", 60)
    >>> django_cache.get("greeting")
    'hello'
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {name: value for name, value in params.get("OPTIONS", {}).items() if name not in _IGNORED_OPTIONS}
        pickle = bool(options.pop("pickle", False))
        if options:
            raise ImproperlyConfigured(f"OPTIONS: {next(iter(options))!r} is unknown; gencache knows 'pickle'")
        try:
            self._cache = _shared_cache(location, pickle)
        except (ValueError, TypeError) as error:
            raise ImproperlyConfigured(f"LOCATION: {error}{_hint(location)}") from error
        self._keys = PlainKeys(lambda: self._cache, _GENERATION)

    @property
    def generational(self) -> Cache:
        """The cache itself: `wrap`, `fetch`, `invalidate` and all the rest of `gencache.Cache`.

        >>> @django_cache.generational.wrap("user:id", timeout=60)
        ... def user(id):
        ...     return {"name": "Ada"}
        >>> user(1)
        {'name': 'Ada'}
        >>> user.invalidate(1)
        """
        return self._cache

    @property
    def after_commit(self) -> AfterCommit:
        """Invalidations that wait for the commit of the transaction on Django's default database. For another one, see
        `gencache.django.after_commit`.

        >>> from django.db import transaction
        >>> with transaction.atomic():
        ...     django_cache.after_commit.invalidate("user:id", id=1)  # sends nothing yet
        """
        return AfterCommit(self._cache, None)

    # --- single values

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return self._keys.get(self._key(key, version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Stores a value for `timeout` seconds; None means for ever, 0 and less not at all."""
        self._set(self._key(key, version), value, timeout)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Stores a value where there is none, and returns whether it did.

        >>> django_cache.add("once", 1), django_cache.add("once", 2)
        (True, False)
        """
        key = self._key(key, version)
        seconds = self._seconds(timeout)
        if seconds is None:
            return not self._keys.has(key)
        return self._keys.add(key, value, seconds)

    def get_or_set(
        self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        """The value; where there is none, the default is stored. If that is a function, one of all callers that miss
        the key at once calls it.

        >>> django_cache.get_or_set("page", lambda: "<html>", 60)
        '<html>'
        >>> django_cache.get("page")
        '<html>'
        """
        compute: Callable[[], Any] = default if callable(default) else lambda: default
        key = self._key(key, version)
        seconds = self._seconds(timeout)
        if seconds is None:
            entry = self._keys.entry(key)
            return entry.value if entry else compute()
        return self._keys.fetch(key, compute, seconds)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Gives a value another timeout, and returns whether there was one.

        >>> django_cache.set("greeting", "hello", 60)
        >>> django_cache.touch("greeting", 300), django_cache.touch("none", 300)
        (True, False)
        """
        seconds = self._seconds(timeout)
        if seconds is None:
            return self.delete(key, version)
        return self._keys.touch(self._key(key, version), seconds)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Deletes a value, and returns whether there was one.

        >>> django_cache.set("greeting", "hello")
        >>> django_cache.delete("greeting"), django_cache.delete("greeting")
        (True, False)
        """
        return self._keys.delete(self._key(key, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether there is a value.

        >>> django_cache.set("greeting", "hello")
        >>> django_cache.has_key("greeting"), "none" in django_cache
        (True, False)
        """
        return self._keys.has(self._key(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Adds to a number, which keeps its timeout. Raises ValueError where there is none.

        >>> django_cache.set("visits", 1)
        >>> django_cache.incr("visits")
        2
        """
        return self._keys.incr(self._key(key, version), delta)

    def decr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Subtracts from a number; see `incr`.

        >>> django_cache.set("left", 10)
        >>> django_cache.decr("left", 2)
        8
        """
        return self.incr(key, -delta, version)

    # --- many values

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """The values that are there, in one round trip.

        >>> django_cache.set("a", 1)
        >>> django_cache.get_many(["a", "b"])
        {'a': 1}
        """
        given = {self._key(key, version): key for key in keys}
        return {given[key]: value for key, value in self._keys.get_many(given).items()}

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """Stores values, and returns the keys of those that could not be stored.

        >>> django_cache.set_many({"a": 1, "b": 2}, 60)
        []
        >>> django_cache.get("b")
        2
        """
        return [key for key, value in data.items() if not self._set(self._key(key, version), value, timeout)]

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Deletes values.

        >>> django_cache.set("a", 1)
        >>> django_cache.delete_many(["a", "b"])
        >>> django_cache.get("a")
        """
        for key in keys:
            self._keys.discard(self._key(key, version))

    def clear(self) -> None:
        """Invalidates the whole namespace.

        >>> django_cache.set("greeting", "hello")
        >>> django_cache.clear()
        >>> django_cache.get("greeting")
        """
        self._cache.clear()

    def close(self, **kwargs: Any) -> None:
        """Does nothing: Django calls it after each request, and the connections are for the next one, too.

        >>> django_cache.close()
        """

    # --- the same for coroutines

    async def aget(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """See get.

        >>> import asyncio
        >>> asyncio.run(django_cache.aget("greeting", "a default"))
        'a default'
        """
        return await _in_thread(self.get, key, default, version)

    async def aset(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """See set.

        >>> import asyncio
        >>> asyncio.run(django_cache.aset("greeting", "hello", 60))
        """
        await _in_thread(self.set, key, value, timeout, version)

    async def aadd(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """See add.

        >>> import asyncio
        >>> asyncio.run(django_cache.aadd("once", 1))
        True
        """
        return await _in_thread(self.add, key, value, timeout, version)

    async def aget_or_set(
        self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        """See get_or_set; a function is called in a thread.

        >>> import asyncio
        >>> asyncio.run(django_cache.aget_or_set("page", lambda: "<html>", 60))
        '<html>'
        """
        return await _in_thread(self.get_or_set, key, default, timeout, version)

    async def atouch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """See touch.

        >>> import asyncio
        >>> asyncio.run(django_cache.atouch("none", 300))
        False
        """
        return await _in_thread(self.touch, key, timeout, version)

    async def adelete(self, key: Any, version: int | None = None) -> bool:
        """See delete.

        >>> import asyncio
        >>> asyncio.run(django_cache.adelete("none"))
        False
        """
        return await _in_thread(self.delete, key, version)

    async def ahas_key(self, key: Any, version: int | None = None) -> bool:
        """See has_key.

        >>> import asyncio
        >>> asyncio.run(django_cache.ahas_key("none"))
        False
        """
        return await _in_thread(self.has_key, key, version)

    async def aincr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """See incr.

        >>> import asyncio
        >>> django_cache.set("visits", 1)
        >>> asyncio.run(django_cache.aincr("visits"))
        2
        """
        return await _in_thread(self.incr, key, delta, version)

    async def adecr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """See decr.

        >>> import asyncio
        >>> django_cache.set("visits", 1)
        >>> asyncio.run(django_cache.adecr("visits"))
        0
        """
        return await _in_thread(self.decr, key, delta, version)

    async def aincr_version(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """See Django's incr_version.

        >>> import asyncio
        >>> django_cache.set("moving", "<html>", version=1)
        >>> asyncio.run(django_cache.aincr_version("moving", version=1))
        2
        """
        return await _in_thread(self.incr_version, key, delta, version)

    async def adecr_version(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """See Django's decr_version.

        >>> import asyncio
        >>> django_cache.set("moving", "<html>", version=2)
        >>> asyncio.run(django_cache.adecr_version("moving", version=2))
        1
        """
        return await _in_thread(self.decr_version, key, delta, version)

    async def aget_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """See get_many.

        >>> import asyncio
        >>> asyncio.run(django_cache.aget_many(["a", "b"]))
        {}
        """
        return await _in_thread(self.get_many, keys, version)

    async def aset_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """See set_many.

        >>> import asyncio
        >>> asyncio.run(django_cache.aset_many({"a": 1, "b": 2}))
        []
        """
        return await _in_thread(self.set_many, data, timeout, version)

    async def adelete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """See delete_many.

        >>> import asyncio
        >>> asyncio.run(django_cache.adelete_many(["a", "b"]))
        """
        await _in_thread(self.delete_many, keys, version)

    async def aclear(self) -> None:
        """See clear.

        >>> import asyncio
        >>> asyncio.run(django_cache.aclear())
        """
        await _in_thread(self.clear)

    async def aclose(self, **kwargs: Any) -> None:
        """See close.

        >>> import asyncio
        >>> asyncio.run(django_cache.aclose())
        """

    # --- keys and timeouts

    def _key(self, key: Any, version: int | None) -> str:
        made = str(self.make_key(key, version))
        self.validate_key(made)
        return made

    def _seconds(self, timeout: Any) -> float | None:
        """As plain keys take it, where 0 is no end; None where the value is not to be kept at all."""
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        if timeout is None:
            return 0
        return timeout if timeout > 0 else None

    def _set(self, key: str, value: Any, timeout: Any) -> bool:
        seconds = self._seconds(timeout)
        if seconds is None:
            self._keys.discard(key)
            return True
        return self._keys.set(key, value, seconds)


def _hint(location: Any) -> str:
    """For a LOCATION as Django's own backends for memcached have it."""
    if not location or "://" in location:
        return ""
    try:
        return f"; did you mean {memcached_url(servers_of(location))}?"
    except (ValueError, TypeError):
        return ""


async def _in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Any thread will do, unlike for Django's database."""
    return await sync_to_async(function, thread_sensitive=False)(*args)
