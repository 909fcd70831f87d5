"""A server that is away costs misses and not values; what changes something says so."""

import asyncio

import pytest

import gencache
from memcached import wait_for


@pytest.fixture
def cache(server):
    with gencache.Cache(f"memcached://{server.address}/?timeout_ms=1000") as opened:
        yield opened


def succeeds(change):
    try:
        change()
        return True
    except gencache.UnavailableError:
        return False


def test_reads_are_misses_and_changes_raise(cache, server):
    cache.set("nav", "old")
    server.stop()
    assert cache.get("nav") is None
    entry = cache.get_entry("nav")
    assert (entry.status, entry.reason) == (gencache.Status.UNAVAILABLE, "unavailable")
    assert entry.fill(1) is False
    assert cache.get_many("nav", [{}, {"a": 1}], default=0) == [0, 0]
    assert cache.fetch("nav", lambda: "computed") == "computed"
    assert cache.fetch_many("nav", [{}], lambda missing: ["computed"]) == ["computed"]
    assert [entry.status for entry in cache.begin_many("nav", [{}])] == [gencache.Status.UNAVAILABLE]
    with pytest.raises(ZeroDivisionError):
        cache.fetch("nav", lambda: 1 / 0)
    assert asyncio.run(cache.afetch("nav", lambda: "computed")) == "computed"
    for change in (
        lambda: cache.set("other", 1),
        lambda: cache.delete("nav"),
        lambda: cache.invalidate("nav"),
        lambda: cache.invalidate_soft("nav"),
        lambda: cache.clear(),
        lambda: cache.ping(),
        lambda: cache.explain("nav"),
    ):
        with pytest.raises(gencache.UnavailableError, match=server.address):
            change()
    assert cache.stats().server_errors[server.address] > 0


def test_a_set_after_a_miss_does_not_raise(cache, server):
    pages = cache.bind("nav", "id")
    assert cache.get("nav", id=1) is None
    server.stop()
    assert cache.get("nav", id=2) is None
    assert cache.get_many("nav", gencache.each("id", [3])) == [None]
    assert pages.get(4) is None
    for number in (1, 2, 3, 4):
        assert cache.set("nav", "page", id=number) is False
    with pytest.raises(gencache.UnavailableError):  # no miss stands for it any more
        pages.set("page", 4)
    assert cache.set("nav", "page", id=1) is False  # its lease is still there


def test_coroutines(cache, server):
    server.stop()

    async def main():
        assert await cache.aget("nav") is None
        assert await cache.aset("nav", 1) is False
        assert await cache.aget_many("nav", [{}], default=0) == [0]
        assert await cache.afetch_many("nav", [{}], lambda missing: ["computed"]) == ["computed"]
        for change in (cache.aset("other", 1), cache.ainvalidate("nav"), cache.adelete("nav"), cache.aclear()):
            with pytest.raises(gencache.UnavailableError):
                await change
        with pytest.raises(gencache.UnavailableError):
            async with cache.batch() as batch:
                batch.invalidate("nav")

    asyncio.run(main())


def test_what_was_not_asked_for_is_neither_stored_nor_left(cache, server):
    """The server is back when the value is set, and holds an older one; what was invalidated meanwhile is not known."""
    server.stop()
    assert cache.get("nav") is None
    server.start()
    with gencache.Cache(f"memcached://{server.address}/?timeout_ms=1000") as other:
        other.set("nav", "older")
        wait_for(lambda: cache.get("elsewhere", default=7) == 7 and succeeds(cache.ping), "the server to be asked again")
        assert cache.set("nav", "computed before") is False
        assert other.get("nav") is None
    assert cache.set("nav", "new") is True
    assert cache.get("nav") == "new"


def test_what_is_too_large_is_no_error_after_a_miss(server):
    with gencache.Cache(f"memcached://{server.address}/?timeout_ms=5000&item_max=1KB") as cache:
        assert cache.get("nav") is None
        assert cache.set("nav", "x" * 5000) is False
        assert cache.get_entry("nav").fill("x" * 5000) is False
        assert cache.stats().fills_failed == 2
        with pytest.raises(gencache.TooLargeError):
            cache.set("other", "x" * 5000)


def test_a_batch_keeps_what_was_not_acknowledged(cache, server):
    batch = cache.batch()
    server.stop()
    with pytest.raises(gencache.UnavailableError):
        with batch:
            batch.invalidate("nav")
    server.start()
    # A server that has just failed is not asked again at once.
    wait_for(lambda: succeeds(lambda: cache.set("nav", "after")), "the server to be asked again")
    batch.commit()
    assert cache.get("nav") is None


def test_depend_on_a_server_that_goes_away(cache, server):
    def compute():
        server.stop()
        assert gencache.depend("author") is False
        return "value"

    assert cache.fetch("nav", compute) == "value"
