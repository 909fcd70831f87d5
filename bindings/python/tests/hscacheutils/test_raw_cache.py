"""Plain keys."""

import multiprocessing
import os
import threading

import pytest
from memcached import wait_for

import gencache
from gencache.hscacheutils import configure
from gencache.hscacheutils.generational_cache import gen_cache
from gencache.hscacheutils.raw_cache import MAX_MEMCACHE_TIMEOUT, cache, raw_memcache


def remaining(key):
    return cache._keys.entry(f"1:{key}").remaining


def test_get_set_delete():
    assert cache.get("key") is None
    assert cache.get("key", 7) == 7
    cache.set("key", "v", timeout=MAX_MEMCACHE_TIMEOUT)
    assert cache.get("key") == "v"
    assert "key" in cache and cache.has_key("key") and "other" not in cache
    cache.delete("key")
    assert "key" not in cache


def test_any_text_is_a_key():
    for number, key in enumerate(["a b", "x" * 1000, "\n", "é", "", "a,b"]):
        cache.set(key, number)
    assert [cache.get(key) for key in ["a b", "x" * 1000, "\n", "é", "", "a,b"]] == [0, 1, 2, 3, 4, 5]


def test_many():
    cache.set_many({"a": 1, "b": None})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": None}
    cache.delete_many(["a", "c"])
    assert cache.get_many(["a", "b"]) == {"b": None}
    assert cache.get_many([]) == {}


def test_a_negative_timeout_is_over_at_once():
    for store in (cache.set, cache.add):
        store("key", 1, timeout=-1)
        wait_for(lambda: cache.get("key") is None, "the value is over")


def test_add():
    assert cache.add("key", 1, timeout=60)
    assert not cache.add("key", 2)
    assert cache.get("key") == 1
    cache.delete("key")
    assert cache.add("key", 3)


def test_get_or_set(numbers):
    assert cache.get_or_set("key", lambda: next(numbers), timeout=60) == 1
    assert cache.get_or_set("key", lambda: next(numbers)) == cache.get_or_set("key", "v") == 1
    assert 10 < remaining("key") <= 60
    assert cache.get_or_set("plain", "v") == cache.get("plain") == "v"


def test_versions():
    cache.set("key", "one")
    cache.set("key", "two", version=2)
    assert cache.get("key") == cache.get("key", version=1) == "one"
    assert cache.get("key", version=2) == cache.get_or_set("key", "v", version=2) == "two"
    assert cache.get("key", 7, version=3) == 7 and not cache.has_key("key", version=3)
    cache.set_many({"key": 10, "other": 20}, version=3)
    assert cache.get_many(["key", "other"], version=3) == {"key": 10, "other": 20}
    assert not cache.add("key", 5, version=3) and cache.add("key", 5, version=4)
    assert (cache.incr("key", version=3), cache.decr("key", 2, version=3)) == (11, 9)
    assert cache.touch("key", 60, version=3) and not cache.touch("key", 60, version=5)
    cache.delete_many(["key"], version=3)
    cache.delete("key", version=4)
    assert not cache.has_key("key", version=3) and not cache.has_key("key", version=4)
    assert cache.get("key") == "one" and cache.get("2:key") is None


def test_a_value_moves_to_another_version():
    cache.set("key", None)
    assert cache.incr_version("key") == 2
    assert cache.get("key", "gone") == "gone" and cache.get("key", "gone", version=2) is None
    assert cache.decr_version("key", 5, version=2) == -3
    assert cache.has_key("key", version=-3) and not cache.has_key("key", version=2)
    with pytest.raises(ValueError, match="Key '2:key' not found"):
        cache.incr_version("key", version=2)
    cache.set("ends", 1, timeout=100)
    assert cache.incr_version("ends", 0) == 1
    assert 50 < remaining("ends") <= 100
    cache.decr_version("ends", -1, version=1)
    assert 50 < cache._keys.entry("2:ends").remaining <= 100


def test_numbers():
    with pytest.raises(ValueError, match="key"):
        cache.incr("key")
    cache.set("key", 10)
    assert (cache.incr("key"), cache.incr("key", 5), cache.decr("key"), cache.decr("key", 20)) == (11, 16, 15, -5)
    assert cache.get("key") == -5
    cache.set("text", "x")
    with pytest.raises(TypeError):
        cache.incr("text")


def test_a_number_keeps_the_end_of_its_lifetime():
    cache.set("ends", 1, timeout=100)
    cache.set("endless", 1)
    cache.incr("ends")
    cache.incr("endless")
    assert 50 < remaining("ends") <= 100
    assert remaining("endless") is None


def test_touch():
    assert cache.touch("key", 100) is False
    cache.set("key", 1, timeout=10)
    assert cache.touch("key", 1000) is True
    assert 500 < remaining("key") <= 1000


def test_clear_drops_plain_keys_only():
    gen_cache.set("kept", "nav")
    cache.get("key")
    cache.set("other", 1)
    cache.clear()
    assert cache.get("other") is None
    cache.set("key", 2)  # counts, though the last get was before the clear
    assert cache.get("key") == 2
    assert gen_cache.get("nav") == "kept"


def test_build_key_names_a_plain_key():
    key = gen_cache.build_key("nav")
    cache.set(key, "v")
    assert cache.get(gen_cache.build_key("nav")) == "v"
    gen_cache.invalidate("nav")
    assert cache.get(gen_cache.build_key("nav")) is None


def test_threads_count_and_add_each_once():
    cache.set("count", 0)
    added = []

    def work(number):
        for _ in range(10):
            cache.incr("count")
        added.append(cache.add("once", number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get("count") == 40
    assert added.count(True) == 1


def count(url, times):
    configure(url)
    for _ in range(times):
        cache.incr("count")
    os._exit(0 if cache.add("once", times) else 7)


def test_processes_count_and_add_each_once(memcached_url):
    configure(memcached_url)
    cache.set("count", 0)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=count, args=(memcached_url, 10)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert cache.get("count") == 30
    assert sorted(process.exitcode for process in processes) == [0, 7, 7]


def test_raw_memcache(numbers):
    servers = os.environ["GENCACHE_TEST_SERVERS"].split(",")
    unique = os.urandom(8).hex()

    def prefix(number):
        return f"{unique}:{number}"

    @raw_memcache(60, prefix, [servers[0], (servers[1], 2)])
    def page(number):
        return next(numbers)

    @raw_memcache(60, prefix, [(servers[1], 2), servers[0]])
    def other(number):
        return next(numbers)

    assert page(1) == page(1) != page(2)
    assert other(1) != page(1)


def test_one_socket_is_all_that_can_be_used():
    page = raw_memcache(60, str, ["unix:/run/one", "unix:/run/two"])(lambda number: number)
    with pytest.raises(gencache.ArgumentError, match="servers"):
        page(1)
