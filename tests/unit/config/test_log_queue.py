"""The queue of log lines, with a real pipe."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.config.log_queue import LogQueue

LINES = 20_000


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        with suppress(OSError):
            os.close(end)


def queue_to(pipe: int) -> LogQueue:
    found = LogQueue(pipe)
    found.setFormatter(logging.Formatter('{"event": "%(message)s", "error": "%(error)s"}', defaults={"error": ""}))
    return found


def record(text: object) -> logging.LogRecord:
    return logging.LogRecord("a", logging.INFO, __file__, 1, text, None, None)


def test_lines_are_written_in_order(pipe: tuple[int, int]) -> None:
    queue = queue_to(pipe[1])
    for number in range(500):
        queue.handle(record(str(number)))
    queue.finish(10)
    written = os.read(pipe[0], 100_000).decode().splitlines()
    assert [json.loads(line)["event"] for line in written] == [str(number) for number in range(500)]
    assert queue.dropped == 0


def test_full_pipe_drops_and_reports_lines(pipe: tuple[int, int]) -> None:
    queue = queue_to(pipe[1])
    for number in range(LINES):
        queue.handle(record(number))
    assert 0 < queue.dropped < LINES
    dropped = queue.dropped
    lines = []
    with os.fdopen(os.dup(pipe[0])) as output:
        for text in output:
            lines.append(json.loads(text))
            if len(lines) == LINES - dropped:
                queue.handle(record("last"))
            if lines[-1]["event"] == "last":
                break
    reports = [line for line in lines if line["event"] == "log lines dropped"]
    assert sum(int(line["error"].split()[0]) for line in reports) == dropped
    assert len(lines) - len(reports) == LINES - dropped + 1
    assert queue.dropped == dropped


def test_unread_pipe_does_not_delay_the_end(pipe: tuple[int, int]) -> None:
    queue = queue_to(pipe[1])
    for number in range(LINES):
        queue.handle(record(number))
    queue.finish(0.01)
    assert len(os.read(pipe[0], 10)) == 10


def test_closed_pipe_counts_lines(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    queue = queue_to(pipe[1])
    queue.handle(record("lost"))
    queue.finish(10)
    assert queue.dropped == 1


def test_line_that_cannot_be_formatted_is_counted(pipe: tuple[int, int]) -> None:
    queue = queue_to(pipe[1])
    queue.handle(logging.LogRecord("a", logging.INFO, __file__, 1, "%d", ("x",), None))
    queue.finish(10)
    assert queue.dropped == 1
