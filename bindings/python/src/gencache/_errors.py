"""Statuses, and the exceptions that stand for those that are errors."""

from __future__ import annotations

import enum
from typing import ClassVar


class Status(enum.IntEnum):
    """The outcome of a call. The numbers are those of the C interface and never change.

    >>> gencache.Status.MISS
    <Status.MISS: 1>
    """

    OK = 0
    MISS = 1
    STALE = 2
    BUSY = 3
    ARGUMENT = -1
    UNAVAILABLE = -2
    REFUSED = -3
    TOO_LARGE = -4
    TYPE = -5
    MEMORY = -6
    INTERNAL = -7
    ORIGIN = -8


class Error(Exception):
    """What all exceptions of gencache are derived from.

    The message names the parameter or the server.

    >>> try:
    ...     gencache.Cache("memory://?capacity=1KB")
    ... except gencache.Error as error:
    ...     error.status
    <Status.ARGUMENT: -1>
    """

    status: ClassVar[Status] = Status.INTERNAL
    """Which error it is."""


class ArgumentError(Error, ValueError):
    """Bad input; the message names the parameter. Nothing has changed.

    >>> try:
    ...     cache.get("nav_portal:user_id")
    ... except gencache.ArgumentError as error:
    ...     print(error)
    generation 'nav_portal:user_id' needs the argument 'user_id', which is not given
    """

    status = Status.ARGUMENT


class UnavailableError(Error):
    """A server was not reached or did not answer in time.

    A write may or may not have happened; an invalidation has not been acknowledged by the servers that the message
    names. Call again until it succeeds.

    >>> try:
    ...     gencache.Cache("memcached://127.0.0.1:1/").invalidate("nav")
    ... except gencache.UnavailableError as error:
    ...     print(error)  # doctest: +ELLIPSIS
    not acknowledged by 127.0.0.1:1: ...
    """

    status = Status.UNAVAILABLE


class RefusedError(Error):
    """A server answered that it cannot (out of memory, say).

    >>> try:
    ...     cache.invalidate("nav")
    ... except (gencache.RefusedError, gencache.UnavailableError):
    ...     print("nobody knows whether it was invalidated: call again")
    """

    status = Status.REFUSED


class TooLargeError(Error):
    """The value does not fit into an item. Nothing was sent.

    >>> small = gencache.Cache("memory://?capacity=1MB")
    >>> try:
    ...     small.set("nav", "x" * 1000000)
    ... except gencache.TooLargeError as error:
    ...     print(error)  # doctest: +ELLIPSIS
    value: its 1000000 bytes and ... are more than the ... that an item holds
    """

    status = Status.TOO_LARGE


class StoredTypeError(Error, TypeError):
    """What is in the cache is nothing that this program can read: a C++ value, a pickle that was not asked for.

    >>> cache.set("nav", gencache.Raw(gencache.Type.CEREAL, b"of a C++ program"))
    True
    >>> try:
    ...     cache.get("nav")
    ... except gencache.StoredTypeError as error:
    ...     print(error)
    the value in the cache is a C++ value (cereal)
    """

    status = Status.TYPE


class OutOfMemoryError(Error, MemoryError):
    """This process is out of memory.

    >>> issubclass(gencache.OutOfMemoryError, MemoryError)
    True
    """

    status = Status.MEMORY


class InternalError(Error):
    """A defect of gencache; please report it.

    >>> gencache.InternalError.status
    <Status.INTERNAL: -7>
    """

    status = Status.INTERNAL


class OriginError(Error):
    """A computation of somebody else failed, on which the caller had waited.

    >>> gencache.OriginError.status
    <Status.ORIGIN: -8>
    """

    status = Status.ORIGIN


# For the native part.
STATUSES = {int(status): status for status in Status}
CLASSES = {
    int(error.status): error
    for error in (
        ArgumentError,
        UnavailableError,
        RefusedError,
        TooLargeError,
        StoredTypeError,
        OutOfMemoryError,
        InternalError,
        OriginError,
    )
}
