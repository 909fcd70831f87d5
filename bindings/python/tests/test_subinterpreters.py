"""A subinterpreter cannot use the package, and says so in the place of a deadlock."""

import subprocess
import sys

IMPORTS = """
try:
    import gencache
except ImportError as error:
    assert "subinterpreter" in str(error) and "WSGIApplicationGroup %{GLOBAL}" in str(error), error
else:
    raise SystemExit("it was imported")
"""

RUNS = f"""
import gencache
try:
    import _interpreters as interpreters
    made = interpreters.create("legacy")
except ImportError:
    import _xxsubinterpreters as interpreters
    made = interpreters.create(isolated=False)
problem = interpreters.run_string(made, {IMPORTS!r})
assert problem is None, problem
interpreters.destroy(made)
"""


def test_the_import_is_refused():
    ended = subprocess.run([sys.executable, "-c", RUNS], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
