"""Which cache the drop-in uses."""

from __future__ import annotations

import os
from typing import Any

from . import setting_wrappers
from .._cache import Cache
from .._errors import ArgumentError
from .._servers import memcached_url, servers_of

DJANGO_BACKEND = "gencache.django.GenerationalCache"
_MEMCACHED_BACKENDS = "django.core.cache.backends.memcached."

# At "cache", once there is one. It comes and goes without a lock: one that a thread holds while it opens a cache would be
# held for ever in a child that is forked meanwhile.
_configured: dict[str, Cache] = {}


def configure(url: str | None = None, *, pickle: bool = False, cache: Cache | None = None) -> None:
    """Says where values are cached. To be called at the start, before the first use.

    url: as for `gencache.Cache`. Without it, and without a call of this function, the first of these counts: the
        LOCATION of Django's cache, if its BACKEND is `gencache.django.GenerationalCache`; `$GENCACHE_URL`; the servers
        of Django's cache, if it is one of Django's own on memcached; `memory://`. Django's cache is `default`, or that
        which the setting RAW_CACHE_NAME names.
    pickle: whether values that are nothing else may be stored as pickles, as the original did with all of them. Who can
        write to the servers can then run code in this process.
    cache: a cache that is open already, instead of both.

    >>> configure("memory://?prefix=shop")
    >>> configure(pickle=True)
    >>> configure()
    """
    if cache is not None and (url is not None or pickle):
        raise ArgumentError("cache: it has its url and its pickle already")
    _configured["cache"] = cache if cache is not None else _open(url, pickle)


def current_cache() -> Cache:
    """The configured cache, opened at the first call."""
    cache = _configured.get("cache")
    if cache is None:  # of the threads that come first at once, all use that of one
        cache = _configured.setdefault("cache", _open(None, False))
    return cache


def _open(url: str | None, pickle: bool) -> Cache:
    if url is not None:
        return Cache(url, pickle=pickle)
    name, settings = _django_cache()
    backend = str(settings.get("BACKEND", ""))
    if backend == DJANGO_BACKEND:
        return _of_django(name, settings, pickle)
    if backend.startswith(_MEMCACHED_BACKENDS) and not os.environ.get("GENCACHE_URL"):
        return Cache(_url_of_servers(settings), pickle=pickle)
    return Cache(None, pickle=pickle)


def _django_cache() -> tuple[str, dict[str, Any]]:
    """The cache that Django's settings name, and how it is configured."""
    caches = getattr(setting_wrappers.django_settings(), "CACHES", {})
    name = setting_wrappers.get_setting_default("RAW_CACHE_NAME", None) or "default"
    return name, caches.get(name, {})


def _of_django(name: str, settings: dict[str, Any], pickle: bool) -> Cache:
    """The very cache that Django uses, so that the two are one also within the process."""
    from django.core.cache import caches

    if pickle and not settings.get("OPTIONS", {}).get("pickle"):
        return Cache(settings.get("LOCATION") or None, pickle=True)
    cache: Cache = caches[name].generational
    return cache


def _url_of_servers(settings: dict[str, Any]) -> str:
    timeout = settings.get("TIMEOUT", 300)
    return memcached_url(servers_of(settings.get("LOCATION", "")), f"?ttl={timeout}" if timeout else "")
