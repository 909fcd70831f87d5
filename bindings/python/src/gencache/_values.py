"""Values that are more than text, bytes and numbers: JSON, registered codecs, and pickle where it is asked for."""

from __future__ import annotations

import enum
import json
from typing import Any, Callable, NamedTuple, TypeVar

from ._errors import ArgumentError, StoredTypeError

T = TypeVar("T")

# The types of stored values, as in the C header.
BYTES, TEXT, NULL, BOOL, INT, DOUBLE, JSON, CEREAL = range(8)
# Of the private types 16 to 31, Python has 16 to 19.
PICKLE, CODEC = 16, 17

_TYPE_NAMES = {CEREAL: "a C++ value (cereal)"}


class Miss(enum.Enum):
    """The type of `MISS`."""

    MISS = "MISS"

    def __repr__(self) -> str:
        return "gencache.MISS"

    def __bool__(self) -> bool:
        return False


MISS = Miss.MISS
"""Stands for "no value", where None could be a cached one.

>>> cache.get("nav", page="none", default=gencache.MISS)
gencache.MISS
"""


class _Codec(NamedTuple):
    name: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


_by_type: dict[type, _Codec] = {}
_by_name: dict[str, _Codec] = {}

_dumps = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode


def register_codec(cls: type[T], name: str, encode: Callable[[T], bytes], decode: Callable[[bytes], T]) -> None:
    """Lets values of `cls` (or of a subclass) be cached: `encode` makes bytes of them, `decode` the value again.

    The name is stored with the value, so it has to mean the same in all programs that share the cache; only Python
    reads such values. What `decode` is given comes from the server: it must not trust it.

    >>> import fractions
    >>> gencache.register_codec(fractions.Fraction, "fraction", lambda value: str(value).encode(),
    ...                         lambda data: fractions.Fraction(data.decode()))
    >>> cache.set("nav", fractions.Fraction(1, 3), page="codec")
    >>> cache.get("nav", page="codec")
    Fraction(1, 3)
    """
    if not name or "\0" in name:
        raise ArgumentError(f"name: {name!r} cannot be the name of a codec")
    known = _by_name.get(name)
    if known is not None and _by_type.get(cls) is not known:
        raise ArgumentError(f"name: a codec of another type is registered as {name!r}")
    _by_type[cls] = _by_name[name] = _Codec(name, encode, decode)


def _codec_of(cls: type) -> _Codec | None:
    if not _by_type:
        return None
    return next((_by_type[base] for base in cls.__mro__ if base in _by_type), None)


def encode(value: object, pickle: bool) -> tuple[int, bytes]:
    """The type and the bytes of a value that the native part does not know."""
    codec = _codec_of(type(value))
    if codec is not None:
        return CODEC, codec.name.encode() + b"\0" + codec.encode(value)
    if isinstance(value, int):
        return _encode_int(value)
    if isinstance(value, str):
        return TEXT, _utf8(value)
    if isinstance(value, float):
        return _encode_float(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return BYTES, bytes(value)
    try:
        return JSON, _encode_json(value)
    except ArgumentError as error:
        if not pickle:
            raise ArgumentError(f"{error}; see gencache.register_codec, or Cache(pickle=True)") from None
    return PICKLE, _encode_pickle(value)


def _encode_int(value: int) -> tuple[int, bytes]:
    if -(2**63) <= value < 2**63:
        return INT, int(value).to_bytes(8, "little", signed=True)
    try:
        return JSON, int.__repr__(value).encode()
    except ValueError as error:  # Python's limit on digits
        raise ArgumentError(f"value: {error}") from None


def _encode_float(value: float) -> tuple[int, bytes]:
    import struct

    return DOUBLE, struct.pack("<d", value)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ArgumentError(f"value: the text is no Unicode that UTF-8 can hold: {error}") from None


def _encode_json(value: object) -> bytes:
    from ._native import check_json

    try:
        check_json(value)
        return _utf8(_dumps(value))
    except RecursionError:
        raise ArgumentError("value: it is nested too deeply, or holds itself") from None
    except ArgumentError:
        raise
    except ValueError as error:
        raise ArgumentError(f"value: {error}") from None


def _encode_pickle(value: object) -> bytes:
    import pickle

    try:
        return pickle.dumps(value, protocol=4)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise ArgumentError(f"value: it cannot be pickled: {error}") from error


def decode(number: int, data: bytes, pickle: bool) -> object:
    """The value of a type that the native part does not know."""
    if number == JSON:
        return _decode_json(data)
    if number == CODEC:
        return _decode_codec(data)
    if number == PICKLE and pickle:
        return _decode_pickle(data)
    if number == PICKLE:
        raise StoredTypeError("the value in the cache is a pickle, which Cache(pickle=True) reads: only do so if you "
                              "trust everybody who can write to the servers")
    name = _TYPE_NAMES.get(number, f"of the type {number}, private to another language")
    raise StoredTypeError(f"the value in the cache is {name}")


def _decode_json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StoredTypeError(f"the value in the cache is no JSON that Python can read: {error}") from None


def _decode_codec(data: bytes) -> object:
    name, _, payload = data.partition(b"\0")
    codec = _by_name.get(name.decode(errors="replace"))
    if codec is None:
        raise StoredTypeError(f"the value in the cache is of the codec {name!r}, which is not registered here")
    try:
        return codec.decode(payload)
    except Exception as error:
        raise StoredTypeError(f"the codec {codec.name!r} cannot read the value in the cache: {error!r}") from error


def _decode_pickle(data: bytes) -> object:
    import pickle

    try:
        return pickle.loads(data)
    except Exception as error:
        raise StoredTypeError(f"the pickle in the cache cannot be read: {error!r}") from error
