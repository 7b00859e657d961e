"""Limit a connection of uvicorn: deadlines, size of headers, bytes in flight, and when it closes.

uvicorn has no settings for these. tests/server/test_uvicorn.py checks what is used of its classes.
"""

import selectors
from enum import IntEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from uvicorn.protocols.http.flow_control import CLOSE_HEADER

from app.net.traffic import LINGER_SECONDS, Traffic

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol  # httptools has the same attributes
else:
    _Protocol = object

_LINE_BYTES = 4  # a header field has a colon, a space and the end of the line beside name and value
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # needs no file descriptor


class Phase(IntEnum):
    """What a connection waits for."""

    IDLE = 0  # the first byte of a request
    HEADERS = 1
    BODY = 2
    ANSWER = 3  # the application
    CLOSING = 4


class Limited(_Protocol):
    """A protocol of uvicorn with limits. A subclass keeps the phase of its request."""

    traffic: Traffic  # of the class
    phase = Phase.IDLE
    deadline: float | None = None
    held = 0  # bytes of requests that are not answered yet
    received = 0  # bytes of the request that is arriving
    has_large_headers = False

    def connection_made(self, transport: "asyncio.Transport") -> None:  # type: ignore[override]
        """Start to wait for a request."""
        super().connection_made(transport)
        self.wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back the bytes that the connection held."""
        self._release()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes, read them, and refuse the request if it is too large."""
        if self.phase is Phase.CLOSING:
            return
        traffic, size = self.traffic, len(data)
        self.received += size
        self.held += size
        traffic.bytes_in_flight += size
        super().data_received(data)
        if self.has_large_headers:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self.phase is Phase.BODY and self.cycle.response_complete:
            self._release()  # the rest of a body that nobody reads
        elif self.phase is not Phase.IDLE and not traffic.has_room(self.held):
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def on_response_complete(self) -> None:
        """Wait for the next request, unless one is arriving."""
        super().on_response_complete()
        if self.cycle.response_complete:
            if self.phase is Phase.ANSWER:
                self.wait_for_request()
            elif self.phase is Phase.BODY:
                self._release()

    def pause_writing(self) -> None:
        """Give the client as long to read an answer as to send a request."""
        super().pause_writing()
        self.enter(self.phase, self.traffic.limits.body_seconds)

    def resume_writing(self) -> None:
        """Forget the deadline of a client that reads again."""
        super().resume_writing()
        if self.phase is Phase.ANSWER:
            self.deadline = None

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: some clients offer HTTP/2 with every request."""

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self._report(HTTPStatus.BAD_REQUEST)
        super().send_400_response(msg)

    def shutdown(self) -> None:
        """Close an idle connection; any other one closes after its answer."""
        if self.is_at_work():
            if not self.cycle.response_started:
                self._close_after_answer()
            self.cycle.keep_alive = False
        elif self.phase is Phase.CLOSING:
            self.transport.abort()
        elif self.phase is Phase.IDLE and not self._has_input():
            super().shutdown()

    def expire(self) -> None:
        """Act on a deadline that has passed."""
        if self.phase in (Phase.CLOSING, Phase.ANSWER):  # the client does not read
            self.transport.abort()
        elif self.phase is Phase.IDLE or self.transport.is_closing():
            self.enter(Phase.CLOSING, LINGER_SECONDS)
            self.transport.close()
        elif self.flow.read_paused:  # the application has not asked for more
            self.enter(self.phase, self.traffic.limits.body_seconds)
        else:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)

    def stop(self) -> None:
        """Refuse a request that is not answered when the service ends."""
        is_arriving = self.phase in (Phase.HEADERS, Phase.BODY)
        if is_arriving or self.phase is Phase.ANSWER:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT if is_arriving else HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self.transport.abort()

    def refuse(self, status: HTTPStatus) -> None:
        """Answer a request in place of the application, if an answer is still possible, and close the connection."""
        is_at_work = self.is_at_work()
        # While headers arrive, an answer that is not complete belongs to an earlier request.
        is_earlier = self.phase is Phase.HEADERS
        is_possible = not is_at_work if is_earlier else is_at_work and not self.cycle.response_started
        self._report(status)
        self.enter(Phase.CLOSING, LINGER_SECONDS)
        self._release()
        if is_at_work:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not is_possible or self.transport.is_closing():
            self.transport.abort()
            return
        self.transport.write(self.traffic.answer(status, self.server_state.default_headers))
        if self.traffic.is_draining:
            self.transport.close()
        else:
            self.transport.write_eof()
            self.flow.resume_reading()

    def wait_for_request(self) -> None:
        """Start to wait for the next request."""
        self._release()
        self.received = 0
        self.enter(Phase.IDLE, self.traffic.limits.idle_seconds)

    def begin_answer(self, *, must_close: bool) -> None:
        """Check the headers of a request that the application is about to answer."""
        if must_close or self.traffic.is_draining:
            self._close_after_answer()
        most = self.traffic.limits.header_bytes
        if self.received > most:
            size = len(self.scope["raw_path"]) + len(self.scope["query_string"])
            size += sum(len(name) + len(value) + _LINE_BYTES for name, value in self.headers)
            self.has_large_headers = self.has_large_headers or size > most

    def enter(self, phase: Phase, seconds: float | None) -> None:
        """Begin a phase, with the seconds that it may take."""
        self.phase = phase
        self.deadline = None if seconds is None else self.loop.time() + seconds

    def _release(self) -> None:
        self.traffic.bytes_in_flight -= self.held
        self.held = 0

    def is_at_work(self) -> bool:
        """Return whether the application has a request that is not answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _close_after_answer(self) -> None:
        self.cycle.default_headers = [*self.cycle.default_headers, CLOSE_HEADER]

    def _report(self, status: HTTPStatus) -> None:
        """Count a refusal, or leave it to the application if that has begun to handle the request."""
        if self.is_at_work() and self.phase is not Phase.HEADERS:
            self.cycle.scope["state"]["refused"] = int(status)
        else:
            self.traffic.refused(status)

    def _has_input(self) -> bool:
        """Return whether bytes have arrived that the event loop has not read yet."""
        with _Selector() as selector:
            selector.register(self.transport.get_extra_info("socket").fileno(), selectors.EVENT_READ)
            return bool(selector.select(0))
