"""Reading, storing, invalidating; opening and closing."""

import copy
import datetime
import os
import pickle

import pytest

import gencache

PAGE = ("nav", "nav_portal:user_id")


def test_a_value_that_is_set_is_found(cache):
    assert cache.get(PAGE, user_id=1, page="home") is None
    cache.set(PAGE, "<h1>", user_id=1, page="home")
    assert cache.get(PAGE, user_id=1, page="home") == "<h1>"
    assert cache.get(PAGE, user_id=1, page="news") is None
    assert cache.get(PAGE, user_id=2, page="home") is None


def test_generations_may_be_one_str_a_tuple_or_a_list(cache):
    cache.set("nav", 1)
    assert cache.get(("nav",)) == 1
    assert cache.get(["nav"]) == 1


def test_more_generations_and_arguments_than_fit_on_the_stack(cache):
    generations = tuple(f"g{i}" for i in range(40))
    arguments = {f"a{i}": i for i in range(50)}
    cache.set(generations, "many", **arguments)
    assert cache.get(generations, **arguments) == "many"
    assert cache.get(generations[::-1], args=list(reversed(arguments.items()))) == "many"
    cache.invalidate("g39")
    assert cache.get(generations, **arguments) is None


def test_an_invalidation_hits_what_depends_on_the_generation(cache, other):
    for user in (1, 2):
        cache.set(PAGE, user, user_id=user)
    other.invalidate("nav_portal:user_id", user_id=1)
    assert cache.get_entry(PAGE, user_id=1).generation == "nav_portal:user_id=1"
    assert cache.get(PAGE, user_id=2) == 2
    other.invalidate("nav")
    assert cache.get(PAGE, user_id=2) is None


def test_delete_and_clear(cache):
    cache.set("nav", 1, a=1)
    cache.set("nav", 2, a=2)
    cache.delete("nav", a=1)
    assert (cache.get("nav", a=1), cache.get("nav", a=2)) == (None, 2)
    cache.clear()
    assert cache.get_entry("nav", a=2).reason == "cleared"


def test_a_cached_none_is_a_hit(cache):
    assert cache.get("nav", default=gencache.MISS) is gencache.MISS
    assert not gencache.MISS
    cache.set("nav", None)
    assert cache.get("nav", default=gencache.MISS) is None
    assert cache.get_entry("nav").has_value


def test_an_entry_tells_of_what_was_read(cache):
    miss = cache.get_entry(PAGE, user_id=1, page="home")
    assert (bool(miss), miss.status, miss.reason, miss.generation) == (False, gencache.Status.MISS, "absent", "")
    assert (miss.value, miss.data, miss.type, miss.age, miss.remaining) == (gencache.MISS, None, -1, None, None)
    assert miss.key == 'nav,nav_portal:user_id=1|page="home"'
    miss.fill("v", timeout=100)
    assert (miss.value, miss.status) == ("v", gencache.Status.OK)
    hit = cache.get_entry(PAGE, user_id=1, page="home")
    assert hit and hit.status is gencache.Status.OK and not hit.is_stale
    assert hit.reason == "hit" and hit.type == gencache.Type.TEXT and hit.data == b"v"
    assert 0 <= hit.age < 60 and 40 < hit.remaining <= 100
    with pytest.raises(gencache.ArgumentError, match="filled already"):
        miss.fill("again")


def test_an_entry_outlives_its_cache(url):
    cache = gencache.Cache(url)
    entry = cache.get_entry("nav")
    cache.close()
    entry.fill("late")
    assert entry.value == "late"


def test_a_released_entry_is_of_no_use(cache):
    entry = cache.get_entry("nav")
    entry.release()
    entry.release()
    assert repr(entry) == "<gencache.Entry>"
    for use in (lambda: entry.status, lambda: entry.fill(1), lambda: entry.depend("g"), lambda: bool(entry)):
        with pytest.raises(gencache.ArgumentError, match="released"):
            use()


@pytest.mark.parametrize("lifetime", [100, 100.0, datetime.timedelta(seconds=100)])
def test_a_lifetime_in_seconds(cache, lifetime):
    cache.set("nav", 1, timeout=lifetime)
    assert 40 < cache.get_entry("nav").remaining <= 100
    cache.set("nav", 1, options=gencache.Options(timeout=lifetime))
    assert 40 < cache.get_entry("nav").remaining <= 100
    cache.set("nav", 1, timeout=0)
    assert cache.get_entry("nav").remaining is None


def test_bad_lifetimes(cache):
    for bad in (-1, float("nan"), float("inf"), "5", True, 1e300):
        with pytest.raises(gencache.ArgumentError, match="timeout: "):
            cache.set("nav", 1, timeout=bad)
    with pytest.raises(gencache.ArgumentError, match="timeout: it belongs into the options"):
        cache.set("nav", 1, timeout=5, options=gencache.Options())


def test_reserved_names_go_into_args(cache):
    cache.set("nav", 1, args={"timeout": 5, "options": 1, "default": 2, "args": 3}, other=4)
    assert cache.get("nav", args={"args": 3, "default": 2, "options": 1, "timeout": 5}, other=4) == 1
    assert cache.key("nav", args={"timeout": 5}) == "nav|timeout=5"
    for call in (lambda: cache.get("nav", timeout=5), lambda: cache.delete("nav", options=None)):
        with pytest.raises(TypeError, match="args="):
            call()


def test_wrong_calls(cache):
    with pytest.raises(TypeError, match="positional"):
        cache.get()
    with pytest.raises(TypeError, match="positional"):
        cache.get("nav", 1)
    with pytest.raises(gencache.ArgumentError, match="generations"):
        cache.get(7)
    with pytest.raises(gencache.ArgumentError, match="generations"):
        cache.get(("nav", 7))
    with pytest.raises(gencache.ArgumentError, match="'user_id'"):
        cache.get(PAGE)
    with pytest.raises(gencache.ArgumentError, match="options"):
        cache.set("nav", 1, options={"timeout": 1})
    for bad in ({"a": 1}.keys(), 5, [("a",)], ["ab"]):
        with pytest.raises(gencache.ArgumentError, match="args"):
            cache.get("nav", args=bad)


def test_key_and_explain(cache):
    assert cache.key(PAGE, user_id=1, page="home") == 'nav,nav_portal:user_id=1|page="home"'
    assert "verdict: miss, absent" in cache.explain(PAGE, user_id=1)


def test_stats_and_metrics(cache):
    cache.get("nav")
    cache.set("nav", 1)
    cache.get("nav")
    cache.invalidate("nav")
    cache.get("nav")
    stats = cache.stats()
    assert (stats.hits, stats.misses, stats.reads["invalidated"], stats.fills) == (1, 2, 1, 1)
    assert stats.read_time.count == 3 and sum(stats.read_time.buckets) == 3
    assert stats.top_generations == {"nav": 1}
    assert set(stats.server_errors.values()) == {0}
    assert 'reason="invalidated"} 1' in cache.metrics()


def test_ping(cache):
    cache.ping()


def test_a_closed_cache_refuses_calls(url):
    with gencache.Cache(url) as cache:
        bound = cache.bind("nav")
    assert cache.closed
    cache.close()
    for call in (lambda: cache.get("nav"), lambda: cache.set("nav", 1), lambda: cache.clear(), lambda: cache.stats(),
                 lambda: cache.fetch("nav", int), lambda: cache.batch(), lambda: cache.with_timeout(1),
                 lambda: cache.begin_many("nav", [{}])):
        with pytest.raises(gencache.ArgumentError, match="closed"):
            call()
    bound.set(1)
    assert bound.get() == 1


def test_a_view_with_another_budget(cache):
    view = cache.with_timeout(2)
    assert type(view) is gencache.Cache and view.in_process == cache.in_process
    cache.set("nav", 1)
    assert view.get("nav") == 1
    assert cache.stats().hits == 1
    view.close()
    assert cache.get("nav") == 1
    for bad in (0, 61, "1"):
        with pytest.raises(gencache.ArgumentError, match="seconds: "):
            cache.with_timeout(bad)


def test_the_url_comes_from_the_environment(monkeypatch):
    monkeypatch.delenv("GENCACHE_URL", raising=False)
    assert gencache.Cache().in_process
    monkeypatch.setenv("GENCACHE_URL", f"memcached://{os.environ['GENCACHE_TEST_SERVER']}")
    assert not gencache.Cache().in_process
    assert gencache.Cache("memory://").in_process


def test_bad_urls():
    for bad in ("", "redis://", "memory://?capacity=1KB", "memcached://", "memory://?pefix=a"):
        with pytest.raises(gencache.ArgumentError) as caught:
            gencache.Cache(bad)
        assert caught.value.status is gencache.Status.ARGUMENT
    with pytest.raises(gencache.ArgumentError, match="url"):
        gencache.Cache(7)
    with pytest.raises(ValueError, match="url: a NUL"):
        gencache.Cache("memory://\0")


def test_a_cache_may_be_subclassed(url):
    class Site(gencache.Cache):
        def home(self):
            return self.fetch("nav", lambda: "home")

    with Site(url) as site:
        site.name = "shop"
        assert site.home() == "home"
        assert type(site.with_timeout(1)) is Site


def test_what_holds_a_handle_is_neither_copied_nor_pickled(cache):
    for thing in (cache, cache.bind("nav"), cache.batch(), cache.get_entry("nav"), gencache.Options(timeout=5)):
        for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="pickle"):
                duplicate(thing)


def test_classes_that_are_not_to_be_made():
    with pytest.raises(TypeError):
        gencache.Entry()
    with pytest.raises(TypeError):
        gencache.Bound()
    with pytest.raises(TypeError):
        gencache.Options(1)
    with pytest.raises(TypeError, match="no option"):
        gencache.Options(time=1)


def test_what_a_cache_shows(url, monkeypatch):
    cache = gencache.Cache(url)
    assert repr(cache) == repr(cache.with_timeout(1)) == f"<gencache.Cache {url}>"
    cache.close()
    assert repr(cache) == f"<gencache.Cache {url}, closed>"
    monkeypatch.setenv("GENCACHE_URL", url)
    assert repr(gencache.Cache()) == f"<gencache.Cache {url}>"
    monkeypatch.delenv("GENCACHE_URL")
    assert repr(gencache.Cache()) == "<gencache.Cache memory://>"


def test_messages_about_calls(cache):
    with pytest.raises(TypeError, match=r"get\(\) takes 1 positional argument, not 2; arguments of the value go by name"):
        cache.get("nav", 1)
    with pytest.raises(TypeError, match=r"set\(\) takes 2 positional arguments, not 1"):
        cache.set("nav")
    for seconds in (250, 0, -1):
        with pytest.raises(gencache.ArgumentError, match=f"seconds: a call may take 0.001 to 60 seconds, not {seconds}"):
            cache.with_timeout(seconds)


def test_set_tells_whether_it_stored(cache):
    assert cache.set("nav", 1) is True
    assert cache.get("nav", page=1) is None
    assert cache.set("nav", 1, page=1) is True  # under the lease of the miss
    assert cache.get_entry("nav", page=2).fill(1) is True
    assert cache.bind("nav", "page").set(1, 3) is True
