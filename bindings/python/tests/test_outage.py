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
    assert cache.get_many("nav", [{}, {"a": 1}], default=0) == [0, 0]
    assert cache.fetch("nav", lambda: "computed") == "computed"
    assert cache.fetch_many("nav", [{}], lambda missing: ["computed"]) == ["computed"]
    with pytest.raises(ZeroDivisionError):
        cache.fetch("nav", lambda: 1 / 0)
    assert asyncio.run(cache.afetch("nav", lambda: "computed")) == "computed"
    for change in (
        lambda: cache.set("nav", 1),
        lambda: cache.delete("nav"),
        lambda: cache.invalidate("nav"),
        lambda: cache.invalidate_soft("nav"),
        lambda: cache.clear(),
        lambda: cache.ping(),
        lambda: cache.explain("nav"),
        lambda: entry.fill(1),
    ):
        with pytest.raises(gencache.UnavailableError, match=server.address):
            change()
    assert cache.stats().server_errors[server.address] > 0


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
