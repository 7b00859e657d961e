"""Write log lines in a thread of their own, so that output that nobody reads never stops the service."""

import logging
import os
import select
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType

# About 3 MB of lines.
_MOST_LINES = 10_000
# A write of at most this size is whole, even if several processes write to one pipe, or one of them is killed.
WHOLE_BYTES = getattr(select, "PIPE_BUF", 512)
# While the thread waits, further lines join the next write. Each time it wakes up, requests wait for the interpreter.
_LINES_PER_ROUND = 200
_GATHER_SECONDS = 0.2
_PATIENCE_SECONDS = 0.2


class LogQueue(logging.Handler):
    """Passes formatted lines to a thread that writes them to a file descriptor, and drops lines if it falls behind."""

    def __init__(self, descriptor: int = 1) -> None:
        super().__init__()
        self.dropped = 0
        self._reported = 0
        self._count: Callable[[int], object] | None = None
        self._descriptor = descriptor
        self._lines: deque[str] = deque()
        self._has_lines = threading.Event()
        self._is_closing = threading.Event()
        # A daemon does not keep the process alive if it is stuck in a write.
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def count_with(self, count: Callable[[int], object]) -> None:
        """Call `count` with the number of lines dropped so far, and of each later time."""
        self._count = count
        count(self.dropped)

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line of a record, or drop and count it. It neither blocks nor raises."""
        if len(self._lines) >= _MOST_LINES:
            self._drop(1)
            return
        try:
            line = self.format(record)
        except Exception:  # a line that cannot be written must not break an answer
            self._drop(1)
            return
        self._lines.append(line)
        if not self._has_lines.is_set():
            self._has_lines.set()

    def finish(self, seconds: float) -> None:
        """Wait until all lines are written, at most so long."""
        self._is_closing.set()
        self._has_lines.set()
        self._thread.join(seconds)

    def _drop(self, lines: int) -> None:
        self.dropped += lines
        if self._count is not None:
            self._count(lines)

    def _write_all(self) -> None:
        while not (self._is_closing.is_set() and not self._lines):
            self._has_lines.wait()
            self._is_closing.wait(_GATHER_SECONDS)
            self._has_lines.clear()
            while self._lines:
                self._write([self._lines.popleft() for _ in range(min(len(self._lines), _LINES_PER_ROUND))])

    def _write(self, lines: list[str]) -> None:
        lost = self.dropped - self._reported
        if lost:
            record = logging.LogRecord("sii_afp", logging.WARNING, __file__, 0, "log lines dropped", None, None)
            record.error = f"{lost} lines"
            lines = [self.format(record), *lines]
        written = 0
        try:
            for count, piece in _pieces(lines):
                rest = piece
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
                written += count
        except OSError:  # the reader has gone, or the disk is full
            self._drop(len(lines) - max(written, bool(lost)))
        if written:
            self._reported += lost


class DirectLines(logging.Handler):
    """Writes the few lines of a process without threads, and drops a line that it cannot write soon."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, or drop it. Called in the main thread only."""
        line = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
        signal.signal(signal.SIGALRM, _give_up)
        with suppress(OSError):  # TimeoutError is one; it may come even after the line was written
            signal.setitimer(signal.ITIMER_REAL, _PATIENCE_SECONDS)
            try:
                os.write(1, line)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def _pieces(lines: list[str]) -> Iterator[tuple[int, bytes]]:
    """Yield how many lines each write has, and its bytes."""
    gathered: list[bytes] = []
    size = 0
    for line in lines:
        encoded = f"{line}\n".encode("utf-8", "backslashreplace")
        if gathered and size + len(encoded) > WHOLE_BYTES:
            yield len(gathered), b"".join(gathered)
            gathered, size = [], 0
        gathered.append(encoded)
        size += len(encoded)
    yield len(gathered), b"".join(gathered)
