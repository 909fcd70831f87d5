"""All public names of gencache.django are documented, and the examples are true."""

import doctest
import inspect
import pathlib
import re

import pytest

import gencache.django
from gencache.django import _after_commit, _backend, _settings

README = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [_backend, _after_commit, _settings])
def test_the_examples(cache, module):
    names = {"django_cache": cache, "cache": cache.generational, "gencache": gencache}
    result = doctest.testmod(module, extraglobs=names)
    assert result.failed == 0 and result.attempted > 0


def test_public_names_are_documented():
    for name in gencache.django.__all__:
        thing = getattr(gencache.django, name)
        assert thing.__doc__, name
        if inspect.isclass(thing):
            assert [m for m, f in vars(thing).items() if not m.startswith("_") and not f.__doc__] == []


def test_the_readme(cache):
    """Its blocks for Django have a mark of their own, since they need its settings."""
    blocks = re.findall(r"^```py\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
