"""Computing through the cache in an event loop."""

import asyncio
import contextlib
import inspect
import threading
import time

import pytest

import gencache
from memcached import wait_for


@contextlib.asynccontextmanager
async def latency():
    """Measures the longest time for which the loop did nothing else, into a list."""
    longest = [0.0]

    async def probe():
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest[0] = max(longest[0], time.monotonic() - began - 0.001)

    task = asyncio.create_task(probe())
    await asyncio.sleep(0)
    try:
        yield longest
    finally:
        task.cancel()


async def turns_while(waiting):
    """The loop goes round while the task waits for what only this test can bring about: nothing there blocks the loop."""
    for _ in range(50):
        await asyncio.sleep(0.001)
    assert not waiting.done()


async def while_stopped(server, call):
    """What comes of a call of a coroutine that is under way while the server does not answer."""
    server.pause()
    task = asyncio.create_task(call)
    await turns_while(task)
    server.resume()
    return await task


async def value(made="value", after=0.0):
    await asyncio.sleep(after)
    return made


async def fails():
    raise ZeroDivisionError


def test_a_value_is_computed_once(cache):
    async def main():
        assert await cache.afetch("nav", value, page=1, timeout=100) == "value"
        assert await cache.afetch("nav", fails, page=1) == "value"
        assert await cache.afetch("nav", lambda: "not async", page=2) == "not async"

    asyncio.run(main())
    assert cache.get("nav", page=1) == "value" and cache.get_entry("nav", page=1).remaining <= 100


def test_a_thousand_callers_are_one_computation(cache):
    computations = []

    async def compute():
        computations.append(1)
        return await value(after=0.2)

    async def main():
        async with latency() as longest:
            found = await asyncio.gather(*(cache.afetch("nav", compute) for _ in range(1000)))
        assert found == ["value"] * 1000
        assert len(computations) == 1
        return longest[0]

    # A busy machine may stop the whole process now and then: not each time, if nothing here blocks the loop. One run of
    # five has to show it, and not the median: that was 4 to 16 ms alone on two processors, but up to 52 ms with four
    # programs beside this one that used all they got.
    blocked = []
    for _ in range(5):
        cache.clear()
        computations.clear()
        blocked.append(asyncio.run(main()))
        if blocked[-1] < 0.05:
            return
    pytest.fail(f"the loop was blocked for {blocked} seconds")


def test_a_slow_server_does_not_block_the_loop(server):
    """A stopped process accepts connections, and answers nothing."""
    cache = gencache.Cache(f"memcached://{server.address}/?timeout_ms=10000")
    cache.set("nav", 1)

    async def main():
        assert await while_stopped(server, cache.afetch("nav", fails)) == 1
        assert await while_stopped(server, cache.afetch("other", value)) == "value"

    asyncio.run(main())


def test_who_waits_for_another_process_waits_in_the_loop(cache):
    entry = cache.begin("nav")

    async def main():
        waiting = asyncio.create_task(cache.afetch("nav", fails))
        await turns_while(waiting)
        await asyncio.to_thread(entry.fill, "of the other")
        assert await waiting == "of the other"

    asyncio.run(main())


def test_what_the_computation_raises_comes_out(cache):
    async def main():
        results = await asyncio.gather(*(cache.afetch("nav", fails) for _ in range(20)), return_exceptions=True)
        assert [type(result) for result in results] == [ZeroDivisionError] * 20
        assert await cache.afetch("nav", value) == "value"

    asyncio.run(main())


def test_a_caller_that_is_cancelled_lets_the_next_one_compute(cache):
    async def main():
        first = asyncio.create_task(cache.afetch("nav", lambda: value(after=60)))
        while cache.stats().computations == 0:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        second = asyncio.create_task(cache.afetch("nav", value))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await asyncio.wait_for(second, 20) == "value"
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(main())


def test_callers_that_are_cancelled_at_any_moment_leave_no_turn_behind(cache):
    async def main():
        kept = []  # their tracebacks
        for pause in range(40):
            task = asyncio.create_task(cache.afetch("nav", lambda: value(after=0.001)))
            await asyncio.sleep(pause / 20000)
            task.cancel()
            kept.append(await asyncio.gather(task, return_exceptions=True))
            cache.invalidate("nav")
        options = gencache.Options(wait=20)
        assert await asyncio.wait_for(cache.afetch("nav", value, options=options), 9) == "value"  # the lock: 10 s

    asyncio.run(main())


def test_a_caller_that_is_cancelled_in_the_midst_of_a_call_leaves_no_turn_behind(server):
    """The server is stopped, so that the call is under way for as long as the test likes."""
    cache = gencache.Cache(f"memcached://{server.address}/?timeout_ms=10000")
    mine = cache.begin("nav")

    async def main():
        waiting = asyncio.create_task(cache.afetch("nav", fails))
        await asyncio.sleep(0.1)
        server.pause()
        # It asks every few milliseconds, and is in the midst of that from now on; our own end takes a round trip, too.
        end = asyncio.create_task(asyncio.to_thread(mine.release))
        await asyncio.sleep(0.3)
        waiting.cancel()
        server.resume()
        outcomes = await asyncio.gather(waiting, end, return_exceptions=True)
        options = gencache.Options(wait=20)
        assert await asyncio.wait_for(cache.afetch("nav", value, options=options), 9) == "value"  # the lock: 10 s
        return outcomes  # the traceback of the first has kept the entry so far

    asyncio.run(main())


def test_stale_values(cache):
    options = gencache.Options(fail_safe=3600)

    async def main():
        assert await cache.afetch("nav", value, options=options) == "value"
        cache.invalidate_soft("nav")
        assert await cache.afetch("nav", fails, options=options) == "value"
        with pytest.raises(ZeroDivisionError):
            await cache.afetch("nav", fails)

    asyncio.run(main())


def test_a_value_of_no_type_of_ours_is_computed_anew(cache):
    cache.set("nav", gencache.Raw(gencache.Type.CEREAL, b"x"))
    assert asyncio.run(cache.afetch("nav", value)) == "value"
    assert cache.get("nav") == "value"


def test_what_cannot_be_stored_is_an_error(cache):
    async def main():
        with pytest.raises(gencache.ArgumentError, match="cannot be stored"):
            await cache.afetch("nav", object)
        assert await cache.afetch("nav", value, options=gencache.Options(wait=0)) == "value"

    asyncio.run(main())
    assert cache.stats().waits == 0


def test_depend(cache):
    async def compute():
        await asyncio.to_thread(gencache.depend, "author:id", id=7)
        return "book"

    async def main():
        assert await cache.afetch("book", compute) == "book"

    asyncio.run(main())
    cache.invalidate("author:id", id=7)
    assert cache.get("book") is None


def test_a_wrapped_coroutine_function(cache):
    computed = []

    @cache.wrap("portal:user_id")
    async def page(user_id):
        computed.append(user_id)
        return f"page of {user_id}"

    class Portal:
        @cache.wrap("portal:user_id")
        async def page(self, user_id):
            return f"{type(self).__name__} of {user_id}"

        @cache.wrap("portal:user_id")
        @classmethod
        async def of_class(cls, user_id):
            return f"{cls.__name__} of {user_id}"

    async def main():
        assert await page(1) == await page(user_id=1) == "page of 1"
        assert computed == [1]
        assert await page.refresh(1) == "page of 1" and computed == [1, 1]
        page.invalidate(1)
        assert await page.uncached(1) == "page of 1"
        assert await page(1) == "page of 1" and computed == [1, 1, 1, 1]
        portal = Portal()
        assert await portal.page(1) == await portal.page(1) == "Portal of 1"
        assert await Portal.of_class(1) == await portal.of_class(1) == "Portal of 1"
        assert asyncio.iscoroutinefunction(portal.page)

    asyncio.run(main())
    assert asyncio.iscoroutinefunction(page)
    if hasattr(inspect, "markcoroutinefunction"):
        assert inspect.iscoroutinefunction(page)


def test_a_bound_cache(cache):
    pages = cache.bind("portal:user_id", "user_id", timeout=100)

    async def main():
        assert await pages.afetch(value, 1) == "value"
        assert await pages.afetch(fails, user_id=1) == "value"

    asyncio.run(main())
    assert pages.get_entry(1).remaining <= 100


def test_a_call_for_coroutines_does_not_block_the_loop(server):
    cache = gencache.Cache(f"memcached://{server.address}/?timeout_ms=10000")
    bound = cache.bind("nav", "id")
    cache.set("nav", 1)

    async def main():
        batch = cache.batch()
        batch.invalidate("nav")
        assert await while_stopped(server, cache.aget("nav")) == 1
        assert await while_stopped(server, cache.aget_many("nav", [{}])) == [1]
        assert await while_stopped(server, bound.aget(1)) is None
        assert await while_stopped(server, bound.aget_many([{"id": 1}])) == [None]
        for change in (cache.adelete("nav"), cache.ainvalidate("nav"), bound.ainvalidate(), batch.acommit()):
            await while_stopped(server, change)

    asyncio.run(main())


def test_the_operations(cache):
    bound = cache.bind("nav:id", "id", timeout=100)

    async def main():
        assert await cache.aget("nav:id", id=1, default=7) == 7
        assert await cache.aset("nav:id", "v", id=1, timeout=50) is True
        assert await cache.aget("nav:id", args={"id": 1}) == await bound.aget(1) == "v"
        assert cache.get_entry("nav:id", id=1).remaining <= 50
        assert await cache.aget_many("nav:id", gencache.each("id", [1, 2]), default=0) == ["v", 0]
        await cache.adelete("nav:id", id=1)
        assert await bound.aget(1, default="gone") == "gone"
        assert await bound.aset("w", 1) is True and 50 < cache.get_entry("nav:id", id=1).remaining <= 100
        assert await bound.aset("w", 1, options=gencache.Options(timeout=5)) is True
        assert await bound.aget_many([{"id": 1}, {"id": 2}], default=0) == ["w", 0]
        await cache.ainvalidate("nav:id", id=1)
        assert await bound.aget(1) is None
        for drop in (
            lambda: bound.adelete(1),
            lambda: bound.ainvalidate(1),
            lambda: bound.ainvalidate_soft(id=1),
            lambda: cache.ainvalidate_soft("nav:id", id=1),
            lambda: cache.aclear(),
        ):
            assert await bound.aset("w", 1) is True
            await drop()
            assert await bound.aget(1) is None
        with pytest.raises(gencache.ArgumentError):
            await cache.aget("nav:id")
        with pytest.raises(TypeError):
            await cache.adelete("nav:id", id=1, timeout=5)

    asyncio.run(main())


def test_aset_fills_the_miss_of_aget(cache, other):
    async def main():
        for get in (lambda: cache.aget("nav"), lambda: cache.aget_many("nav", [{}])):
            await get()
            other.invalidate("nav")
            assert await cache.aset("nav", "computed before") is True
            assert await cache.aget("nav") is None
            assert await cache.aset("nav", "computed after") is True
            assert await cache.aget("nav") == "computed after"
            await cache.ainvalidate("nav")
        await cache.aget("nav")
        other.invalidate("nav")
        cache.set("nav", "computed before")  # a plain set does it, too
        assert cache.get("nav") is None

    asyncio.run(main())


def test_a_batch_in_a_coroutine(cache):
    async def main():
        for name in ("a", "b"):
            cache.set(name, 1)
        async with cache.batch() as batch:
            batch.invalidate("a")
            async with batch.batch() as inner:
                inner.delete("b")
            assert await cache.aget("a") == await cache.aget("b") == 1
        assert await cache.aget("a") is await cache.aget("b") is None
        cache.set("a", 1)
        with pytest.raises(ZeroDivisionError):
            async with cache.batch() as batch:
                batch.invalidate("a")
                raise ZeroDivisionError
        assert await cache.aget("a") == 1

    asyncio.run(main())


def test_what_a_wrapped_function_has_for_coroutines(cache):
    class Portal:
        @cache.wrap("portal:user_id")
        async def page(self, user_id):
            return len(computed)

    computed, portal = [], Portal()

    async def main():
        for drop in (portal.page.ainvalidate, portal.page.ainvalidate_soft, portal.page.adelete, Portal.page.adelete):
            before = await portal.page(1)
            computed.append(1)
            assert await portal.page(1) == before
            await drop(user_id=1)
            assert await portal.page(1) == before + 1

    asyncio.run(main())


def test_an_async_function_where_none_belongs(cache):
    for compute in (
        lambda: cache.fetch("nav", value),
        lambda: cache.fetch_entry("nav", value),
        lambda: cache.wrap("nav")(lambda: value())(),
    ):
        with pytest.raises(gencache.ArgumentError, match=r"value\(\) is an async def; await afetch"):
            compute()
    with pytest.raises(gencache.ArgumentError, match="await afetch_many"):
        cache.fetch_many("nav", [{}], lambda missing: value())
    assert cache.fetch("nav", lambda: "its turn was given up", options=gencache.Options(wait=0)) == "its turn was given up"


def test_two_loops_on_two_threads(cache):
    computations = []

    async def compute():
        computations.append(1)
        return await value(after=0.1)

    async def main():
        return await asyncio.gather(*(cache.afetch("nav", compute) for _ in range(50)))

    results = []
    threads = [threading.Thread(target=lambda: results.append(asyncio.run(main()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [["value"] * 50] * 2 and len(computations) == 1
