"""Which types of values come back as what."""

import collections
import enum
import fractions
import math

import pytest

import gencache


class Colour(enum.IntEnum):
    RED = 1


class Name(str):
    pass


class Safe(str):
    def __str__(self):
        return self


Point = collections.namedtuple("Point", "x y")

SAME = [
    None, True, False, 0, 1, -1, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 10**400, 0.0, -0.0, 1.5, math.inf, -math.inf,
    "", "é", "a\0b", "\U0001f600", b"", b"\x00\xff", [], {}, [1, "a", None, True, 1.5, 2**70], {"a": {"b": [{}]}},
]
OTHER = [
    ((1, (2, 3)), [1, [2, 3]]),
    (Point(1, 2), [1, 2]),
    (collections.OrderedDict(a=1), {"a": 1}),
    (collections.defaultdict(list, a=[1]), {"a": [1]}),
    (bytearray(b"ab"), b"ab"),
    (memoryview(b"abcd")[::2], b"ac"),
    (Colour.RED, 1),
    (Name("n"), "n"),
    (Safe("<b>"), "<b>"),
    ([Colour.RED, Name("n")], [1, "n"]),
    (gencache.Raw(gencache.Type.JSON, b'{"a":1}'), {"a": 1}),
    (gencache.Raw(gencache.Type.TEXT, "é".encode()), "é"),
]


@pytest.mark.parametrize("value", SAME, ids=lambda value: repr(value)[:20])
def test_what_comes_back_as_it_was(cache, value):
    cache.set("nav", value)
    found = cache.get("nav", default=gencache.MISS)
    assert repr(found) == repr(value) and type(found) is type(value)


def test_nan_comes_back(cache):
    cache.set("nav", math.nan)
    assert math.isnan(cache.get("nav"))


@pytest.mark.parametrize("value, back", OTHER, ids=lambda value: repr(value)[:20])
def test_what_comes_back_as_something_plainer(cache, value, back):
    cache.set("nav", value)
    found = cache.get("nav")
    assert found == back and type(found) is type(back)


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def holding_itself():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value, message",
    [
        ({1: 2}, r"value: a key that is no str cannot be stored as JSON: 1"),
        ({"a": [0, {None: 1}]}, r"value\['a'\]\[1\]: a key that is no str .*: None"),
        ([0, {"b": math.nan}], r"value\[1\]\['b'\]: JSON has no such number: nan"),
        ([-math.inf], r"value\[0\]: JSON has no such number: -inf"),
        ({"a": (1, b"x")}, r"value\['a'\]\[1\]: a bytes cannot be stored as JSON: b'x'"),
        ({1, 2}, r"value: a set cannot be stored as JSON: \{1, 2\}"),
        (object(), r"register_codec"),
        ((n for n in ()), r"cannot be stored"),
        ("\ud800", r"UTF-8"),
        (["\ud800"], r"UTF-8"),
        (gencache.Raw(gencache.Type.INT, b"12345678"), r"no bytes of its own"),
        (gencache.Raw(32, b""), r"no bytes of its own"),
        (gencache.Raw(16.0, b""), r"the type 16.0 has no bytes of its own"),
        (gencache.Raw(True, b""), r"the type True has no bytes of its own"),
        (gencache.Raw(gencache.Type.BYTES, 5), r"Raw has int in the place of bytes"),
        (gencache.Raw(gencache.Type.TEXT, "text"), r"Raw has str in the place of bytes"),
        (gencache.Raw(gencache.Type.TEXT, b"\xff"), r"UTF-8"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_refused(cache, value, message):
    cache.set("nav", "before")
    with pytest.raises(gencache.ArgumentError, match=message):
        cache.set("nav", value)
    assert cache.get("nav") == "before"


@pytest.mark.parametrize("make", [lambda: nested(100000), holding_itself], ids=["deep", "circular"])
def test_what_has_no_end_is_refused(cache, make):
    with pytest.raises(gencache.ArgumentError, match="nested too deeply"):
        cache.set("nav", make())


def test_a_codec(cache):
    gencache.register_codec(
        fractions.Fraction, "fraction", lambda value: str(value).encode(), lambda data: fractions.Fraction(data.decode())
    )

    class Own(fractions.Fraction):
        pass

    for value in (fractions.Fraction(1, 3), Own(2, 3)):
        cache.set("nav", value)
        assert cache.get("nav") == fractions.Fraction(value)
    with pytest.raises(gencache.ArgumentError, match="another type"):
        gencache.register_codec(complex, "fraction", repr, complex)
    with pytest.raises(gencache.ArgumentError, match="name"):
        gencache.register_codec(complex, "", repr, complex)
    with pytest.raises(gencache.ArgumentError, match="name: 5"):
        gencache.register_codec(complex, 5, repr, complex)
    for wrong, given in (("cls", (5, "n", repr, complex)), ("encode", (complex, "n", None, complex)),
                         ("decode", (complex, "n", repr, 5))):  # fmt: skip
        with pytest.raises(gencache.ArgumentError, match=f"{wrong}: .* expected, not"):
            gencache.register_codec(*given)


class Place:
    pass


def test_a_codec_that_gives_no_bytes(cache):
    gencache.register_codec(Place, "place of no bytes", lambda value: "text", lambda data: Place())
    with pytest.raises(gencache.ArgumentError, match="value: the codec 'place of no bytes' gave str in the place of bytes"):
        cache.set("nav", Place())


def test_a_codec_of_a_subclass_comes_first(cache):
    gencache.register_codec(Safe, "safe", str.encode, lambda data: Safe(data.decode()))
    cache.set("nav", Safe("<b>"))
    assert type(cache.get("nav")) is Safe
    cache.set("nav", "<b>")
    assert type(cache.get("nav")) is str


def test_what_cannot_be_read_is_a_typed_error(cache):
    for raw, message in (
        (gencache.Raw(gencache.Type.CEREAL, b"x"), r"C\+\+ value"),
        (gencache.Raw(31, b"x"), "type 31"),
        (gencache.Raw(gencache.Type.CODEC, b"nobody's\0x"), "not registered"),
        (gencache.Raw(gencache.Type.CODEC, b"fraction\0x"), "cannot read"),
        (gencache.Raw(gencache.Type.JSON, b"{"), "JSON"),
        (gencache.Raw(gencache.Type.PICKLE, b"x"), "pickle"),
    ):
        cache.set("nav", raw, of=message)
        with pytest.raises(gencache.StoredTypeError, match=message) as caught:
            cache.get("nav", of=message)
        assert isinstance(caught.value, TypeError) and caught.value.status is gencache.Status.TYPE
        entry = cache.get_entry("nav", of=message)
        assert (entry.type, entry.data) == tuple(raw)
        assert cache.fetch("nav", lambda: "anew", of=message) == "anew"
        assert cache.get("nav", of=message) == "anew"


def test_pickle_only_where_it_is_asked_for(url):
    with gencache.Cache(url, pickle=True) as trusting:
        trusting.set("nav", {1, 2})
        assert trusting.get("nav") == {1, 2}
        trusting.set("nav", [1])  # JSON where that will do
        assert trusting.get_entry("nav").type == gencache.Type.JSON
        trusting.set("nav", {1: 2})
        assert trusting.get("nav") == {1: 2}
        assert trusting.with_timeout(1).get("nav") == {1: 2}
        for value in (1, 2), [(1, 2)], {"a": Colour.RED}, Colour.RED, Name("n"), bytearray(b"x"), Point(1, 2):
            trusting.set("nav", value)
            got = trusting.get("nav")
            assert got == value and type(got) is type(value)
        with pytest.raises(gencache.ArgumentError, match="pickled"):
            trusting.set("nav", lambda: 1)
        trusting.set("nav", gencache.Raw(gencache.Type.PICKLE, b"no pickle"))
        with pytest.raises(gencache.StoredTypeError, match="pickle"):
            trusting.get("nav")
        if not trusting.in_process:
            trusting.set("nav", {1, 2}, page=2)
            with pytest.raises(gencache.StoredTypeError, match="pickle=True"):
                gencache.Cache(url).get("nav", page=2)


def test_a_value_that_does_not_fit(cache):
    small = gencache.Cache("memory://?capacity=64KB") if cache.in_process else cache
    with pytest.raises(gencache.TooLargeError):
        small.set("nav", b"x" * (2 << 20))
    assert small.fetch("nav", lambda: b"x" * (2 << 20)) == b"x" * (2 << 20)
    assert small.get("nav") is None
