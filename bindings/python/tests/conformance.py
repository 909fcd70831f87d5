"""Runs the cases that all languages have in common through the public interface: tests/conformance/README.md.

As a program it runs all of them, and names those that fail.
"""

from __future__ import annotations

import json
import os
import re
import struct
import sys
from typing import Any, Callable

import gencache
from memcached import RawClient

# Cases that cannot be written down in Python, with the reason.
IMPOSSIBLE = {
    "an unsigned integer is stored as a signed one if it fits":
        "Python has one type of integer, and what does not fit into 64 bits is stored as a JSON number and not refused",
}

# Of a fill these are no errors in Python: the result is False.
ONLY_A_MISS = ("GC_ERR_UNAVAILABLE", "GC_ERR_REFUSED", "GC_ERR_TOO_LARGE")

Step = dict[str, Any]

# What a step may hold, and what it may expect: a name that is not known here would go untested.
FIELDS = {"do", "generations", "args", "value", "options", "expect", "url", "calls", "fails", "generation", "params",
          "cancel", "steps", "key", "hex"}  # fmt: skip
OF_EVERY_STEP = {"status", "message"}  # a message only with an error
OF_AN_ENTRY = {"status", "reason", "generation", "key", "value"}
OF_ONE_STEP = {
    "key": {"key"},
    "explain": {"lines"},
    "get": OF_AN_ENTRY,
    "get_many": {"each"},
    "fetch": {*OF_AN_ENTRY, "computed"},
    "bound_get": OF_AN_ENTRY,
    "bound_fetch": {*OF_AN_ENTRY, "computed"},
    "item_get": {"hex"},
}


def load() -> list[Step]:
    with open(os.environ["GENCACHE_CONFORMANCE"], encoding="utf-8") as file:
        document = json.load(file)
    assert document["format"] == 1, document["format"]
    cases: list[Step] = document["cases"]
    unknown = set(IMPOSSIBLE) - {case["name"] for case in cases}
    assert not unknown, f"no such cases: {unknown}"
    return [case for case in cases if case["name"] not in IMPOSSIBLE]


def runs() -> list[tuple[Step, str]]:
    """Each case with each of its stores, "" where it opens caches itself."""
    return [(case, store) for case in load() for store in case["stores"] or [""]]


# --- from the file's values to Python's, and back


def to_python(value: Step) -> Any:
    kind = value["type"]
    if kind == "bytes":
        return bytes.fromhex(value["hex"])
    if kind == "text":
        return value["text"]
    if kind == "null":
        return None
    if kind == "bool":
        return value["is"]
    if kind in ("int", "uint"):
        return int(value["number"])
    if kind == "double":
        return struct.unpack(">d", bytes.fromhex(value["bits"]))[0]
    if kind == "json":
        return gencache.Raw(gencache.Type.JSON, value["text"].encode())
    if kind == "cereal":
        return gencache.Raw(gencache.Type.CEREAL, bytes.fromhex(value["hex"]))
    assert kind == "private", kind
    return gencache.Raw(int(value["number"]), bytes.fromhex(value["hex"]))


def stored(value: Step) -> tuple[int, bytes]:
    """The type and the bytes that stand in the cache for a value of the file."""
    python = to_python(value)
    if isinstance(python, gencache.Raw):
        return python.type, python.data
    names = {"text": "TEXT", "bytes": "BYTES", "null": "NULL", "bool": "BOOL", "int": "INT", "double": "DOUBLE"}
    data = {
        "text": lambda: python.encode(),
        "bytes": lambda: python,
        "null": lambda: b"",
        "bool": lambda: bytes([python]),
        "int": lambda: struct.pack("<q", python),
        "double": lambda: struct.pack("<d", python),
    }[value["type"]]()
    return gencache.Type[names[value["type"]]], data


def pairs(args: list[Step]) -> list[tuple[str | None, Any]]:
    return [(arg["name"], to_python(arg)) for arg in args]


def options_of(step: Step) -> gencache.Options | None:
    if "options" not in step:
        return None
    names = {"ttl_ms": "timeout", "nothing_ttl_ms": "nothing_timeout"}
    given = {}
    for name, number in step["options"].items():
        if name.endswith("_ms"):
            number = number // 1000 if number % 1000 == 0 else number / 1000
        given[names.get(name, name.removesuffix("_ms"))] = number
    return gencache.Options(**given)


# --- comparing


class Failed(Exception):
    """What the computation of a fetch fails with."""


def refuse_unknown(what: str, given: Step, known: set[str]) -> None:
    assert set(given) <= known, f"unknown {what}: {sorted(set(given) - known)}"


def same(what: str, is_: object, expected: object) -> None:
    assert is_ == expected, f"{what}: {is_!r}, and not {expected!r}"


def compare_value(entry: gencache.Entry, expected: Step) -> None:
    same("value", (entry.type, entry.data), stored(expected))
    if expected["type"] in ("cereal", "private"):
        return
    decoded = to_python(expected)
    if isinstance(decoded, gencache.Raw):
        decoded = json.loads(decoded.data)
    same("decoded value", repr(entry.value), repr(decoded))  # repr, since nan is not nan


def status_of(entry: gencache.Entry, is_readable: bool) -> str:
    if entry.has_value and is_readable:
        try:
            entry.value
        except gencache.StoredTypeError as error:
            return f"GC_ERR_{error.status.name}"
    return name_of(entry.status)


def name_of(status: gencache.Status) -> str:
    return f"GC_ERR_{status.name}" if status < 0 else f"GC_{status.name}"


def compare_entry(entry: gencache.Entry, expect: Step) -> None:
    refuse_unknown("expectation of an entry", expect, OF_AN_ENTRY)
    is_readable = expect.get("value", {}).get("type") not in ("cereal", "private")
    if "status" in expect:
        same("status", status_of(entry, is_readable), expect["status"])
    for name in ("reason", "generation", "key"):
        if name in expect:
            same(name, getattr(entry, name), expect[name])
    if "value" in expect:
        compare_value(entry, expect["value"])


def compare_hex(is_: bytes | None, expected: str | None) -> None:
    if is_ is None or expected is None:
        same("item", is_, expected)
        return
    pattern = expected.lower().replace("x", "[0-9a-f]")
    assert re.fullmatch(pattern, is_.hex()), f"item: {is_.hex()}, and not {expected}"


def compare_lines(text: str, lines: list[str]) -> None:
    there = text.splitlines()
    for line in lines:
        found = any(one.startswith(line[:-1]) if line.endswith("*") else one == line for one in there)
        assert found, f"explanation: no line {line!r} in {text!r}"


# --- running


class Runner:
    """One case on one store."""

    def __init__(self, case: Step, store: str) -> None:
        self.case = case
        self.server = os.environ["GENCACHE_TEST_SERVER"]
        self.raw = RawClient(self.server)
        self.entry: gencache.Entry | None = None
        self.bound: gencache.Bound | None = None
        if store:
            place = "memory://?" if store == "memory" else f"memcached://{self.server}/?"
            if store == "memcached":
                place += "timeout_ms=5000&"
            self.cache = gencache.Cache((place + case["url"]).rstrip("&?"))
            if not any(step["do"].startswith("item_") for step in case["steps"]):
                self.cache.clear()

    def run(self) -> None:
        try:
            for number, step in enumerate(self.case["steps"]):
                try:
                    self.step(step)
                except AssertionError as error:
                    raise AssertionError(f"step {number}, {step['do']}: {error}") from None
        finally:
            self.raw.close()

    def step(self, step: Step) -> None:
        expect = step.get("expect", {})
        refuse_unknown("field", step, FIELDS)
        refuse_unknown("expectation", expect, OF_EVERY_STEP | OF_ONE_STEP.get(step["do"], set()))
        do: Callable[[Step, Step], None] = getattr(self, f"do_{step['do']}")
        try:
            do(step, expect)
        except (gencache.Error, Failed) as error:
            status = "GC_ERR_ORIGIN" if isinstance(error, Failed) else name_of(error.status)
            same(f"status of {error!r}", status, expect.get("status"))
            assert expect.get("message", "") in str(error), f"message: {error}, without {expect['message']!r}"

    def done(self, expect: Step) -> None:
        """After a call that has no outcome but that it is done."""
        same("status", "GC_OK", expect.get("status", "GC_OK"))
        assert "message" not in expect, f"there is no error, and so not the message {expect['message']!r}"

    def do_open(self, step: Step, expect: Step) -> None:
        self.cache = gencache.Cache(step["url"].replace("SERVER", self.server))
        self.done(expect)

    def do_key(self, step: Step, expect: Step) -> None:
        key = self.cache.key(step.get("generations", []), args=pairs(step.get("args", [])))
        self.done(expect)
        if "key" in expect:
            same("key", key, expect["key"])

    def do_explain(self, step: Step, expect: Step) -> None:
        text = self.cache.explain(step.get("generations", []), args=pairs(step.get("args", [])))
        self.done(expect)
        compare_lines(text, expect.get("lines", []))

    def do_get(self, step: Step, expect: Step) -> None:
        self.entry = self.cache.get_entry(step.get("generations", []), args=pairs(step.get("args", [])))
        compare_entry(self.entry, expect)

    def do_get_many(self, step: Step, expect: Step) -> None:
        calls = [pairs(args) for args in step["calls"]]
        entries = self.cache.get_many_entries(step.get("generations", []), calls)
        assert "status" not in expect, "the call is not refused"
        same("number of entries", len(entries), len(expect["each"]))
        for entry, of_one in zip(entries, expect["each"]):
            compare_entry(entry, of_one)

    def do_fill(self, step: Step, expect: Step) -> None:
        assert self.entry is not None
        is_stored = self.entry.fill(to_python(step["value"]), options=options_of(step))
        if is_stored:
            self.done(expect)
        else:
            assert expect.get("status") in ONLY_A_MISS, f"it was not stored, and not {expect.get('status')}"

    def do_depend(self, step: Step, expect: Step) -> None:
        assert self.entry is not None
        was_noted = self.entry.depend(step["generation"], args=pairs(step.get("args", [])))
        same("status", was_noted, expect.get("status", "GC_OK") == "GC_OK")

    def do_set(self, step: Step, expect: Step) -> None:
        generations, args = step.get("generations", []), pairs(step.get("args", []))
        self.cache.set(generations, to_python(step["value"]), options=options_of(step), args=args)
        self.done(expect)

    def do_delete(self, step: Step, expect: Step) -> None:
        self.cache.delete(step.get("generations", []), args=pairs(step.get("args", [])))
        self.done(expect)

    def fetch(self, fetch: Callable[..., gencache.Entry], step: Step, expect: Step) -> None:
        computed = False

        def compute() -> object:
            nonlocal computed
            computed = True
            if step.get("fails"):
                raise Failed
            return to_python(step["value"])

        try:
            entry = fetch(compute, options=options_of(step), args=pairs(step.get("args", [])))
            compare_entry(entry, {name: expected for name, expected in expect.items() if name != "computed"})
        finally:
            if "computed" in expect:
                same("computed", computed, expect["computed"])

    def do_fetch(self, step: Step, expect: Step) -> None:
        generations = step.get("generations", [])
        self.fetch(lambda compute, **more: self.cache.fetch_entry(generations, compute, **more), step, expect)

    def do_invalidate(self, step: Step, expect: Step) -> None:
        self.cache.invalidate(step.get("generations", []), args=pairs(step.get("args", [])))
        self.done(expect)

    def do_invalidate_soft(self, step: Step, expect: Step) -> None:
        self.cache.invalidate_soft(step.get("generations", []), args=pairs(step.get("args", [])))
        self.done(expect)

    def do_clear(self, step: Step, expect: Step) -> None:
        self.cache.clear()
        self.done(expect)

    def do_batch(self, step: Step, expect: Step) -> None:
        batch = self.cache.batch()
        note = {"invalidate": batch.invalidate, "invalidate_soft": batch.invalidate_soft, "delete": batch.delete}
        for one in step["steps"]:
            refuse_unknown("field", one, {"do", "generations", "args"})
            note[one["do"]](one.get("generations", []), args=pairs(one.get("args", [])))
        if step.get("cancel"):
            batch.cancel()
        else:
            batch.commit()
        self.done(expect)

    def do_bind(self, step: Step, expect: Step) -> None:
        params = [(p["name"], to_python(p)) if "type" in p else p["name"] for p in step["params"]]
        self.bound = self.cache.bind(step.get("generations", []), *params, options=options_of(step))
        self.done(expect)

    def do_bound_get(self, step: Step, expect: Step) -> None:
        assert self.bound is not None
        self.entry = self.bound.get_entry(args=pairs(step.get("args", [])))
        compare_entry(self.entry, expect)

    def do_bound_set(self, step: Step, expect: Step) -> None:
        assert self.bound is not None
        self.bound.set(to_python(step["value"]), options=options_of(step), args=pairs(step.get("args", [])))
        self.done(expect)

    def do_bound_fetch(self, step: Step, expect: Step) -> None:
        assert self.bound is not None
        self.fetch(self.bound.fetch_entry, step, expect)

    def do_bound_delete(self, step: Step, expect: Step) -> None:
        assert self.bound is not None
        self.bound.delete(args=pairs(step.get("args", [])))
        self.done(expect)

    def do_bound_invalidate(self, step: Step, expect: Step) -> None:
        assert self.bound is not None
        self.bound.invalidate(args=pairs(step.get("args", [])))
        self.done(expect)

    def do_bound_invalidate_soft(self, step: Step, expect: Step) -> None:
        assert self.bound is not None
        self.bound.invalidate_soft(args=pairs(step.get("args", [])))
        self.done(expect)

    def do_item_set(self, step: Step, expect: Step) -> None:
        self.raw.set(step["key"], bytes.fromhex(step["hex"]))

    def do_item_get(self, step: Step, expect: Step) -> None:
        compare_hex(self.raw.get(step["key"]), expect["hex"])

    def do_item_delete(self, step: Step, expect: Step) -> None:
        self.raw.delete(step["key"])


def main() -> int:
    failures = 0
    for case, store in runs():
        try:
            Runner(case, store).run()
        except AssertionError as error:
            failures += 1
            print(f"FAILED {case['name']} ({store}): {error}")
    print(f"conformance: {len(runs())} runs, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
