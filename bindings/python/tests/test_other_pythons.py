"""One build serves every Python from 3.10 on: those that are installed beside this one run the core of this suite."""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
CORE = [
    [HERE / "conformance.py"],
    [HERE / "doctests.py"],
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


def run_core(python):
    """What is wrong with it, or None."""
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(HERE))))
    for command in CORE:
        done = subprocess.run(
            [python, *command],
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        if done.returncode != 0:
            return f"{command}: {done.stdout}"
    return None


def test_the_others(capsys):
    """One test for all of them, since there may be none: which they are stands in the output."""
    found = others()
    with capsys.disabled():
        print(f"\nother Pythons from 3.10 on: {', '.join(found.values()) or 'none'}", end="")
    failures = {python: wrong for python in found.values() if (wrong := run_core(python)) is not None}
    assert failures == {}
