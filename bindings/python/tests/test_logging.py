"""What the logger is told."""

import logging

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
