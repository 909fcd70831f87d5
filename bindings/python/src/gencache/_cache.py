"""The cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, ParamSpec, TypeVar

from . import _asyncio, _native
from ._batch import Batch
from ._bound import Bound
from ._options import merged, refreshing
from ._stats import Stats
from ._wrap import Plan, Wrapped, wrapped

if TYPE_CHECKING:
    from types import TracebackType
    from typing_extensions import Self
    from ._settings import Setting
    from ._times import Seconds
    from ._types import Argument, Arguments, Generations

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Cache(_native.CacheBase):
    """A namespace on a pool of memcached servers, or in this process."""

    __slots__ = ("__weakref__", "__dict__")

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
        """Binds generations and parameters, for values that are used in many places."""
        more = tuple(args.items()) if isinstance(args, Mapping) else tuple(args or ())
        return Bound(self, generations, (*params, *more, *defaults.items()), merged(options, timeout))

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
        """`fetch` for coroutines: the loop is not blocked, neither by a server nor by somebody else's computation."""
        options = merged(options, timeout)

        def begin(refresh: bool) -> _native.Entry:
            return self.begin(generations, options=refreshing(options, refresh), args=args, **arguments)

        return await _asyncio.fetch(self, begin, compute)

    def wrap(
        self,
        generations: Generations,
        /,
        *,
        exclude: Iterable[str] = (),
        version: str | int | None = None,
        place: bool | str = True,
        ignore_locally: bool = False,
        ignore_if_setting_is_true: Setting | None = None,
        options: _native.Options | None = None,
        **more_options: Any,
    ) -> Callable[[Callable[P, R]], Wrapped[P, R]]:
        """Makes a function remember its results."""
        names = (generations,) if isinstance(generations, str) else tuple(generations)
        excluded = (exclude,) if isinstance(exclude, str) else tuple(exclude)
        with_options = (options or _native.Options()).replace(**more_options)

        def make_plan(function: Callable[..., Any]) -> Plan:
            return Plan(
                self, names, function, with_options, excluded, version, place, ignore_locally, ignore_if_setting_is_true
            )

        def decorate(function: Callable[P, R]) -> Wrapped[P, R]:
            made: Wrapped[P, R] = wrapped(function, make_plan)
            return made

        return decorate

    def batch(self) -> Batch:
        """Collects invalidations and deletions until a transaction is over."""
        return Batch(self, None)

    def stats(self) -> Stats:
        """What the cache has done in this process since it was opened."""
        return Stats.of(self._stats())


def each(name: str, values: Iterable[Argument]) -> list[dict[str, Argument]]:
    """The arguments of many calls that differ in one, for `get_many` and `fetch_many`.

    >>> gencache.each("user_id", [1, 2])
    [{'user_id': 1}, {'user_id': 2}]
    """
    return [{name: value} for value in values]
