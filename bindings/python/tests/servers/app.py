"""A site of numbers: GET /7 shows number 7 through the cache, POST /7 adds one to it.

Its database is $SITE_DATABASE, its cache $GENCACHE_URL. Each answer names the process that gave it, and tells how many
hits that one has had.
"""

from __future__ import annotations

import json
import os
import sqlite3
from typing import Any, Callable, Iterable

import gencache

NUMBERS = range(8)

cache = gencache.Cache()  # under gunicorn --preload, before the workers are forked


def database() -> sqlite3.Connection:
    connection = sqlite3.connect(os.environ["SITE_DATABASE"], timeout=20, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def create() -> None:
    connection = database()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, value INTEGER)")
    connection.executemany("INSERT INTO numbers VALUES (?, 0)", ((id,) for id in NUMBERS))
    connection.close()


@cache.wrap("number:id", lock=2, timeout=300)
def number(id: int) -> int:
    connection = database()
    (value,) = connection.execute("SELECT value FROM numbers WHERE id = ?", (id,)).fetchone()
    connection.close()
    return int(value)


def add_one(id: int) -> int:
    connection = database()
    change = "UPDATE numbers SET value = value + 1 WHERE id = ? RETURNING value"
    (value,) = connection.execute(change, (id,)).fetchone()
    connection.close()  # committed
    cache.invalidate("number:id", id=id)
    return int(value)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    id = int(environ["PATH_INFO"][1:])
    try:
        value = add_one(id) if environ["REQUEST_METHOD"] == "POST" else number(id)
        status = "200 OK"
    except gencache.Error as error:
        value, status = str(error), "503 Service Unavailable"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps({"value": value, "pid": os.getpid(), "hits": cache.stats().hits}).encode()]
