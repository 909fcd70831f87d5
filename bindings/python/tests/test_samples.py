"""The samples print what they print in every language."""

import os
import pathlib
import subprocess
import sys

import pytest

SAMPLES = pathlib.Path(__file__).parents[1] / "samples"


def test_there_is_a_sample_for_each_output():
    outputs = pathlib.Path(os.environ["GENCACHE_SAMPLES"]).glob("*.txt")
    assert {path.stem for path in SAMPLES.glob("*.py")} == {path.stem for path in outputs}


@pytest.mark.parametrize("run", ["first", "again"])
@pytest.mark.parametrize("url", ["memory://", "servers"])
@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.py")))
def test_a_sample(name, url, run):
    if url == "servers":
        url = f"memcached://{os.environ['GENCACHE_TEST_SERVERS']}/?prefix=samples&timeout_ms=5000"
    output = subprocess.run(
        [sys.executable, SAMPLES / f"{name}.py"],
        env={**os.environ, "GENCACHE_URL": url},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    ).stdout
    assert output == pathlib.Path(os.environ["GENCACHE_SAMPLES"], f"{name}.txt").read_text(encoding="utf-8")
