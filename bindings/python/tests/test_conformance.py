"""The cases that all languages have in common."""

import pytest

import conformance


@pytest.mark.parametrize("case, store", conformance.runs(), ids=lambda value: value["name"] if isinstance(value, dict) else value)
def test_case(case, store):
    conformance.Runner(case, store).run()
