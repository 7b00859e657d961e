"""Write log lines in a thread of their own, so that output that nobody reads never stops the service."""

import logging
import os
import threading
from collections import deque

# About 3 MB of lines.
_MOST_LINES = 10_000
# How many lines one write has; while the thread waits, further lines join the next write.
_LINES_PER_WRITE = 200
_GATHER_SECONDS = 0.02


class LogQueue(logging.Handler):
    """Passes formatted lines to a thread that writes them to a file descriptor, and drops lines if it falls behind."""

    def __init__(self, descriptor: int = 1) -> None:
        super().__init__()
        self.dropped = 0
        self._reported = 0
        self._descriptor = descriptor
        self._lines: deque[str] = deque()
        self._has_lines = threading.Event()
        self._is_closing = threading.Event()
        # A daemon does not keep the process alive if it is stuck in a write.
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line of a record, or drop and count it. It neither blocks nor raises."""
        if len(self._lines) >= _MOST_LINES:
            self.dropped += 1
            return
        try:
            line = self.format(record)
        except Exception:  # a line that cannot be written must not break an answer
            self.dropped += 1
            return
        self._lines.append(line)
        if not self._has_lines.is_set():
            self._has_lines.set()

    def finish(self, seconds: float) -> None:
        """Wait until all lines are written, at most so long."""
        self._is_closing.set()
        self._has_lines.set()
        self._thread.join(seconds)

    def _write_all(self) -> None:
        while not (self._is_closing.is_set() and not self._lines):
            self._has_lines.wait()
            self._is_closing.wait(_GATHER_SECONDS)
            self._has_lines.clear()
            while self._lines:
                self._write([self._lines.popleft() for _ in range(min(len(self._lines), _LINES_PER_WRITE))])

    def _write(self, lines: list[str]) -> None:
        lost = self.dropped - self._reported
        if lost:
            record = logging.LogRecord("sii_afp", logging.WARNING, __file__, 0, "log lines dropped", None, None)
            record.error = f"{lost} lines"
            lines = [self.format(record), *lines]
        rest = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:  # the reader has gone, or the disk is full
            self.dropped += len(lines) - bool(lost)
        else:
            self._reported += lost


def dropped_lines() -> int:
    """Return how many lines the log of this process has lost."""
    return sum(handler.dropped for handler in logging.getLogger().handlers if isinstance(handler, LogQueue))
