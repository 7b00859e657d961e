"""Call the whole application in this process, without a network and without an HTTP client between."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.types import Message

from app.config.settings import Settings
from app.main import create_app
from tests.lib.raw_requests import http_scope

NOW = datetime(2026, 1, 3, 9, tzinfo=UTC)
_HOST = "calculator.test"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, media type and body."""

    status: int
    media_type: str
    body: bytes

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


class Application:
    """The application with a fixed clock, and a loop to run it in."""

    def __init__(self, clock: Callable[[], datetime] = lambda: NOW, **settings: Any) -> None:
        """Create it; None takes a setting of its own away."""
        self._loop = asyncio.new_event_loop()
        url = f"https://{_HOST}"
        settings = {"allowed_hosts": (_HOST,), "public_url": url, "canonical_url": f"{url}/fhir", **settings}
        given = {name: value for name, value in settings.items() if value is not None}
        self._host = given["allowed_hosts"][0]
        self.app = create_app(Settings(**given), clock=clock)

    def close(self) -> None:
        """End the loop."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def post(self, path: str, body: bytes, kind: str = "application/json") -> Answer:
        """Return the answer to a POST."""
        return self.call("POST", path, body, kind)

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """Return the answer to a request; without a media type it has no body."""
        fields = {"content-type": kind, "content-length": str(len(body))} if kind else {}
        return self._loop.run_until_complete(self._call(method, path, fields, body))

    async def _call(self, method: str, path: str, fields: dict[str, str], body: bytes) -> Answer:
        arriving: Iterable[Message] = ({"type": "http.request", "body": body}, {"type": "http.disconnect"})
        waiting, sent = iter(arriving), []

        async def receive() -> Message:
            return next(waiting)

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(name.encode(), value.encode()) for name, value in {"host": self._host, **fields}.items()]
        scope = {**http_scope(method, path, headers, self._host), "state": {}}
        await self.app(scope, receive, send)
        start = next(message for message in sent if message["type"] == "http.response.start")
        content = b"".join(message.get("body", b"") for message in sent)
        kinds = dict(start["headers"]).get(b"content-type", b"").decode()
        return Answer(start["status"], kinds.partition(";")[0], content)
