"""From the original's calling convention to the core's: generations as a tuple or one by one, options among the
arguments."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Union

from .._errors import ArgumentError
from ._text import as_argument, text_of
from .setting_wrappers import get_setting_default

Names = Union[str, "list[str]", "tuple[str, ...]"]

OPTIONS = ("timeout", "use_raw", "log_misses", "ignore_locally", "ignore_if_setting_is_true", "exclude", "add_to_key",
           "cache_key")  # fmt: skip

_AT_ONCE = 0.001  # seconds; the shortest timeout


class Call:
    """What one call of a direct method is about."""

    def __init__(self, generations: Iterable[Names], keywords: Mapping[str, Any]) -> None:
        self.generations = flat(generations)
        self.options = {name: value for name, value in keywords.items() if name in OPTIONS}
        excluded = names_of(self.options.get("exclude"))
        of_generations = check_generations(self.generations, keywords)
        self.args: list[tuple[str | None, Any]] = [(None, part) for part in self._added_parts()]
        self.args += [
            (name, as_argument(name, value))
            for name, value in keywords.items()
            if name in of_generations or (name not in OPTIONS and name not in excluded)
        ]

    def _added_parts(self) -> list[str]:
        parts: list[str] = []
        for option in ("add_to_key", "cache_key"):
            added = self.options.get(option)
            if added is not None:
                parts += [text_of(option, part) for part in (added if isinstance(added, tuple) else (added,))]
        return parts

    @property
    def timeout(self) -> Any:
        return lifetime(self.options.get("timeout"))

    @property
    def ignores_cache(self) -> bool:
        return ignores_cache(self.options.get("ignore_locally"), self.options.get("ignore_if_setting_is_true"))


def flat(generations: Iterable[Names]) -> tuple[str, ...]:
    """Both forms: `'a', 'b:x'` and `('a', 'b:x'),`."""
    names: list[str] = []
    for given in generations:
        names.extend((given,) if isinstance(given, str) else given)
    return tuple(names)


def argument_of(generation: str) -> str:
    """The argument that a value-based generation takes its value from; "" of a static one."""
    return generation.partition(":")[2]


def check_generations(generations: tuple[str, ...], given: Mapping[str, Any]) -> set[str]:
    """The names of the arguments that the generations take, all of which have to be given."""
    names = {argument_of(generation): generation for generation in generations if argument_of(generation)}
    for name, generation in names.items():
        if name not in given:
            # In the words of the original, which programs and their tests may look for.
            raise ArgumentError(
                f"generation {generation!r} is used without passing the necessary keyword paramater ({name}); a default "
                "of the function does not count"
            )
    return set(names)


def names_of(given: Names | None) -> frozenset[str]:
    return frozenset(() if given is None else (given,) if isinstance(given, str) else given)


def lifetime(timeout: Any) -> Any:
    """0 is as None, the lifetime of the cache's URL; what is negative is over at once, as on memcached."""
    return _AT_ONCE if isinstance(timeout, (int, float)) and timeout < 0 else timeout or None


def ignores_cache(ignore_locally: object, ignore_if_setting_is_true: str | None) -> bool:
    """Whether the settings say, now, to do without the cache. Where ENV is not set at all, it is `local`."""
    if ignore_locally and get_setting_default("ENV", "local") == "local":
        return True
    return bool(ignore_if_setting_is_true and get_setting_default(ignore_if_setting_is_true, False))
