"""The caches that a process opens at their first use: that of the drop-in, and those below Django's backends."""

import threading

import pytest

from forks import ended_well, in_child
from gencache.django import _backend
from gencache.hscacheutils import _configuration, setting_wrappers


@pytest.fixture(params=["of the drop-in", "of Django"])
def shared(request, monkeypatch, memcached_url):
    """The module that opens it, with nothing opened yet; and what gives it."""
    if request.param == "of Django":
        return _backend, lambda: _backend._shared_cache(memcached_url, False)
    monkeypatch.setenv("GENCACHE_URL", memcached_url)
    monkeypatch.setattr(setting_wrappers, "django_settings", lambda: None)
    monkeypatch.setattr(_configuration, "_configured", {})
    return _configuration, _configuration.current_cache


def test_threads_that_come_first_at_once_share_one(shared, monkeypatch):
    module, get = shared
    both, real = threading.Barrier(2), module.Cache

    def open_with_the_other(*args, **keywords):
        both.wait(20)
        return real(*args, **keywords)

    monkeypatch.setattr(module, "Cache", open_with_the_other)
    found = []
    threads = [threading.Thread(target=lambda: found.append(get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and found[0] is found[1] is get() and not found[0].closed


def test_a_fork_while_a_thread_opens_it(shared, monkeypatch):
    module, get = shared
    is_opening, may_end, real = threading.Event(), threading.Event(), module.Cache

    def open_slowly(*args, **keywords):  # as where the name of a server takes long to resolve
        if threading.current_thread() is thread:
            is_opening.set()
            may_end.wait()
        return real(*args, **keywords)

    monkeypatch.setattr(module, "Cache", open_slowly)
    thread = threading.Thread(target=get)
    thread.start()
    try:
        assert is_opening.wait(20)
        assert ended_well(in_child(lambda: get().ping(), seconds=10))
    finally:
        may_end.set()
        thread.join()
