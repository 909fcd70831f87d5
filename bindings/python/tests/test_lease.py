"""A set after a get fills the lease of that get."""

import asyncio
import contextvars
import gc
import threading
import weakref

import pytest

import gencache


def test_a_set_after_an_invalidation_by_another_client_is_a_miss(cache, other):
    assert cache.get("nav:user_id", user_id=1) is None
    other.invalidate("nav:user_id", user_id=1)
    cache.set("nav:user_id", "computed before", user_id=1)
    assert cache.get("nav:user_id", user_id=1) is None
    cache.set("nav:user_id", "computed after", user_id=1)
    assert cache.get("nav:user_id", user_id=1) == "computed after"


def test_a_set_without_a_get_takes_a_lease_of_its_own(cache, other):
    other.invalidate("nav")
    cache.set("nav", 1)
    assert cache.get("nav") == 1


def test_a_lease_is_used_once(cache, other):
    cache.get("nav")
    cache.set("nav", 1)
    other.invalidate("nav")
    cache.set("nav", 2)
    assert cache.get("nav") == 2


def test_the_latest_miss_counts(cache, other):
    cache.get("nav")
    other.invalidate("nav")
    cache.get("nav")
    cache.set("nav", 2)
    assert cache.get("nav") == 2


def test_a_bound_cache_and_its_cache_share_leases(cache, other):
    pages = cache.bind(("nav", "portal:user_id"), "user_id", page="home")
    for get, set_ in (
        (lambda: pages.get(1), lambda value: pages.set(value, user_id=1)),
        (lambda: pages.get(page="home", user_id=1), lambda value: pages.set(value, 1, "home")),
        (
            lambda: pages.get(1),
            lambda value: cache.set(("portal:user_id", "nav"), value, user_id=1, page="home"),
        ),
    ):
        other.invalidate("nav")
        assert get() is None
        other.invalidate("nav")
        set_("old")
        assert get() is None


def test_get_many_leaves_leases(cache, other):
    assert cache.get_many("user:id", gencache.each("id", [1, 2])) == [None, None]
    other.invalidate("user:id", id=1)
    for number in (1, 2):
        cache.set("user:id", number, id=number)
    assert cache.get_many("user:id", gencache.each("id", [1, 2])) == [None, 2]


def test_another_thread_does_not_see_a_lease(cache, other):
    cache.get("nav")
    other.invalidate("nav")
    thread = threading.Thread(target=cache.set, args=("nav", "of the thread"))
    thread.start()
    thread.join()
    assert cache.get("nav") == "of the thread"


def test_tasks_have_leases_of_their_own(cache, other):
    async def reader(ready, go):
        cache.get("nav")
        ready.set()
        await go.wait()
        cache.set("nav", "old")

    async def main():
        ready, go = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(reader(ready, go))
        await ready.wait()
        other.invalidate("nav")
        cache.set("nav", "new")  # no miss of this task
        assert cache.get("nav") == "new"
        go.set()
        await task
        assert cache.get("nav") is None  # the other task's came from before the invalidation

    asyncio.run(main())


def test_a_task_inherits_leases(cache, other):
    async def writer():
        cache.set("nav", "old")

    async def main():
        cache.get("nav")
        other.invalidate("nav")
        await asyncio.create_task(writer())
        assert cache.get("nav") is None

    asyncio.run(main())


def test_two_contexts_fill_one_lease_once(cache):
    cache.get("nav")
    first, second = contextvars.copy_context(), contextvars.copy_context()
    first.run(cache.set, "nav", 1)
    second.run(cache.set, "nav", 2)
    assert cache.get("nav") == 2


@pytest.mark.parametrize("at", [1, 2])
def test_a_set_in_another_thread_while_this_one_puts_its_options_together(cache, at):
    """A number may run Python, and so other threads: here once before the lease is looked for, and once behind."""
    bound = cache.bind("nav", timeout=300)
    bound.get()
    context = contextvars.copy_context()
    stored = []

    def store_theirs():
        stored.append(bound.set("theirs"))

    class Number(float):
        conversions = 0

        def __mul__(self, other):
            Number.conversions += 1
            if Number.conversions == at:
                thread = threading.Thread(target=context.run, args=(store_theirs,))
                thread.start()
                thread.join()
            return float(self) * other

    stored.append(bound.set("ours", timeout=Number(200)))
    assert stored == [True, True]
    assert bound.get() == "ours"


def test_leases_are_of_one_cache(url):
    with gencache.Cache(url) as one, gencache.Cache(url + ".two") as two:
        one.get("nav")
        two.set("nav", "two")
        assert two.get("nav") == "two"
        assert one.get("nav") is None


def test_old_leases_are_dropped(cache, other):
    cache.get("nav", page=-1)
    cache.get_many("nav", gencache.each("page", range(1024)))
    other.invalidate("nav")
    cache.set("nav", "stored anew", page=-1)  # its lease is gone
    assert cache.get("nav", page=-1) == "stored anew"
    for number in (0, 1023):
        cache.set("nav", "stored in vain", page=number)
        assert cache.get("nav", page=number) is None


def test_many_misses_after_others(cache, other):
    for number in range(1000):
        cache.get("nav", page=-number)
    cache.get_many("nav", gencache.each("page", range(200)))
    other.invalidate("nav")
    for number in range(200):
        cache.set("nav", "stored in vain", page=number)
    assert cache.get_many("nav", gencache.each("page", range(200))) == [None] * 200


def test_a_set_after_a_value_that_cannot_be_read_stores_nothing(cache, other):
    bound = cache.bind("user:id", "id")
    calls = gencache.each("id", [1, 2, 3])
    reads = [
        lambda: cache.get("user:id", id=1),
        lambda: bound.get(1),
        lambda: cache.get_many("user:id", calls),
        lambda: bound.get_many(calls),
    ]
    for read in reads:
        other.set("user:id", gencache.Raw(gencache.Type.CEREAL, b"x"), id=1)
        other.set("user:id", "readable", id=2)
        with pytest.raises(gencache.StoredTypeError):
            read()
        other.invalidate("user:id", id=1)
        assert cache.set("user:id", "old", id=1) is False
        assert cache.get("user:id", id=1) is None
        assert cache.set("user:id", "new", id=1) is True
        assert cache.get("user:id", id=1) == "new"


def test_what_came_with_a_value_that_cannot_be_read_is_remembered(cache, other):
    other.set("user:id", gencache.Raw(gencache.Type.CEREAL, b"x"), id=1)
    other.set("user:id", "readable", id=2)
    with pytest.raises(gencache.StoredTypeError):
        cache.get_many("user:id", gencache.each("id", [1, 2, 3]))
    for number in (2, 3):
        other.invalidate("user:id", id=number)
        cache.set("user:id", "old", id=number)
        assert cache.get("user:id", id=number) is None


def test_a_closed_view_leaves_the_leases_of_the_others(cache, other):
    view = cache.with_timeout(5)
    cache.get("nav", page=1)
    view.get("nav", page=2)
    view.close()
    view.close()
    other.invalidate("nav")
    for page in (1, 2):
        cache.set("nav", "old", page=page)
        assert cache.get("nav", page=page) is None


def test_a_view_outlives_its_cache_and_keeps_the_leases(memcached_url):
    with gencache.Cache(memcached_url) as other:
        cache = gencache.Cache(memcached_url)
        view = cache.with_timeout(5)
        cache.get("nav")
        cache.close()
        other.invalidate("nav")
        view.set("nav", "old")
        assert view.get("nav") is None


def test_a_closed_cache_leaves_no_leases(url):
    cache = gencache.Cache(url)
    cache.get("nav")
    cache.close()
    there = weakref.ref(cache)
    del cache
    gc.collect()
    assert there() is None
