"""Computing through the cache: one computes, the others wait; stale values; generations that turn up late."""

import asyncio
import contextlib
import contextvars
import os
import signal
import threading
import time

import pytest

import gencache
from memcached import wait_for


class Broken(Exception):
    pass


def fails():
    raise Broken


def test_a_value_is_computed_once(cache):
    assert cache.fetch("nav", lambda: "one", page=1, timeout=100) == "one"
    assert cache.fetch("nav", lambda: "two", page=1) == "one"
    assert 40 < cache.get_entry("nav", page=1).remaining <= 100
    assert cache.fetch("nav", lambda: None, page=2) is None
    assert cache.fetch("nav", fails, page=2) is None


def test_the_caller_gets_what_was_computed_as_it_is(cache):
    made = (1, 2)
    assert cache.fetch("nav", lambda: made) is made
    assert cache.fetch("nav", fails) == [1, 2]


def test_what_the_computation_raises_comes_out(cache):
    with pytest.raises(Broken) as caught:
        cache.fetch("nav", fails)
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    assert cache.fetch("nav", lambda: "next") == "next"
    assert cache.stats().computations_failed == 1


def test_ctrl_c_in_a_computation_lets_the_next_caller_try(cache):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.fetch("nav", interrupted)
    assert cache.fetch("nav", lambda: "next", options=gencache.Options(wait=0)) == "next"
    assert cache.stats().waits == 0


def test_a_value_that_cannot_be_stored_is_an_error_and_ends_the_turn(cache):
    with pytest.raises(gencache.ArgumentError, match="generator"):
        cache.fetch("nav", lambda: (n for n in ()))
    assert cache.fetch("nav", lambda: 1) == 1
    assert cache.stats().waits == 0


def test_an_invalidation_while_computing_is_not_lost(cache, other):
    def compute():
        other.invalidate("nav")
        return "old"

    assert cache.fetch("nav", compute) == "old"
    assert cache.fetch("nav", lambda: "new") == "new"


def test_of_many_threads_one_computes(url):
    callers = 16
    shared = gencache.Cache(url)
    caches = [shared] * callers if shared.in_process else [gencache.Cache(url) for _ in range(callers)]
    begin = threading.Barrier(callers)
    computations, answers = [], []

    def compute():
        computations.append(1)
        time.sleep(0.1)
        return "value"

    def call(cache):
        begin.wait()
        answers.append(cache.fetch("nav", compute))

    threads = [threading.Thread(target=call, args=(cache,)) for cache in caches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(computations) == 1 and answers == ["value"] * callers


def test_who_does_not_wait_computes_too(cache):
    entry = cache.begin("nav")
    assert cache.fetch("nav", lambda: "mine", options=gencache.Options(wait=0)) == "mine"
    entry.abandon()


def test_ctrl_c_ends_a_wait(cache):
    entry = cache.begin("nav")
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        cache.fetch("nav", lambda: "never")
    assert time.monotonic() - began < 20
    timer.join()
    entry.abandon()


def test_steps(cache):
    mine = cache.begin("nav")
    assert mine.status is gencache.Status.MISS
    waiting = cache.begin("nav")
    assert waiting.status is gencache.Status.BUSY
    assert waiting.wait(0) is gencache.Status.BUSY
    assert mine.abandon() is gencache.Status.OK
    with pytest.raises(gencache.ArgumentError, match="not yours"):
        mine.abandon()
    wait_for(lambda: waiting.wait(1) is not gencache.Status.BUSY, "the turn")
    assert waiting.status is gencache.Status.MISS
    waiting.fill("v")
    assert cache.begin("nav").value == "v"
    with pytest.raises(gencache.ArgumentError, match="not busy"):
        waiting.wait(0)


def test_an_entry_that_is_dropped_gives_its_turn_back(cache):
    entry = cache.begin("nav")
    del entry
    assert cache.begin("nav", options=gencache.Options(wait=0)).status is gencache.Status.MISS
    assert cache.stats().waits == 0


def test_fail_safe_gives_the_old_value(cache):
    options = gencache.Options(fail_safe=3600)
    cache.fetch("nav", lambda: "old", options=options)
    cache.invalidate_soft("nav")
    assert cache.fetch("nav", fails, options=options) == "old"
    entry = cache.fetch_entry("nav", fails, options=options)
    assert (entry.value, entry.is_stale, entry.status) == ("old", True, gencache.Status.STALE)
    with pytest.raises(Broken):
        cache.fetch("nav", fails)
    cache.invalidate("nav")
    with pytest.raises(Broken):
        cache.fetch("nav", fails, options=options)


def test_stale_for_gives_the_old_value_while_another_computes(cache):
    options = gencache.Options(stale_for=3600)
    cache.fetch("nav", lambda: "old", options=options)
    cache.invalidate_soft("nav")
    entry = cache.begin("nav")
    assert cache.fetch("nav", lambda: "not called", options=options) == "old"
    entry.fill("new")
    assert cache.fetch("nav", fails, options=options) == "new"


def test_refresh_and_nothing_timeout(cache):
    cache.set("nav", "old")
    assert cache.fetch("nav", lambda: "new", options=gencache.Options(refresh=True)) == "new"
    assert cache.get("nav") == "new"
    options = gencache.Options(timeout=3600, nothing_timeout=60)
    cache.fetch("nav", lambda: None, page=2, options=options)
    assert cache.get_entry("nav", page=2).remaining <= 60


def test_fetch_entry(cache):
    entry = cache.fetch_entry("nav", lambda: (1, 2), page=1)
    assert (entry.value, entry.reason, entry.status) == ([1, 2], "absent", gencache.Status.OK)
    entry = cache.fetch_entry("nav", fails, page=1)
    assert (entry.value, entry.reason) == ([1, 2], "hit")


def test_depend(cache, other):
    def book():
        assert gencache.depend("author:id", id=7)
        return "a book by 7"

    assert cache.fetch("book:id", book, id=1) == "a book by 7"
    assert cache.get("book:id", id=1) == "a book by 7"
    other.invalidate("author:id", id=7)
    assert cache.get_entry("book:id", id=1).generation == "author:id=7"


def test_depend_is_of_the_innermost_computation(cache):
    def outer():
        inner = cache.fetch("inner", lambda: gencache.depend("of_inner"))
        gencache.depend("of_outer")
        return inner

    assert cache.fetch("outer", outer) is True
    cache.invalidate("of_outer")
    assert cache.get("outer") is None and cache.get("inner") is True
    cache.invalidate("of_inner")
    assert cache.get("inner") is None


def test_depend_outside_of_a_computation_notes_nothing(cache):
    assert gencache.depend("author:id", id=7) is False
    with pytest.raises(Broken):
        cache.fetch("nav", fails)
    assert gencache.depend("author:id", id=7) is False


def test_options():
    options = gencache.Options(timeout=5, jitter=0.5)
    assert repr(options) == "Options(timeout=5, jitter=0.5)"
    assert repr(options.replace(jitter=None, beta=1)) == "Options(timeout=5, jitter=None, beta=1)"
    for bad, message in (
        ({"jitter": 2}, "jitter"),
        ({"beta": 101}, "beta"),
        ({"beta": "1"}, "beta"),
        ({"lock": 1}, "lock"),
        ({"wait": 3601}, "wait"),
        ({"stale_for": -1}, "stale_for"),
        ({"fail_safe": "x"}, "fail_safe"),
        ({"nothing_timeout": True}, "nothing_timeout"),
    ):
        with pytest.raises(gencache.ArgumentError, match=message):
            gencache.Options(**bad)


def test_a_computation_that_raises_stored_type_error_is_run_once(cache):
    calls = []

    def load():
        calls.append(1)
        raise gencache.StoredTypeError("of an inner get")

    for fetch in (
        lambda: cache.fetch("nav", load),
        lambda: cache.fetch_entry("nav", load),
        lambda: asyncio.run(cache.afetch("nav", load)),
    ):
        calls.clear()
        with pytest.raises(gencache.StoredTypeError, match="of an inner get"):
            fetch()
        assert calls == [1]


def test_an_old_value_that_cannot_be_read_does_not_stand_in(cache):
    options = gencache.Options(fail_safe=100)
    for fetch in (
        lambda: cache.fetch("nav", fails, options=options),
        lambda: cache.fetch_entry("nav", fails, options=options),
        lambda: asyncio.run(cache.afetch("nav", fails, options=options)),
    ):
        cache.set("nav", gencache.Raw(gencache.Type.CEREAL, b"x"), options=options)
        cache.invalidate_soft("nav")
        with pytest.raises(Broken):
            fetch()


def test_fetch_entry_gives_an_entry_of_a_value_that_cannot_be_read(cache):
    cache.set("nav", gencache.Raw(gencache.Type.CEREAL, b"x"))
    assert cache.fetch_entry("nav", fails).data == b"x"


def test_depend_counts_for_the_innermost_computation(cache):
    def inner():
        assert gencache.depend("author:id", id=7)
        return "inner"

    assert cache.fetch("nav", lambda: cache.fetch("book", inner)) == "inner"
    cache.invalidate("author:id", id=7)
    assert cache.get("book") is None
    assert cache.get("nav") == "inner"


def test_depend_once_the_computation_is_over(cache):
    contexts = []

    def keep():
        contexts.append(contextvars.copy_context())
        return 1

    def keep_and_fail():
        keep()
        fails()

    for fetch in (
        lambda: cache.fetch("nav", keep),
        lambda: cache.fetch("nav", keep_and_fail),
        lambda: asyncio.run(cache.afetch("nav", keep)),
    ):
        cache.delete("nav")
        with contextlib.suppress(Broken):
            fetch()
        with pytest.raises(gencache.ArgumentError):
            contexts.pop().run(gencache.depend, "late")
