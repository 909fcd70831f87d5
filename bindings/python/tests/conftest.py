"""Caches for the tests: on memory://, on one memcached and on three."""

from __future__ import annotations

import itertools
import os
import pathlib
import sys
from typing import Iterator

import pytest

import gencache

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from memcached import Network, Server  # noqa: E402

_numbers = itertools.count()


def new_url(store: str, parameters: str = "") -> str:
    """A URL with a namespace of its own."""
    one, all_of_them = os.environ["GENCACHE_TEST_SERVER"], os.environ["GENCACHE_TEST_SERVERS"]
    servers = {"memory": "", "memcached": one, "pool": all_of_them}
    scheme = "memory" if store == "memory" else "memcached"
    budget = "" if store == "memory" else "timeout_ms=5000&"
    return f"{scheme}://{servers[store]}/?{budget}{parameters}prefix=t{os.getpid()}.{next(_numbers)}"


@pytest.fixture(params=["memory", "memcached", "pool"])
def url(request: pytest.FixtureRequest) -> str:
    return new_url(request.param)


@pytest.fixture
def memcached_url() -> str:
    return new_url("pool")


@pytest.fixture
def cache(url: str) -> Iterator[gencache.Cache]:
    with gencache.Cache(url) as opened:
        yield opened


@pytest.fixture
def other(url: str, cache: gencache.Cache) -> Iterator[gencache.Cache]:
    """Another client of the same cache; what memory:// holds, only a view can see."""
    with cache.with_timeout(5) if cache.in_process else gencache.Cache(url) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.close()


@pytest.fixture
def network(server: Server) -> Iterator[Network]:
    """The way to the server."""
    opened = Network(server.address)
    yield opened
    opened.close()
