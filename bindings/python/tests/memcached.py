"""Real memcached servers, and a client of a few lines that sees what stands on them."""

from __future__ import annotations

import contextlib
import os
import pathlib
import random
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from typing import Callable


class RawClient:
    """Single commands of the text protocol."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._file = self._socket.makefile("rb")

    def _ask(self, command: bytes) -> bytes:
        self._socket.sendall(command)
        return self._file.readline().rstrip(b"\r\n")

    def set(self, key: str, data: bytes) -> None:
        answer = self._ask(b"set %s 0 0 %d\r\n%s\r\n" % (key.encode(), len(data), data))
        assert answer == b"STORED", answer

    def get(self, key: str) -> bytes | None:
        answer = self._ask(b"get %s\r\n" % key.encode())
        if answer == b"END":
            return None
        data = self._file.read(int(answer.split()[3]) + 2)[:-2]
        assert self._file.readline() == b"END\r\n"
        return data

    def delete(self, key: str) -> None:
        answer = self._ask(b"delete %s\r\n" % key.encode())
        assert answer in (b"DELETED", b"NOT_FOUND"), answer

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def unlikely_port() -> int:
    """A free port that no outgoing connection gets, so that it is still free when a server comes back to it."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(10000, first if first > 11000 else 32768), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no free port on 127.0.0.1")


class Server:
    """A memcached of this test's own, which it may stop and start again on the same port."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = unlikely_port()
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        ports = pathlib.Path(self._directory.name, "ports")
        ports.unlink(missing_ok=True)
        user = ["-u", "root"] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            ["memcached", "-l", "127.0.0.1", "-p", str(self.port), "-U", "0", *user],
            env={**os.environ, "MEMCACHED_PORT_FILENAME": str(ports)},
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: ports.exists() and "TCP INET: " in ports.read_text(), "memcached to listen")
        self.port = int(ports.read_text().split("TCP INET: ")[1].split()[0])

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """From now on it accepts connections, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        tasks = pathlib.Path("/proc", str(self._process.pid), "task")
        wait_for(lambda: all("State:\tT" in (task / "status").read_text() for task in tasks.iterdir()), "it to stop")

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.stop()
        self._directory.cleanup()


class Network:
    """Stands between clients and a server, and counts how often one asked something and awaited the answer."""

    def __init__(self, server: str) -> None:
        host, port = server.rsplit(":", 1)
        self._server = host, int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.trips = 0
        threading.Thread(target=self._accept).start()

    def close(self) -> None:
        """New clients are refused; each of the others ends with its connection."""
        self._listener.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with self._listener, contextlib.suppress(OSError):  # until it is closed
            while True:
                threading.Thread(target=self._forward, args=self._listener.accept()[:1]).start()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            is_asking = False
            while True:
                source = select.select([server, client], [], [])[0][0]
                data = source.recv(2**20)
                if not data:
                    return
                self.trips += source is client and not is_asking
                is_asking = source is client
                (server if is_asking else client).sendall(data)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Waits until the condition holds, but not for ever."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)
