"""Serve a tiny application in a thread, with the limits of the service."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.net.h11_protocol import LimitedH11
from app.net.httptools_protocol import LimitedHttpTools
from app.net.limited_connection import Limited
from app.net.traffic import Limits, Traffic
from app.server import Server
from app.web.state import Lifecycle

PROTOCOLS: list[type[Limited]] = [LimitedHttpTools, LimitedH11]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body; `/early` answers without reading it."""
    is_early = scope["path"] == "/early"
    body = b"" if is_early else await Request(scope, receive).body()
    await Response(body)(scope, receive, send)


@dataclass(slots=True)
class TinyServer:
    """A running server, and what it has counted."""

    server: Server
    listener: socket.socket
    traffic: Traffic
    lifecycle: Lifecycle
    refused: list[int] = field(default_factory=list)

    def connect(self) -> socket.socket:
        return socket.create_connection(self.listener.getsockname(), timeout=30)


@contextmanager
def tiny_server(protocol: type[Limited], limits: Limits) -> Iterator[TinyServer]:
    """Serve; the socket listens before the server starts, so that nobody has to wait."""
    refused: list[int] = []
    traffic, lifecycle = Traffic(limits, refused.append), Lifecycle()
    config = uvicorn.Config(
        echo,
        http=type("Bound", (protocol,), {"traffic": traffic}),
        log_config=None,
        lifespan="off",
        h11_max_incomplete_event_size=limits.header_bytes,
        timeout_graceful_shutdown=1,
    )
    server = Server(config, traffic, lifecycle, drain_seconds=0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield TinyServer(server, listener, traffic, lifecycle, refused)
        finally:
            server.should_exit = True
            thread.join()
