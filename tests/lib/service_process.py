"""Start the service as an operator does: a real process with its settings, its log and its signals."""

import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Literal

from app.web.openapi import EXAMPLE_REQUEST

WAIT_SECONDS = 30
Stack = Literal["httptools", "h11"]
# Where httptools and uvloop are not installed, h11 and asyncio take their place.
_LAUNCH = "import sys; sys.modules.update(dict.fromkeys({})); from app.__main__ import main; main()"
_MISSING: dict[Stack, tuple[str, ...]] = {"httptools": (), "h11": ("httptools", "uvloop")}
Line = dict[str, Any]


def command(stack: Stack = "httptools") -> list[str]:
    """Return the command that serves."""
    return [sys.executable, "-c", _LAUNCH.format(_MISSING[stack]), "serve"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def assessment() -> bytes:
    """Return the body of a request that is answered with 200."""
    return json.dumps(EXAMPLE_REQUEST).encode()


def head(path: str = "/api/v1/assessments", *fields: str, method: str = "POST") -> bytes:
    """Return the headers of a request."""
    lines = (f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *fields)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def request(*fields: str) -> bytes:
    """Return a whole request that is answered with 200."""
    body = assessment()
    return head("/api/v1/assessments", f"Content-Length: {len(body)}", *fields) + body


class Answer:
    """One answer as it came over the wire."""

    def __init__(self, client: socket.socket) -> None:
        with closing(http.client.HTTPResponse(client)) as response:
            response.begin()
            self.status = response.status
            self.headers = response.headers
            self.body = response.read()

    @property
    def closes(self) -> bool:
        return self.headers.get("Connection") == "close"


def is_closed(client: socket.socket) -> bool:
    """Wait until the service closes the connection; whether it sent nothing before."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


class RunningService:
    """A process that serves, and the log that it has written so far."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, *, reads: bool = True) -> None:
        self.process = process
        self.port = port
        self.lines: list[Line] = []
        self._arrived: queue.Queue[Line] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        if reads:
            self._reader.start()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_SECONDS)

    def ask(self, request: bytes) -> Answer:
        """Return the answer on a connection of its own."""
        with self.connect() as client:
            client.sendall(request)
            return Answer(client)

    def get(self, path: str) -> Answer:
        return self.ask(head(path, method="GET"))

    def wait_for_line(self, is_it: Callable[[Line], bool]) -> Line:
        """Wait for a line of the log."""
        while not is_it(line := self._arrived.get(timeout=WAIT_SECONDS)):
            pass
        return line

    def wait_for_end(self) -> int:
        """Wait for the end of the process and of its log; return the exit code."""
        code = self.process.wait(timeout=WAIT_SECONDS)
        self._reader.join(timeout=WAIT_SECONDS)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            line = json.loads(text)
            self.lines.append(line)
            self._arrived.put(line)


@contextmanager
def started(stack: Stack = "httptools", **settings: float | str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start the process, read its log until it listens, and end it if the test has not."""
    port = int(settings.get("port", 0)) or free_port()
    environment = {f"SII_AFP_{name.upper()}": str(value) for name, value in (settings | {"port": port}).items()}
    process = subprocess.Popen(command(stack), stdout=subprocess.PIPE, env={**os.environ, **environment})
    assert process.stdout is not None
    with process.stdout:
        try:
            while b"startup complete" not in process.stdout.readline():
                assert process.poll() is None
            while not is_open(port):
                assert process.poll() is None
            yield process, port
        finally:
            process.kill()
            process.wait()


@contextmanager
def running(stack: Stack = "httptools", **settings: float | str) -> Iterator[RunningService]:
    """Start the service, and read its log."""
    with started(stack, **settings) as (process, port):
        yield RunningService(process, port)
