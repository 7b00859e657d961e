"""Callers that send mixed calls without a pause and compare every answer."""

import http.client
import itertools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.lib.interfaces import API, HOOKS
from tests.lib.readings import USUAL
from tests.lib.service_process import WAIT_SECONDS


@dataclass(frozen=True, slots=True)
class Call:
    """One call, answered with 200."""

    path: str
    body: bytes
    content_type: str = "application/json"


_TYPED = {name: number for name, (number, _) in USUAL.items()} | {
    f"{name}_unit": unit for name, (_, unit) in USUAL.items()
}
CALLS = (
    *(Call(one.path, json.dumps(one.body).encode()) for one in (*API, HOOKS)),
    Call("/", urlencode(_TYPED).encode(), "application/x-www-form-urlencoded"),
)
# What differs between two answers to the same call: times and the ids of the call and its parts.
_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_VARYING = re.compile(rb"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}[0-9:.+Z-]*|" + _UUID)


def call(connection: http.client.HTTPConnection, one: Call) -> tuple[int, bytes]:
    """Return status and body of the answer, without what differs each time."""
    connection.request("POST", one.path, one.body, {"Content-Type": one.content_type, "Host": "localhost"})
    answer = connection.getresponse()
    return answer.status, _VARYING.sub(b"", answer.read())


def expected_from(port: int) -> dict[Call, tuple[int, bytes]]:
    """Return the answer to each call from a service at rest."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    found = {one: call(connection, one) for one in CALLS}
    connection.close()
    assert {status for status, _ in found.values()} == {200}
    return found


class Callers:
    """Threads with a kept-alive connection each."""

    def __init__(self, port: int, count: int, expected: dict[Call, tuple[int, bytes]]) -> None:
        self.answered = 0
        self.wrong: list[str] = []
        self.lost: list[str] = []
        self._port = port
        self._expected = expected
        self._is_stopping = False
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._call, args=(number,)) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def wait_for_more(self, answers: int) -> None:
        """Wait until so many more calls were answered."""
        with self._changed:
            goal = self.answered + answers
            assert self._changed.wait_for(lambda: self.answered >= goal, timeout=WAIT_SECONDS)

    def stop(self) -> None:
        self._is_stopping = True
        for thread in self._threads:
            thread.join(timeout=WAIT_SECONDS)

    def _call(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=WAIT_SECONDS)
        for one in itertools.islice(itertools.cycle(CALLS), number, None):
            if self._is_stopping:
                break
            try:
                answer = call(connection, one)
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(f"{one.path}: {error!r}")
                connection.close()
                continue
            if answer != self._expected[one]:
                self.wrong.append(f"{one.path}: {answer}")
            with self._changed:
                self.answered += 1
                self._changed.notify()
        connection.close()


@contextmanager
def calling(port: int, expected: dict[Call, tuple[int, bytes]], count: int = 6) -> Iterator[Callers]:
    """Call until the block ends."""
    callers = Callers(port, count, expected)
    try:
        yield callers
    finally:
        callers.stop()
