"""Serve HTTP with httptools."""

import sys
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.net.h11_protocol import LimitedH11
from app.net.limited_connection import Limited, Phase


class LimitedHttpTools(Limited, HttpToolsProtocol):  # type: ignore[misc]
    """uvicorn's protocol on httptools with limits. httptools itself refuses a length beside chunks."""

    _body_bytes = 0
    _data = b""

    def data_received(self, data: bytes) -> None:
        """Refuse headers, trailers and chunks that never end; httptools has no limit of its own."""
        self._data = data
        super().data_received(data)
        # A body may come in chunks whose sizes take as many bytes as it has itself, beside headers of the usual limit.
        is_arriving = self.phase in (Phase.HEADERS, Phase.BODY)
        if is_arriving and self.received > self.traffic.limits.header_bytes + 2 * self._body_bytes:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to receive headers. Of a pipelined request, only what follows the bytes at hand is counted."""
        super().on_message_begin()
        if self.phase is not Phase.IDLE:
            self.received = 0
        self._body_bytes = 0
        self.enter(Phase.HEADERS, self.traffic.limits.header_seconds)

    def on_headers_complete(self) -> None:
        """Let the application begin."""
        super().on_headers_complete()
        if not self.parser.should_upgrade():
            self.begin_answer(must_close=False)
            self.enter(Phase.BODY, self.traffic.limits.body_seconds)

    def on_body(self, body: bytes) -> None:
        """Count the body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the application, or for the next request if it has answered already."""
        super().on_message_complete()
        if self.parser.should_upgrade():
            return
        if self.cycle.response_complete:
            self.wait_for_request()
        else:
            self.enter(Phase.ANSWER, None)

    def _should_upgrade(self) -> bool:
        return True  # httptools calls for the hand-over below

    def handle_websocket_upgrade(self) -> None:  # type: ignore[override]
        """Hand the connection over to h11: httptools reads no body, and no further request, after an offer to upgrade.

        Java's client offers HTTP/2 with each request. The offer is not taken up.
        """
        if self.is_at_work():
            self.transport.close()
            return
        end_of_headers = sys.exc_info()[1].args[0]  # type: ignore[union-attr]
        head = [f"{self.scope['method']} ".encode(), self.url, f" HTTP/{self.scope['http_version']}\r\n".encode()]
        head += [name + b": " + value + b"\r\n" for name, value in self.headers]
        rest = self._data[end_of_headers:]
        self.connections.discard(self)
        self.wait_for_request()
        self.enter(Phase.CLOSING, None)
        successor = LimitedH11(self.config, self.server_state, self.app_state, self.loop)
        successor.traffic = self.traffic
        self.transport.set_protocol(successor)
        successor.connection_made(self.transport)
        successor.data_received(b"".join((*head, b"\r\n", rest)))
