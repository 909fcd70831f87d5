"""What a hit costs in Python, beside the clients that people use.

    bench.py OUTPUT.json SUFFIX PORT PORT PORT

The ports are of running memcached servers on 127.0.0.1; the first one is used. Values are 100 bytes, of 100 users by turns;
the references read values of the same size under keys of the same length.
"""

import sys

import pylibmc
import pymemcache

import gencache
from harness import Latency, compare, write

USERS = 100
VALUE = b"x" * 100
GENERATIONS = ("nav", "nav_portal:user_id")


def expect(value):
    if value != VALUE:
        raise SystemExit(f"no hit: {value!r}")


class Pages:
    """Ours: a page of each user, which depends on two generations."""

    def __init__(self, url):
        self.cache = gencache.Cache(url)
        for user_id in range(USERS):
            self.cache.set(GENERATIONS, VALUE, user_id=100 + user_id, page="home")
            expect(self.cache.get(GENERATIONS, user_id=100 + user_id, page="home"))

    def hit(self, number):
        self.cache.get(GENERATIONS, user_id=100 + number % USERS, page="home")

    def wire_keys(self, begin):
        """Names of the same length as those under which our values stand, which begin with `gc/`."""
        keys = [self.cache.key(GENERATIONS, user_id=100 + user_id, page="home") for user_id in range(USERS)]
        return [f"{begin}{user_id}-".ljust(len("gc/" + key), "x") for user_id, key in enumerate(keys)]


class Plain:
    """A plain get of another client."""

    def __init__(self, client, keys):
        self._get = client.get
        self._keys = keys
        for key in keys:
            client.set(key, VALUE)
            expect(client.get(key))

    def hit(self, number):
        self._get(self._keys[number % USERS])


class TwoTrips:
    """The classical read: the generations, and then the value under a key that holds them."""

    def __init__(self, client, keys):
        self._client = client
        self._keys = keys
        client.set("classic-nav", 1)
        for user_id in range(USERS):
            client.set(f"classic-nav_portal-{user_id}", 1)
            client.set(f"1:1:{keys[user_id]}", VALUE)
        expect(self.hit(0))

    def hit(self, number):
        user_id = number % USERS
        own = f"classic-nav_portal-{user_id}"
        generations = self._client.get_multi(("classic-nav", own))
        return self._client.get(f"{generations['classic-nav']}:{generations[own]}:{self._keys[user_id]}")


class Nothing:
    """A method that is called like ours and does nothing."""

    def get(self, generations, **arguments):
        return None


CALLS = 100  # in one operation, where a single call is too short for the clock


def overhead():
    cache, nothing = gencache.Cache("memory://"), Nothing()
    cache.set(GENERATIONS, VALUE, user_id=1, page="home")

    def ours(number):
        for _ in range(CALLS):
            cache.get(GENERATIONS, user_id=1, page="home")

    def reference(number):
        for _ in range(CALLS):
            nothing.get(GENERATIONS, user_id=1, page="home")

    return Latency(ours, CALLS), Latency(reference, CALLS)


def main(output, suffix, *ports):
    address = f"127.0.0.1:{ports[0]}"
    pages = Pages(f"memcached://{address}/")
    libmc = pylibmc.Client([address], behaviors={"tcp_nodelay": True, "ketama_weighted": True})
    references = {
        "get_hit_vs_pymemcache": Plain(pymemcache.Client(address, no_delay=True), pages.wire_keys("pymemcache-")),
        "get_hit_vs_pylibmc": Plain(libmc, pages.wire_keys("pylibmc-")),
        "get_hit_vs_two_trips": TwoTrips(libmc, pages.wire_keys("classic-")),
    }
    results = [
        compare(name + suffix, Latency(pages.hit), Latency(reference.hit)) for name, reference in references.items()
    ]
    results.append(compare("call_overhead" + suffix, *overhead()))
    write(output, results)


if __name__ == "__main__":
    main(*sys.argv[1:])
