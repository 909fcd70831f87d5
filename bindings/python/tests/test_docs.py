"""The documentation is complete, and its examples are true."""

import inspect
import pathlib
import re

import pytest

import doctests
import gencache

BINDING = pathlib.Path(__file__).parents[1]
NAMES = dict(doctests.public_names())


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_documented(name):
    text = doctests.documentation(NAMES[name])
    assert text
    if doctests.needs_example(name, NAMES[name]):
        assert ">>>" in text
    assert doctests.run(name, text) == []


def test_no_exception_to_the_rule_is_out_of_date():
    assert doctests.NO_EXAMPLE <= set(NAMES)


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
