"""Run the supervisor in a process of its own, with a worker that a test writes as a line of Python."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.lib.service_process import WAIT_SECONDS, Line

# Workers write lines of their own beside those of the parent: {"event": "started", "number": 1, "process": 123}.
_SCRIPT = """
import json, os, signal, sys, threading, time
from pathlib import Path
from app.cli.main import exit_code
from app.config.logs import configure_parent_logging
from app.core.errors import ConfigurationError, SiiAfpError
from app.processes.supervisor import Patience, Supervisor
from app.processes.worker import RETIRE

def say(event, worker):
    line = {"event": event, "number": worker.number, "process": os.getpid()}
    os.write(1, json.dumps(line).encode() + b"\\n")

def answer(worker):
    ends = []
    for one in (signal.SIGTERM, RETIRE):
        signal.signal(one, lambda number, _: ends.append(number))
    say("began", worker)
    worker.ready()
    say("started", worker)
    while not ends and not worker.is_orphan():
        worker.beat()
        time.sleep(0.02)
    say("ended", worker)

def run(worker):
    exec(os.environ["TEST_WORKER"], globals() | {"worker": worker})

configure_parent_logging("info")
try:
    Supervisor(run, 2, lambda number: None, Patience(**json.loads(os.environ["TEST_PATIENCE"]))).run()
except SiiAfpError as error:
    print(error, file=sys.stderr)
    sys.exit(exit_code(error))
"""


class Supervised:
    """A running supervisor and its output."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.lines: list[Line] = []
        self._arrived: queue.Queue[Line] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, event: str, is_it: Callable[[Line], bool] = lambda _: True) -> Line:
        """Wait for a line."""
        while (line := self._arrived.get(timeout=WAIT_SECONDS))["event"] != event or not is_it(line):
            pass
        return line

    def wait_for_end(self) -> tuple[int, str]:
        """Return the exit code, and what was written to standard error."""
        code = self.process.wait(timeout=WAIT_SECONDS)
        self._reader.join(timeout=WAIT_SECONDS)
        assert self.process.stderr is not None
        return code, self.process.stderr.read().decode()

    def count(self, event: str) -> int:
        return sum(line["event"] == event for line in self.lines)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self.lines.append(json.loads(text))
            self._arrived.put(self.lines[-1])


@contextmanager
def supervised(worker: str, **patience: float) -> Iterator[Supervised]:
    """Start two workers. `worker` is Python with the names `worker` and `answer`, which answers until a signal."""
    environment = {**os.environ, "TEST_WORKER": worker, "TEST_PATIENCE": json.dumps({"pause": 0.01} | patience)}
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    with process:
        parent = Supervised(process)
        try:
            yield parent
        finally:
            process.terminate()
            parent.wait_for_end()
