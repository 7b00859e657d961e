"""Serve HTTP with h11, where httptools does not install."""

import asyncio
import sys
from http import HTTPStatus
from typing import Any

import h11
from h11._connection import DEFAULT_MAX_INCOMPLETE_EVENT_SIZE
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from app.net.limited_connection import BODY, CLOSING, Limited
from app.net.request_head import BadRequestError, check_head

_LINE_ENDS = b"\r\n"


class _Connection(h11.Connection):
    """A connection of h11 that skips line ends before a request, and checks its head."""

    def next_event(self) -> Any:
        """Return the next event. Raises RemoteProtocolError if the head of a request is wrong."""
        buffer = self._receive_buffer
        if self.their_state is h11.IDLE and buffer.is_next_line_obviously_invalid_request_line():
            received = bytes(buffer)
            buffer._extract(len(received) - len(received.lstrip(_LINE_ENDS)))  # noqa: SLF001 - h11 has no other way
        event = super().next_event()
        if not isinstance(event, h11.Request):
            return event
        fields = [(bytes(name), bytes(value)) for name, value in event.headers]
        try:
            target = check_head(bytes(event.target), event.http_version.decode(), fields)
        except BadRequestError as error:
            raise h11.RemoteProtocolError(str(error)) from None
        if target == event.target:
            return event
        return h11.Request(method=event.method, target=target, headers=fields, http_version=event.http_version)


class LimitedH11(Limited, H11Protocol):
    """uvicorn's protocol on h11 with limits. h11 itself limits headers that are not complete."""

    _known: object = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn = _Connection(h11.SERVER, config.h11_max_incomplete_event_size or DEFAULT_MAX_INCOMPLETE_EVENT_SIZE)

    def handle_events(self) -> None:
        """Keep the phase, from the state of h11."""
        super().handle_events()
        if self.phase == CLOSING:
            return
        if self.cycle is not self._known:
            self._known = self.cycle
            names = {name for name, _ in self.headers}
            # RFC 9112, 6.1: a proxy may have read the length instead, and take what follows for another request.
            self.begin_answer(must_close={b"content-length", b"transfer-encoding"} <= names)
        # h11 limits what is not body itself.
        self.body_bytes = self.received
        if self.phase == BODY and self.conn.their_state is not h11.SEND_BODY:
            self.end_request()

    def on_response_complete(self) -> None:
        """End the answer, after a pipelined request has begun."""
        super().on_response_complete()
        self.end_answer()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP. h11 says if it is only too long."""
        status = getattr(sys.exc_info()[1], "error_status_hint", HTTPStatus.BAD_REQUEST)
        if status == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            self.has_large_headers = True
        else:
            super().send_400_response(msg)
