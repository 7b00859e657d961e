"""Run a server with hostile answers; the first folder of an address names the fault."""

import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from ssl import SSLContext, SSLError

from tests.lib.cds_hooks.calls import condition
from tests.lib.fhir.examples import searchset
from tests.lib.peers.serving import serving

# Text from a hostile server must not reach our answers and logs.
MARK = "said-by-the-hostile-server"
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"
_STARTED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_MEGABYTE = b" " * 1_000_000


@dataclass(frozen=True, slots=True)
class HostileServer:
    """A running server; `asked` holds each request with its head, in lower case."""

    address: str
    asked: list[str] = field(default_factory=list)

    def base(self, fault: str) -> str:
        return f"{self.address}/{fault}/fhir"


@dataclass(frozen=True, slots=True)
class Connection:
    """One request, the stream for the answer, and an event that is set when the test is over."""

    path: str
    socket: socket.socket
    end: threading.Event

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.socket.sendall(part)

    def send_until_gone(self, part: bytes, pause: float = 0) -> None:
        """Repeat until the other side closes."""
        while not self.end.wait(pause):
            self.socket.sendall(part)


Fault = Callable[[Connection], object]


def _says(body: bytes, status: str = "200 OK", headers: str = "") -> Fault:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return lambda connection: connection.send(head.encode(), body)


def says_json(body: object, status: str = "200 OK") -> Fault:
    return _says(json.dumps(body).encode(), status)


def _redirects(status: int, location: str) -> Fault:
    return _says(b"{}", f"{status} Elsewhere", f"Location: {location}\r\n")


def _zipped(body: bytes, encoding: str = "gzip") -> Fault:
    return _says(body, headers=f"Content-Encoding: {encoding}\r\n")


def _never_goes_on(connection: Connection) -> None:
    connection.send(_STARTED)
    connection.end.wait()


def _trickles(connection: Connection) -> None:
    connection.send(_STARTED)
    connection.send_until_gone(b"1\r\n \r\n", pause=0.01)


def says_slowly(body: object) -> Fault:
    """Send a correct answer in pieces, for longer than a short deadline."""
    text = json.dumps(body).encode()
    pieces = [b"%x\r\n%s\r\n" % (len(text[at : at + 20]), text[at : at + 20]) for at in range(0, len(text), 20)]

    def trickle(connection: Connection) -> None:
        connection.send(_STARTED)
        for piece in [*pieces, b"0\r\n\r\n"]:
            connection.end.wait(0.03)
            connection.send(piece)

    return trickle


def _never_ends_its_head(connection: Connection) -> None:
    connection.send(_OK)
    connection.send_until_gone(b"X: y\r\n")


def _never_ends_its_body(connection: Connection) -> None:
    connection.send(_STARTED)
    connection.send_until_gone(b"f4240\r\n" + _MEGABYTE + b"\r\n")


def _resets(connection: Connection) -> None:
    connection.send(_OK)
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _only_afp_fails(connection: Connection) -> None:
    is_afp = "1834-1" in connection.path
    answer = says_json({"diagnostics": MARK}, "500 Broken") if is_afp else says_json(searchset(condition()))
    answer(connection)


_OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x", "diagnostics": MARK}]}
_BOMB = gzip.compress(_MEGABYTE * 50)
FAULTS: dict[str, Fault] = {
    "never-answers": lambda connection: connection.end.wait(),
    "never-goes-on": _never_goes_on,
    "trickles": _trickles,
    "trickles-its-head": lambda connection: connection.send_until_gone(b"H", pause=0.01),
    "endless-head": _never_ends_its_head,
    "endless-body": _never_ends_its_body,
    "huge": _says(b"{" + _MEGABYTE * 2 + b"}"),
    "gzip-bomb": _zipped(_BOMB),
    "gzip-bomb-in-gzip": _zipped(gzip.compress(_BOMB), "gzip, gzip"),
    "broken-gzip": _zipped(b"\x1f\x8b" + MARK.encode()),
    "many-encodings": _zipped(b"{}", ", ".join(["gzip"] * 9)),
    "cut-off": lambda connection: connection.send(_OK, b'Content-Length: 999\r\n\r\n{"resourceType":'),
    "cut-off-in-a-chunk": lambda connection: connection.send(_STARTED, b'ff\r\n{"resourceType":'),
    "resets": _resets,
    "hangs-up": lambda _: None,
    "speaks-ssh": lambda connection: connection.send(b"SSH-2.0-" + MARK.encode() + b"\r\n"),
    "two-lengths": lambda connection: connection.send(_OK, b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "not-json": _says(f"<html>{MARK}</html>".encode()),
    "not-utf-8": _says(b'{"resourceType":"Bundle","x":"\xff"}'),
    "nan": _says(b'{"resourceType":"Bundle","total":NaN}'),
    "huge-exponent": _says(b'{"resourceType":"Bundle","total":1e99999999999999999999}'),
    "half-a-surrogate": _says(b'{"resourceType":"Bundle","x":"\\ud800"}'),
    "same-name-twice": _says(b'{"resourceType":"Patient","resourceType":"Bundle"}'),
    "nested": _says(b"[" * 500_000),
    "empty": _says(b""),
    "no-content": lambda connection: connection.send(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "null": says_json(None),
    "a-list": says_json([searchset(condition())]),
    "a-text": says_json(MARK),
    "no-resource": says_json({"hello": MARK}),
    "no-bundle": says_json(condition()),
    "outcome": says_json(_OUTCOME),
    "outcome-in-a-bundle": says_json({"resourceType": "Bundle", "entry": [{"resource": _OUTCOME}]}),
    "only-afp-fails": _only_afp_fails,
    **{
        f"status-{status}": says_json(_OUTCOME, f"{status} {MARK}")
        for status in (400, 401, 403, 404, 410, 429, 500, 503)
    },
    **{f"redirect-{status}": _redirects(status, "/redirected") for status in (300, 301, 302, 303, 304, 307, 308)},
    "redirect-nowhere": _redirects(302, "http://["),
    "redirect-inside": _redirects(302, "http://169.254.169.254/latest/meta-data"),
}


class _Server(ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Stay silent, because the client closed the connection as expected."""


@contextmanager
def hostile_server(faults: Mapping[str, Fault] = FAULTS, tls: SSLContext | None = None) -> Iterator[HostileServer]:
    """Serve until the test ends; then release requests that hang."""
    end = threading.Event()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            try:
                stream = tls.wrap_socket(self.request, server_side=True) if tls else self.request
            except SSLError:
                return  # the clients do not trust this certificate
            with stream:
                head = b""
                while b"\r\n\r\n" not in head and (part := stream.recv(65_536)):
                    head += part
                asked = head.decode().partition("\r\n\r\n")[0]
                server.asked.append(asked.lower())
                path = asked.split(" ")[1]
                faults[path.split("/")[1]](Connection(path, stream, end))

    running = _Server(("127.0.0.1", 0), Handler)
    server = HostileServer(f"{'https' if tls else 'http'}://127.0.0.1:{running.server_address[1]}")
    with serving(running):
        try:
            yield server
        finally:
            end.set()
