"""Keep the limits of all connections: how long a request may take to arrive, and how many bytes they may hold."""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

# A refused client may still be sending. Its bytes are read and dropped for this long, so that it can read the answer.
LINGER_SECONDS = 2.0
# Requests of up to this size, such as forms and health checks, may use the last quarter of the budget.
_SMALL_BYTES = 16_384
# No limit of the headers is lower, so that a smaller request needs no look.
SMALLEST_LIMIT = 8192
_LARGE_SHARE = 0.75
_SWEEP_SECONDS = 1.0
_SWEEPS_PER_LIMIT = 5
_DETAILS = {
    HTTPStatus.BAD_REQUEST: "The request is not valid HTTP.",
    HTTPStatus.REQUEST_TIMEOUT: "The request did not arrive in time.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The header fields are too large.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The service has no room for this request now.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for the headers and the body of a request and for an idle connection, and limits of bytes."""

    header_seconds: float = 10
    body_seconds: float = 10
    idle_seconds: float = 5
    header_bytes: int = 65_536
    bytes_in_flight: int = 33_554_432


class Watched(Protocol):
    """A connection with a deadline, which is None while the service itself is at work."""

    deadline: float | None

    def expire(self) -> None:
        """Act on a deadline that has passed."""


def _ignore(_status: int) -> None:
    """Count nothing."""


@dataclass(slots=True)
class Traffic:
    """What all connections of the process share. `refused` is called with the status of each early refusal."""

    limits: Limits = field(default_factory=Limits)
    refused: Callable[[int], None] = _ignore
    bytes_in_flight: int = 0
    is_draining: bool = False
    now: float = 0.0  # the event loop's time, renewed ten times a second
    room_of_large: float = field(init=False)
    _next_sweep: float = 0.0

    def __post_init__(self) -> None:
        """Compute how many bytes large requests may use."""
        self.room_of_large = self.limits.bytes_in_flight * _LARGE_SHARE

    def has_room(self, held: int) -> bool:
        """Return whether a request that holds so many bytes may stay."""
        return self.bytes_in_flight <= (self.limits.bytes_in_flight if held <= _SMALL_BYTES else self.room_of_large)

    def sweep(self, connections: Iterable[Watched], now: float) -> bool:
        """Expire the connections whose deadline has passed. Return whether it was time to look.

        One look at all connections a second costs less than a timer for each request.
        """
        self.now = now
        if now < self._next_sweep:
            return False
        limits = self.limits
        shortest = min(limits.header_seconds, limits.body_seconds, limits.idle_seconds)
        self._next_sweep = now + min(_SWEEP_SECONDS, shortest / _SWEEPS_PER_LIMIT)
        for connection in list(connections):
            if connection.deadline is not None and connection.deadline <= now:
                connection.expire()
        return True

    def answer(self, status: HTTPStatus, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Return a whole HTTP response that refuses a request, as a problem of RFC 9457."""
        detail = _DETAILS[status]
        problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail, "errors": []}
        body = json.dumps(problem).encode()
        fields = [
            *headers,
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            # By then the requests that hold the room now have arrived or were refused.
            fields.append((b"retry-after", str(math.ceil(self.limits.body_seconds)).encode()))
        head = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
        return f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() + head + b"\r\n" + body
