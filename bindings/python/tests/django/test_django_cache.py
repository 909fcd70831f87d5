"""What Django documents of its low-level cache interface, section by section."""

import asyncio
import inspect
import re
import threading

import pytest
from django.core.cache import CacheKeyWarning, cache as django_cache, caches
from django.core.cache.backends.base import BaseCache
from django.core.exceptions import ImproperlyConfigured
from django.utils.safestring import SafeString, mark_safe

import gencache
from gencache.django import GenerationalCache
from memcached import wait_for

DAY = 24 * 3600


# --- basic usage


def test_set_and_get(cache):
    cache.set("my_key", "hello, world!", 30)
    assert cache.get("my_key") == "hello, world!"
    assert django_cache.get("my_key") == "hello, world!"  # the same, by Django's own name for it


def test_a_missing_key(cache):
    assert cache.get("my_key") is None
    assert cache.get("my_key", "has expired") == "has expired"


def test_a_value_none_is_no_missing_key(cache):
    sentinel = object()
    assert cache.get("my_key", sentinel) is sentinel
    cache.set("my_key", None)
    assert cache.get("my_key", sentinel) is None
    assert cache.has_key("my_key")
    assert cache.get_or_set("my_key", "other") is None
    assert cache.get_many(["my_key"]) == {"my_key": None}


@pytest.mark.parametrize("value", ["", "é", 0, -1, 2**70, 1.5, True, b"\0x", [1, "a"], {"a": {"b": [None]}}])
def test_values(cache, value):
    cache.set("key", value)
    got = cache.get("key")
    assert got == value and type(got) is type(value)


def test_add(cache):
    cache.set("add_key", "Initial value")
    assert cache.add("add_key", "New value") is False
    assert cache.get("add_key") == "Initial value"
    assert cache.add("other", "v") is True
    assert cache.get("other") == "v"


def test_get_or_set(cache):
    assert cache.get("my_new_key") is None
    assert cache.get_or_set("my_new_key", "my new value", 100) == "my new value"
    assert cache.get_or_set("my_new_key", "other", 100) == "my new value"
    assert cache.get_or_set("function", lambda: "computed") == "computed"
    assert cache.get("function") == "computed"


def test_get_or_set_computes_once(cache):
    calls, begun, may_end = [], threading.Event(), threading.Event()

    def compute():
        calls.append(1)
        begun.set()
        assert may_end.wait(20)
        return "v"

    results = []
    threads = [threading.Thread(target=lambda: results.append(caches["default"].get_or_set("k", compute))) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    may_end.set()
    for thread in threads:
        thread.join()
    assert results == ["v"] * 8 and len(calls) == 1


def test_many(cache):
    cache.set("a", 1)
    cache.set("b", 2)
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert cache.set_many({"a": 3, "d": 4}) == []
    assert cache.get_many(key for key in "abcd") == {"a": 3, "b": 2, "d": 4}
    assert cache.delete_many(["a", "b", "none"]) is None
    assert cache.get_many(["a", "b", "d"]) == {"d": 4}
    assert cache.get_many([]) == {} and cache.set_many({}) == []


def test_delete(cache):
    cache.set("a", 1)
    assert cache.delete("a") is True
    assert cache.delete("a") is False
    assert cache.get("a") is None


def test_clear(cache):
    cache.get("missed")
    cache.set_many({"a": 1, "b": 2})
    cache.generational.set("nav", "v")
    cache.clear()
    assert cache.get_many(["a", "b"]) == {} and cache.generational.get("nav") is None
    cache.set("missed", 1)
    assert cache.get("missed") == 1


def test_touch(cache):
    assert cache.touch("a", 10) is False
    cache.set("a", 1, 10)
    assert cache.touch("a", DAY) is True
    assert remaining(cache, "a") > DAY - 100
    assert cache.touch("a", None) is True
    assert remaining(cache, "a") is None
    assert cache.touch("a") is True
    assert 200 < remaining(cache, "a") <= 300
    assert cache.touch("a", 0) is True
    assert cache.get("a") is None


def test_incr_and_decr(cache):
    cache.set("num", 1)
    assert (cache.incr("num"), cache.incr("num", 10), cache.decr("num"), cache.decr("num", 5)) == (2, 12, 11, 6)
    for call in (cache.incr, cache.decr):
        with pytest.raises(ValueError):
            call("none")


def test_incr_keeps_the_timeout(cache):
    cache.set("num", 1, DAY)
    cache.incr("num")
    assert remaining(cache, "num") > DAY - 100


def test_threads_count_each_once(cache):
    cache.set("num", 0)

    def work():
        for _ in range(10):
            caches["default"].incr("num")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get("num") == 40


def test_close(cache):
    cache.set("a", 1)
    cache.close()
    assert cache.get("a") == 1


def test_membership(cache):
    cache.set("a", 1)
    assert "a" in cache and "b" not in cache
    assert cache.has_key("a") and not cache.has_key("b")


# --- timeouts


def remaining(cache, key):
    return cache._keys.entry(cache.make_key(key)).remaining


@pytest.mark.parametrize("setting, seconds", [({}, 300), ({"TIMEOUT": 1000}, 1000), ({"TIMEOUT": None}, None)])
def test_the_default_timeout(configured, setting, seconds):
    cache = configured(**setting)
    cache.set("a", 1)
    cache.add("b", 1)
    cache.set_many({"c": 1})
    cache.get_or_set("d", 1)
    for key in "abcd":
        assert cache.get(key) == 1
        left = remaining(cache, key)
        assert left is None if seconds is None else seconds - 100 < left <= seconds


def test_a_default_timeout_of_0_caches_nothing(configured):
    cache = configured(TIMEOUT=0)
    cache.set("a", 1)
    assert cache.get("a") is None


@pytest.mark.parametrize("timeout", [0, -1, -0.5])
def test_0_and_less_does_not_cache(cache, timeout):
    cache.set_many({"a": 1, "b": 1})
    cache.set("a", 2, timeout)
    cache.set_many({"b": 2}, timeout)
    assert cache.get_many(["a", "b"]) == {}
    assert cache.add("c", 3, timeout) is True
    assert cache.get_or_set("c", 4, timeout) == 4
    assert cache.get("c") is None
    cache.set("c", 5)
    assert cache.add("c", 6, timeout) is False
    assert cache.get_or_set("c", 6, timeout) == 5


def test_none_is_for_ever_and_long_is_long(cache):
    cache.set("a", 1, None)
    cache.set("b", 1, 60 * DAY)
    assert remaining(cache, "a") is None
    assert remaining(cache, "b") > 59 * DAY


def test_a_value_expires(cache):
    cache.set("a", 1, 0.05)
    wait_for(lambda: cache.get("a") is None, "the value to expire")
    assert not cache.has_key("a") and cache.add("a", 2)


# --- prefix, versions, keys


def test_prefix(configured):
    cache = configured(KEY_PREFIX="one")
    cache.set("a", 1)
    assert configured(KEY_PREFIX="two").get("a") is None
    assert configured(KEY_PREFIX="one").get("a") == 1


def test_versions(cache, configured):
    cache.set("my_key", "hello world!", version=2)
    assert cache.get("my_key") is None
    assert cache.get("my_key", version=2) == "hello world!"
    assert cache.incr_version("my_key", version=2) == 3
    assert cache.get("my_key", version=2) is None
    assert cache.get("my_key", version=3) == "hello world!"
    assert cache.decr_version("my_key", version=3) == 2
    assert cache.get("my_key", version=2) == "hello world!"
    with pytest.raises(ValueError):
        cache.incr_version("none")
    assert configured(VERSION=2).get("my_key") == "hello world!"


def test_versions_of_all_methods(cache):
    cache.set("a", 1, version=2)
    assert cache.add("a", 5) and not cache.add("a", 5, version=2)
    assert cache.incr("a", version=2) == 2 and cache.decr("a", 2, version=2) == 0
    assert cache.has_key("a", version=2) and cache.touch("a", 10, version=2)
    assert cache.get_many(["a"], version=2) == {"a": 0} and cache.get_many(["a"]) == {"a": 5}
    assert cache.set_many({"a": 7}, version=2) == [] and cache.get_or_set("a", 1, version=2) == 7
    cache.delete_many(["a"], version=2)
    assert cache.delete("a", version=2) is False and cache.get("a") == 5


def make_key(key, key_prefix, version):
    return "@".join([key_prefix, str(version), str(key)])


@pytest.mark.parametrize("function", [make_key, f"{__name__}.make_key"])
def test_key_function(configured, function):
    cache = configured(KEY_FUNCTION=function, KEY_PREFIX="p")
    cache.set(7, "v")
    assert cache.get(7) == "v"
    assert cache._keys.get("p@1@7") == "v"


@pytest.mark.parametrize("key", ["a b", "x" * 300])
def test_keys_that_are_not_portable_work_with_a_warning(cache, key):
    with pytest.warns(CacheKeyWarning):
        cache.set(key, 1)
        assert cache.get(key) == 1


# --- coroutines


def test_coroutines(cache):
    async def run():
        await cache.aset("num", 1)
        assert await cache.aget("num") == 1
        assert await cache.aget("none", "default") == "default"
        assert not await cache.aadd("num", 2) and await cache.aadd("other", 2, 60)
        assert (await cache.aincr("num"), await cache.adecr("num", 2)) == (2, 0)
        assert await cache.aget_or_set("made", lambda: "v") == "v"
        assert await cache.atouch("made", 10) and await cache.ahas_key("made")
        assert await cache.aset_many({"a": 1, "b": 2}, 60) == []
        assert await cache.aget_many(["a", "b", "c"]) == {"a": 1, "b": 2}
        await cache.adelete_many(["a"])
        assert await cache.adelete("b") is True and await cache.adelete("b") is False
        assert (await cache.aincr_version("num"), await cache.adecr_version("num", version=2)) == (2, 1)
        await cache.aclear()
        assert await cache.aget("num") is None
        await cache.aclose()

    asyncio.run(run())


def test_coroutines_count_each_once(cache):
    async def run():
        await cache.aset("num", 0)
        await asyncio.gather(*(cache.aincr("num") for _ in range(20)))
        return await cache.aget("num")

    assert asyncio.run(run()) == 20


def test_each_method_of_djangos_base_has_its_coroutine():
    plain = {"make_key", "validate_key", "get_backend_timeout", "make_and_validate_key"}
    functions = dict(inspect.getmembers(BaseCache, inspect.isfunction))
    names = {name for name, function in functions.items() if not inspect.iscoroutinefunction(function)}
    wanted = [f"a{name}" for name in names - plain if not name.startswith("_")]
    missing = [name for name in wanted if not inspect.iscoroutinefunction(getattr(GenerationalCache, name, None))]
    assert len(wanted) >= 16
    assert missing == []


# --- configuration, values, servers


def test_the_environment_stands_in_for_location(configured, monkeypatch, url):
    monkeypatch.setenv("GENCACHE_URL", url)
    cache = configured(LOCATION="")
    cache.set("a", 1)
    assert cache.get("a") == 1
    assert cache.generational.in_process == url.startswith("memory")


@pytest.mark.parametrize("parameters, named", [({"LOCATION": "http://x"}, "LOCATION"), ({"OPTIONS": {"pikle": 1}}, "pikle")])
def test_bad_configuration(configured, parameters, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        configured(**parameters)


@pytest.mark.parametrize(
    "location, url",
    [
        ("127.0.0.1:11211", "memcached://127.0.0.1:11211/"),
        (["10.0.0.1:11211", "10.0.0.2:11211"], "memcached://10.0.0.1:11211,10.0.0.2:11211/"),
        ("unix:/run/memcached.sock", "memcached+unix:///run/memcached.sock"),
    ],
)
def test_a_location_as_of_other_backends(configured, location, url):
    with pytest.raises(ImproperlyConfigured, match=f"did you mean {re.escape(url)}[?]"):
        configured(LOCATION=location)


def test_options_of_other_backends_are_ignored(configured):
    configured(OPTIONS={"MAX_ENTRIES": 5, "CULL_FREQUENCY": 2}).set("a", 1)


def test_threads_share_one_cache(cache):
    others = []
    thread = threading.Thread(target=lambda: others.append(caches["default"]))
    thread.start()
    thread.join()
    assert others[0] is not cache and others[0].generational is cache.generational


def test_values_that_are_no_json(configured, cache):
    for call in (lambda: cache.set("a", {1, 2}), lambda: cache.add("a", {1, 2}), lambda: cache.get_or_set("a", {1, 2})):
        with pytest.raises(gencache.ArgumentError, match=r"OPTIONS=\{'pickle': True\}"):
            call()
    trusting = configured(OPTIONS={"pickle": True})
    for value in ({1, 2}, (1, 2), {1: "a"}, mark_safe("<b>"), [1], "text"):
        trusting.set("a", value)
        got = trusting.get("a")
        assert got == value and type(got) is type(value)
    assert isinstance(trusting.get_or_set("safe", lambda: mark_safe("<b>")), SafeString)


@pytest.mark.parametrize("url", ["memory://"])
def test_a_server_that_is_away(configured, server):
    cache = configured(LOCATION=f"memcached://{server.address}/?timeout_ms=2000")
    server.stop()
    cache.set("a", 1)
    assert cache.get("a", "default") == "default" and cache.get_many(["a"]) == {} and not cache.has_key("a")
    assert cache.set_many({"a": 1}) == ["a"] and cache.add("a", 1) is False
    assert cache.get_or_set("a", lambda: "computed") == "computed"
    for call in (lambda: cache.delete("a"), lambda: cache.incr("a"), lambda: cache.touch("a"), cache.clear):
        with pytest.raises(gencache.UnavailableError):
            call()


@pytest.mark.parametrize("url", ["memory://"])
def test_a_value_that_is_too_large_leaves_no_old_one_behind(configured, server):
    cache = configured(LOCATION=f"memcached://{server.address}/?timeout_ms=5000&item_max=1KB")
    cache.set("a", "small")
    cache.set("a", "x" * 5000)
    assert cache.get("a") is None
    assert cache.set_many({"a": "x" * 5000, "b": 1}) == ["a"]


# --- generations


def test_generations(cache):
    calls = []

    @cache.generational.wrap(("nav", "nav_portal:user_id"), timeout=60)
    def page(user_id, name="home"):
        calls.append(user_id)
        return f"{name} of {user_id}"

    assert page(1) == page(1, "home") == "home of 1" and calls == [1]
    cache.generational.invalidate("nav_portal:user_id", user_id=1)
    page(1)
    assert calls == [1, 1]
    cache.set("nav", "Django's own")
    assert cache.generational.get("nav") is None
