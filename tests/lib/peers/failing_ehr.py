"""Run an EHR with one fault; the first folder of its base names the fault."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from app.net.json_client import JsonAnswer, Outbound
from tests.lib.fhir.examples import observation, quantity, searchset
from tests.lib.peers.serving import serving

# With these faults the record still answers with one result, an AFP.
HAS_AFP = (
    *("filing-refused", "filing-fails", "filing-hangs"),
    *("no-banner", "banner-is-something-else", "no-name", "no-birth-date"),
)
TOKEN = "a-token-that-nobody-may-see"  # noqa: S105 - of a test
# The name of its authorization server, and the promise to repeat it (RFC 9207).
ISSUER = "https://sign-in.ehr.example"
_PROMISE = "authorization_response_iss_parameter_supported"


@dataclass(frozen=True, slots=True)
class FailingRecord:
    """A running EHR; the base `{address}/{fault}` has that fault. `asked` grows with each request."""

    address: str
    asked: list[str] = field(default_factory=list)


class HurriedWhereItHangs(Outbound):
    """Calls the EHR with a short deadline if it hangs, and otherwise with one that suits a busy machine."""

    def __init__(self) -> None:
        super().__init__(30.0)
        self._hurried = Outbound(0.3)

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> JsonAnswer:
        return await (self._hurried.get if _hangs(address) else super().get)(address, headers)

    async def post_form(
        self, address: str, fields: Mapping[str, str], basic: tuple[str, str] | None = None
    ) -> JsonAnswer:
        return await (self._hurried.post_form if _hangs(address) else super().post_form)(address, fields, basic)

    async def post_json(self, address: str, body: bytes, headers: Mapping[str, str]) -> JsonAnswer:
        return await (self._hurried.post_json if _hangs(address) else super().post_json)(address, body, headers)


def _hangs(address: str) -> bool:
    status, _ = _answer_of("", *_fault_and_part(urlsplit(address).path))
    return status == 0


def _fault_and_part(path: str) -> tuple[str, str]:
    fault, _, rest = path.removeprefix("/").partition("/")
    return fault, rest.rpartition("/")[2]


@contextmanager
def failing_record(scope: str | None = None) -> Iterator[FailingRecord]:
    """Serve until the test ends; then release requests that hang. The token answer names `scope`, if there is one."""
    end = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer()

        def _answer(self) -> None:
            record.asked.append(f"{self.command} {self.path}")
            status, body = _answer_of(record.address, *_fault_and_part(self.path.partition("?")[0]))
            if scope is not None and isinstance(body, dict) and "access_token" in body:
                body = body | {"scope": scope}
            if status == 0:
                end.wait()
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == 302:
                self.send_header("Location", f"{record.address}/redirected")
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Stay silent: `asked` is the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    record = FailingRecord(f"http://127.0.0.1:{server.server_port}")
    with serving(server):
        try:
            yield record
        finally:
            end.set()


_NOTHING = searchset()
_PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"text": "Erika Muster"}],
    "birthDate": "1964-08",
}
_AFP = observation("afp", quantity(1210, "ng/mL", comparator=">"), when="2026-01-05", id="afp")
_TOKEN_ANSWER = {"access_token": TOKEN, "token_type": "Bearer", "patient": "p1", "expires_in": 300}


def _answer_of(address: str, fault: str, part: str) -> tuple[int, Any]:
    """Return status and body; status 0 hangs."""
    base = f"{address}/{fault}"
    if part == "smart-configuration":
        configuration: dict[str, Any] = {
            "authorization_endpoint": f"{base}/authorize?tenant=1",
            "token_endpoint": f"{base}/token",
            "code_challenge_methods_supported": ["S256"],
            "capabilities": [],
        }
        changed: dict[str, tuple[int, Any]] = {
            "no-configuration": (404, {}),
            "configuration-is-no-json": (200, b"<html>"),
            "configuration-hangs": (0, None),
            "no-pkce": (200, configuration | {"code_challenge_methods_supported": ["plain"]}),
            "plain-endpoint": (200, configuration | {"token_endpoint": "http://192.0.2.1/token"}),
            "names-itself": (200, configuration | {"issuer": ISSUER}),
            "promises-its-name": (200, configuration | {"issuer": ISSUER, _PROMISE: True}),
            "no-endpoint": (200, {"code_challenge_methods_supported": ["S256"]}),
        }
        return changed.get(fault, (200, configuration))
    if part == "token":
        changed = {
            "token-refused": (401, {"error": "invalid_client"}),
            "token-hangs": (0, None),
            "token-redirects": (302, b""),
            "token-is-no-json": (200, b"<html>"),
            "token-is-not-bearer": (200, _TOKEN_ANSWER | {"token_type": "mac"}),
            "no-patient": (200, {name: value for name, value in _TOKEN_ANSWER.items() if name != "patient"}),
            "strange-patient": (200, _TOKEN_ANSWER | {"patient": "p1/../../admin?x="}),
        }
        return changed.get(fault, (200, _TOKEN_ANSWER))
    if part in ("RiskAssessment", "DocumentReference"):
        return {"filing-hangs": (0, None), "filing-fails": (500, {})}.get(fault, (403, {}))
    if part == "p1":
        changed = {
            "another-banner": (200, _PATIENT | {"id": "p2"}),
            "no-banner": (404, {}),
            "banner-is-something-else": (200, _NOTHING),
            "no-name": (200, _PATIENT | {"name": [{"use": "official"}]}),
            "no-birth-date": (200, _PATIENT | {"birthDate": "soon"}),
        }
        return changed.get(fault, (200, _PATIENT))
    changed = {
        "record-is-down": (503, {}),
        "record-hangs": (0, None),
        "record-redirects": (302, b""),
        "record-is-no-json": (200, b"<html>"),
        "record-is-cut-off": (200, b'{"resourceType":"Bundle","entry":['),
        "record-is-huge": (200, b" " * 3_000_000 + b"{}"),
        "record-gives-an-outcome": (200, {"resourceType": "OperationOutcome"}),
        "record-gives-something-else": (200, {"resourceType": "Patient"}),
    }
    if fault in HAS_AFP:
        return 200, searchset(_AFP)
    return changed.get(fault, (200, _NOTHING))
