"""Many values at once in an event loop."""

import asyncio

import pytest

import gencache
from memcached import wait_for

IDS = gencache.each("id", range(5))


class Loader:
    """Computes, and remembers what it was asked for."""

    def __init__(self, after=0.0):
        self.asked = []
        self._after = after

    async def __call__(self, missing):
        self.asked.append([call["id"] for call in missing])
        await asyncio.sleep(self._after)
        return [f"user {call['id']}" for call in missing]


def users(numbers):
    return [f"user {number}" for number in numbers]


def test_what_is_missing_is_computed_together(cache):
    load, bound = Loader(), cache.bind("user:id", "id", timeout=100)
    cache.set("user:id", "cached", id=2)

    async def main():
        expected = ["user 0", "user 1", "cached", "user 3", "user 4"]
        assert await cache.afetch_many("user:id", IDS, load, timeout=50) == expected
        assert await cache.afetch_many("user:id", iter(IDS), load) == expected
        assert await bound.afetch_many(IDS, load) == expected
        assert load.asked == [[0, 1, 3, 4]]
        assert await bound.afetch_many(gencache.each("id", [7]), lambda missing: ["not async"]) == ["not async"]
        assert await cache.afetch_many("user:id", [], load) == []

    asyncio.run(main())
    assert 5 < cache.get_entry("user:id", id=0).remaining <= 50 < bound.get_entry(7).remaining <= 100


def test_arguments_of_all_calls(cache):
    async def main():
        calls = [{"id": 1}, [("id", 2), (None, "extra")]]
        made = await cache.afetch_many("user:id", calls, lambda missing: [1, 2], args={"options": 3}, page="home")
        assert made == [1, 2]

    asyncio.run(main())
    assert cache.get("user:id", id=1, page="home", args={"options": 3}) == 1
    assert cache.get("user:id", args=[("id", 2), (None, "extra"), ("page", "home"), ("options", 3)]) == 2


def test_one_call_twice_is_one_computation(cache):
    load = Loader()
    found = asyncio.run(cache.afetch_many("user:id", gencache.each("id", [1, 1, 2]), load))
    assert found == users([1, 1, 2]) and sorted(number for asked in load.asked for number in asked) == [1, 2]


def test_callers_at_once_share_computations(cache):
    load = Loader(after=0.1)

    async def main():
        wanted = [[0, 1, 2], [2, 1, 0], [1, 2, 3], [3, 4], [4, 0]] * 8
        calls = (cache.afetch_many("user:id", gencache.each("id", numbers), load) for numbers in wanted)
        assert await asyncio.gather(*calls) == [users(numbers) for numbers in wanted]

    asyncio.run(main())
    assert sorted(number for asked in load.asked for number in asked) == [0, 1, 2, 3, 4]


def test_computations_that_ask_the_cache_themselves(cache):
    """More of them than there are threads."""

    async def inner(missing):
        return [await cache.afetch("inner", lambda: "inner", id=call["id"]) for call in missing]

    async def outer(missing):
        return await cache.afetch_many("middle:id", missing, inner)

    async def main():
        calls = (cache.afetch_many("outer:id", gencache.each("id", [n, n + 100]), outer) for n in range(40))
        return await asyncio.wait_for(asyncio.gather(*calls), 20)

    assert asyncio.run(main()) == [["inner", "inner"]] * 40


async def asked(load):
    while not load.asked:
        await asyncio.sleep(0.001)


def test_values_that_others_compute_are_waited_for_in_the_loop(cache):
    load, theirs = Loader(), cache.begin("user:id", id=1)

    async def main():
        waiting = asyncio.create_task(cache.afetch_many("user:id", IDS, load))
        await asked(load)
        await asyncio.sleep(0.1)
        assert not waiting.done() and load.asked == [[0, 2, 3, 4]]
        await cache.aset("nav", 1)  # no thread is kept
        await asyncio.to_thread(theirs.fill, "of the other")
        assert await waiting == ["user 0", "of the other", "user 2", "user 3", "user 4"]

    asyncio.run(main())


def test_a_value_that_another_caller_gives_up_is_computed(cache):
    load, theirs = Loader(), cache.begin("user:id", id=1)

    async def main():
        waiting = asyncio.create_task(cache.afetch_many("user:id", IDS, load))
        await asked(load)
        await asyncio.to_thread(theirs.release)
        return await waiting

    assert asyncio.run(main()) == users(range(5))
    assert load.asked == [[0, 2, 3, 4], [1]]


def test_what_is_left_or_fails(cache):
    options = gencache.Options(fail_safe=3600)

    def some(missing):
        return [gencache.MISS if call["id"] in (1, 3) else call["id"] for call in missing]

    def fails(missing):
        raise ZeroDivisionError

    async def main():
        assert await cache.afetch_many("user:id", IDS, some, options=options) == [0, gencache.MISS, 2, gencache.MISS, 4]
        with pytest.raises(ZeroDivisionError):
            await cache.afetch_many("user:id", IDS, fails, options=options)
        cache.set("user:id", 1, id=1, options=options)
        cache.set("user:id", 3, id=3, options=options)
        for number in range(5):
            cache.invalidate_soft("user:id", id=number)
        assert await cache.afetch_many("user:id", IDS, fails, options=options) == [0, 1, 2, 3, 4]
        assert await cache.afetch_many("user:id", IDS, some) == [0, gencache.MISS, 2, gencache.MISS, 4]
        for wrong in ([], [1, 2, 3, 4, 5, 6]):
            with pytest.raises(gencache.ArgumentError, match="2 values are expected"):
                await cache.afetch_many("user:id", IDS, lambda missing: wrong)
        with pytest.raises(gencache.ArgumentError, match="cannot be stored"):
            await cache.afetch_many("user:id", IDS, lambda missing: [object(), 3])
        with pytest.raises(gencache.ArgumentError, match="fetch_many"):
            await cache.afetch_many("user:id", IDS, lambda missing: gencache.depend("author"))
        options_now = gencache.Options(wait=0)
        return await cache.afetch_many("user:id", IDS, lambda missing: ["a"], options=options_now)

    assert asyncio.run(main()) == [0, "a", 2, 3, 4]  # 3 was stored beside the one that could not be


def test_values_that_are_no_values_of_ours_or_are_to_be_refreshed(cache):
    load, bound = Loader(), cache.bind("user:id", "id", options=gencache.Options(refresh=True))
    cache.set("user:id", gencache.Raw(gencache.Type.CEREAL, b"x"), id=1)

    async def main():
        assert await cache.afetch_many("user:id", IDS, load) == users(range(5))
        await cache.afetch_many("user:id", IDS, load, options=gencache.Options(refresh=True))
        await bound.afetch_many(IDS, load)

    asyncio.run(main())
    assert cache.get("user:id", id=1) == "user 1"
    assert load.asked[-2:] == [[0, 1, 2, 3, 4]] * 2


def test_a_caller_that_is_cancelled_lets_the_next_one_compute(cache):
    slow, load = Loader(after=60), Loader()

    async def main():
        first = asyncio.create_task(cache.afetch_many("user:id", IDS, slow))
        await asked(slow)
        second = asyncio.create_task(cache.afetch_many("user:id", IDS, load))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await asyncio.wait_for(second, 9) == users(range(5))  # the lock: 10 s
        with pytest.raises(asyncio.CancelledError):
            await first
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


@pytest.mark.parametrize("moment", [*range(6), "when begun"])
def test_a_caller_gives_its_turns_up_whenever_it_is_cancelled(cache, other, moment):
    options = gencache.Options(lock=600)

    def is_time(turns_of_the_loop):
        return cache.stats().computations >= len(IDS) if moment == "when begun" else turns_of_the_loop == moment

    def is_free():
        return [entry.status for entry in other.begin_many("user:id", IDS)] == [gencache.Status.MISS] * len(IDS)

    async def main():
        task = asyncio.create_task(cache.afetch_many("user:id", IDS, Loader(after=600), options=options))
        turns_of_the_loop = 0
        while not is_time(turns_of_the_loop):
            turns_of_the_loop += 1
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as kept:  # with all that it refers to
            await task
        await asyncio.to_thread(wait_for, is_free, "the turns")
        assert kept.value is not None

    asyncio.run(asyncio.wait_for(main(), 60))


def test_a_cancelled_caller_does_not_wait_for_a_server(server):
    load = Loader(after=600)

    async def main(cache):
        task = asyncio.create_task(cache.afetch_many("user:id", IDS, load))
        await asked(load)
        server.pause()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        server.resume()
        await asyncio.to_thread(wait_for, lambda: cache.begin_many("user:id", IDS)[0].status.name == "MISS", "the turns")

    with gencache.Cache(f"memcached://{server.address}/?timeout_ms=5000") as cache:
        asyncio.run(main(cache))
        assert cache.stats().server_errors.get(server.address, 0) == 0
