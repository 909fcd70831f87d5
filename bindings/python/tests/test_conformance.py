"""The cases that all languages have in common."""

import re

import pytest

import conformance


def name_of(value):
    return value["name"] if isinstance(value, dict) else value


@pytest.mark.parametrize("case, store", conformance.runs(), ids=name_of)
def test_case(case, store):
    conformance.Runner(case, store).run()


@pytest.mark.parametrize(
    "step, refused",
    [
        ({"do": "clear", "timeout": 5}, "unknown field: ['timeout']"),
        ({"do": "batch", "steps": [{"do": "delete", "value": {}}]}, "unknown field: ['value']"),
        ({"do": "get", "expect": {"statsu": "GC_MISS"}}, "unknown expectation: ['statsu']"),
        ({"do": "get", "expect": {"computed": True}}, "unknown expectation: ['computed']"),
        (
            {"do": "get", "generations": ["nav"], "expect": {"message": "x"}},
            "unknown expectation of an entry: ['message']",
        ),
        ({"do": "clear", "expect": {"message": "x"}}, "there is no error, and so not the message 'x'"),
        ({"do": "clear", "expect": {"value": {}}}, "unknown expectation: ['value']"),
        (
            {"do": "get_many", "generations": ["nav"], "calls": [[]], "expect": {"each": [{"hex": ""}]}},
            "unknown expectation of an entry: ['hex']",
        ),
    ],
)
def test_what_would_go_untested_is_refused(step, refused):
    case = {"name": "", "stores": ["memory"], "url": "", "steps": [step]}
    with pytest.raises(AssertionError, match=re.escape(f"step 0, {step['do']}: {refused}")):
        conformance.Runner(case, "memory").run()
