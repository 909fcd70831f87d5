"""Runs the examples in the documentation of all public names.

As a program it runs all of them, and shows those that fail.
"""

from __future__ import annotations

import doctest
import inspect
import sys
from typing import Iterator

import gencache

# What their class's example shows.
NO_EXAMPLE = {
    "gencache.Cache.closed",
    "gencache.Cache.in_process",
    "gencache.Bound.cache",
    "gencache.Bound.generations",
    "gencache.Batch.cache",
    "gencache.Stats.hits",
    "gencache.Stats.misses",
    "gencache.Stats.of",
    "gencache.Histogram",
    "gencache.Raw.type",
    "gencache.Raw.data",
}


def public_names() -> Iterator[tuple[str, object]]:
    """Each public name with the object that it stands for, methods and properties included."""
    for name in gencache.__all__:
        thing = getattr(gencache, name)
        yield f"gencache.{name}", thing
        if inspect.isclass(thing) and not issubclass(thing, (Exception, int)):
            yield from members(f"gencache.{name}", thing)


def members(of: str, cls: type) -> Iterator[tuple[str, object]]:
    seen = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("gencache"):
            continue
        for name, member in vars(base).items():
            is_documented = callable(member) or hasattr(member, "__get__")
            if not name.startswith("_") and name not in seen and is_documented:
                seen.add(name)
                yield f"{of}.{name}", member


def documentation(thing: object) -> str:
    """What inspect makes of it, with the lines as they stand there."""
    return inspect.getdoc(thing) or ""


def needs_example(name: str, thing: object) -> bool:
    if name in NO_EXAMPLE or (inspect.isclass(thing) and issubclass(thing, Exception) and thing is not gencache.Error):
        return False
    is_property = inspect.isgetsetdescriptor(thing) or inspect.ismemberdescriptor(thing) or isinstance(thing, property)
    return not is_property and not name.startswith(("gencache.Wrapped", "gencache.BoundWrapped", "gencache.Miss"))


def run(name: str, text: str) -> list[str]:
    """What is wrong with the examples in a text."""
    cache = gencache.Cache("memory://")
    pages = cache.bind(("nav", "nav_portal:user_id"), "user_id", page="home", timeout=300)
    for user_id in (1, 2):
        pages.delete(user_id)
    if ".Bound." in name and not name.endswith((".get", ".set")):
        pages.set("<h1>Home</h1>", 1)
    if name.endswith("Bound.begin"):
        pages.set("<h1>Sport</h1>", 1, "sport")
    names = {"gencache": gencache, "cache": cache, "pages": pages}
    test = doctest.DocTestParser().get_doctest(text, names, name, None, 0)
    output: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=output.append)
    return output


def main() -> int:
    failures = []
    names = list(public_names())
    for name, thing in names:
        failures += run(name, documentation(thing))
    print("".join(failures) + f"doctests: {len(names)} names, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
