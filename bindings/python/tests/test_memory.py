"""Nothing is left behind, however often something is done."""

import gc
import sys

import pytest

import gencache

PAGE = ("nav", "nav_portal:user_id")


def resident_kb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4


def grows_by(function, times):
    """Kilobytes that the process grew by, after as many calls to warm up."""
    for _ in range(times // 10):
        function()
    gc.collect()
    before = resident_kb()
    for _ in range(times):
        function()
    gc.collect()
    return resident_kb() - before


@pytest.fixture
def cache():
    with gencache.Cache("memory://?capacity=1MB") as opened:
        yield opened


def misses(cache):
    cache.get(PAGE, user_id=next(misses.numbers), page="home")


misses.numbers = iter(range(10**9))


def refused(cache):
    for call in (
        lambda: cache.get(PAGE),
        lambda: cache.set("nav", {1: 2}),
        lambda: cache.get("nav", a=[1]),
        lambda: cache.get("nav", a=2**70),
        lambda: gencache.Options(jitter=5),
        lambda: cache.get("nav", timeout=1),
        lambda: cache.fetch("nav", lambda: 1 / 0, page="fails"),
        lambda: cache.bind("nav:x", "y"),
    ):
        with pytest.raises((gencache.ArgumentError, TypeError, ZeroDivisionError)):
            call()


def many(cache):
    calls = gencache.each("id", range(20))
    cache.get_many("user:id", calls)
    cache.fetch_many("user:id", calls, lambda missing: [call["id"] for call in missing])
    cache.invalidate("user:id", id=3)


def bound(cache):
    pages = cache.bind("nav", "user_id", page="home", timeout=5)
    pages.get(1)
    pages.set({"a": [1, "text", None]}, 1)
    pages.get(1)
    with cache.batch() as batch:
        batch.invalidate("nav")
    cache.with_timeout(1).close()


CASES = {
    "hits": (lambda cache: cache.get(PAGE, user_id=1, page="home"), 1_000_000),
    "misses": (misses, 100_000),
    "sets": (lambda cache: cache.set(PAGE, ["x" * 100], user_id=1, args={"page": "home"}, timeout=9), 100_000),
    "get and set": (lambda cache: (cache.get("nav", default=0), cache.set("nav", 1), cache.delete("nav")), 30_000),
    "fetches": (lambda cache: (cache.fetch("f", lambda: {"a": 1}), cache.delete("f")), 20_000),
    "entries": (lambda cache: (cache.get_entry("e").fill(b"x", timeout=9), cache.invalidate("e")), 30_000),
    "many": (many, 2_000),
    "bound caches": (bound, 5_000),
    "errors": (refused, 2_000),
    "stats": (lambda cache: (cache.stats(), cache.metrics(), cache.explain("nav"), cache.key("nav")), 1_000),
}


@pytest.mark.parametrize("name", CASES)
def test_memory_is_flat(cache, name):
    function, times = CASES[name]
    cache.set(PAGE, "<h1>", user_id=1, page="home")
    assert grows_by(lambda: function(cache), times) < 3000


def test_caches_are_given_back(memcached_url):
    def open_and_close():
        for url in ("memory://", memcached_url):
            cache = gencache.Cache(url)
            cache.get("nav")
            cache.close()

    assert grows_by(open_and_close, 300) < 3000


def test_references_are_balanced(cache):
    """What is handed over has as many references afterwards as before."""
    name, value, default, text = "user_id" * 2, ["value", 10**30], object(), "page" * 50
    options, generations = gencache.Options(timeout=5), ("nav", "g" * 50)
    compute = lambda: value  # noqa: E731
    watched = [name, value, default, text, options, generations, generations[1], compute, cache, gencache.MISS, None, True]

    def use():
        arguments = {name: text}
        cache.get(generations, default=default, **arguments)
        cache.set(generations, value, options=options, args=arguments)
        cache.get(generations, default=default, args=list(arguments.items()))
        cache.fetch(generations, compute, options=options, page=text, **arguments)
        cache.fetch_many(generations, [arguments], lambda missing: [value], page=2)
        cache.get_entry(generations, page=text).fill(text)
        cache.begin(generations, options=options, page=3).release()
        cache.begin_many(generations, [arguments], options=options, page=4)
        cache.bind(generations, name, options=options).get(text)
        cache.batch().invalidate(generations)
        for bad in (lambda: cache.set(generations, default), lambda: cache.get(generations, a=default)):
            with pytest.raises(gencache.ArgumentError):
                bad()
        cache.clear()

    use()
    gc.collect()
    before = [sys.getrefcount(thing) for thing in watched]
    for _ in range(200):
        use()
    gc.collect()
    after = [sys.getrefcount(thing) for thing in watched]
    assert all(is_ - was < 100 for was, is_ in zip(before, after)), list(zip(watched, before, after))
