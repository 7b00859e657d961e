"""Send mixed requests over kept-alive connections to several processes, and compare every answer.

Promise: no answer is wrong, lost or another request's, and memory stays flat after warm-up. The right answers come from
the application in this process, before the run. Times and identifiers that differ between answers are left out.
"""

import asyncio
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import cast
from urllib.parse import urlencode, urlsplit

import uvloop

from scripts.proofs.findings import Findings
from scripts.proofs.in_process import Application
from scripts.proofs.numbers import request as assessment_of
from scripts.proofs.patients import COUNTS, Patient, expected, patient
from scripts.proofs.served import memory_mb, served
from tests.lib.cds_hooks.calls import SERVICE, call, prefetch
from tests.lib.fhir.examples import as_json, bundle, observation, quantity, searchset
from tests.lib.fhir.operation import OPERATION

REQUESTS = 1_000_000
WORKERS = 2
_CONNECTIONS = 32
_WARM_UP = 0.1
_MOST_GROWTH = 1.1
_PATIENTS = 60
_HOST = "localhost"
_FORM = "application/x-www-form-urlencoded"
# Times of answers, identifiers of cards and resources, and their forms on pages.
_VOLATILE = re.compile(
    rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
    rb"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb"|\d{1,2} [A-Z][a-z]+ 20\d\d(?:,? (?:at )?\d\d:\d\d)?"
    rb"|\b\d\d:\d\d\b"
)
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as it goes over the wire, and the answer, of which the `fixed` parts are the same each time."""

    kind: str
    sent: bytes
    status: bytes
    body: bytes
    fixed: tuple[slice, ...]

    def is_answered_by(self, body: bytes) -> bool:
        """Return whether a body is the answer. Parts that differ may also have another length."""
        if len(body) == len(self.body) and all(body[part] == self.body[part] for part in self.fixed):
            return True
        return without_volatile(body) == without_volatile(self.body)


@dataclass(slots=True)
class Run:
    """What is left to send, and what came back."""

    exchanges: Sequence[Exchange]
    left: int
    chance: random.Random
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: int = 0

    def next(self) -> Exchange | None:
        """Return a request, until all are sent."""
        if self.left <= 0:
            return None
        self.left -= 1
        return self.exchanges[int(self.chance.random() * len(self.exchanges))]

    def take(self, exchange: Exchange, head: bytes, body: bytes) -> None:
        """Compare an answer."""
        if head[9:12] == exchange.status and exchange.is_answered_by(body):
            self.right += 1
        else:
            self.wrong.append(f"{exchange.kind}: {head[9:12]!r}, not {exchange.status!r}: {exchange.sent[-300:]!r}")


class _Client(asyncio.Protocol):
    """One connection that sends a request when the answer to the one before has arrived."""

    def __init__(self, run: Run, ended: asyncio.Future[None]) -> None:
        self._run, self._ended = run, ended
        self._received = bytearray()
        self._needed = 0
        self._current: Exchange | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is of another class
        self._send()

    def data_received(self, data: bytes) -> None:
        """Collect an answer until it is whole."""
        received = self._received
        received += data
        if len(received) < self._needed:
            return
        end = received.find(b"\r\n\r\n") + 4
        if end < 4:
            return
        head = bytes(received[:end])
        length = _LENGTH.search(head)
        self._needed = end + (int(length[1]) if length else 0)
        if len(received) < self._needed:
            return
        body = bytes(received[end : self._needed])
        is_more = len(received) > self._needed
        received.clear()
        self._needed, exchange, self._current = 0, self._current, None
        if exchange is None or is_more:
            self._run.wrong.append("bytes that belong to no request")
        else:
            self._run.take(exchange, head, body)
        self._send()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Count the request that has no answer."""
        self._run.lost += self._current is not None
        if not self._ended.done():
            self._ended.set_result(None)

    def _send(self) -> None:
        self._current = self._run.next()
        if self._current is None:
            self._transport.close()
        else:
            self._transport.write(self._current.sent)


def prove(scale: float, targets: Sequence[str] = (), workers: int = WORKERS) -> Findings:
    """Send 1,000,000 requests to the targets, or to as many processes as there are to be workers."""
    found = Findings("load")
    exchanges = list(mixed_exchanges())
    number = round(REQUESTS * scale)
    with ExitStack() as stack:
        services = [] if targets else [stack.enter_context(served()) for _ in range(workers)]
        addresses = [(urlsplit(one).hostname or _HOST, urlsplit(one).port or 80) for one in targets]
        addresses += [("127.0.0.1", service.port) for service in services]
        first = Run(exchanges, round(number * _WARM_UP), random.Random(1))  # noqa: S311 - repeatable on purpose
        uvloop.run(send(first, addresses))
        before = [memory_mb(service) for service in services]
        began = time.monotonic()
        second = Run(exchanges, number - round(number * _WARM_UP), random.Random(2))  # noqa: S311
        uvloop.run(send(second, addresses))
        seconds = time.monotonic() - began
        after = [memory_mb(service) for service in services]
    for run in (first, second):
        found.counts["answers that are right"] += run.right
        found.counts["lost"] += run.lost + max(run.left, 0)
        found.broken += run.wrong
    found.counts["kinds of request"] = len({exchange.kind for exchange in exchanges})
    found.counts["different requests"] = len(exchanges)
    found.check(holds=found.counts["lost"] == 0, sentence=f"{found.counts['lost']} requests have no answer")
    found.check(found.counts["answers that are right"] == number, "not every request has its right answer")
    for one, other in zip(before, after, strict=True):
        found.check(other <= one * _MOST_GROWTH, f"memory grew from {one:.1f} to {other:.1f} MB")
    found.figures["rate"] = f"{second.right / seconds:.0f} requests/s with {len(addresses)} processes, client included"
    shown = ", ".join(f"{one:.1f} to {other:.1f} MB" for one, other in zip(before, after, strict=True))
    found.figures["memory after warm-up and at the end"] = shown or "not measured"
    return found


async def send(run: Run, addresses: Sequence[tuple[str, int]]) -> None:
    """Send everything over connections that are shared among the addresses."""
    loop = asyncio.get_running_loop()
    ends = []
    for count in range(_CONNECTIONS):
        ended = loop.create_future()
        try:
            await loop.create_connection(partial(_Client, run, ended), *addresses[count % len(addresses)])
        except OSError:
            run.lost += 1
            continue
        ends.append(ended)
    await asyncio.gather(*ends)


def without_volatile(body: bytes) -> bytes:
    """Return a body without times and identifiers of single answers."""
    return _VOLATILE.sub(b"", body)


def _fixed(body: bytes) -> tuple[slice, ...]:
    ends = [0, *(end for found in _VOLATILE.finditer(body) for end in found.span()), len(body)]
    return tuple(slice(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True))


def mixed_exchanges() -> Iterator[Exchange]:
    """Yield each request with its answer in this process."""
    with closing(
        Application(clock=lambda: datetime.now(UTC), allowed_hosts=(_HOST,), public_url=None, canonical_url=None)
    ) as application:
        for kind, method, path, media, body in _requests():
            answer = application.call(method, path, body, media)
            fields = f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n" if method == "POST" else ""
            sent = f"{method} {path} HTTP/1.1\r\nHost: {_HOST}\r\n{fields}\r\n".encode() + body
            yield Exchange(kind, sent, str(answer.status).encode(), answer.body, _fixed(answer.body))


def _requests() -> Iterator[tuple[str, str, str, str, bytes]]:
    """Yield kind, method, path, media type and body."""
    chance = random.Random("load 2026")  # noqa: S311 - repeatable on purpose
    everyone = [patient(chance) for _ in range(5 * _PATIENTS)]
    right = [one for one in everyone if not expected(one).refused][:_PATIENTS]
    refused = [one for one in everyone if expected(one).refused][: _PATIENTS // 3]
    json_type, fhir_type = "application/json", "application/fhir+json"
    for one in right:
        yield "JSON", "POST", "/api/v1/assessments", json_type, assessment_of(one)
    for one in refused:
        yield "JSON, wrong values", "POST", "/api/v1/assessments", json_type, assessment_of(one)
    for one in right[: _PATIENTS // 4]:
        yield "form", "POST", "/", _FORM, urlencode(_fields(one)).encode()
    for one in refused[: _PATIENTS // 12]:
        yield "form, wrong values", "POST", "/", _FORM, urlencode(_fields(one)).encode()
    for one in right[: _PATIENTS // 2]:
        results = [observation(name, quantity(one[name].digits, "10*9/L")) for name in COUNTS]
        yield "FHIR", "POST", OPERATION, fhir_type, as_json(bundle(*results, observation("afp", _AFP)))
        found = {name: searchset(result) for name, result in zip(COUNTS, results, strict=True)}
        yield "CDS Hooks", "POST", SERVICE, json_type, as_json(call(prefetch(**found)))
    for body in (b"", b"{", b"[]", b"null", b'{"resourceType":"Bundle"}', json.dumps({"afp": 1}).encode()):
        yield "JSON, wrong", "POST", "/api/v1/assessments", json_type, body
        yield "FHIR, wrong", "POST", OPERATION, fhir_type, body
        yield "CDS Hooks, wrong", "POST", SERVICE, json_type, body
    for path in ("/", "/evidence", "/instructions", "/problems", "/health/live", "/cds-services"):
        yield "page", "GET", path, "", b""
    for path in ("/static/main.css", "/api/v1/groups", "/api/v1/groups/high/curve.svg", "/openapi.json"):
        yield "file", "GET", path, "", b""
    for path in ("/no/such/page", "/api/v1/no", "/static/no.css", "/fhir/no"):
        yield "not found", "GET", path, "", b""
    yield "not found", "DELETE", "/api/v1/assessments", "", b""


_AFP = quantity("1250", "ng/mL")


def _fields(one: Patient) -> dict[str, str]:
    return {name: f"{value.comparator}{value.digits} {value.unit}" for name, value in one.items()}
