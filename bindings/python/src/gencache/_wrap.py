"""Functions that remember their results."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, Generic, ParamSpec, TypeVar, overload

from . import _asyncio
from ._errors import ArgumentError
from ._settings import asks, is_local
from ._signature import CallSignature

if TYPE_CHECKING:
    from ._cache import Cache
    from ._native import Options
    from ._settings import Setting
    from ._types import Argument

P = ParamSpec("P")
R = TypeVar("R")


class Plan:
    """All of a wrapped function that is known when it is wrapped."""

    def __init__(
        self,
        cache: Cache,
        generations: tuple[str, ...],
        function: Callable[..., Any],
        is_of_class: bool,
        options: Options,
        exclude: tuple[str, ...],
        version: str | int | None,
        place: bool | str,
        ignore_locally: bool,
        ignore_if_setting_is_true: Setting | None,
    ) -> None:
        self.cache = cache
        self.generations = generations
        self.function = function
        self.options = options
        self.refreshing = options.replace(refresh=True)
        self.signature = CallSignature(function, exclude, is_of_class)
        self.signature.require(generations)
        self._of_generations = tuple(filter(None, (generation.partition(":")[2] for generation in generations)))
        self.own = own_parts(function, version, place)
        if place is True:
            cache._places.note((generations, *self.own), function)
        self._params = self._names_of_params()
        self.bound = cache.bind(generations, *self._params)  # finds the generations that some arguments name
        self._is_ignored = ignore_locally and is_local()
        self._setting = ignore_if_setting_is_true

    def _names_of_params(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.signature.names, *self._of_generations)))

    def ignores_cache(self) -> bool:
        return self._is_ignored or (self._setting is not None and asks(self._setting))

    def arguments_of_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str | None, Any]]:
        return self.own + self.signature.pairs(*self.signature.without_object(args, kwargs))

    def arguments_of_generations(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str | None, Any]]:
        """Those that are given here and that generations name; where any is given, at least one."""
        given = self.signature.given_pairs(args, kwargs)
        named: list[tuple[str | None, Any]] = [pair for pair in given if pair[0] in self._of_generations]
        if (args or kwargs) and not named:
            raise ArgumentError(f"invalidate: no generation of {self.generations} names an argument that is given")
        return named

    def arguments_of_key(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str | None, Any]]:
        return self.own + self.signature.pairs_of_key(args, kwargs)


def own_parts(
    function: Callable[..., Any], version: str | int | None, place: bool | str
) -> list[tuple[str | None, Any]]:
    """What all calls of one function have in their keys: its place, and its version in the place of the line."""
    parts: list[tuple[str | None, Any]] = []
    if isinstance(place, str):
        parts.append((None, place))
    elif place:
        origin = inspect.unwrap(function)
        name = f"{origin.__module__}.{origin.__qualname__}"
        parts.append((None, name if version is not None else f"{name}:{origin.__code__.co_firstlineno}"))
    if version is not None:
        parts.append((None, f"v{version}"))
    return parts


class Wrapped(Generic[P, R]):
    """A function that remembers its results, from `Cache.wrap`. It is called like the function.

    `key`, `delete`, `invalidate` and `invalidate_soft` take the arguments of the function without the object of a
    method; `adelete`, `ainvalidate` and `ainvalidate_soft` are the same for coroutines. Arguments are best given by
    name: so those in front of them can be left out, say an excluded one.

    >>> @cache.wrap("user:id", timeout=60)
    ... def user(id, part="name"):
    ...     return f"{part} of {id}"
    >>> user(1), user.refresh(1), user.uncached(1)
    ('name of 1', 'name of 1', 'name of 1')
    >>> user.key(1)
    'user:id=1|"shop.user:1",part="name"'
    >>> user.delete(1)           # this one result
    >>> user.invalidate(1)       # everything that depends on user:id=1
    >>> user.invalidate_soft(1)
    >>> import asyncio
    >>> async def forget():
    ...     await user.adelete(1)
    ...     await user.ainvalidate(1)
    ...     await user.ainvalidate_soft(1)
    >>> asyncio.run(forget())
    """

    def __init__(self, plan: Plan) -> None:
        functools.update_wrapper(self, plan.function)
        self._plan = plan

    @property
    def uncached(self) -> Callable[P, R]:
        """The function itself."""
        return self._plan.function

    def __repr__(self) -> str:
        return f"<gencache.Wrapped {self._plan.function!r}>"

    # As of a function: pickled by its name, and its own copy.

    def __reduce__(self) -> str:
        return self._plan.function.__qualname__

    def __copy__(self) -> Wrapped[P, R]:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Wrapped[P, R]:
        return self

    # Of a class, and of an object, the arguments are not checked: mypy cannot take the first one away here, nor does it
    # tell class methods, where it is to be taken away, from static ones.
    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Wrapped[..., R]:
        ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> BoundWrapped[..., R]:
        ...

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        return self if instance is None else BoundWrapped(self, instance)

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._result(self._plan.options, args, kwargs)

    def refresh(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Computes the result anew and stores it, whatever is in the cache."""
        return self._result(self._plan.refreshing, args, kwargs)

    def _result(self, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        if self._plan.ignores_cache():
            result: R = self._plan.function(*args, **kwargs)
            return result
        return self._fetch(options, args, kwargs)

    def _fetch(self, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        plan = self._plan
        keyed = plan.arguments_of_call(args, kwargs)
        function: Callable[[], R] = functools.partial(plan.function, *args, **kwargs)
        return plan.cache.fetch(plan.generations, function, args=keyed, options=options)

    def key(self, /, *args: Argument, **kwargs: Argument) -> str:
        """The readable key of this result; no server is asked."""
        return self._plan.cache.key(self._plan.generations, args=self._plan.arguments_of_key(args, kwargs))

    def delete(self, /, *args: Argument, **kwargs: Argument) -> None:
        """Deletes this one result."""
        self._plan.cache.delete(self._plan.generations, args=self._plan.arguments_of_key(args, kwargs))

    def invalidate(self, /, *args: Argument, **kwargs: Argument) -> None:
        """Invalidates those of the function's generations that the arguments given here name; without arguments, its
        static ones. It is an error if that is none."""
        self._plan.bound.invalidate(args=self._plan.arguments_of_generations(args, kwargs))

    def invalidate_soft(self, /, *args: Argument, **kwargs: Argument) -> None:
        """Like `invalidate`, softly: see `Cache.invalidate_soft`."""
        self._plan.bound.invalidate_soft(args=self._plan.arguments_of_generations(args, kwargs))

    async def adelete(self, /, *args: Argument, **kwargs: Argument) -> None:
        """`delete` for coroutines."""
        await self._plan.cache.adelete(self._plan.generations, args=self._plan.arguments_of_key(args, kwargs))

    async def ainvalidate(self, /, *args: Argument, **kwargs: Argument) -> None:
        """`invalidate` for coroutines."""
        await self._plan.bound.ainvalidate(args=self._plan.arguments_of_generations(args, kwargs))

    async def ainvalidate_soft(self, /, *args: Argument, **kwargs: Argument) -> None:
        """`invalidate_soft` for coroutines."""
        await self._plan.bound.ainvalidate_soft(args=self._plan.arguments_of_generations(args, kwargs))


class AsyncWrapped(Wrapped[P, R]):
    """An `async def` that remembers its results."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        _asyncio.mark_coroutine_function(self)

    def _fetch(self, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        plan = self._plan
        keyed = plan.arguments_of_call(args, kwargs)
        function = functools.partial(plan.function, *args, **kwargs)
        return plan.cache.afetch(plan.generations, function, args=keyed, options=options)


class WrappedOfClass(Wrapped[P, R]):
    """A class method: it is bound to the class."""

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        return BoundWrapped(self, owner if owner is not None else type(instance))


class AsyncWrappedOfClass(AsyncWrapped[P, R], WrappedOfClass[P, R]):
    """An `async def` class method."""


class WrappedOfNothing(Wrapped[P, R]):
    """A static method: it is not bound."""

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        return self


class AsyncWrappedOfNothing(AsyncWrapped[P, R], WrappedOfNothing[P, R]):
    """An `async def` static method."""


class BoundWrapped(Generic[P, R]):
    """A wrapped method with its object.

    >>> class Shop:
    ...     @cache.wrap("user:id", timeout=60)
    ...     def user(self, id):
    ...         return f"user {id}"
    >>> shop = Shop()
    >>> shop.user(1), shop.user.refresh(1), shop.user.uncached(1)
    ('user 1', 'user 1', 'user 1')
    >>> shop.user.key(1)
    'user:id=1|"shop.Shop.user:2"'
    >>> shop.user.delete(1)           # this one result
    >>> shop.user.invalidate(1)       # everything that depends on user:id=1
    >>> shop.user.invalidate_soft(1)
    >>> import asyncio
    >>> async def forget():
    ...     await shop.user.adelete(1)
    ...     await shop.user.ainvalidate(1)
    ...     await shop.user.ainvalidate_soft(1)
    >>> asyncio.run(forget())
    """

    def __init__(self, wrapped: Wrapped[..., R], instance: object) -> None:
        self.__func__ = wrapped
        self.__self__ = instance
        self.__doc__ = wrapped.__doc__
        if isinstance(wrapped, AsyncWrapped):
            _asyncio.mark_coroutine_function(self)

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.__func__(self.__self__, *args, **kwargs)

    def refresh(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """See `Wrapped.refresh`."""
        return self.__func__.refresh(self.__self__, *args, **kwargs)

    def uncached(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The method itself."""
        return self.__func__.uncached(self.__self__, *args, **kwargs)

    def key(self, /, *args: P.args, **kwargs: P.kwargs) -> str:
        """See `Wrapped.key`."""
        return self.__func__.key(*args, **kwargs)

    def delete(self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """See `Wrapped.delete`."""
        self.__func__.delete(*args, **kwargs)

    def invalidate(self, /, *args: Argument, **kwargs: Argument) -> None:
        """See `Wrapped.invalidate`."""
        self.__func__.invalidate(*args, **kwargs)

    def invalidate_soft(self, /, *args: Argument, **kwargs: Argument) -> None:
        """See `Wrapped.invalidate_soft`."""
        self.__func__.invalidate_soft(*args, **kwargs)

    async def adelete(self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """See `Wrapped.adelete`."""
        await self.__func__.adelete(*args, **kwargs)

    async def ainvalidate(self, /, *args: Argument, **kwargs: Argument) -> None:
        """See `Wrapped.ainvalidate`."""
        await self.__func__.ainvalidate(*args, **kwargs)

    async def ainvalidate_soft(self, /, *args: Argument, **kwargs: Argument) -> None:
        """See `Wrapped.ainvalidate_soft`."""
        await self.__func__.ainvalidate_soft(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:  # __name__, __doc__, __wrapped__ ...
        # The one of an object that is not made yet; the other copy looks for on the object, not on its type.
        if name in ("__func__", "__deepcopy__"):
            raise AttributeError(name)
        return getattr(self.__func__, name)

    def __reduce__(self) -> tuple[Any, ...]:  # as of a method
        return getattr, (self.__self__, self.__func__._plan.function.__name__)

    def __repr__(self) -> str:
        return f"<bound {self.__func__!r} of {self.__self__!r}>"


def refuse_generator(function: Callable[..., Any]) -> None:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ArgumentError(
            f"wrap: {function.__qualname__}() is a generator, whose values are gone once they are used; return a list"
        )


def wrapped(function: Any, make_plan: Callable[[Callable[..., Any], bool], Plan]) -> Any:
    """The Wrapped of a function, or of a class or static method."""
    is_of_class, is_of_nothing = isinstance(function, classmethod), isinstance(function, staticmethod)
    plain = function.__func__ if is_of_class or is_of_nothing else function
    if not inspect.isroutine(plain) or inspect.isbuiltin(plain):
        raise ArgumentError(f"wrap: a function or method is expected, not {function!r}")
    refuse_generator(plain)
    is_async = inspect.iscoroutinefunction(plain)
    kind: type[Wrapped[Any, Any]]
    if is_of_class:
        kind = AsyncWrappedOfClass if is_async else WrappedOfClass
    elif is_of_nothing:
        kind = AsyncWrappedOfNothing if is_async else WrappedOfNothing
    else:
        kind = AsyncWrapped if is_async else Wrapped
    return kind(make_plan(plain, is_of_class))
