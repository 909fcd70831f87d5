"""What the logger is told."""

import gc
import logging
import subprocess
import sys
import textwrap

import pytest

import gencache


def messages(caplog):
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "gencache"]


def test_misses_where_log_misses_asks_for_them(cache, caplog):
    caplog.set_level(logging.DEBUG, logger="gencache")
    cache.get("nav")
    cache.fetch("nav", lambda: 1, page="quiet")
    assert messages(caplog) == []
    cache.fetch("nav", lambda: 1, page="home", options=gencache.Options(log_misses=True))
    [(level, text)] = messages(caplog)
    assert level == "INFO" and text.startswith('miss nav|page="home": absent')


def test_every_miss_at_the_level_of_debugging(url, caplog):
    caplog.set_level(logging.DEBUG, logger="gencache")
    with gencache.Cache(url, log_level=logging.DEBUG) as cache:
        cache.get("nav")
    assert [level for level, text in messages(caplog) if text.startswith("miss nav")] == ["DEBUG"]


def test_a_server_that_is_away(server, caplog):
    cache = gencache.Cache(f"memcached://{server.address}/?timeout_ms=1000")
    quiet = gencache.Cache(f"memcached://{server.address}/?timeout_ms=1000", log_level=logging.CRITICAL)
    server.stop()
    quiet.get("nav")
    assert messages(caplog) == []
    cache.get("nav")
    assert messages(caplog)[0][0] == "WARNING" and server.address in messages(caplog)[0][1]


def test_a_handler_that_fails_disturbs_nobody(cache, caplog, monkeypatch):
    caught = []
    monkeypatch.setattr("sys.unraisablehook", lambda unraisable: caught.append(unraisable.exc_type))

    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(logging.getLogger("gencache"), "log", fail)
    assert cache.fetch("nav", lambda: 1, options=gencache.Options(log_misses=True)) == 1
    assert caught == [ZeroDivisionError]


def test_messages_of_one_call_come_in_order(cache, caplog):
    caplog.set_level(logging.INFO, logger="gencache")
    options = gencache.Options(log_misses=True)
    calls = gencache.each("page", range(200))
    cache.fetch_many("nav", calls, lambda missing: [0] * len(missing), options=options)
    texts = [text.split(":")[0] for _, text in messages(caplog)]
    assert texts == [f"miss nav|page={page}" for page in range(200)]


def test_a_handler_that_uses_the_cache(url, caplog):
    caplog.set_level(logging.DEBUG, logger="gencache")
    with gencache.Cache(url, log_level=logging.DEBUG) as cache:

        class Handler(logging.Handler):
            def emit(self, record):
                logging.getLogger("gencache").removeHandler(self)
                cache.get("from", place="handler")

        logging.getLogger("gencache").addHandler(Handler())
        cache.get_many("nav", gencache.each("page", [1, 2]))
    texts = [text.split(":")[0] for _, text in messages(caplog)]
    assert sorted(texts) == ['miss from|place="handler"', "miss nav|page=1", "miss nav|page=2"]
    assert texts.index("miss nav|page=1") < texts.index("miss nav|page=2")


def test_what_is_told_of_a_release_leaves_the_exception_on_its_way(cache, caplog):
    cache.set("nav", "old")
    cache.invalidate_soft("nav")

    def compute():
        entry = cache.begin("nav", options=gencache.Options(fail_safe=60))
        entry.fill(1 / 0)

    with pytest.raises(ZeroDivisionError) as caught:
        compute()
    del caught  # and so the frame with the entry
    gc.collect()
    [(level, text)] = messages(caplog)
    assert level == "WARNING" and "an old value stands in" in text


# --- while the interpreter ends


def run(program):
    """It ends well, and has nothing to say."""
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


NOBODY = "memcached://127.0.0.1:1/"
GET_MANY = "get_many('nav', gencache.each('page', range(20)))"


@pytest.mark.parametrize(
    "at, call",
    [
        ("memory://", "get('nav')"),
        ("memory://", GET_MANY),
        (NOBODY, "get('nav')"),
        (NOBODY, GET_MANY),
        (NOBODY, "invalidate('nav')"),
    ],
)
def test_daemon_threads_that_have_messages(at, call):
    """The interpreter ends a thread where it wants to run Python again: not in the middle of the library."""
    run(
        f"""
        import logging, threading
        import gencache

        logging.basicConfig(filename="/dev/null", level=logging.DEBUG)
        cache = gencache.Cache({at!r}, log_level=logging.DEBUG)
        told = threading.Semaphore(0)

        def work():
            while True:
                try:
                    cache.{call}
                except gencache.UnavailableError:
                    pass
                told.release()

        for _ in range(8):
            threading.Thread(target=work, daemon=True).start()
        for _ in range(200):
            told.acquire()
        """
    )


def test_what_is_given_up_at_the_end_is_told_to_nobody(url):
    run(
        f"""
        import logging, sys
        import gencache

        logging.basicConfig(stream=sys.stderr, level=logging.INFO)
        cache = gencache.Cache({url!r})
        cache.set("nav", "old")
        cache.invalidate_soft("nav")
        cycle = [cache.begin("nav", options=gencache.Options(fail_safe=60))]
        assert cycle[0].status is gencache.Status.MISS
        cycle.append(cycle)  # so that it outlives logging
        """
    )
