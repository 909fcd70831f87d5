"""Compares two subjects by turns, as bench/harness.h does: a block of ours, a block of the reference, and again, the order
alternating. The ratio is the median of the rounds' ratios, so that a drift of the machine cancels."""

import json
import os
import sys
import time
from statistics import median, quantiles

ROUNDS = int(os.environ.get("GENCACHE_BENCH_ROUNDS", "800"))
WARM_UP, OPERATIONS = 5, 25


class Latency:
    """Blocks of an operation, which is given the number of the call: microseconds, the median of single calls.

    An operation may be as many calls as `calls` says, where one alone is too short for the clock.
    """

    def __init__(self, operation, calls=1):
        self._operation = operation
        self._calls = calls
        self._next = 0

    def block(self):
        operation, clock, number = self._operation, time.perf_counter, self._next
        for number in range(number, number + WARM_UP):
            operation(number)
        sample = []
        for number in range(number + 1, number + 1 + OPERATIONS):
            began = clock()
            operation(number)
            sample.append(clock() - began)
        self._next = number + 1
        return median(sample) / self._calls * 1e6


def compare(name, ours, reference):
    our_blocks, reference_blocks = [], []
    for number in range(ROUNDS):
        if number % 2 == 0:
            our_blocks.append(ours.block())
            reference_blocks.append(reference.block())
        else:
            reference_blocks.append(reference.block())
            our_blocks.append(ours.block())
    ratios = [one / other for one, other in zip(our_blocks, reference_blocks)]
    low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else (ratios[0],) * 3
    result = {
        "name": name,
        "ours": round(median(our_blocks), 4),
        "reference": round(median(reference_blocks), 4),
        "ratio": round(median(ratios), 4),
        "unit": "us",
    }
    show(result, low, high)
    return result


def show(result, low, high):
    line = "{name:32} {ours:12.2f} {reference:12.2f}  {unit:6} {ratio:7.3f}".format(**result)
    print(f"{line}  {low:.3f} to {high:.3f}", file=sys.stderr, flush=True)


def write(path, results):
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join("  " + json.dumps(result) for result in results) + "\n]\n")
