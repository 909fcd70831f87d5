"""Bad input is an ArgumentError that names the parameter."""

import asyncio
import datetime
import logging

import pytest

import gencache


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: gencache.Options(timeout=10**400), "timeout: it is too long"),
        (lambda: gencache.Options(timeout=10**6000), "timeout: it is too long"),
        (lambda: gencache.Options(timeout=1e306), "timeout: it is too long"),
        (lambda: gencache.Options(stale_for=float("inf")), "stale_for: .*0 stands"),
        (lambda: gencache.Options(timeout=float("nan")), "timeout: a number of seconds or a timedelta"),
        (lambda: gencache.Options(jitter=2), "^jitter is 2"),
        (lambda: gencache.Options(beta=-1), "^beta is "),
        (lambda: gencache.Options(timeout=-1), "^timeout: "),
        (lambda: gencache.Options(wait=datetime.timedelta(days=1)), "^wait: "),
        (lambda: gencache.Cache("memory://\0"), "url: a NUL character"),
        (lambda: gencache.Cache("memory://\ud800"), "url: the text is no Unicode"),
        (lambda: gencache.Cache(b"memory://"), "url: a str is expected"),
        (lambda: gencache.Cache("memory://", log_level="INFO"), "log_level: a number as logging.INFO .* not 'INFO'"),
    ],
)
def test_settings(make, message):
    with pytest.raises(gencache.ArgumentError, match=message):
        make()


def test_calls(cache):
    bound = cache.bind("user:id", "id")
    for call in (
        lambda: cache.get_many("user:id", 5),
        lambda: bound.get_many(5),
        lambda: cache.get_many_entries("user:id", None),
        lambda: cache.begin_many("user:id", 5),
        lambda: bound.begin_many(5),
        lambda: cache.fetch_many("user:id", 5, list),
        lambda: bound.fetch_many(5, list),
        lambda: asyncio.run(cache.afetch_many("user:id", 5, list)),
        lambda: asyncio.run(cache.aget_many("user:id", 5)),
    ):
        with pytest.raises(gencache.ArgumentError, match="calls: the arguments of each value are expected, not "):
            call()
    for call in (
        lambda: cache.get_many("user:id", [{"id": 1}, 7]),
        lambda: bound.get_many([{"id": 1}, ["ab"]]),
        lambda: cache.fetch_many("user:id", [{"id": 1}, [("id", 1, 2)]], list),
    ):
        with pytest.raises(gencache.ArgumentError, match=r"^calls\[1\]: .* expected, not "):
            call()
    with pytest.raises(gencache.ArgumentError, match="^args: a mapping or a list of pairs is expected, not 7"):
        cache.get("user:id", args=7)


def test_what_a_mapping_raises_comes_out(cache):
    class Broken(dict):
        def items(self):
            raise AttributeError("of the mapping itself")

    with pytest.raises(AttributeError, match="of the mapping itself"):
        cache.get("nav", args=Broken())


def test_options_of_wrap(cache):
    with pytest.raises(gencache.ArgumentError, match="options: gencache.Options is expected, not 5"):
        cache.wrap("nav", options=5)
    with pytest.raises(gencache.ArgumentError, match="generations: a str or a tuple of str is expected, not <function"):
        cache.wrap(lambda: 1)


def test_no_generation(cache):
    for call in (lambda: cache.get(()), lambda: cache.bind([])):
        with pytest.raises(gencache.ArgumentError, match="generations: .* at least one"):
            call()


def test_levels(caplog):
    caplog.set_level(logging.DEBUG, "gencache")
    cache = gencache.Cache("memory://", log_level=logging.DEBUG)
    cache.get("nav")
    assert "absent" in caplog.text
