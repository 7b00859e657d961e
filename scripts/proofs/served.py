"""Start the service with any output, folder and environment, and look at its process."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from scripts.proofs.findings import Findings
from tests.lib.service_process import WAIT_SECONDS, Answer, RunningService, command, free_port, is_open, request

ROOT = Path(__file__).resolve().parents[2]
_TIME = re.compile(rb'"computed_at":"[^"]*"')


@contextmanager
def served(
    output: int | IO[bytes] = subprocess.DEVNULL,
    cwd: Path = ROOT,
    more: dict[str, str] | None = None,
    **settings: object,
) -> Iterator[RunningService]:
    """Start the service with its output anywhere, and wait until it is ready."""
    port = int(str(settings.pop("port", 0))) or free_port()
    named = {f"SII_AFP_{name.upper()}": str(value) for name, value in {"port": port, **settings}.items()}
    environment = {**os.environ, "PYTHONPATH": str(cwd), **named, **(more or {})}
    process = subprocess.Popen(command(), cwd=cwd, stdout=output, stderr=subprocess.DEVNULL, env=environment)
    service = RunningService(process, port, reads=False)
    try:
        until = time.monotonic() + WAIT_SECONDS
        while not is_open(port):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the service did not start: exit code {process.poll()}")
            time.sleep(0.02)
        yield service
    finally:
        process.kill()
        process.wait()


def check_answers(found: Findings, name: str, service: RunningService, number: int) -> None:
    """Check that another client gets right answers."""
    with service.connect() as client:
        for _ in range(number):
            client.sendall(request())
            status = Answer(client).status
            found.counts["answers under a fault"] += 1
            found.check(status == 200, f"{name}: another client gets {status}")


def check_end(found: Findings, name: str, service: RunningService) -> None:
    """Check that SIGTERM ends the process."""
    service.process.send_signal(signal.SIGTERM)
    try:
        code: int | None = service.process.wait(timeout=WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    found.check(code == 0, f"{name}: exit code {code} after SIGTERM")


def without_time(body: bytes) -> bytes:
    """Return an answer of the JSON API without the time when it was computed."""
    return _TIME.sub(b"", body)


def exit_code_in(folder: Path) -> int:
    """Return the exit code of a service that does not start."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "SII_AFP_PORT": str(free_port())}
    ended = subprocess.run(
        command(), cwd=folder, env=environment, capture_output=True, check=False, timeout=WAIT_SECONDS
    )
    return ended.returncode


def memory_mb(service: RunningService) -> float:
    """Return the resident memory of the process."""
    status = Path(f"/proc/{service.process.pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def open_sockets(service: RunningService) -> int:
    """Return how many sockets the process has open."""
    links = [link for link in Path(f"/proc/{service.process.pid}/fd").iterdir() if link.is_symlink()]
    count = 0
    for link in links:
        with suppress(OSError):
            count += str(link.readlink()).startswith("socket:")
    return count
