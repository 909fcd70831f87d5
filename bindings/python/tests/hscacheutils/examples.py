"""Runs the examples in the documentation of the drop-in. As a program it runs all of them, and shows those that fail."""

from __future__ import annotations

import doctest
import importlib
import sys

from gencache.hscacheutils import configure

MODULES = [
    "hscacheutils.generational_cache",
    "hscacheutils.raw_cache",
    "hscacheutils.setting_wrappers",
    "hscacheutils._configuration",
    "hscacheutils._text",
    "_servers",
]


def run(name: str) -> doctest.TestResults:
    module = importlib.import_module(f"gencache.{name}")
    configure("memory://")
    return doctest.testmod(module)


def main() -> int:
    results = {name: run(name) for name in MODULES}
    print(f"hscacheutils: {results}")
    return 0 if all(result.attempted and not result.failed for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
