"""Runs the examples in the documentation of all public names: what each `__all__` lists, and what its classes have.

Each name has an example of its own, unless the example of its class or module uses it. As a program it checks all but
gencache.django, and shows what is missing or fails.
"""

from __future__ import annotations

import doctest
import enum
import importlib
import inspect
import re
import sys
from typing import Any, Iterator, NamedTuple

import gencache
from gencache.hscacheutils import configure

MODULES = (
    "gencache",
    "gencache.hscacheutils",
    "gencache.hscacheutils.generational_cache",
    "gencache.hscacheutils.raw_cache",
    "gencache.hscacheutils.setting_wrappers",
)
PRIVATE_MODULES = ("gencache._servers", "gencache.hscacheutils._text")


class Public(NamedTuple):
    """A public name."""

    module: str
    name: str
    """Within the module: `Cache.get`."""
    thing: object
    """What it stands for."""
    holder: object
    """The class or module that it is in."""

    def __str__(self) -> str:
        return f"{self.module}.{self.name}".rstrip(".")

    def wrong(self, **more: object) -> list[str]:
        """What is missing in its documentation, and which examples fail; these may use `more`."""
        text = documentation(self.thing)
        wrong = [] if text or is_number(self.thing) else [f"{self}: no documentation\n"]
        if not (sources(text) or self._is_shown_by_holder()):
            wrong.append(f"{self}: no example\n")
        return wrong + run(str(self), text, {**names_for(self.module, str(self)), **more})

    def _is_shown_by_holder(self) -> bool:
        pattern = rf"\b{self.name}\b" if inspect.ismodule(self.holder) else rf"\.{self.name.rpartition('.')[2]}\b"
        return re.search(pattern, sources(documentation(self.holder))) is not None


def public_names(module: str) -> Iterator[Public]:
    """Those of a module, with the methods and properties of its classes; and the module itself, if it has examples."""
    described = importlib.import_module(module)
    if sources(documentation(described)):
        yield Public(module, "", described, described)
    for name in described.__all__:
        thing = getattr(described, name)
        yield Public(module, name, thing, described)
        if inspect.isclass(thing) and not issubclass(thing, enum.Enum):
            for member, of_class in members(thing):
                yield Public(module, f"{name}.{member}", of_class, thing)


def members(cls: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties, those of gencache's own base classes too."""
    seen = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("gencache"):
            continue
        for name, member in vars(base).items():
            is_documented = callable(member) or hasattr(member, "__get__")
            if not name.startswith("_") and name not in seen and is_documented:
                seen.add(name)
                yield name, member


def is_number(thing: object) -> bool:
    return type(thing) is int


def documentation(thing: object) -> str:
    """What inspect makes of it, with the lines as they stand there; a number has none of its own."""
    return "" if is_number(thing) else inspect.getdoc(thing) or ""


def sources(text: str) -> str:
    """What is typed in the examples of a text."""
    return "".join(example.source for example in doctest.DocTestParser().get_examples(text))


def names_for(module: str, name: str) -> dict[str, object]:
    """What an example may use: of the drop-in, what its module lists; else a cache and a bound cache."""
    if module.startswith("gencache.hscacheutils"):
        configure("memory://")
        described = importlib.import_module(module)
        return {listed: getattr(described, listed) for listed in described.__all__}
    cache = gencache.Cache("memory://")
    pages = cache.bind(("nav", "nav_portal:user_id"), "user_id", page="home", timeout=300)
    if ".Bound." in name and not name.endswith((".get", ".set")):
        pages.set("<h1>Home</h1>", 1)
    if name.endswith("Bound.begin"):
        pages.set("<h1>Sport</h1>", 1, "sport")
    return {"gencache": gencache, "cache": cache, "pages": pages}


def run(name: str, text: str, names: dict[str, Any]) -> list[str]:
    """What is wrong with the examples in a text, as part of a program `shop`."""
    test = doctest.DocTestParser().get_doctest(text, {"__name__": "shop", **names}, name, None, 0)
    output: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=output.append)
    return output


def main() -> int:
    names = [name for module in MODULES for name in public_names(module)]
    wrong = [text for name in names for text in name.wrong()]
    failed = sum(doctest.testmod(importlib.import_module(module)).failed for module in PRIVATE_MODULES)
    print("".join(wrong) + f"doctests: {len(names)} names, {len(wrong) + failed} failed")
    return 1 if wrong or failed else 0


if __name__ == "__main__":
    sys.exit(main())
