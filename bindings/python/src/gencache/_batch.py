"""Invalidations that wait for a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _native

if TYPE_CHECKING:
    from types import TracebackType
    from typing_extensions import Self


class Batch(_native.BatchBase):
    """Collects invalidations and deletions, say while a database transaction is open, and sends them together.

    From `Cache.batch`. As a context manager it commits at the end, and drops what was noted where an exception comes
    out of the block. To be used by one thread at a time.

    >>> with cache.batch() as batch:
    ...     batch.invalidate("user:id", id=1)  # sends nothing yet
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

    def batch(self) -> Batch:
        """A batch within this one, as a savepoint is within a transaction: its commit hands over to this one.

        >>> with cache.batch() as outer:
        ...     with outer.batch() as inner:
        ...         inner.invalidate("user:id", id=1)
        """
        return Batch(self.cache, self)
