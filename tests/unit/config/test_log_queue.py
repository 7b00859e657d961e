"""The queue of log lines, with a real pipe."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.config.log_queue import WHOLE_BYTES, LogQueue
from app.config.logs import JsonLines

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


@pytest.mark.skipif(not hasattr(os, "O_DIRECT"), reason="this system has no pipes that keep writes apart")
def test_each_write_has_whole_lines_of_at_most_a_page() -> None:
    reader, writer = os.pipe2(os.O_DIRECT)
    queue = queue_to(writer)
    texts = [f"{number} {number * 'é'}" for number in range(100)]
    for text in texts:
        queue.handle(record(text))
    queue.finish(10)
    os.close(writer)
    writes = list(iter(lambda: os.read(reader, 65_536), b""))
    os.close(reader)
    assert 1 < len(writes) < len(texts)
    assert all(len(write) <= WHOLE_BYTES and write.endswith(b"\n") for write in writes)
    assert [json.loads(line)["event"] for line in b"".join(writes).splitlines()] == texts


@pytest.mark.parametrize("text", [5000 * "x", 1500 * "é", 1000 * "\n"])
def test_long_line_is_shortened_to_one_write(text: str) -> None:
    one = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, f"begin {text} end", None, None)
    line = JsonLines().format(one)
    assert len(line.encode()) < WHOLE_BYTES
    message = json.loads(line)["message"]
    assert message.startswith("begin")
    assert message.endswith("end")


def test_line_that_fits_is_not_shortened() -> None:
    one = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, 3000 * "x", None, None)
    assert json.loads(JsonLines().format(one))["message"] == 3000 * "x"


def test_lost_lines_are_counted_with_those_lost_before(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    queue = queue_to(pipe[1])
    queue.handle(logging.LogRecord("a", logging.INFO, __file__, 1, "%d", ("x",), None))
    counts: list[int] = []
    queue.count_with(counts.append)
    queue.handle(record("lost"))
    queue.finish(10)
    assert counts == [1, 1]
