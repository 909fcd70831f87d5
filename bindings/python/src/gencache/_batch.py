"""Invalidations that wait for a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _asyncio, _native

if TYPE_CHECKING:
    from types import TracebackType
    from typing_extensions import Self


class Batch(_native.BatchBase):
    """Collects invalidations and deletions, say while a database transaction is open, and sends them together.

    From `Cache.batch`. As a context manager it commits at the end, and drops what was noted where an exception comes
    out of the block; `async with` does not block the event loop. To be used by one thread at a time.

    >>> with cache.batch() as batch:
    ...     batch.invalidate("user:id", id=1)  # sends nothing yet
    >>> batch.cache is cache
    True
    """

    __slots__ = ("__weakref__",)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.commit()
        else:
            self.cancel()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            await self.acommit()
        else:
            self.cancel()

    async def acommit(self) -> None:
        """`commit` for coroutines. One that is cancelled may or may not have sent what was noted.

        >>> import asyncio
        >>> batch = cache.batch()
        >>> batch.invalidate("user:id", id=1)
        >>> asyncio.run(batch.acommit())
        """
        await _asyncio.call(self.cache, self.commit)

    def batch(self) -> Batch:
        """A batch within this one, as a savepoint is within a transaction: its commit hands over to this one.

        >>> with cache.batch() as outer:
        ...     with outer.batch() as inner:
        ...         inner.invalidate("user:id", id=1)
        """
        return Batch(self.cache, self)
