"""The interface of HubSpot's `hscacheutils.raw_cache`: values under plain keys, without generations.

What memcached does in one step on its server takes several here, since a value is more than its bytes: `add`, `incr`,
`decr` and `touch` of one key wait for each other by a lock on its server, also between processes and hosts. That holds
as long as the lock does: not where its server evicts it, nor where a holder is stopped for more than four seconds. A
`set` or `delete` does not wait, and one at the same moment as an `incr` may be lost.

>>> cache.set("greeting", "hello", timeout=MAX_MEMCACHE_TIMEOUT)
>>> cache.get("greeting")
'hello'
"""

from __future__ import annotations

import functools
from typing import Any, Callable, Iterable, Mapping, ParamSpec, TypeVar

from .._cache import Cache
from .._plain_keys import PlainKeys
from .._servers import memcached_url
from ._call import lifetime
from ._configuration import current_cache

__all__ = ["MAX_MEMCACHE_TIMEOUT", "RawCache", "cache", "raw_memcache"]

P = ParamSpec("P")
R = TypeVar("R")

MAX_MEMCACHE_TIMEOUT = 2591999
"""The longest timeout that the original could use, in seconds. Here longer ones work, too."""

_GENERATION = "hscacheutils.raw"
_VERSION = 1


class RawCache:
    """Plain keys. They stand in the namespace of the configured cache, and `clear` drops none but them.

    timeout: seconds; None and 0 mean the `ttl` of the cache's URL. A negative one is over at once.
    version: a part of the key, as Django has it; None means 1.

    >>> cache.set("greeting", "hello", timeout=60)
    >>> cache.get("greeting")
    'hello'
    >>> cache.get("none", "a default")
    'a default'
    """

    def __init__(self) -> None:
        self._keys = PlainKeys(current_cache, _GENERATION)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return self._keys.get(_full(key, version), default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """The values that are there, in one round trip.

        >>> cache.set_many({"a": 1, "b": 2})
        >>> cache.get_many(["a", "b", "c"])
        {'a': 1, 'b': 2}
        """
        given = {_full(key, version): key for key in keys}
        return {given[key]: value for key, value in self._keys.get_many(given).items()}

    def get_or_set(self, key: str, default: Any, timeout: float | None = None, version: int | None = None) -> Any:
        """The value; where there is none, the default is stored. If that is a function, one of all callers that miss
        the key at once calls it.

        >>> cache.get_or_set("page", lambda: "<html>", timeout=60)
        '<html>'
        >>> cache.get_or_set("page", "not stored")
        '<html>'
        """
        compute: Callable[[], Any] = default if callable(default) else lambda: default
        return self._keys.fetch(_full(key, version), compute, lifetime(timeout))

    def set(self, key: str, value: Any, timeout: float | None = None, version: int | None = None) -> None:
        """Stores a value."""
        self._keys.set(_full(key, version), value, lifetime(timeout))

    def set_many(self, data: Mapping[str, Any], timeout: float | None = None, version: int | None = None) -> None:
        """Stores values, one by one.

        >>> cache.set_many({"a": 1, "b": 2}, timeout=60)
        >>> cache.get("b")
        2
        """
        for key, value in data.items():
            self.set(key, value, timeout, version)

    def add(self, key: str, value: Any, timeout: float | None = None, version: int | None = None) -> bool:
        """Stores a value where there is none, and returns whether it did.

        >>> cache.add("once", 1), cache.add("once", 2)
        (True, False)
        """
        return self._keys.add(_full(key, version), value, lifetime(timeout))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Adds to a number and returns the sum. Raises ValueError where there is none.

        >>> cache.set("visits", 1)
        >>> cache.incr("visits"), cache.decr("visits", 2)
        (2, 0)
        """
        return self._keys.incr(_full(key, version), delta)

    def decr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Subtracts from a number; see `incr`.

        >>> cache.set("left", 10)
        >>> cache.decr("left")
        9
        """
        return self._keys.incr(_full(key, version), -delta)

    def incr_version(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Moves a value to another version, and returns that. Raises ValueError where there is none.

        >>> cache.set("moving", "<html>")
        >>> cache.incr_version("moving")
        2
        >>> cache.get("moving", version=2), cache.get("moving")
        ('<html>', None)
        """
        moved = (_VERSION if version is None else version) + delta
        self._keys.move(_full(key, version), _full(key, moved))
        return moved

    def decr_version(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Moves a value to an earlier version; see `incr_version`.

        >>> cache.set("moving", "<html>", version=2)
        >>> cache.decr_version("moving", version=2)
        1
        >>> cache.get("moving")
        '<html>'
        """
        return self.incr_version(key, -delta, version)

    def touch(self, key: str, timeout: float | None = None, version: int | None = None) -> bool:
        """Gives a value another timeout, and returns whether there was one.

        >>> cache.set("greeting", "hello", timeout=60)
        >>> cache.touch("greeting", 300), cache.touch("none", 300)
        (True, False)
        """
        return self._keys.touch(_full(key, version), lifetime(timeout))

    def delete(self, key: str, version: int | None = None) -> None:
        """Deletes a value.

        >>> cache.set("greeting", "hello")
        >>> cache.delete("greeting")
        >>> cache.get("greeting")
        """
        self._keys.discard(_full(key, version))

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        """Deletes values, one by one.

        >>> cache.set_many({"a": 1, "b": 2, "c": 3})
        >>> cache.delete_many(["a", "b"])
        >>> cache.get_many(["a", "b", "c"])
        {'c': 3}
        """
        for key in keys:
            self.delete(key, version)

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Whether there is a value; also as `key in cache`.

        >>> cache.set("greeting", "hello")
        >>> cache.has_key("greeting"), "none" in cache
        (True, False)
        """
        return self._keys.has(_full(key, version))

    def __contains__(self, key: str) -> bool:
        return self.has_key(key)

    def clear(self) -> None:
        """Invalidates all plain keys.

        >>> cache.set("greeting", "hello")
        >>> cache.clear()
        >>> cache.get("greeting")
        """
        self._keys.clear()


def _full(key: str, version: int | None) -> str:
    return f"{_VERSION if version is None else version}:{key}"


cache = RawCache()


def raw_memcache(
    timeout: float | None, key_prefix: Callable[P, str], servers: list[Any]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a function remember its results on servers of its own.

    key_prefix: a function that makes a key of the same arguments; the name of the function is added to it.
    servers: as memcached's clients for Python name them, `["10.0.0.1:11211", ("10.0.0.2:11211", 3)]`.

    >>> @raw_memcache(60, lambda user_id: f"user.{user_id}", ["10.0.0.1:11211", "10.0.0.2:11211"])
    ... def name(user_id):
    ...     return f"the name of {user_id}"
    """
    keys = PlainKeys(functools.cache(lambda: Cache(memcached_url(servers))), _GENERATION)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def remembering(*args: P.args, **kwargs: P.kwargs) -> R:
            key = f"{key_prefix(*args, **kwargs)}:{function.__name__}"
            value: R = keys.fetch(key, functools.partial(function, *args, **kwargs), lifetime(timeout))
            return value

        return remembering

    return decorate
