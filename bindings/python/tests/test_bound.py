"""Bound caches and batches."""

import pytest

import gencache


@pytest.fixture
def pages(cache):
    return cache.bind(("nav", "portal:user_id"), "user_id", page="home", timeout=300)


def test_arguments_by_position_and_by_name(cache, pages):
    pages.set("home of 1", 1)
    assert pages.get(1) == pages.get(user_id=1) == pages.get(1, "home") == pages.get(1, page="home") == "home of 1"
    assert pages.get(args={"page": "home", "user_id": 1}) == "home of 1"
    assert cache.get(("nav", "portal:user_id"), user_id=1, page="home") == "home of 1"
    assert pages.get(1, "news", default="none") == "none"
    assert 200 < pages.get_entry(1).remaining <= 300
    assert pages.key(1) == pages.key(page="home", user_id=1) == 'nav,portal:user_id=1|page="home"'
    assert pages.generations == ("nav", "portal:user_id") and pages.cache is cache


def test_all_operations(pages):
    assert pages.fetch(lambda: "v", 1) == "v"
    assert pages.fetch_entry(lambda: "w", 1).value == "v"
    assert pages.begin(1).value == "v"
    assert pages.get_many(gencache.each("user_id", [1, 2])) == ["v", None]
    assert [bool(entry) for entry in pages.get_many_entries([{"user_id": 1}])] == [True]
    assert [bool(entry) for entry in pages.begin_many([{"user_id": 1}, {"user_id": 3}])] == [True, False]
    assert pages.fetch_many([{"user_id": 1}, {"user_id": 2}], lambda missing: ["w"]) == ["v", "w"]
    pages.delete(1)
    assert pages.get(1) is None
    pages.set("short", 1, timeout=5)
    assert pages.get_entry(1).remaining <= 5


def test_what_an_invalidation_names(pages):
    pages.set(1, 1)
    pages.set(2, 2)
    pages.invalidate(user_id=1)
    assert (pages.get(1), pages.get(2)) == (None, 2)
    pages.invalidate()
    assert pages.get_entry(2).generation == "nav"
    pages.set(2, 2)
    pages.invalidate_soft(2)
    assert pages.get(2) is None


def test_parameters(cache):
    bound = cache.bind("nav", "a", ("b", 2), args={"options": 3}, c=4)
    assert bound.key(1) == "nav|a=1,b=2,c=4,options=3"
    assert bound.key(1, 20, 30, 40) == "nav|a=1,b=20,c=40,options=30"
    for call in (bound.key, bound.get, bound.delete):
        for args, kwargs in (((), {}), ((1,), {"d": 5}), ((1,), {"a": 1}), ((1, 2, 3, 4, 5), {})):
            with pytest.raises(gencache.ArgumentError):
                call(*args, **kwargs)
    for params in ((7,), (("a",),), (("a", []),)):
        with pytest.raises(gencache.ArgumentError):
            cache.bind("nav", *params)
    with pytest.raises(gencache.ArgumentError, match="'x'"):
        cache.bind("nav:x", "y")


def test_a_batch_sends_at_its_end(cache):
    cache.set("nav", 1)
    cache.set("other", 1, a=1)
    with cache.batch() as batch:
        batch.invalidate("nav")
        batch.delete("other", a=1)
        assert (cache.get("nav"), cache.get("other", a=1)) == (1, 1)
    assert (cache.get("nav"), cache.get("other", a=1)) == (None, None)


def test_an_exception_drops_a_batch(cache):
    cache.set("nav", 1)
    with pytest.raises(KeyError):
        with cache.batch() as batch:
            batch.invalidate("nav")
            raise KeyError
    batch.commit()
    assert cache.get("nav") == 1


def test_a_batch_in_a_batch_hands_over(cache):
    cache.set("a", 1)
    cache.set("b", 1)
    with cache.batch() as outer:
        with outer.batch() as inner:
            inner.invalidate("a")
        with pytest.raises(KeyError):
            with outer.batch() as inner:
                inner.invalidate_soft("b")
                raise KeyError
        assert cache.get("a") == 1
    assert (cache.get("a"), cache.get("b")) == (None, 1)


def test_a_batch_by_hand(cache):
    cache.set("nav", 1)
    batch = cache.batch()
    batch.invalidate("nav")
    batch.cancel()
    batch.commit()
    assert cache.get("nav") == 1
    batch.invalidate("nav")
    batch.commit()
    assert cache.get("nav") is None and batch.cache is cache
    with pytest.raises(gencache.ArgumentError):
        batch.invalidate("nav:x")
    inner = batch.batch()
    del batch  # the inner one keeps it
    inner.invalidate("nav")
    inner.commit()


@pytest.mark.parametrize("read", ["get", "get_many"])
def test_a_set_after_a_miss_has_the_options_of_its_own_target(cache, read):
    long, short = cache.bind("user:id", "id", timeout=300), cache.bind("user:id", "id", timeout=60)
    numbers = iter(range(100))

    def remaining(reader, set_):
        number = next(numbers)
        calls = {"args": {"id": number}} if read == "get" else None
        generations = () if isinstance(reader, gencache.Bound) else ("user:id",)
        if read == "get":
            assert reader.get(*generations, **calls) is None
        else:
            assert reader.get_many(*generations, [{"id": number}]) == [None]
        set_(number)
        return cache.get_entry("user:id", id=number).remaining

    jitter = gencache.Options(jitter=0)
    for reader in (cache, long, short):
        assert 299 < remaining(reader, lambda number: long.set(1, number)) <= 300
        assert 299 < remaining(reader, lambda number: long.set(1, number, options=jitter)) <= 300
        assert 59 < remaining(reader, lambda number: short.set(1, number)) <= 60
        assert 9 < remaining(reader, lambda number: short.set(1, number, timeout=10)) <= 10
        assert remaining(reader, lambda number: short.set(1, number, timeout=0)) is None
        assert remaining(reader, lambda number: cache.set("user:id", 1, id=number)) is None
        assert 9 < remaining(reader, lambda number: cache.set("user:id", 1, id=number, timeout=10)) <= 10


def test_an_unset_option_is_that_of_the_bound_cache(cache):
    pages = cache.bind("nav", "id", timeout=300)
    for number, options in enumerate([gencache.Options(timeout=None), gencache.Options(jitter=0)]):
        pages.get(number)
        pages.set(1, number, options=options)
        assert 299 < pages.get_entry(number).remaining <= 300


def test_it_outlives_its_cache(url):
    with gencache.Cache(url) as cache:
        pages = cache.bind("nav", "id", timeout=300)
        assert pages.get(1) is None
    assert cache.closed
    assert pages.key(1) == "nav|id=1"
    assert pages.explain(1).startswith("key: nav|id=1")
    assert pages.set("first", 1) is True
    assert pages.get(1) == "first"
    assert pages.get_many([{"id": 1}, {"id": 2}]) == ["first", None]
    assert pages.fetch(lambda: "third", 3) == "third"
    assert pages.fetch_many([{"id": 3}, {"id": 4}], lambda missing: ["fourth"]) == ["third", "fourth"]
    pages.invalidate()
    assert pages.get(1) is None
    with pytest.raises(gencache.ArgumentError, match="closed"):
        cache.get("nav")


def test_explain(cache, pages):
    for explained in (pages.explain(1), pages.explain(user_id=1, page="home")):
        assert explained.splitlines()[0] == 'key: nav,portal:user_id=1|page="home"'
        assert "verdict: miss, absent" in explained
    pages.set(1, 1)
    assert "verdict: hit" in pages.explain(1)
    with pytest.raises(gencache.ArgumentError, match="user_id"):
        pages.explain()
