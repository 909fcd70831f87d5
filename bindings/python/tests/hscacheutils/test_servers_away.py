"""A server that is away costs misses, not the program; only what must be known is an error."""

import logging

import pytest

import gencache
from gencache.hscacheutils import configure
from gencache.hscacheutils.generational_cache import gen_cache
from gencache.hscacheutils.raw_cache import cache


@pytest.fixture
def url():
    return "memory://"  # each test brings its own server


@pytest.fixture
def away(server):
    configure(f"memcached://{server.address}/?timeout_ms=2000&item_max=1KB")
    server.stop()
    return server


def test_direct_methods(away, caplog):
    with caplog.at_level(logging.WARNING, "gencache"):
        gen_cache.set("v", "nav")
    assert "not stored" in caplog.text
    assert gen_cache.get("nav") is None
    caplog.clear()
    gen_cache.set("v", "nav")  # after a miss
    assert "not stored" in caplog.text
    for call in (lambda: gen_cache.invalidate("nav"), lambda: gen_cache.delete("nav")):
        with pytest.raises(gencache.UnavailableError):
            call()


def test_a_wrapped_function_computes(away, numbers):
    @gen_cache.wrap("nav")
    def page():
        return next(numbers)

    assert (page(), page()) == (1, 2)
    with pytest.raises(gencache.UnavailableError):
        page.invalidate()


def test_plain_keys(away, caplog):
    with caplog.at_level(logging.WARNING, "gencache"):
        cache.set("k", 1)
        assert cache.add("k", 1) is False
    assert caplog.text.count("set: the value was not stored") == 1
    assert caplog.text.count("add: the value was not stored: the server could not be asked") == 1
    assert cache.get("k", "none") == "none"
    assert cache.get_many(["k"]) == {}
    assert cache.get_or_set("k", lambda: "computed") == "computed"
    for change in (cache.incr, cache.incr_version, cache.touch, cache.delete):
        with pytest.raises(gencache.UnavailableError):
            change("k")
    with pytest.raises(gencache.UnavailableError):
        cache.clear()


def test_a_value_that_is_too_large_leaves_no_old_one_behind(server, caplog):
    configure(f"memcached://{server.address}/?timeout_ms=5000&item_max=1KB")
    gen_cache.set("old", "nav")
    cache.set("k", "old")
    with caplog.at_level(logging.WARNING, "gencache"):
        gen_cache.set("x" * 5000, "nav")
        cache.set("k", "x" * 5000)
    assert caplog.text.count("not stored") == 2
    assert gen_cache.get("nav") is None
    assert cache.get("k") is None
