"""Run a site on loopback that answers each path with a fixed JSON and records its requests."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.lib.peers.serving import serving


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `body` is parsed from JSON, None without one."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class CannedSite:
    """A running site at `address`; `asked` grows with each request."""

    address: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def canned_site(answers: Mapping[str, Any]) -> Iterator[CannedSite]:
    """Answer GET and POST of each path with its JSON, and any other path with 404 and an empty object."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append(Asked(self.command, self.path, headers, json.loads(body) if body else None))
            self.send_response(200 if self.path in answers else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answers.get(self.path, {})).encode())

        def log_message(self, *_: object) -> None:
            """Stay silent: `asked` is the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = CannedSite(f"http://127.0.0.1:{server.server_port}")
    with serving(server):
        yield site
