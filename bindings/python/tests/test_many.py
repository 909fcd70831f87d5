"""Many values at once."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial

import pytest

import gencache
from memcached import wait_for


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


def statuses(entries):
    return [entry.status.name for entry in entries]


def test_begin_many(cache, other):
    calls = gencache.each("id", [1, 2, 3, 1])
    cache.set("user:id", "two", id=2)
    theirs = other.begin("user:id", id=3)
    entries = cache.begin_many("user:id", calls, timeout=50)
    assert statuses(entries) == ["MISS", "OK", "BUSY", "BUSY"]
    assert entries[1].value == "two"
    assert entries[0].fill("one") and theirs.abandon() is gencache.Status.OK
    for entry in entries[2:]:
        wait_for(lambda: entry.wait(1) is not gencache.Status.BUSY, "the other computation")
    assert statuses(entries) == ["OK", "OK", "MISS", "OK"]
    assert entries[3].value == "one" and entries[3].remaining <= 50
    del entries[2]
    assert statuses(cache.begin_many("user:id", calls)) == ["OK", "OK", "MISS", "OK"]
    refresh = gencache.Options(refresh=True)
    assert statuses(cache.begin_many("user:id", calls, options=refresh)) == ["MISS"] * 4
    assert cache.begin_many("user:id", []) == []


def test_begin_many_with_arguments_that_all_share(cache):
    (entry,) = cache.begin_many("user:id", gencache.each("id", [1]), args={"options": 3}, page="home")
    assert entry.fill("x")
    assert cache.get("user:id", id=1, page="home", args={"options": 3}) == "x"
    with pytest.raises(gencache.ArgumentError, match="'id'"):
        cache.begin_many("user:id", [{"id": 1}, {}])
    with pytest.raises(gencache.ArgumentError, match="options"):
        cache.begin_many("user:id", gencache.each("id", [1]), options=5)


def test_begin_many_of_a_bound_cache(cache):
    bound = cache.bind("user:id", "id", options=gencache.Options(timeout=100))
    entries = bound.begin_many([{"id": 1}, [(None, 2)]])
    assert statuses(entries) == ["MISS", "MISS"]
    assert [entry.fill(entry.key) for entry in entries] == [True, True]
    found = bound.begin_many(gencache.each("id", [2, 1, 3]), timeout=5)
    assert statuses(found) == ["OK", "OK", "MISS"] and 5 < found[0].remaining <= 100
    assert [entry.value for entry in found[:2]] == ["user:id=2", "user:id=1"]
    assert found[2].fill(3) and bound.get_entry(3).remaining <= 5


def test_turns_that_are_dropped_are_given_back(cache, other):
    calls = gencache.each("id", [1, 2])
    entries = cache.begin_many("user:id", calls)
    assert statuses(other.begin_many("user:id", calls)) == ["BUSY", "BUSY"]
    del entries
    assert statuses(other.begin_many("user:id", calls)) == ["MISS", "MISS"]


@pytest.mark.parametrize("in_a_loop", [False, True])
def test_two_trips_however_many_are_missing(network, in_a_loop):
    calls, trips = gencache.each("id", range(20)), []

    def load(missing):
        trips.append(network.trips)
        return [call["id"] for call in missing]

    with gencache.Cache(f"memcached://{network.address}/?timeout_ms=5000") as cache:
        cache.get("user:id", id=0)  # connects
        begun = network.trips
        if in_a_loop:
            assert asyncio.run(cache.afetch_many("user:id", calls, load)) == list(range(20))
        else:
            assert cache.fetch_many("user:id", calls, load) == list(range(20))
        assert trips == [begun + 2]
        filled = network.trips
        assert cache.fetch_many("user:id", calls, load) == list(range(20))
        assert network.trips == filled + 1


def test_what_is_left_is_a_miss(cache):
    found = cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: [None, gencache.MISS])
    assert found == [None, gencache.MISS]
    assert cache.get_many("user:id", gencache.each("id", [1, 2]), default=0) == [None, 0]


def test_what_the_computation_raises_comes_out(cache):
    with pytest.raises(ZeroDivisionError):
        cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: 1 / 0)
    with pytest.raises(gencache.ArgumentError, match="2 values are expected, not 1"):
        cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: [1])
    for bad in (7, "ab", b"ab", {1: "a", 2: "b"}, {"a", "b"}, (one for one in "ab"), None):
        with pytest.raises(gencache.ArgumentError, match="compute: a list is expected"):
            cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: bad)
        with pytest.raises(gencache.ArgumentError, match="compute: a list is expected"):
            asyncio.run(cache.afetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: bad))
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


def test_the_same_call_twice(cache):
    calls = gencache.each("id", [1, 2, 1])
    assert cache.fetch_many("user:id", calls, lambda missing: [call["id"] for call in missing]) == [1, 2, 1]


def test_an_old_value_stands_in_for_each_that_has_one(cache, other):
    options = gencache.Options(fail_safe=100)
    cache.fetch_many("user:id", gencache.each("id", [1, 2]), lambda missing: ["old"] * 2, options=options)
    other.invalidate_soft(["user:id"], id=1)
    other.invalidate_soft(["user:id"], id=2)
    calls = gencache.each("id", [1, 2])
    assert cache.fetch_many("user:id", calls, lambda missing: 1 / 0, options=options) == ["old", "old"]
    left = cache.fetch_many("user:id", calls, lambda missing: ["new", gencache.MISS], options=options)
    assert left == ["new", "old"]
    with pytest.raises(ZeroDivisionError):
        cache.fetch_many("user:id", gencache.each("id", [2, 3]), lambda missing: 1 / 0, options=options)
    assert cache.fetch_many("user:id", gencache.each("id", [3]), lambda missing: [3]) == [3]


def test_a_value_that_cannot_be_read_is_computed_anew(cache):
    bound = cache.bind("user:id", "id")
    for fetch_many in (lambda *args: cache.fetch_many("user:id", *args), bound.fetch_many,
                       lambda *args: asyncio.run(cache.afetch_many("user:id", *args))):
        cache.clear()
        for number in (1, 4):
            cache.set("user:id", gencache.Raw(gencache.Type.CEREAL, b"x"), id=number)
        cache.set("user:id", "readable", id=2)
        asked = []

        def load(missing):
            asked.append([call["id"] for call in missing])
            return asked[-1]

        assert fetch_many(gencache.each("id", range(1, 5)), load) == [1, "readable", 3, 4]
        assert asked == [[1, 3, 4]], "together with what is missing"
        assert cache.get_many("user:id", gencache.each("id", [1, 4])) == [1, 4]


def test_refresh(cache):
    calls = gencache.each("id", [1, 2])
    cache.set("user:id", "old", id=1)
    refresh = gencache.Options(refresh=True)
    assert cache.fetch_many("user:id", calls, lambda missing: ["new"] * len(missing), options=refresh) == ["new"] * 2
    bound = cache.bind("user:id", "id", options=refresh)
    assert bound.fetch_many(calls, lambda missing: ["newer"] * len(missing)) == ["newer"] * 2


def test_a_value_that_cannot_be_read_turns_up_while_waiting(cache, other):
    theirs = other.begin_many("user:id", gencache.each("id", [1, 2]))

    def load(missing):
        while theirs:
            theirs.pop().fill(gencache.Raw(gencache.Type.CEREAL, b"x"))
        return [call["id"] for call in missing]

    assert cache.fetch_many("user:id", gencache.each("id", [1, 2, 3]), load) == [1, 2, 3]
    theirs[:] = other.begin_many("user:id", gencache.each("id", [4, 5]))
    assert asyncio.run(cache.afetch_many("user:id", gencache.each("id", [4, 5, 6]), load)) == [4, 5, 6]
    assert cache.get_many("user:id", gencache.each("id", range(1, 7))) == [1, 2, 3, 4, 5, 6]


EARLY = gencache.Options(timeout=60, beta=100)


@pytest.fixture
def early(cache):
    """Calls whose values are costly: sooner or later the dice make their computation begin before they expire."""

    def slow(missing):
        time.sleep(0.2)
        return ["old"] * len(missing)

    calls = gencache.each("id", [1, 2])
    cache.fetch_many("user:id", calls, slow, options=EARLY)
    return calls


def test_a_turn_before_the_value_expires(cache, early):
    def begin():
        for index, entry in enumerate(cache.begin_many("user:id", early, options=EARLY)):
            if entry.status is gencache.Status.MISS:
                mine[index] = entry
        return len(mine) == 2

    mine = {}
    wait_for(begin, "two early turns")
    assert [(entry.reason, entry.has_value) for entry in mine.values()] == [("expired", False)] * 2
    assert [entry.value for entry in cache.begin_many("user:id", early, options=EARLY)] == ["old", "old"]
    assert mine[0].abandon() is gencache.Status.OK and (mine[0].value, mine[0].is_stale) == ("old", False)
    assert mine[1].fill("new")
    assert cache.get_many("user:id", early) == ["old", "new"]


@pytest.mark.parametrize("in_a_loop", [False, True])
def test_a_computation_before_the_value_expires(cache, early, in_a_loop):
    def fetch(compute):
        asked.clear()
        if in_a_loop:
            return asyncio.run(cache.afetch_many("user:id", early, compute, options=EARLY))
        return cache.fetch_many("user:id", early, compute, options=EARLY)

    def load(outcome, missing):
        asked.extend(call["id"] for call in missing)
        return [outcome()] * len(missing)

    asked = []
    for outcome in (lambda: 1 / 0, lambda: gencache.MISS):
        wait_for(lambda: fetch(partial(load, outcome)) == ["old", "old"] and asked, "an early computation that fails")
    wait_for(lambda: fetch(partial(load, lambda: "new")) == ["new", "new"], "both to be new")


def test_two_that_compute_crosswise(cache, other):
    both_begun = threading.Barrier(2, timeout=30)
    numbers = {}

    def load(missing):
        me = threading.current_thread().name
        if me not in numbers:
            numbers[me] = [call["id"] for call in missing]
            both_begun.wait()
        return [call["id"] for call in missing]

    def run(opened, ids):
        results.append(sorted(opened.fetch_many("user:id", gencache.each("id", ids), load)))

    results = []
    turn = cache.begin("user:id", id=0)
    first = threading.Thread(target=run, args=(cache, [1, 2, 0]), name="first")
    second = threading.Thread(target=run, args=(other, [3, 4, 0]), name="second")
    first.start(), second.start()
    wait_for(lambda: len(numbers) == 2, "both computations")
    turn.fill(0)
    first.join(30), second.join(30)
    assert numbers == {"first": [1, 2], "second": [3, 4]}
    assert sorted(results) == [[0, 1, 2], [0, 3, 4]]


def test_what_another_gives_up_is_computed_together(cache, other):
    turns = [other.begin("user:id", id=number) for number in (1, 2, 3)]
    asked = []

    def load(missing):
        asked.append([call["id"] for call in missing])
        if asked == [[4]]:
            for turn in turns:
                turn.abandon()
        return [call["id"] for call in missing]

    assert cache.fetch_many("user:id", gencache.each("id", [1, 2, 3, 4]), load) == [1, 2, 3, 4]
    assert asked == [[4], [1, 2, 3]]


def test_an_exception_gives_all_turns_up(cache, other):
    class Stop(BaseException):
        pass

    def load(missing):
        raise Stop

    with pytest.raises(Stop) as kept:  # with all that it refers to
        cache.fetch_many("user:id", gencache.each("id", [1, 2]), load)
    for number in (1, 2):
        assert other.begin("user:id", id=number).status is gencache.Status.MISS
    assert kept.value is not None


@pytest.mark.parametrize("wait", ["fetch_many", "entry.wait"])
def test_ctrl_c_ends_a_wait(cache, other, wait):
    waits = {
        "fetch_many": lambda: cache.fetch_many("user:id", gencache.each("id", [1]), lambda missing: [1]),
        "entry.wait": lambda: cache.begin("user:id", id=1).wait(60),
    }
    turn = other.begin("user:id", id=1)
    waits_before = cache.stats().waits
    done = threading.Event()

    def interrupt():
        while cache.stats().waits == waits_before and not done.wait(0.05):
            pass
        if not done.wait(0.3):
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            waits[wait]()
    finally:
        done.set()
        thread.join()
        turn.release()


EXIT = """
import sys, threading, time
import gencache

cache = gencache.Cache(sys.argv[1])
begun = threading.Event()

def load(missing):
    begun.set()
    time.sleep(0.2)
    return missing

def fetch():
    cache.fetch_many("user:id", gencache.each("id", [1, 2]), load)

class AtTheEnd:  # when only this thread may go on
    def __del__(self, sleep=time.sleep):
        sleep(0.6)

threading.Thread(target=fetch, daemon=True).start()
begun.wait()
sys.modules["kept to the end"] = AtTheEnd()
"""


def test_the_end_of_the_program_while_a_daemon_thread_computes(url):
    ended = subprocess.run([sys.executable, "-c", EXIT, url], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_bad_calls(cache):
    for bad in (7, [7], [["ab"]]):
        with pytest.raises((TypeError, gencache.ArgumentError)):
            cache.get_many("user:id", bad)
    with pytest.raises(gencache.ArgumentError, match="'id'"):
        cache.get_many("user:id", [{}])
    with pytest.raises(gencache.ArgumentError, match="'id'"):
        cache.fetch_many("user:id", [{"id": 1}, {}], lambda missing: missing)
