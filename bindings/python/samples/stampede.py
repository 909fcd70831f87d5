"""16 callers miss one key at once, and one computes."""

import os
import threading
import time

import gencache

CALLERS = 16

# A cache for each caller, as if it were another process; on memory:// all share one.
in_memory = os.environ.get("GENCACHE_URL", "memory:").startswith("memory:")
caches = [gencache.Cache()] * CALLERS if in_memory else [gencache.Cache() for _ in range(CALLERS)]
caches[0].invalidate("report")  # what an earlier run has left

computations = 0
answers = []
begin = threading.Barrier(CALLERS)


def compute() -> int:
    global computations
    computations += 1
    time.sleep(0.2)  # stands for a slow query
    return 42


def call(cache: gencache.Cache) -> None:
    begin.wait()
    answers.append(cache.fetch("report", compute))


print(f"{CALLERS} callers miss one key at once; to compute it takes 200 ms.")
threads = [threading.Thread(target=call, args=(cache,)) for cache in caches]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("computations:", computations)
print("callers that got its value:", answers.count(42))
