"""What may be an argument."""

import datetime
import decimal
import enum
import uuid

import pytest

import gencache


class Colour(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Point:
    def __gencache_arg__(self):
        return "here"


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (-(2**63), "-9223372036854775808"),
        (2**64 - 1, "18446744073709551615"),
        (1.5, "1.5"),
        ("a b", '"a%20b"'),
        (b"\xff", 'b"%FF"'),
        (bytearray(b"a"), 'b"a"'),
        (memoryview(b"a"), 'b"a"'),
        (Number.ONE, "1"),
        (Colour.RED, '"red"'),
        (datetime.date(2026, 1, 2), '"2026-01-02"'),
        (datetime.datetime(2026, 1, 2, 3, 4), '"2026-01-02T03:04:00"'),
        (decimal.Decimal("1.50"), '"1.50"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Point(), '"here"'),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_how_it_stands_in_the_key(cache, value, text):
    assert cache.key("nav", a=value) == f"nav|a={text}"


@pytest.mark.parametrize(
    "value, message",
    [
        (2**64, "argument a: the integer does not fit"),
        (-(2**63) - 1, "argument a: the integer does not fit"),
        ([1], "argument a: list cannot be part of a key"),
        (object(), "argument a: object cannot be part of a key"),
        ("\ud800", "argument a: the text is no Unicode"),
    ],
)
def test_what_is_refused(cache, value, message):
    for call in (cache.key, cache.get, cache.delete):
        with pytest.raises(gencache.ArgumentError, match=message):
            call("nav", a=value)


def test_names(cache):
    assert cache.key("nav", **{"é ü": 1}) == "nav|%C3%A9%20%C3%BC=1"
    for bad in ("", "\0", "a\0b", "\ud800", "a\n"):
        with pytest.raises(gencache.ArgumentError, match="name|argument"):
            cache.key("nav", **{bad: 1})


def test_pairs(cache):
    assert cache.key("nav", args=[(None, 7), ("d", 1), (None, 8)], a=0) == "nav|7,8,a=0,d=1"
    assert cache.key("nav", args=((None, 7),)) == "nav|7"
    assert cache.key("nav", args=None) == "nav"
    with pytest.raises(gencache.ArgumentError, match="'a'"):
        cache.key("nav", args=[("a", 7)], a=0)


def test_a_type_can_be_registered(cache):
    class Place:
        pass

    gencache.register_argument(Place, lambda place: 42)
    assert cache.key("nav", a=Place()) == "nav|a=42"
    for wrong, given in (("cls", (5, str)), ("convert", (Place, None))):
        with pytest.raises(gencache.ArgumentError, match=f"{wrong}: .* expected, not"):
            gencache.register_argument(*given)


def test_a_converter_that_fails_is_heard_of(cache):
    class Broken:
        def __gencache_arg__(self):
            raise KeyError("broken")

    class Wrong:
        def __gencache_arg__(self):
            return []

    with pytest.raises(KeyError, match="broken"):
        cache.key("nav", a=Broken())
    with pytest.raises(gencache.ArgumentError, match="Wrong cannot be part"):
        cache.key("nav", a=Wrong())
