"""Values that are more than text, bytes and numbers: JSON, registered codecs, and pickle where it is asked for."""

from __future__ import annotations

import enum
import json
from typing import Any, Callable, NamedTuple, TypeVar

from ._errors import ArgumentError, StoredTypeError

T = TypeVar("T")


class Type(enum.IntEnum):
    """The types of stored values. The numbers are those of the C interface and never change.

    16 to 31 are private to one language each; of these, Python has 16 to 19.

    >>> cache.get_entry("nav", page="type").type
    -1
    """

    BYTES = 0
    TEXT = 1
    NULL = 2
    BOOL = 3
    INT = 4
    DOUBLE = 5
    JSON = 6
    CEREAL = 7
    PICKLE = 16
    CODEC = 17


class Raw(NamedTuple):
    """A value in its stored form, for `set` and the like: bytes with their type. See `Entry.type` and `Entry.data`.

    >>> raw = gencache.Raw(gencache.Type.JSON, b"[1, 2]")
    >>> raw.type, raw.data
    (<Type.JSON: 6>, b'[1, 2]')
    >>> cache.set("nav", raw, page="raw")
    True
    >>> cache.get("nav", page="raw")
    [1, 2]
    """

    type: int
    """BYTES, TEXT, JSON, CEREAL, or 16 to 31."""
    data: bytes
    """The bytes; of TEXT and JSON, UTF-8."""


class Miss(enum.Enum):
    """The type of `MISS`, which stands for "no value" where None could be a cached one. It is false.

    >>> cache.get("nav", page="none", default=gencache.MISS)
    gencache.MISS
    """

    MISS = "MISS"

    def __repr__(self) -> str:
        return "gencache.MISS"

    def __bool__(self) -> bool:
        return False


MISS = Miss.MISS


class _Codec(NamedTuple):
    name: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


_by_type: dict[type, _Codec] = {}
_by_name: dict[str, _Codec] = {}

# In the messages; the other two interfaces open their cache by themselves.
_ALLOW_PICKLE = "Cache(pickle=True), hscacheutils.configure(pickle=True), in Django OPTIONS={'pickle': True}"

_dumps = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode


def register_codec(cls: type[T], name: str, encode: Callable[[T], bytes], decode: Callable[[bytes], T]) -> None:
    """Lets values of `cls` (or of a subclass) be cached: `encode` makes bytes of them, `decode` the value again.

    The name is stored with the value, so it has to mean the same in all programs that share the cache; only Python
    reads such values. What `decode` is given comes from the server: it must not trust it.

    >>> import fractions
    >>> gencache.register_codec(fractions.Fraction, "fraction", lambda value: str(value).encode(),
    ...                         lambda data: fractions.Fraction(data.decode()))
    >>> cache.set("nav", fractions.Fraction(1, 3), page="codec")
    True
    >>> cache.get("nav", page="codec")
    Fraction(1, 3)
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise ArgumentError(f"name: {name!r} cannot be the name of a codec")
    if not isinstance(cls, type):
        raise ArgumentError(f"cls: a type is expected, not {cls!r}")
    for what, function in (("encode", encode), ("decode", decode)):
        if not callable(function):
            raise ArgumentError(f"{what}: a function is expected, not {function!r}")
    known = _by_name.get(name)
    if known is not None and _by_type.get(cls) is not known:
        raise ArgumentError(f"name: a codec of another type is registered as {name!r}")
    _by_type[cls] = _by_name[name] = _Codec(name, encode, decode)


def _codec_of(cls: type) -> _Codec | None:
    if not _by_type:
        return None
    return next((_by_type[base] for base in cls.__mro__ if base in _by_type), None)


def encode(value: object, pickle: bool) -> object:
    """The type and the bytes of a value that the native part does not know; or a plain value that stands for it."""
    if isinstance(value, Raw):
        return _encode_raw(value)
    codec = _codec_of(type(value))
    if codec is not None:
        return Type.CODEC, codec.name.encode() + b"\0" + _bytes_of(codec.encode(value), f"the codec {codec.name!r} gave")
    if pickle and not _comes_back_as_it_is(value):
        return Type.PICKLE, _encode_pickle(value)
    if isinstance(value, int):
        return _encode_int(value)
    # Of a subclass, by the plain type's own methods: those of the subclass may give one of theirs again.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(memoryview(value))
    try:
        return Type.JSON, _encode_json(value)
    except ArgumentError as error:
        if not pickle:
            raise ArgumentError(f"{error}; see gencache.register_codec, or {_ALLOW_PICKLE}") from None
    return Type.PICKLE, _encode_pickle(value)


def _comes_back_as_it_is(value: object) -> bool:
    """Whether JSON keeps the types of a value: no tuples, no subclasses."""
    try:
        if type(value) is list:
            return all(map(_comes_back_as_it_is, value))
        if type(value) is dict:
            return all(type(key) is str and _comes_back_as_it_is(item) for key, item in value.items())
    except RecursionError:
        return False
    return value is None or type(value) in (bool, int, float, str, memoryview)  # the last one cannot be pickled


def _encode_raw(value: Raw) -> tuple[int, bytes]:
    types = (Type.BYTES, Type.TEXT, Type.JSON, Type.CEREAL, *range(16, 32))
    if not isinstance(value.type, int) or isinstance(value.type, bool) or value.type not in types:
        raise ArgumentError(f"value: the type {value.type!r} has no bytes of its own")
    return int(value.type), _bytes_of(value.data, "Raw has")


def _bytes_of(data: object, who: str) -> bytes:
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise ArgumentError(f"value: {who} {type(data).__qualname__} in the place of bytes")
    return bytes(data)


def _encode_int(value: int) -> object:
    if -(2**63) <= value < 2**63:
        return int.__int__(value)
    try:
        return Type.JSON, int.__repr__(value).encode()
    except ValueError as error:  # Python's limit on digits
        raise ArgumentError(f"value: {error}") from None


def _encode_json(value: object) -> bytes:
    from ._native import check_json

    try:
        check_json(value)
        return _dumps(value).encode()
    except RecursionError:
        raise ArgumentError("value: it is nested too deeply, or holds itself") from None
    except ArgumentError:
        raise
    except UnicodeEncodeError as error:
        raise ArgumentError(f"value: a text in it is no Unicode that UTF-8 can hold: {error}") from None
    except ValueError as error:
        raise ArgumentError(f"value: {error}") from None


def _encode_pickle(value: object) -> bytes:
    import pickle

    try:
        return pickle.dumps(value, protocol=4)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise ArgumentError(f"value: it cannot be pickled: {error}") from error


def decode(number: int, data: bytes, pickle: bool) -> object:
    """The value of a type that the native part does not know."""
    if number == Type.JSON:
        return _decode_json(data)
    if number == Type.CODEC:
        return _decode_codec(data)
    if number == Type.PICKLE:
        return _decode_pickle(data, pickle)
    if number == Type.CEREAL:
        raise StoredTypeError("the value in the cache is a C++ value (cereal)")
    raise StoredTypeError(f"the value in the cache is of the type {number}, which is private to another language")


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


def _decode_pickle(data: bytes, is_asked_for: bool) -> object:
    import pickle

    if not is_asked_for:
        raise StoredTypeError(
            "the value in the cache is a pickle, which only Cache(pickle=True) reads: who can write to the servers can "
            "then run code here"
        )
    try:
        return pickle.loads(data)
    except Exception as error:
        raise StoredTypeError(f"the pickle in the cache cannot be read: {error!r}") from error
