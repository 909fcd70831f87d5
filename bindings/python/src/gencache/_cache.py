"""The cache."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, ParamSpec, TypeVar

from . import _many, _native
from ._batch import Batch
from ._bound import Bound
from ._captured import Places
from ._coroutines import CacheForCoroutines
from ._errors import ArgumentError
from ._logging import native_level
from ._options import merged
from ._stats import Stats, stats_of
from ._wrap import Plan, Wrapped, wrapped

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._settings import Setting
    from ._times import Seconds
    from ._types import Argument, Arguments, Calls, Generations

P = ParamSpec("P")
R = TypeVar("R")


class Cache(CacheForCoroutines):
    """A namespace on a pool of memcached servers, or in this process.

    Cache(url=None, *, pickle=False, log_level=logging.INFO)

    url: `memcached://host1:11211,host2:11211/?prefix=shop&ttl=3600`, `memcached+unix:///run/memcached.sock`, or
        `memory://`, a store inside this process; None means `$GENCACHE_URL`, or `memory://` where that is not set. Its
        parameters stand in gencache's README.
    pickle: whether values that would come back as something else, or not at all (tuples, sets, objects), are stored as
        pickles, and pickles are read. Who can write to the servers can then run code in this process.
    log_level: the least level that the logger `gencache` is told; with logging.DEBUG it is told every miss.

    Host names are resolved here, once; a name that does not resolve is an ArgumentError. Nothing is connected yet: a
    server that is down costs only its own keys. It is tried again after 20 ms, then after twice as long each time, up to
    a second; in between its calls fail at once, `ping` too. What reads or computes does not raise because a server is
    away; what changes something does. In all methods, the names `args`, `default`, `options` and `timeout` are no
    arguments of the value; one that has such a name goes into `args={...}`.

    Any number of threads may use one cache, and parent and child after a fork. As a context manager it is closed at the
    end.

    >>> with gencache.Cache("memory://?prefix=shop") as shop:
    ...     shop.set("nav", "<h1>Home</h1>", page="home")
    ...     shop.get("nav", page="home")
    True
    '<h1>Home</h1>'
    >>> shop.in_process, shop.closed
    (True, True)
    """

    __slots__ = ("__dict__", "__weakref__")

    def __new__(cls, url: str | None = None, *, pickle: bool = False, log_level: int = logging.INFO) -> Self:
        """Opens a cache."""
        return super().__new__(cls, url, pickle=pickle, log_level=native_level(log_level))

    @functools.cached_property
    def _places(self) -> Places:
        return Places()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def bind(
        self,
        generations: Generations,
        /,
        *params: str | tuple[str, Argument],
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **defaults: Argument,
    ) -> Bound:
        """Binds generations and parameters, for values that are used in many places.

        params: the parameters in order: a name, or (name, default).
        options, timeout: how its values are stored and computed.
        args, defaults: further parameters, with their defaults.

        >>> pages = cache.bind(("nav", "nav_portal:user_id"), "user_id", page="home", timeout=300)
        >>> pages.fetch(lambda: "<h1>Home</h1>", 1)
        '<h1>Home</h1>'
        """
        more = args.items() if isinstance(args, Mapping) else args or ()
        return Bound(self, generations, (*params, *more, *defaults.items()), merged(options, timeout))

    def wrap(
        self,
        generations: Generations,
        /,
        *,
        exclude: str | Iterable[str] = (),
        version: str | int | None = None,
        place: bool | str = True,
        ignore_locally: bool = False,
        ignore_if_setting_is_true: Setting | None = None,
        options: _native.Options | None = None,
        timeout: Seconds | None = None,
        nothing_timeout: Seconds | None = None,
        jitter: float | None = None,
        stale_for: Seconds | None = None,
        fail_safe: Seconds | None = None,
        lock: Seconds | None = None,
        wait: Seconds | None = None,
        beta: float | None = None,
        log_misses: bool | None = None,
    ) -> Callable[[Callable[P, R]], Wrapped[P, R]]:
        """Makes a function, a method or an `async def` remember its results, as `fetch` does.

        The key holds the place of the function, `module.function:line`, and all arguments by name, defaults included;
        but not those that a generation takes, the object of a method (a first parameter `self`, `cls`, `klass` or
        `kls`), and those that are excluded. What a function has captured is no part of it either: closures of one `def`
        share their values, of which a UserWarning tells; pass what differs as an argument, or give `version`. So do the
        objects of a class, and the subclasses that inherit a class method. Above @classmethod and @staticmethod.

        exclude: parameters that make no difference to the result.
        version: part of the key in the place of the line: the values outlive changes of the source.
        place: False to leave the place out of the key altogether, or a text to stand for it. Then functions with the
            same generations, version and arguments share their values.
        ignore_locally: whether to leave the cache alone, so that a call or `refresh` only computes, where
            `$GENCACHE_LOCAL` is set, and not to 0, when the function is wrapped.
        ignore_if_setting_is_true: a setting, or a function, that tells at each call whether to leave the cache alone;
            see `gencache.look_up_settings`.
        options and the rest: see `gencache.Options`.

        Raises ArgumentError for a generator, and for a generation whose argument the function does not have.

        >>> @cache.wrap(("nav", "nav_portal:user_id"), exclude="trace", timeout=300)
        ... def page(user_id, name="home", trace=False):
        ...     print("computing")
        ...     return f"<h1>{name} of {user_id}</h1>"
        >>> page(1)
        computing
        '<h1>home of 1</h1>'
        >>> page(user_id=1, name="home", trace=True)
        '<h1>home of 1</h1>'
        >>> page.invalidate(1)
        >>> page(1)
        computing
        '<h1>home of 1</h1>'
        """
        names = (generations,) if isinstance(generations, str) else generations
        if not isinstance(names, (tuple, list)):
            raise ArgumentError(f"generations: a str or a tuple of str is expected, not {generations!r}")
        excluded = (exclude,) if isinstance(exclude, str) else tuple(exclude)
        given = {
            "timeout": timeout,
            "nothing_timeout": nothing_timeout,
            "jitter": jitter,
            "stale_for": stale_for,
            "fail_safe": fail_safe,
            "lock": lock,
            "wait": wait,
            "beta": beta,
            "log_misses": log_misses,
        }
        changes: Any = {name: value for name, value in given.items() if value is not None}
        if not isinstance(options, (_native.Options, type(None))):
            raise ArgumentError(f"options: gencache.Options is expected, not {options!r}")
        all_options = (options or _native.Options()).replace(**changes)

        def decorate(function: Callable[P, R]) -> Wrapped[P, R]:
            made: Wrapped[P, R] = wrapped(function, make_plan)
            return made

        def make_plan(function: Callable[..., Any], is_of_class: bool) -> Plan:
            return Plan(
                self,
                tuple(names),
                function,
                is_of_class,
                all_options,
                excluded,
                version,
                place,
                ignore_locally,
                ignore_if_setting_is_true,
            )

        return decorate

    def fetch_many(
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
        """Reads many values, and computes those that are missing all at once.

        compute: is given the calls that are missing, as a list, and returns a list with a value for each, or
            gencache.MISS where there is none. It is called again for values that another caller gave up.

        One round trip reads them all, and one asks for the turns of those that are missing, as `begin_many` does. What
        others compute is waited for afterwards. `fail_safe` allows an old value for each that `compute` leaves or fails
        at.

        Returns a list in the order of `calls`, with gencache.MISS for what was left. `depend` is an error in it.

        >>> names = {1: "Ada", 2: "Grace"}
        >>> cache.fetch_many("user:id", gencache.each("id", [1, 2]),
        ...                  lambda missing: [names[call["id"]] for call in missing])
        ['Ada', 'Grace']
        """
        request = _many.of_cache(self, generations, calls, merged(options, timeout), args, arguments)
        return _many.fetch_many(request, compute)

    def batch(self) -> Batch:
        """Collects invalidations and deletions until a transaction is over.

        >>> with cache.batch() as batch:  # commits at the end, drops all of it on an exception
        ...     batch.invalidate("user:id", id=1)
        """
        return Batch(self, None)

    def stats(self) -> Stats:
        """What the cache has done in this process since it was opened; a forked child begins at 0.

        >>> cache.stats().hits >= 0
        True
        """
        return stats_of(self._stats())


def each(name: str, values: Iterable[Argument]) -> list[dict[str, Argument]]:
    """The arguments of many calls that differ in one, for `get_many` and `fetch_many`.

    >>> gencache.each("user_id", [1, 2])
    [{'user_id': 1}, {'user_id': 2}]
    """
    return [{name: value} for value in values]
