"""Send messages to an application as a server does, where an HTTP client would not send them."""

from collections.abc import Iterable
from typing import Any

from starlette.testclient import TestClient
from starlette.types import Message

from tests.lib.asynchronous import awaited


def http_scope(method: str, path: str, headers: Iterable[tuple[bytes, bytes]], host: str) -> dict[str, Any]:
    """Return the head of a request as a server passes it on."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 50_000),
        "server": (host, 80),
    }


def sent_messages(
    client: TestClient, method: str, path: str, received: Iterable[Message], **scope: Any
) -> list[Message]:
    """Return what the application sends if these messages arrive after the head of a request."""
    arriving, sent = iter(received), []

    async def receive() -> Message:
        return next(arriving)

    async def send(message: Message) -> None:
        sent.append(message)

    async def run() -> None:
        host = client.base_url.host
        headers = [(b"host", host.encode()), (b"content-type", b"application/json"), *scope.pop("headers", [])]
        request = {**http_scope(method, path, headers, host), **scope}
        await client.app(request, receive, send)

    awaited(run)
    return sent
