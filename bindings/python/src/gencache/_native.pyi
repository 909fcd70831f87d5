"""The C header of libgencache. See native/."""

from collections.abc import Callable
from typing import Any, TypeVar, final

from typing_extensions import Self

from ._errors import Status
from ._times import Seconds
from ._types import Argument, Arguments, Calls, Generations

_T = TypeVar("_T")

version: str
library_version: str

def check_json(value: object, /) -> None: ...

@final
class Options:
    @property
    def _given(self) -> dict[str, Any]: ...
    def __new__(
        cls,
        *,
        timeout: Seconds | None = None,
        nothing_timeout: Seconds | None = None,
        jitter: float | None = None,
        stale_for: Seconds | None = None,
        fail_safe: Seconds | None = None,
        lock: Seconds | None = None,
        wait: Seconds | None = None,
        beta: float | None = None,
        refresh: bool | None = None,
        log_misses: bool | None = None,
    ) -> Self: ...
    def replace(
        self,
        *,
        timeout: Seconds | None = None,
        nothing_timeout: Seconds | None = None,
        jitter: float | None = None,
        stale_for: Seconds | None = None,
        fail_safe: Seconds | None = None,
        lock: Seconds | None = None,
        wait: Seconds | None = None,
        beta: float | None = None,
        refresh: bool | None = None,
        log_misses: bool | None = None,
    ) -> Options: ...

@final
class Entry:
    @property
    def status(self) -> Status: ...
    @property
    def reason(self) -> str: ...
    @property
    def generation(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def has_value(self) -> bool: ...
    @property
    def is_stale(self) -> bool: ...
    @property
    def value(self) -> Any: ...
    @property
    def type(self) -> int: ...
    @property
    def data(self) -> bytes | None: ...
    @property
    def age(self) -> float | None: ...
    @property
    def remaining(self) -> float | None: ...
    def __bool__(self) -> bool: ...
    def fill(self, value: object, /, *, options: Options | None = None, timeout: Seconds | None = None) -> bool: ...
    def depend(self, generation: str, /, *, args: Arguments | None = None, **arguments: Argument) -> bool: ...
    def wait(self, seconds: Seconds, /) -> Status: ...
    def abandon(self) -> Status: ...
    def release(self) -> None: ...

class CacheBase:
    def __new__(cls, url: str | None = None, *, pickle: bool = False, log_level: int = 3) -> Self: ...
    @property
    def closed(self) -> bool: ...
    @property
    def in_process(self) -> bool: ...
    @property
    def _identity(self) -> int: ...
    def get(
        self, generations: Generations, /, *, default: Any = None, args: Arguments | None = None, **arguments: Argument
    ) -> Any: ...
    def get_entry(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> Entry: ...
    def set(
        self,
        generations: Generations,
        value: object,
        /,
        *,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> bool: ...
    def delete(self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument) -> None: ...
    def fetch(
        self,
        generations: Generations,
        compute: Callable[[], _T],
        /,
        *,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> _T: ...
    def fetch_entry(
        self,
        generations: Generations,
        compute: Callable[[], Any],
        /,
        *,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> Entry: ...
    def begin(
        self,
        generations: Generations,
        /,
        *,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> Entry: ...
    def get_many(
        self,
        generations: Generations,
        calls: Calls,
        /,
        *,
        default: Any = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> list[Any]: ...
    def get_many_entries(
        self, generations: Generations, calls: Calls, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> list[Entry]: ...
    def begin_many(
        self,
        generations: Generations,
        calls: Calls,
        /,
        *,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> list[Entry]: ...
    def invalidate(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None: ...
    def invalidate_soft(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None: ...
    def key(self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument) -> str: ...
    def explain(self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument) -> str: ...
    def clear(self) -> None: ...
    def ping(self) -> None: ...
    def metrics(self) -> str: ...
    def _stats(self) -> dict[str, Any]: ...
    def close(self) -> None: ...
    def with_timeout(self, seconds: Seconds, /) -> Self: ...

class BoundBase:
    def __new__(
        cls,
        cache: CacheBase,
        generations: Generations,
        params: tuple[str | tuple[str | None, Argument], ...],
        options: Options | None,
        /,
    ) -> Self: ...
    @property
    def cache(self) -> Any: ...
    @property
    def generations(self) -> tuple[str, ...]: ...
    def get(
        self, /, *by_position: Argument, default: Any = None, args: Arguments | None = None, **arguments: Argument
    ) -> Any: ...
    def get_entry(self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument) -> Entry: ...
    def set(
        self,
        value: object,
        /,
        *by_position: Argument,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> bool: ...
    def delete(self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument) -> None: ...
    def fetch(
        self,
        compute: Callable[[], _T],
        /,
        *by_position: Argument,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> _T: ...
    def fetch_entry(
        self,
        compute: Callable[[], Any],
        /,
        *by_position: Argument,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> Entry: ...
    def begin(
        self,
        /,
        *by_position: Argument,
        options: Options | None = None,
        timeout: Seconds | None = None,
        args: Arguments | None = None,
        **arguments: Argument,
    ) -> Entry: ...
    def get_many(self, calls: Calls, /, *, default: Any = None) -> list[Any]: ...
    def get_many_entries(self, calls: Calls, /) -> list[Entry]: ...
    def begin_many(
        self, calls: Calls, /, *, options: Options | None = None, timeout: Seconds | None = None
    ) -> list[Entry]: ...
    def key(self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument) -> str: ...
    def explain(self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument) -> str: ...
    def invalidate(self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument) -> None: ...
    def invalidate_soft(
        self, /, *by_position: Argument, args: Arguments | None = None, **arguments: Argument
    ) -> None: ...

class BatchBase:
    def __new__(cls, cache: CacheBase, parent: BatchBase | None, /) -> Self: ...
    @property
    def cache(self) -> Any: ...
    def invalidate(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None: ...
    def invalidate_soft(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None: ...
    def delete(self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument) -> None: ...
    def commit(self) -> None: ...
    def cancel(self) -> None: ...
