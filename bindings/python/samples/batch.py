"""Invalidations that wait for a transaction's commit."""

from __future__ import annotations

import contextlib
from typing import Iterator

import gencache

cache = gencache.Cache()  # $GENCACHE_URL, or else memory://
database = {1: "Ada"}


class ConstraintError(Exception):
    pass


@contextlib.contextmanager
def transaction() -> Iterator[gencache.Batch]:
    """What is invalidated within it is sent after the commit, and dropped with a rollback."""
    before = dict(database)
    try:
        with cache.batch() as batch:
            yield batch
    except Exception:
        database.clear()
        database.update(before)
        raise


def rename(batch: gencache.Batch, user_id: int, name: str) -> None:
    database[user_id] = name
    batch.invalidate("user:id", id=user_id)
    if name == "":
        raise ConstraintError("a name is needed")


def show(user_id: int) -> None:
    how = "remembered"

    def load() -> str:
        nonlocal how
        how = "computed"
        return database[user_id]

    name = cache.fetch("user:id", load, id=user_id)
    print(f"user {user_id} is {name}, {how}")


cache.invalidate("user:id", id=1)  # what an earlier run has left
show(1)
show(1)

print("A transaction renames user 1, and commits:")
with transaction() as batch:
    rename(batch, 1, "Grace")
show(1)
show(1)

print("A transaction renames user 1, and fails:")
with contextlib.suppress(ConstraintError):
    with transaction() as batch:
        rename(batch, 1, "")
show(1)
