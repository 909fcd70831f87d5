"""Many values at once."""

import pytest

import gencache


def test_get_many(cache):
    for number in (1, 3):
        cache.set("user:id", number * 10, id=number)
    calls = gencache.each("id", [1, 2, 3])
    assert cache.get_many("user:id", calls) == [10, None, 30]
    assert cache.get_many("user:id", calls, default=gencache.MISS) == [10, gencache.MISS, 30]
    assert [entry.reason for entry in cache.get_many_entries("user:id", calls)] == ["hit", "absent", "hit"]
    assert cache.get_many("user:id", []) == []
    assert cache.get_many("user:id", iter(calls)) == [10, None, 30]


def test_arguments_that_all_share(cache):
    cache.set("user:id", "x", id=1, page="home")
    assert cache.get_many("user:id", gencache.each("id", [1, 2]), page="home") == ["x", None]
    with pytest.raises(gencache.ArgumentError, match="'id'"):
        cache.get_many("user:id", gencache.each("id", [1]), id=1)


def test_fetch_many(cache):
    asked = []

    def load(missing):
        asked.append([call["id"] for call in missing])
        return [f"user {call['id']}" for call in missing]

    cache.set("user:id", "user 2", id=2)
    found = cache.fetch_many("user:id", gencache.each("id", [1, 2, 3]), load, timeout=100)
    assert found == ["user 1", "user 2", "user 3"]
    assert asked == [[1, 3]]
    assert cache.fetch_many("user:id", gencache.each("id", [3, 1]), load) == ["user 3", "user 1"]
    assert len(asked) == 1
    assert cache.get_entry("user:id", id=1).remaining <= 100
    assert cache.fetch_many("user:id", [], load) == []


def test_what_is_left_is_a_miss(cache):
    found = cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: [None, gencache.MISS])
    assert found == [None, gencache.MISS]
    assert cache.get_many("user:id", gencache.each("id", [1, 2]), default=0) == [None, 0]


def test_what_the_computation_raises_comes_out(cache):
    with pytest.raises(ZeroDivisionError):
        cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: 1 / 0)
    with pytest.raises(gencache.ArgumentError, match="2 values are expected, not 1"):
        cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: [1])
    with pytest.raises(TypeError, match="iterable"):
        cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: 7)
    with pytest.raises(gencache.ArgumentError, match="cannot be stored"):
        cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: [1, object()])
    assert cache.fetch_many("user:id", gencache.each("id", [2]), lambda missing: [2]) == [2]


def test_an_invalidation_while_computing_is_not_lost(cache, other):
    def load(missing):
        other.invalidate("user:id", id=1)
        return ["old"] * len(missing)

    calls = gencache.each("id", [1, 2])
    assert cache.fetch_many("user:id", calls, load) == ["old", "old"]
    assert cache.get_many("user:id", calls) == [None, "old"]


def test_depend_is_refused(cache):
    with pytest.raises(gencache.ArgumentError, match="fetch_many"):
        cache.fetch_many("user:id", gencache.each("id", [1]), lambda missing: [gencache.depend("author")])


def test_other_calls_within_the_computation(cache):
    def load(missing):
        return [cache.fetch("inner", lambda: 7) + call["id"] for call in missing]

    assert cache.fetch_many("user:id", gencache.each("id", [1, 2]), load) == [8, 9]


def test_bad_calls(cache):
    for bad in (7, [7], [["ab"]]):
        with pytest.raises((TypeError, gencache.ArgumentError)):
            cache.get_many("user:id", bad)
    with pytest.raises(gencache.ArgumentError, match="'id'"):
        cache.get_many("user:id", [{}])
    with pytest.raises(gencache.ArgumentError, match="'id'"):
        cache.fetch_many("user:id", [{"id": 1}, {}], lambda missing: missing)
