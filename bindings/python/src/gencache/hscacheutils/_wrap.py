"""Functions that remember their results, and forget single ones of them."""

from __future__ import annotations

import functools
import inspect
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Callable, Generic, ParamSpec, TypeVar, cast

from .._errors import ArgumentError
from .._native import Options
from .._signature import CallSignature
from .._wrap import own_parts, refuse_generator
from ._call import argument_of, check_generations, ignores_cache, lifetime, names_of
from ._configuration import current_cache
from ._text import as_argument, exact_text_of

if TYPE_CHECKING:
    from .._types import Arguments
    from ._call import Names

P = ParamSpec("P")
R = TypeVar("R")

# Each result has a generation of its own, so that `invalidate` reaches also one that is being computed. Its argument is
# the text of the call: all that is the rest of the key elsewhere.
_CALL = "hscacheutils.call"
_RESULT = f"hscacheutils.result:{_CALL}"


class Method(ABC, Generic[R]):
    """A wrapped method with its object, for type checkers, which do not check its arguments."""

    @abstractmethod
    def __call__(self, /, *args: Any, **kwargs: Any) -> R:
        """The result."""

    @abstractmethod
    def invalidate(self, /, *args: Any, **kwargs: Any) -> None:
        """Invalidates the result for these arguments, with or without the object of the method."""


class Wrapped(ABC, Generic[P, R]):
    """A function that remembers its results, for type checkers. In truth it is a plain function with one more attribute,
    so it works as a method, too.

    >>> @gen_cache.wrap("project_name", timeout=3600)
    ... def foobar(user_id):
    ...     return user_id * 2
    >>> foobar(53)
    106
    >>> foobar.invalidate(53)
    """

    @abstractmethod
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result."""

    @abstractmethod
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Method[R]:
        """The method of an object."""

    @abstractmethod
    def invalidate(self, /, *args: Any, **kwargs: Any) -> None:
        """Invalidates the result for these arguments, with or without the object of a method."""


class Plan:
    """All of a wrapped function that is known when it is wrapped."""

    def __init__(
        self,
        function: Callable[..., Any],
        generations: tuple[str, ...],
        *,
        timeout: Any,
        exclude: Names | None,
        log_misses: bool,
        ignore_locally: bool,
        ignore_if_setting_is_true: str | None,
    ) -> None:
        self._function = function
        self._origin = inspect.unwrap(function)
        if not inspect.isfunction(self._origin):
            raise ArgumentError(f"wrap: a function or method is expected, not {function!r}")
        refuse_generator(self._origin)
        self._names = generations
        self._generations = (*generations, _RESULT)
        self._given = CallSignature(function)
        self._keyed = CallSignature(function, _known(function, names_of(exclude)))
        self._place = own_parts(function, None, True)[0][1]
        self._options = Options(timeout=lifetime(timeout), log_misses=log_misses)
        self._ignores_cache = functools.partial(ignores_cache, ignore_locally, ignore_if_setting_is_true)

    def fetch(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._ignores_cache():
            return self._function(*args, **kwargs)
        compute = functools.partial(self._function, *args, **kwargs)
        named = self._arguments(self._without_object(args), kwargs)
        return current_cache().fetch(self._generations, compute, options=self._options, args=named)

    async def afetch(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._ignores_cache():
            return await self._function(*args, **kwargs)
        compute = functools.partial(self._function, *args, **kwargs)
        named = self._arguments(self._without_object(args), kwargs)
        return await current_cache().afetch(self._generations, compute, options=self._options, args=named)

    def invalidate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        for named in self._calls_meant(args, kwargs):
            current_cache().invalidate(_RESULT, args=named)

    def _calls_meant(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Arguments]:
        """The call that is to be invalidated. Two, where the first argument may be the object of the method or not."""
        if not (args and self._given.takes_object and self._is_object(args[0])):
            return [self._arguments(args, kwargs)]
        meant: list[Arguments] = []
        failed: Exception | None = None
        for given in (args[1:], args):
            try:
                meant.append(self._arguments(given, kwargs))
            except (TypeError, ArgumentError) as error:
                failed = failed or error
        if not meant and failed is not None:
            raise failed
        return meant

    def _is_object(self, value: object) -> bool:
        """Whether this is a method of `value`, which is an instance or a class."""
        cls = value if isinstance(value, type) else type(value)
        found = (vars(base).get(self._origin.__name__) for base in cls.__mro__)
        return any(inspect.unwrap(getattr(one, "__func__", one)) is self._origin for one in found if one is not None)

    def _without_object(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args[1:] if self._given.takes_object else args

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        """What the generations need of a call."""
        named: list[tuple[str | None, Any]] = [(_CALL, f"{self._place}({self._text(args, kwargs)})")]
        if any(map(argument_of, self._names)):
            given = {name: value for name, value in self._given.given_pairs(args, kwargs) if name is not None}
            taken = check_generations(self._names, given)
            named.extend((name, as_argument(name, given[name])) for name in taken)
        return named

    def _text(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """All arguments that are not excluded, defaults included; the same for all ways to write one call."""
        pairs = self._keyed.pairs(args, kwargs)
        by_position = [exact_text_of("of *args", value) for name, value in pairs if name is None]
        by_name = [f"{_name(name)}={exact_text_of(name, value)}" for name, value in _sorted_by_name(pairs)]
        return ", ".join(by_position + by_name)


def _sorted_by_name(pairs: list[tuple[str | None, Any]]) -> list[tuple[str, Any]]:
    return sorted(((name, value) for name, value in pairs if name is not None), key=lambda pair: pair[0])


def _name(name: str) -> str:
    return name if name.isidentifier() else repr(name)


def _known(function: Callable[..., Any], excluded: frozenset[str]) -> frozenset[str]:
    """Those of the names that may be excluded: the original did not mind others."""
    parameters = inspect.signature(function).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    return excluded if takes_any else excluded & set(parameters)


def wrap(function: Callable[P, R], make_plan: Callable[[Callable[..., Any]], Plan]) -> Wrapped[P, R]:
    """The function that remembers, of a function or of a class or static method."""
    if isinstance(function, (classmethod, staticmethod)):
        return cast("Wrapped[P, R]", type(function)(wrap(function.__func__, make_plan)))
    plan = make_plan(function)

    @functools.wraps(function)
    def remembering(*args: Any, **kwargs: Any) -> Any:
        return plan.fetch(args, kwargs)

    @functools.wraps(function)
    async def remembering_async(*args: Any, **kwargs: Any) -> Any:
        return await plan.afetch(args, kwargs)

    def invalidate(*args: Any, **kwargs: Any) -> None:
        plan.invalidate(args, kwargs)

    made: Any = remembering_async if inspect.iscoroutinefunction(function) else remembering
    made.invalidate = invalidate
    return cast("Wrapped[P, R]", made)
