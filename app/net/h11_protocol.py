"""Serve HTTP with h11, where httptools does not install."""

import sys
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.net.limited_connection import BODY, CLOSING, Limited


class LimitedH11(Limited, H11Protocol):
    """uvicorn's protocol on h11 with limits. h11 itself limits headers that are not complete."""

    _known: object = None

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
