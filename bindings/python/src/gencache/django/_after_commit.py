"""Invalidations that wait for the commit of Django's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, transaction

if TYPE_CHECKING:
    from .._batch import Batch
    from .._cache import Cache
    from .._types import Argument, Arguments, Generations


class AfterCommit:
    """Invalidations and deletions on `transaction.on_commit`, from `after_commit` or `GenerationalCache.after_commit`.

    Within a transaction they are noted, and sent together when it commits. Those of a transaction or savepoint that is
    rolled back are dropped. Outside of a transaction they are sent at once.

    What they raise where a server does not acknowledge them comes out of the outermost `atomic` block, after the
    commit; the callbacks that were given to `on_commit` after them are then not run. Just so, where a callback before
    them raises, they are not sent.

    >>> from django.db import transaction
    >>> with transaction.atomic():
    ...     django_cache.after_commit.invalidate("user:id", id=1)  # sends nothing yet
    ...     django_cache.after_commit.invalidate_soft("ranking")
    ...     django_cache.after_commit.delete("draft:id", id=1)
    """

    def __init__(self, cache: Cache, using: str | None) -> None:
        self._cache = cache
        self._using = using or DEFAULT_DB_ALIAS

    def invalidate(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None:
        """Like `gencache.Cache.invalidate`, after the commit."""
        self._note(lambda batch: batch.invalidate(generations, args=args, **arguments))

    def invalidate_soft(
        self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument
    ) -> None:
        """Like `gencache.Cache.invalidate_soft`, after the commit."""
        self._note(lambda batch: batch.invalidate_soft(generations, args=args, **arguments))

    def delete(self, generations: Generations, /, *, args: Arguments | None = None, **arguments: Argument) -> None:
        """Like `gencache.Cache.delete`, after the commit."""
        self._note(lambda batch: batch.delete(generations, args=args, **arguments))

    def _note(self, note: Callable[[Batch], None]) -> None:
        connection = transaction.get_connection(self._using)
        waiting = _waiting.get(connection)
        if waiting is not None and waiting.takes_more(connection, self._cache):
            note(waiting.batch)
            return
        waiting = _Waiting(connection, self._cache)
        note(waiting.batch)  # before it is handed over: bad input shows here, and without a transaction it is sent there
        _waiting[connection] = waiting
        transaction.on_commit(waiting.send, using=self._using)


class _Waiting:
    """What one savepoint's level of a transaction has noted, in one batch."""

    def __init__(self, connection: Any, cache: Cache) -> None:
        self.batch = cache.batch()
        self._cache = cache
        self._level = tuple(connection.savepoint_ids)
        self._is_sent = False

    def takes_more(self, connection: Any, cache: Cache) -> bool:
        """Whether it is for the same cache and level, and still waits: Django drops it with a rollback."""
        is_here = not self._is_sent and cache is self._cache and tuple(connection.savepoint_ids) == self._level
        return is_here and any(self.send in callback for callback in connection.run_on_commit)

    def send(self) -> None:
        self._is_sent = True
        self.batch.commit()


# By connection, the latest; connections belong to one thread each.
_waiting: WeakKeyDictionary[Any, _Waiting] = WeakKeyDictionary()


def after_commit(cache: Cache, using: str | None = None) -> AfterCommit:
    """Invalidations of a cache that wait for the commit of a database's transaction.

    using: the database, by default Django's default one.

    >>> gencache.django.after_commit(cache, using="default").invalidate("user:id", id=1)
    """
    return AfterCommit(cache, using)
