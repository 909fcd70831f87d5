"""Checks the types of the package, of the samples and of a program that uses it, strictly; and that the stub of the
extension says what the extension has. To be run by tests/with-build."""

import os
import pathlib
import subprocess
import sys
import tempfile

BINDING = pathlib.Path(__file__).parents[1]


def check(*arguments, cache):
    print("mypy", *arguments, flush=True)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *arguments]
    return subprocess.run(command, cwd=BINDING, env={**os.environ, "MYPYPATH": "src"}).returncode


def check_stub():
    command = [sys.executable, "-m", "mypy.stubtest", "gencache._native"]
    print("stubtest", *command[3:], flush=True)
    return subprocess.run(command, cwd=BINDING, env={**os.environ, "MYPYPATH": "src"}).returncode


def main():
    with tempfile.TemporaryDirectory() as cache:
        programs = [*sorted((BINDING / "samples").glob("*.py")), BINDING / "tests" / "typing_check.py"]
        codes = [check("src/gencache", cache=cache)]
        codes += [check(str(program.relative_to(BINDING)), cache=cache) for program in programs]
    return max(*codes, check_stub())


if __name__ == "__main__":
    sys.exit(main())
