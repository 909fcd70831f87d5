"""All public names of gencache.django are documented, and the examples are true."""

import pathlib
import re

import pytest

import doctests

README = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", doctests.public_names("gencache.django"), ids=str)
def test_a_public_name_is_documented_with_an_example(cache, name):
    assert name.wrong(django_cache=cache, cache=cache.generational) == []


def test_the_readme(cache):
    """Its blocks for Django have a mark of their own, since they need its settings."""
    blocks = re.findall(r"^```py\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
