"""Limit a connection of uvicorn: deadlines, size of headers, bytes in flight, and when it closes.

uvicorn has no settings for these. tests/server/test_uvicorn.py checks what is used of its classes.
"""

import selectors
from http import HTTPStatus
from typing import TYPE_CHECKING

from uvicorn.protocols.http.flow_control import CLOSE_HEADER

from app.net.traffic import LINGER_SECONDS, SMALLEST_LIMIT, Traffic

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol  # httptools has the same attributes
else:
    _Protocol = object

# A client that has just connected cannot know that the service ends. Its first request is awaited for this long.
_FIRST_REQUEST_SECONDS = 1.0
_LINE_BYTES = 4  # a header field has a colon, a space and the end of the line beside name and value
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # needs no file descriptor


# What a connection waits for: the first byte of a request, the rest of its headers, its body, the application. Every
# request compares them several times, so they are plain numbers.
IDLE, HEADERS, BODY, ANSWER, CLOSING = range(5)


class Limited(_Protocol):
    """A protocol of uvicorn with limits. A subclass sets the phases BODY and ANSWER."""

    traffic: Traffic  # of the class
    phase = IDLE
    deadline: float | None = None
    held = 0  # bytes of requests that are not answered yet
    received = 0  # bytes since the connection was idle
    body_bytes = 0  # of these, what the application was given
    data = b""  # that is being read
    has_large_headers = False
    _timed: object = None  # the request whose body has a deadline

    def connection_made(self, transport: "asyncio.Transport") -> None:  # type: ignore[override]
        """Start to wait for a request."""
        super().connection_made(transport)
        self.wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back the bytes that the connection held."""
        self._release()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes, read them, and judge what is not simply a small request."""
        if self.phase == CLOSING:
            return
        traffic, size = self.traffic, len(data)
        self.received += size
        self.held += size
        traffic.bytes_in_flight += size
        self.data = data
        super().data_received(data)
        self.data = b""
        if self.phase != ANSWER or self.received > SMALLEST_LIMIT or traffic.bytes_in_flight > traffic.room_of_large:
            self._judge()

    def pause_writing(self) -> None:
        """Give the client as long to read an answer as to send a request."""
        super().pause_writing()
        self.enter(self.phase, self.traffic.limits.body_seconds)

    def resume_writing(self) -> None:
        """Forget the deadline of a client that reads again."""
        super().resume_writing()
        if self.phase == ANSWER:
            self.deadline = None

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: some clients offer HTTP/2 with every request."""

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, after the answers to the requests before it."""
        if (self.phase == ANSWER and self.is_at_work()) or getattr(self, "pipeline", None):
            self._close_after_answer()
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if self.phase != BODY:
            self.phase = HEADERS
        self.refuse(HTTPStatus.BAD_REQUEST)

    def shutdown(self) -> None:
        """Close an idle connection; any other one closes after its answer."""
        is_new = self.cycle is None
        if self.is_at_work():
            if not self.cycle.response_started:
                self._close_after_answer()
            self.cycle.keep_alive = False
        elif self.phase == CLOSING:
            self.transport.abort()
        elif is_new:
            self.loop.call_later(_FIRST_REQUEST_SECONDS, self._close_idle)
        else:
            self._close_idle()

    def expire(self) -> None:
        """Act on a deadline that has passed."""
        if self.phase in {CLOSING, ANSWER}:  # the client does not read
            self.transport.abort()
        elif self.phase == IDLE or self.transport.is_closing():
            self.enter(CLOSING, LINGER_SECONDS)
            self.transport.close()
        elif self.flow.read_paused:  # the application has not asked for more
            self.enter(self.phase, self.traffic.limits.body_seconds)
        else:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)

    def make_room(self) -> None:
        """Close a connection without a whole request: no file descriptor is free for others."""
        if self.phase == HEADERS:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, lingers=False)
        elif self.phase in {IDLE, CLOSING}:
            self.transport.abort()

    def stop(self) -> None:
        """Refuse a request that is not answered when the service ends."""
        is_arriving = self.phase in (HEADERS, BODY)
        if is_arriving or self.phase == ANSWER:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT if is_arriving else HTTPStatus.SERVICE_UNAVAILABLE, lingers=False)
        else:
            self.transport.abort()

    def refuse(self, status: HTTPStatus, *, lingers: bool = True) -> None:
        """Answer a request in place of the application, if an answer is still possible, and close the connection."""
        is_at_work = self.is_at_work()
        is_first = not getattr(self, "pipeline", ())  # httptools queues requests that follow
        is_possible = is_first and not self.cycle.response_started if is_at_work else self.phase == HEADERS
        self._report(status)
        self.enter(CLOSING, LINGER_SECONDS)
        self._release()
        if is_at_work:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not is_possible or self.transport.is_closing():
            self.transport.abort()
            return
        self.transport.write(self.traffic.answer(status, self.server_state.default_headers))
        if lingers and not self.traffic.is_draining:
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()

    def wait_for_request(self) -> None:
        """Start to wait for the next request."""
        traffic = self.traffic
        traffic.bytes_in_flight -= self.held
        self.held = self.received = self.body_bytes = 0
        self.phase = IDLE
        self.deadline = traffic.now + traffic.limits.idle_seconds

    def begin_answer(self, *, must_close: bool) -> None:
        """Check the headers of a request that the application is about to answer."""
        self.phase = BODY
        traffic = self.traffic
        if must_close or traffic.is_draining:
            self._close_after_answer()
        if self.received > SMALLEST_LIMIT:
            size = len(self.scope["raw_path"]) + len(self.scope["query_string"])
            size += sum(len(name) + len(value) + _LINE_BYTES for name, value in self.headers)
            self.has_large_headers = self.has_large_headers or size > traffic.limits.header_bytes

    def end_request(self) -> None:
        """Wait for the application, or for the next request if it has answered already."""
        if self.cycle.response_complete:
            self.wait_for_request()
        else:
            self.phase = ANSWER
            self.deadline = None

    def end_answer(self) -> None:
        """Wait for the next request, unless one is arriving."""
        if self.cycle.response_complete:
            if self.phase == ANSWER:
                self.wait_for_request()
            elif self.phase == BODY:
                self._release()

    def enter(self, phase: int, seconds: float) -> None:
        """Begin a phase that may take so long."""
        self.phase = phase
        self.deadline = self.traffic.now + seconds

    def _judge(self) -> None:
        """Refuse a request that is too large; note when one that is not complete must be."""
        limits = self.traffic.limits
        if self.phase == CLOSING:
            return
        if self.phase == IDLE and self.received:
            self.enter(HEADERS, limits.header_seconds)
        elif self.phase == BODY:
            if self.cycle is not self._timed:
                self._timed = self.cycle
                self.enter(BODY, limits.body_seconds)
            if self.cycle.response_complete:
                self._release()  # the rest of a body that nobody reads
        # A body may come in chunks whose sizes take as many bytes as it has itself, beside headers of the usual limit.
        if self.has_large_headers or self.received > limits.header_bytes + 2 * self.body_bytes:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self.phase != IDLE and not self.traffic.has_room(self.held):
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def _close_idle(self) -> None:
        if self.phase == IDLE and not self.transport.is_closing() and not self._has_input():
            super().shutdown()

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
        if self.is_at_work():
            self.cycle.scope["state"]["refused"] = int(status)
        else:
            self.traffic.refused(status)

    def _has_input(self) -> bool:
        """Return whether bytes have arrived that the event loop has not read yet."""
        with _Selector() as selector:
            selector.register(self.transport.get_extra_info("socket").fileno(), selectors.EVENT_READ)
            return bool(selector.select(0))
