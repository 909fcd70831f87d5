"""The documentation is complete, and its examples are true."""

import doctest
import importlib
import inspect
import pathlib
import re

import pytest

import doctests
import gencache

BINDING = pathlib.Path(__file__).parents[1]
NAMES = [name for module in doctests.MODULES for name in doctests.public_names(module)]


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_a_public_name_is_documented_with_an_example(name):
    assert name.wrong() == []


@pytest.mark.parametrize("module", doctests.MODULES)
def test_a_module_is_documented(module):
    assert importlib.import_module(module).__doc__


@pytest.mark.parametrize("module", doctests.PRIVATE_MODULES)
def test_examples_of_what_is_private(module):
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted and not result.failed


class Undocumented:
    """A class.

    >>> Undocumented().shown()
    """

    def shown(self):
        """By its class."""

    def plain(self):
        """Nowhere.

        shown() is not plain().
        """

    def silent(self):
        pass

    def lies(self):
        """>>> 1 + 1
        3
        """


def test_what_is_missing_is_found():
    public = {
        name: doctests.Public("gencache", f"Undocumented.{name}", member, Undocumented)
        for name, member in vars(Undocumented).items()
    }
    assert public["shown"].wrong() == []
    assert public["plain"].wrong() == ["gencache.Undocumented.plain: no example\n"]
    assert "".join(public["silent"].wrong()) == (
        "gencache.Undocumented.silent: no documentation\ngencache.Undocumented.silent: no example\n"
    )
    assert len(public["lies"].wrong()) == 1


def test_all_that_is_public_is_listed():
    public = {name for name, thing in vars(gencache).items() if name[0] != "_" and not inspect.ismodule(thing)}
    assert public == set(gencache.__all__)


def test_the_version():
    header = re.search(r"(\d+\.\d+\.\d+)", gencache.__version__)
    assert header and gencache.__version__ == gencache._native.library_version


# --- the README


def code_blocks():
    text = (BINDING / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_quickstart_is_the_sample():
    assert (BINDING / "samples" / "quickstart.py").read_text(encoding="utf-8") in code_blocks()


@pytest.mark.parametrize("block", range(len(code_blocks())))
def test_code_in_the_readme_runs(block, tmp_path, monkeypatch):
    monkeypatch.delenv("GENCACHE_URL", raising=False)
    names = {
        "gencache": gencache,
        "cache": gencache.Cache("memory://"),
        "render": lambda *args: "<h1>",
        "database": FakeDatabase(),
        "__name__": "readme",
    }
    exec(compile(code_blocks()[block], "README.md", "exec"), names)


class FakeDatabase:
    """Stands for the reader's own."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None
