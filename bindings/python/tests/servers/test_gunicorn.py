"""A site under gunicorn and under load, one of whose workers is killed: no answer is older than an acknowledged change."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import threading
from typing import Callable, Iterator

import pytest

from memcached import wait_for

HERE = pathlib.Path(__file__).parent
CLIENTS = 8
REQUESTS = 2000  # before the kill, and again after it


@pytest.fixture
def site(request: pytest.FixtureRequest, memcached_url: str, tmp_path: pathlib.Path) -> Iterator[int]:
    """The port of a gunicorn with four workers and the options of the test."""
    if importlib.util.find_spec("gunicorn") is None:
        pytest.fail("gunicorn is missing: apt-get install gunicorn")
    environment = {**os.environ, "GENCACHE_URL": memcached_url, "SITE_DATABASE": str(tmp_path / "numbers")}
    subprocess.run([sys.executable, "-c", "import app; app.create()"], cwd=HERE, env=environment, check=True)
    log = tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "-b", "127.0.0.1:0", "-w", "4", "--graceful-timeout", "5", *request.param]
    with log.open("w") as stream:
        process = subprocess.Popen([*command, "app"], cwd=HERE, env=environment, stderr=stream)
    try:
        wait_for(lambda: re.search(r"Listening at: http://127.0.0.1:(\d+)", log.read_text()), "gunicorn to listen")
        yield int(re.search(r"Listening at: http://127.0.0.1:(\d+)", log.read_text())[1])
    finally:
        process.terminate()
        process.wait(30)
        print(log.read_text())


class Load:
    """Clients that read and change numbers, and check every answer against the changes that were acknowledged."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._acknowledged = [0] * 8  # by number: the highest value that a change has answered
        self._begun = [0] * 8         # changes that were sent
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._client, args=(seed,)) for seed in range(CLIENTS)]
        self.answers = 0
        self.workers: set[int] = set()
        self.hits = 0
        self.lost: list[str] = []
        self.wrong: list[str] = []

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads)

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        wait_for(lambda: self.wrong or condition(), what, seconds=60)
        assert self.wrong == []

    def _client(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self._stop.is_set():
            number, is_change = chance.randrange(8), chance.random() < 0.2
            with self._lock:
                least = self._acknowledged[number]
                self._begun[number] += is_change
            try:
                status, answer = self.ask("POST" if is_change else "GET", number)
            except (OSError, http.client.HTTPException) as error:
                with self._lock:
                    self.lost.append(repr(error))
                continue
            except ValueError as error:  # no JSON: the page of an error of the site
                self.wrong.append(repr(error))
                continue
            with self._lock:
                self._check(number, is_change, least, status, answer)

    def _check(self, number: int, is_change: bool, least: int, status: int, answer: dict[str, int]) -> None:
        what = f"{'change' if is_change else 'read'} of {number}: {status} {answer}, {least} was acknowledged before"
        if status != 200 or not least + is_change <= answer["value"] <= self._begun[number]:
            self.wrong.append(what)
        elif is_change:
            self._acknowledged[number] = max(self._acknowledged[number], answer["value"])
        self.answers += 1
        self.workers.add(answer["pid"])
        self.hits = max(self.hits, answer["hits"])

    def ask(self, method: str, number: int) -> tuple[int, dict[str, int]]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, f"/{number}")
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


@pytest.mark.parametrize("site", [["--preload"], ["--worker-class", "gthread", "--threads", "3"]], indirect=True, ids=str)
def test_a_worker_that_is_killed_under_load(site):
    with Load(site) as load:
        load.wait_for(lambda: load.answers >= REQUESTS and len(load.workers) == 4, "four workers to answer")
        killed = min(load.workers)
        os.kill(killed, signal.SIGKILL)
        before = load.answers
        load.wait_for(
            lambda: load.answers >= before + REQUESTS and len(load.workers) > 4, "a new worker to answer in its place"
        )
    assert load.wrong == []
    assert load.hits > 100
    assert len(load.lost) <= CLIENTS, "more than the answers that the killed worker was about to give"
    for number in range(8):
        status, answer = load.ask("POST", number)
        assert status == 200
        assert load.ask("GET", number)[1]["value"] == answer["value"]
