"""Servers as other clients of memcached name them."""

from __future__ import annotations

from typing import Any

from ._errors import ArgumentError


def servers_of(location: Any) -> list[Any]:
    """Those of Django's LOCATION: a list, or text with commas or semicolons.

    >>> servers_of("10.0.0.1:11211;10.0.0.2:11211")
    ['10.0.0.1:11211', '10.0.0.2:11211']
    """
    return location.replace(";", ",").split(",") if isinstance(location, str) else list(location)


def memcached_url(servers: list[Any], parameters: str = "") -> str:
    """The URL of servers as memcached's clients for Python name them: `host:port`, `unix:/path`, (`host:port`, weight).

    >>> memcached_url(["10.0.0.1:11211", ("10.0.0.2:11211", 3)])
    'memcached://10.0.0.1:11211,10.0.0.2:11211:3/'
    >>> memcached_url(["unix:/run/memcached.sock"])
    'memcached+unix:///run/memcached.sock'
    """
    names = [server if isinstance(server, str) else ":".join(map(str, server)) for server in servers]
    paths = [name.removeprefix("unix:") for name in names]
    if any(path.startswith("/") for path in paths):
        if len(paths) > 1:
            raise ArgumentError(f"servers: one Unix socket is all that can be used, not {names}")
        return f"memcached+unix://{paths[0]}{parameters}"
    return f"memcached://{','.join(name.strip() for name in names)}/{parameters}"
