"""From the calls of a function to the arguments of a cached value."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Iterable, Mapping

from ._errors import ArgumentError

# The first parameter of a method, which is no part of the key; Klass is one, too.
OBJECTS = frozenset(("self", "cls", "klass", "kls"))

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_PLAIN = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}


class CallSignature:
    """The parameters of a function, but for the object of a method and those that are left out of the key.

    Positional, keyword and defaulted calls with the same arguments give the same pairs of name and value. What *args
    takes has no name; what **kwargs takes has its own, behind two stars where a positional-only parameter has it already.
    """

    def __init__(self, function: Callable[..., Any], exclude: Iterable[str] = (), is_of_class: bool = False) -> None:
        try:
            whole = inspect.signature(function)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"wrap: {function!r} does not tell its parameters: {error}") from None
        parameters = list(whole.parameters.values())
        self.takes_object = bool(parameters) and (is_of_class or _is_object(parameters[0]))
        self._object = parameters.pop(0).name if self.takes_object else None
        self._name = getattr(function, "__qualname__", repr(function))
        self._excluded = frozenset((exclude,) if isinstance(exclude, str) else exclude)
        self._signature = whole.replace(parameters=parameters)
        self._rest = _name_of_kind(parameters, inspect.Parameter.VAR_POSITIONAL)
        self._keywords = _name_of_kind(parameters, inspect.Parameter.VAR_KEYWORD)
        self.names = tuple(p.name for p in parameters if p.name not in (self._rest, self._keywords))
        self._refuse_unknown()
        kinds = {parameter.kind for parameter in parameters}
        self._is_plain = kinds <= _PLAIN
        self._is_plainest = self._is_plain and kinds <= set(_BY_POSITION) and not self._excluded
        self._n_positional = sum(parameter.kind in _BY_POSITION for parameter in parameters)
        self._defaults = {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}

    def _refuse_unknown(self) -> None:
        if self._keywords is not None:
            return
        for name in sorted(self._excluded):
            if name not in self.names and name != self._rest:
                raise ArgumentError(f"exclude: {self._name}() has no parameter {name!r}")

    def require(self, generations: tuple[str, ...]) -> None:
        """Refuses generations whose argument no call can have."""
        for generation in generations:
            _, colon, name = generation.partition(":")
            if not colon:
                continue
            if name in self._excluded:
                raise ArgumentError(f"exclude: generation {generation!r} needs the argument {name!r}")
            if name not in self.names and self._keywords is None:
                raise ArgumentError(f"generation {generation!r} needs the argument {name!r}, and {self._name}() has no "
                                    "such parameter")

    def without_object(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call but for the object of a method, which may be given by name."""
        if args or self._object not in kwargs:
            return args[self.takes_object :], kwargs
        return args, {name: value for name, value in kwargs.items() if name != self._object}

    def pairs(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[tuple[str | None, Any]]:
        """The arguments of a call, defaults included. Raises TypeError as the function would."""
        if self._is_plainest and not kwargs and len(args) == len(self.names):
            return list(zip(self.names, args))
        values = self._plain_values(args, kwargs) if self._is_plain else None
        if values is not None:
            return [(name, value) for name, value in values.items() if name not in self._excluded]
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return self._pairs_of(bound)

    def pairs_of_key(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[tuple[str | None, Any]]:
        """The same; arguments that are excluded may be missing."""
        if self._excluded:
            given = self._signature.bind_partial(*args, **kwargs).arguments
            left_out = {name: None for name in self.names if name in self._excluded and name not in given}
            kwargs = {**left_out, **kwargs}
        return self.pairs(args, kwargs)

    def _plain_values(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any] | None:
        """What bind and apply_defaults find, faster; None where the call is not as it should be."""
        if len(args) > self._n_positional:
            return None
        given = dict(zip(self.names, args), **kwargs)
        if len(given) != len(args) + len(kwargs):  # one by position and by name
            return None
        values = {**self._defaults, **given} if len(given) < len(self.names) else given
        return values if len(values) == len(self.names) and all(map(values.__contains__, self.names)) else None

    def given_pairs(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[tuple[str | None, Any]]:
        """The arguments that are given here, of which some may be missing."""
        return self._pairs_of(self._signature.bind_partial(*args, **kwargs))

    def _pairs_of(self, bound: inspect.BoundArguments) -> list[tuple[str | None, Any]]:
        pairs: list[tuple[str | None, Any]] = []
        for name, value in bound.arguments.items():
            if name in self._excluded:
                continue
            if name == self._rest:
                pairs.extend((None, one) for one in value)
            elif name == self._keywords:
                pairs.extend((self._name_of(key), one) for key, one in value.items() if key not in self._excluded)
            else:
                pairs.append((name, value))
        return pairs

    def _name_of(self, keyword: str) -> str:
        return f"**{keyword}" if keyword in self.names else keyword


def _is_object(parameter: inspect.Parameter) -> bool:
    return parameter.name.lower() in OBJECTS and parameter.kind in _BY_POSITION


def _name_of_kind(parameters: list[inspect.Parameter], kind: object) -> str | None:
    return next((parameter.name for parameter in parameters if parameter.kind is kind), None)
