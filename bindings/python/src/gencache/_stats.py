"""What a cache has done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

_REASONS = (
    "hit",
    "absent",
    "expired",
    "invalidated",
    "cleared",
    "corrupt",
    "other version",
    "unavailable",
)


@dataclass(frozen=True)
class Histogram:
    """How long calls took.

    >>> cache.get("nav")
    >>> reads = cache.stats().read_time
    >>> reads.count == sum(reads.buckets) == 1
    True
    """

    buckets: list[int]
    """Bucket i counts calls below 2**i microseconds that no earlier one counts; the last one all others too."""
    count: int
    """All calls."""
    sum_us: int
    """The time of all calls, in microseconds."""


@dataclass(frozen=True)
class Stats:
    """What a cache has done in this process since it was opened, from `Cache.stats`.

    >>> cache.get("nav")
    >>> stats = cache.stats()
    >>> stats.hits, stats.misses, stats.reads["absent"]
    (0, 1, 1)
    """

    reads: dict[str, int]
    """Reads by their reason, `hit` for the hits; of many at once, each value counts."""
    fills: int
    """Values stored."""
    fills_failed: int
    """Values that a server did not store, or that were too large."""
    fills_already_invalid: int
    """Values that were invalidated while they were computed."""
    computations: int
    """Computations that `fetch` and the like gave to their caller."""
    computations_failed: int
    """Those that failed."""
    waits: int
    """Calls that waited for somebody else's computation."""
    waits_given_up: int
    """Calls that computed beside somebody else, since their `wait` was over."""
    shared: int
    """Values taken directly from another caller in this process."""
    stale_served: int
    """Stale values served."""
    invalidations: int
    """Calls that invalidated, `clear` included."""
    invalidations_failed: int
    """Those that not every server acknowledged."""
    read_time: Histogram
    """Of reads, without computations and waits."""
    compute_time: Histogram
    """Of computations."""
    invalidate_time: Histogram
    """Of invalidations."""
    server_errors: dict[str, int]
    """Calls that failed, by server."""
    top_generations: dict[str, int]
    """Misses by generation, most first: of the 64 most frequent ones, an upper bound each."""

    @property
    def hits(self) -> int:
        """Reads that found a valid value."""
        return self.reads["hit"]

    @property
    def misses(self) -> int:
        """Reads that did not, for whatever reason."""
        return sum(self.reads.values()) - self.hits


def stats_of(counters: Mapping[str, Any]) -> Stats:
    """Of what the native part tells."""
    named = dict(counters)
    named["reads"] = dict(zip(_REASONS, named["reads"]))
    for name in ("read_time", "compute_time", "invalidate_time"):
        named[name] = Histogram(*named[name])
    for name in ("server_errors", "top_generations"):
        named[name] = dict(named[name])
    return Stats(**named)
