"""Run an EHR that answers each search page by page, as FHIR servers do."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.lib.peers.serving import serving

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PagedRecord:
    """A running EHR with its FHIR base; `asked` grows with each request."""

    base: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def paged_record(
    record: Mapping[str, list[Json]], link: Callable[[str, str, int], str | None], last: Json | None = None
) -> Iterator[PagedRecord]:
    """Serve one resource a page.

    `record` holds the resources by a code that the search asks for. `link` returns the address of the next page from
    the base, the code and the number of that page, or None. `last` is sent instead of every second page.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            query = parse_qs(urlsplit(self.path).query)
            number = int(query.get("page", ["1"])[0])
            asked = query.get("of") or query["code"]
            code = next(known for known in record if known in asked[0])
            found = record[code]
            body: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
            if number <= len(found):
                body["entry"] = [{"resource": found[number - 1], "search": {"mode": "match"}}]
            following = link(site.base, code, number + 1) if number < len(found) else None
            if following:
                body["link"] = [{"relation": "self", "url": self.path}, {"relation": "next", "url": following}]
            self.send_response(200)
            self.send_header("Content-Type", "application/fhir+json")
            self.end_headers()
            self.wfile.write(json.dumps(last if last is not None and number > 1 else body).encode())

        def log_message(self, *_: object) -> None:
            """Stay silent: `asked` is the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = PagedRecord(f"http://127.0.0.1:{server.server_port}/fhir")
    with serving(server):
        yield site
