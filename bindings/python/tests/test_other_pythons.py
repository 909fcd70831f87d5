"""One build serves every Python from 3.10 on: those that are installed beside this one run the core of this suite."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
CORE = [
    [HERE / "conformance.py"],
    [HERE / "doctests.py"],
    [HERE / "hscacheutils" / "examples.py"],
    *([path] for path in sorted((HERE.parent / "samples").glob("*.py"))),
]


def version_of(python):
    try:
        told = subprocess.run([python, "-c", "import sys; print(*sys.version_info[:2])"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(int(number) for number in told.split())


def others():
    """By version, of each the first that is found: on the PATH, and of pyenv."""
    directories = [*os.environ["PATH"].split(os.pathsep), *(pathlib.Path.home() / ".pyenv" / "versions").glob("*/bin")]
    found = {}
    for directory in directories:
        for python in sorted(pathlib.Path(directory).glob("python3*")):
            if re.fullmatch(r"python3(\.\d+)?", python.name):
                version = version_of(python)
                if version is not None and version >= (3, 10) and version != sys.version_info[:2]:
                    found.setdefault(version, str(python))
    return found


OTHERS = others()


def test_which_are_there(capsys):
    with capsys.disabled():
        for version, python in sorted(OTHERS.items()):
            print(f"\nalso tested with Python {version[0]}.{version[1]}: {python}", end="")
        if not OTHERS:
            print("\nno other Python from 3.10 on is installed here", end="")


@pytest.mark.parametrize("version", sorted(OTHERS), ids=lambda version: ".".join(map(str, version)))
def test_another_python(version):
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(HERE))))
    for command in CORE:
        done = subprocess.run(
            [OTHERS[version], *command],
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout
