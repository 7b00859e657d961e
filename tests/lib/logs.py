"""Collect every log line of the service, its server and its HTTP client, including debug, as an operator sees it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.config.logs import JsonLines

_BY_CHANCE = ("time", "duration_ms", "request_id", "model")


@dataclass(frozen=True, slots=True)
class LogLines:
    """The lines written so far."""

    written: io.StringIO = field(default_factory=io.StringIO)

    @property
    def text(self) -> str:
        return self.written.getvalue()

    @property
    def said(self) -> str:
        """The text without times, ids and digests, which may have any digits by chance."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        return str([{name: said for name, said in line.items() if name not in _BY_CHANCE} for line in lines])

    def of(self, event: str) -> list[dict[str, Any]]:
        """Return the lines of one event."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line["event"] == event]


@contextmanager
def log_lines() -> Iterator[LogLines]:
    found = LogLines()
    handler = logging.StreamHandler(found.written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield found
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
