"""All public names of the drop-in are documented, and the examples are true."""

import importlib
import inspect

import pytest

import examples


@pytest.fixture
def url():
    return "memory://"


@pytest.mark.parametrize("name", examples.MODULES)
def test_the_examples(name):
    result = examples.run(name)
    assert result.attempted and not result.failed


@pytest.mark.parametrize("name", ["", ".generational_cache", ".raw_cache"])
def test_public_names_are_documented(name):
    module = importlib.import_module(f"gencache.hscacheutils{name}")
    assert module.__doc__
    for public in module.__all__:
        thing = getattr(module, public)
        if callable(thing):
            assert thing.__doc__, public
        if inspect.isclass(thing):
            assert [m for m, f in vars(thing).items() if not m.startswith("_") and not f.__doc__] == []
