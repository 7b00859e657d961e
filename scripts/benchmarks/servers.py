"""Run applications in their own processes, and load them with wrk over persistent connections on loopback.

A load generator in Python would share the processor time and hide the difference between two applications.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"

# wrk runs this. It reads whole requests from a file, each after a line with its length.
_SCRIPT = """
local file = assert(io.open(os.getenv("REQUESTS"), "rb"))
local requests, at = {}, 0
while true do
  local length = file:read("*l")
  if not length then break end
  requests[#requests + 1] = file:read(tonumber(length))
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %d %d %d", summary.requests, summary.duration, failed))
  for _, part in ipairs({50, 95, 99}) do io.write(string.format(" %d", latency:percentile(part))) end
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests per second, and percentiles of the time to answer in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float


class Server:
    """One application, one worker."""

    def __init__(self, command: Sequence[str], port: int, settings: Mapping[str, str] | None = None) -> None:
        """Start it and wait until it answers."""
        started = time.perf_counter()
        environment = {**os.environ, **(settings or {})}
        self.port = port
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        while not self._is_ready():
            if self.process.poll() is not None:
                raise SystemExit(f"{command[0]} ended before it answered")
        self.start_seconds = time.perf_counter() - started

    def _is_ready(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as client:
                client.sendall(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return client.recv(20).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def memory_mb(self) -> float:
        """Return the resident memory of the process."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        raise SystemExit("no VmRSS")

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait()


def this_service(port: int) -> list[str]:
    """Return the command that serves this project's service."""
    return [str(Path(sys.executable).with_name("sii-afp")), "serve", "--port", str(port)]


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def post(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a POST request as it goes over the wire."""
    fields = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + body


def need_wrk() -> None:
    """End without a failure if wrk is not installed."""
    if shutil.which("wrk") is None:
        print("Skipped: the load comes from wrk, which is not installed. On Debian: apt-get install wrk")
        raise SystemExit(0)


def load(port: int, requests: Sequence[bytes], callers: int, seconds: float = 2) -> Load:
    """Send the requests in turn, again and again, for so long. Raises SystemExit if an answer is an error."""
    with tempfile.TemporaryDirectory() as name:
        script, file = Path(name, "load.lua"), Path(name, "requests")
        script.write_text(_SCRIPT)
        file.write_bytes(b"".join(b"%d\n%s" % (len(request), request) for request in requests))
        done = subprocess.run(
            ["wrk", "-t1", f"-c{callers}", f"-d{seconds}s", "-s", str(script), f"http://{HOST}:{port}/"],
            env={**os.environ, "REQUESTS": str(file)},
            capture_output=True,
            text=True,
            check=True,
        )
    figures = [int(figure) for figure in done.stdout.partition("RESULT")[2].split()]
    number, microseconds, failed, *percentiles = figures
    if failed or not number:
        raise SystemExit(f"{failed} of {number} requests failed")
    return Load(number * 1e6 / microseconds, *(one / 1000 for one in percentiles))


def answer_of(port: int, request: bytes) -> bytes:
    """Return the body of the answer to one request."""
    with socket.create_connection((HOST, port)) as client:
        client.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    return answer.split(b"\r\n\r\n", 1)[1]
