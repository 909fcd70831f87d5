"""A cache on memcached whose values depend on generations."""

from . import _native
from ._arguments import register_argument
from ._batch import Batch
from ._bound import Bound
from ._cache import Cache, each
from ._computing import depend
from ._errors import (
    ArgumentError,
    Error,
    InternalError,
    OriginError,
    OutOfMemoryError,
    RefusedError,
    Status,
    StoredTypeError,
    TooLargeError,
    UnavailableError,
)
from ._native import Entry, Options
from ._settings import look_up_settings
from ._stats import Histogram, Stats
from ._values import MISS, Miss, Raw, Type, register_codec
from ._wrap import BoundWrapped, Wrapped

__version__ = _native.version

__all__ = [
    "MISS",
    "ArgumentError",
    "Batch",
    "Bound",
    "BoundWrapped",
    "Cache",
    "Entry",
    "Error",
    "Histogram",
    "InternalError",
    "Miss",
    "Options",
    "OriginError",
    "OutOfMemoryError",
    "Raw",
    "RefusedError",
    "Stats",
    "Status",
    "StoredTypeError",
    "TooLargeError",
    "Type",
    "UnavailableError",
    "Wrapped",
    "depend",
    "each",
    "look_up_settings",
    "register_argument",
    "register_codec",
]
