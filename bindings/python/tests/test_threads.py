"""Any number of threads, and processes after a fork."""

import random
import subprocess
import sys
import textwrap
import threading
import traceback

import pytest

import gencache
from forks import ended_well, in_child


def in_threads(n, function):
    """Runs function(number) in n threads; raises what one of them raised."""
    failures = []

    def run(number):
        try:
            function(number)
        except BaseException:
            failures.append(traceback.format_exc())

    threads = [threading.Thread(target=run, args=(number,)) for number in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def test_all_operations_at_once(cache):
    """What is found was stored for that key, whatever else goes on."""
    pages = cache.bind(("nav", "portal:user_id"), "user_id", page="home")
    wrapped = cache.wrap("portal:user_id")(lambda user_id: [user_id, "wrapped"])

    def step(random_, user):
        key = dict(user_id=user, page="direct")
        operation = random_.randrange(14)
        if operation == 0:
            cache.set("portal:user_id", [user, "set"], **key)
        elif operation == 1:
            assert cache.get("portal:user_id", default=[user], **key)[0] == user
        elif operation == 2:
            assert cache.fetch("portal:user_id", lambda: [user, "fetch"], **key)[0] == user
        elif operation == 3:
            cache.invalidate("portal:user_id", user_id=user)
        elif operation == 4:
            cache.delete("portal:user_id", **key)
        elif operation == 5:
            assert wrapped(user)[0] == user
        elif operation == 6:
            wrapped.invalidate(user)
        elif operation == 7:
            assert pages.fetch(lambda: [user], user)[0] == user
        elif operation == 8:
            calls = gencache.each("user_id", range(5))
            found = cache.fetch_many("portal:user_id", calls, lambda missing: [[c["user_id"]] for c in missing])
            assert [value[0] for value in found] == list(range(5))
        elif operation == 9:
            entry = cache.get_entry("portal:user_id", **key)
            assert entry.value[0] == user if entry else entry.fill([user, "fill"])
        elif operation == 10:
            with cache.batch() as batch:
                batch.invalidate("portal:user_id", user_id=user)
                batch.delete("portal:user_id", **key)
        elif operation == 11:
            cache.invalidate_soft("nav")
            assert cache.stats().hits >= 0 and cache.metrics()
        elif operation == 12:
            with cache.with_timeout(5) as view:
                view.get("portal:user_id", **key)
        else:
            assert cache.key("nav") == "nav"

    def work(number):
        random_ = random.Random(number)
        for _ in range(300):
            step(random_, random_.randrange(5))

    in_threads(8, work)


def test_one_entry_in_two_threads_is_refused_and_not_a_crash(cache):
    for _ in range(50):
        entry = cache.get_entry("nav")
        begin = threading.Barrier(4)
        outcomes = []

        def fill(number):
            begin.wait()
            try:
                entry.fill(number)
                outcomes.append("filled")
            except gencache.ArgumentError:
                outcomes.append("refused")

        in_threads(4, fill)
        assert sorted(outcomes) == ["filled", "refused", "refused", "refused"]
        cache.invalidate("nav")


def test_a_cache_that_is_closed_under_way(url):
    for _ in range(20):
        cache = gencache.Cache(url)
        begin = threading.Barrier(5)

        def work(number):
            begin.wait()
            if number == 0:
                cache.close()
                return
            try:
                while True:
                    cache.set("nav", number)
                    cache.fetch("nav", lambda: 1)
            except gencache.ArgumentError as error:
                assert "closed" in str(error)

        in_threads(5, work)
        assert cache.closed


# --- after a fork


def test_parent_and_child_use_one_cache(cache):
    cache.set("nav", "of the parent")
    assert cache.get("nav", page=1) is None  # a lease that both inherit

    def child():
        assert cache.get("nav") == (None if cache.in_process else "of the parent")
        cache.set("nav", "of the child", page=1)
        assert cache.fetch("nav", lambda: "computed", page=2) == "computed"
        cache.invalidate("nav")

    assert ended_well(in_child(child))
    assert cache.get("nav") == ("of the parent" if cache.in_process else None)
    cache.set("nav", "again")
    assert cache.get("nav") == "again"


def test_children_that_are_forked_while_threads_are_at_work(cache):
    """As a server that forks its workers does: gunicorn with preload_app, uwsgi without lazy-apps."""
    stop = threading.Event()

    def work(number):
        while not stop.is_set():
            cache.fetch("nav", lambda: number, number=number)
            cache.invalidate("nav")

    def worker():
        for number in range(50):
            cache.set("worker", number, number=number)
            assert cache.get("worker", number=number) == number
            cache.fetch("nav", lambda: number, number=number)
        cache.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        children = [in_child(worker) for _ in range(6)]
        assert [ended_well(pid) for pid in children] == [True] * 6
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_an_event_loop_in_a_forked_child(cache):
    import asyncio

    async def value():
        return "value"

    assert asyncio.run(cache.afetch("nav", value)) == "value"
    assert ended_well(in_child(lambda: asyncio.run(cache.afetch("nav", value, page=2))))


def test_the_interpreter_ends_with_caches_and_turns_open(url):
    program = textwrap.dedent(
        f"""
        import gencache, threading
        cache = gencache.Cache({url!r})
        entry = cache.begin("nav")
        cache.get("other")
        threading.Thread(target=lambda: cache.fetch("third", lambda: 1), daemon=True).start()
        """
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
