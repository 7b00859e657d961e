"""Serve HTTP with httptools."""

import sys

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.net.h11_protocol import LimitedH11
from app.net.limited_connection import CLOSING, Limited
from app.net.request_head import check_head


class LimitedHttpTools(Limited, HttpToolsProtocol):  # type: ignore[misc]
    """uvicorn's protocol on httptools with limits. httptools itself refuses a length beside chunks."""

    _offers_upgrade = False

    def on_headers_complete(self) -> None:
        """Check the head, and let the application begin. An error that is raised here is answered with 400."""
        self.url = check_head(self.url, self.parser.get_http_version(), self.headers)
        HttpToolsProtocol.on_headers_complete(self)
        self._offers_upgrade = self.parser.should_upgrade()
        if not self._offers_upgrade:
            self.begin_answer(must_close=False)

    def on_body(self, body: bytes) -> None:
        """Count the body."""
        self.body_bytes += len(body)
        HttpToolsProtocol.on_body(self, body)

    def on_message_complete(self) -> None:
        """End the request."""
        HttpToolsProtocol.on_message_complete(self)
        if not self._offers_upgrade:
            self.end_request()

    def on_response_complete(self) -> None:
        """End the answer. uvicorn's timer is not set: the deadline of an idle connection takes its place."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
        else:
            self.server_state.total_requests += 1
            self.flow.resume_reading()
        self.end_answer()

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
        rest = self.data[end_of_headers:]
        self.connections.discard(self)
        self.wait_for_request()
        self.phase = CLOSING
        successor = LimitedH11(self.config, self.server_state, self.app_state, self.loop)
        successor.traffic = self.traffic
        self.transport.set_protocol(successor)
        successor.connection_made(self.transport)
        successor.data_received(b"".join((*head, b"\r\n", rest)))
