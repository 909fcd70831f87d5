"""The cases that all languages have in common."""

import pytest

import conformance


def name_of(value):
    return value["name"] if isinstance(value, dict) else value


@pytest.mark.parametrize("case, store", conformance.runs(), ids=name_of)
def test_case(case, store):
    conformance.Runner(case, store).run()
