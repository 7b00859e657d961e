"""Make stores of shared state of every kind: in memory, in a file, and on a real Redis server."""

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.config.settings import Settings
from app.store.opening import open_store
from app.store.protocol import Store
from tests.lib.service_process import free_port, is_open

MakeStore = Callable[[], Store]
_WAIT_SECONDS = 30
INSTALL_REDIS = "redis-server is not installed. Run: sudo apt-get install -y redis-server"


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@dataclass
class RedisServer:
    """A Redis server without persistence, which a test may stop and start again.

    With `certificate`, a file with a certificate for localhost and its key, it speaks TLS only.
    """

    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    certificate: Path | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"rediss://localhost:{self.port}/0" if self.certificate else f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        port, tls = ["--port", str(self.port)], str(self.certificate)
        if self.certificate:
            port = ["--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no"]
            port += [part for name in ("cert", "key", "ca-cert") for part in (f"--tls-{name}-file", tls)]
        command = ["redis-server", *port, "--bind", "127.0.0.1", "--save", "", *self.options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        if not is_open(self.port):
            return False
        with self._connected() as client:
            client.sendall(b"PING\r\n")
            return client.recv(7) in (b"+PONG\r\n", b"-NOAUTH")

    def _connected(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=_WAIT_SECONDS)
        if self.certificate is None:
            return client
        return ssl.create_default_context(cafile=self.certificate).wrap_socket(client, server_hostname="localhost")


@contextmanager
def redis_server(*options: str, certificate: Path | None = None) -> Iterator[RedisServer]:
    """Run a Redis server."""
    if not shutil.which("redis-server"):
        raise FileNotFoundError(INSTALL_REDIS)
    server = RedisServer(options=options, certificate=certificate)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def sqlite_url(folder: Path) -> str:
    return f"sqlite://{folder}/store-{os.getpid()}.sqlite"


def opened(url: str) -> Store:
    """Open a store as a service does."""
    return open_store(Settings(store=url), time.monotonic)
