"""Run applications in their own processes, and load them over persistent connections on loopback."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


class Server:
    """One application, one worker."""

    def __init__(self, command: Sequence[str], port: int, settings: Mapping[str, str] | None = None) -> None:
        """Start it and wait until it answers."""
        started = time.perf_counter()
        environment = {**os.environ, "SII_AFP_LOG_LEVEL": "warning", **(settings or {})}
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


def load(port: int, requests: Sequence[bytes], callers: int) -> tuple[float, list[float]]:
    """Send the requests, shared among the callers; return requests per second and the sorted latencies in seconds."""
    return asyncio.run(_load(port, requests, callers))


def answer_of(port: int, request: bytes) -> bytes:
    """Return the body of the answer to one request."""
    with socket.create_connection((HOST, port)) as client:
        client.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    return answer.split(b"\r\n\r\n", 1)[1]


async def _load(port: int, requests: Sequence[bytes], callers: int) -> tuple[float, list[float]]:
    latencies: list[float] = []
    waiting = iter(requests)

    async def caller() -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        for request in waiting:
            began = time.perf_counter()
            writer.write(request)
            header = await reader.readuntil(b"\r\n\r\n")
            if not header.startswith(b"HTTP/1.1 200"):
                raise SystemExit(header.decode())
            await reader.readexactly(int(header.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            latencies.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return len(latencies) / (time.perf_counter() - began), sorted(latencies)
