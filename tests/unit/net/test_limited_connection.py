"""The limits of a connection, with a tiny application on both protocols."""

import signal
from collections.abc import Iterator

import pytest

from app.net.traffic import Limits
from tests.lib.service_process import Answer, head, is_closed
from tests.lib.tiny_server import PROTOCOLS, TinyServer, tiny_server

LIMITS = Limits(header_seconds=0.2, body_seconds=0.2, idle_seconds=0.2, header_bytes=8192, bytes_in_flight=1_048_576)
WHOLE = head("/", "Content-Length: 4") + b"body"


@pytest.fixture(scope="module", params=PROTOCOLS)
def server(request: pytest.FixtureRequest) -> Iterator[TinyServer]:
    with tiny_server(request.param, LIMITS) as found:
        yield found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (head()[:-2], 408),
        (head("/", "Content-Length: 9"), 408),
        (head("/", "X: " + 9000 * "x"), 431),
        (head()[:-2] + b"X: " + 9000 * b"x", 431),
        (b"no request\r\n\r\n", 400),
        (head("/", "Content-Length: 2000000") + 1_000_000 * b"x", 503),
    ],
)
def test_refusal_is_answered_and_closes(server: TinyServer, sent: bytes, status: int) -> None:
    with server.connect() as client:
        client.sendall(sent)
        answer = Answer(client)
        assert (answer.status, answer.closes) == (status, True)


def test_bytes_are_given_back(server: TinyServer) -> None:
    with server.connect() as client:
        for _ in range(3):
            client.sendall(WHOLE)
            assert Answer(client).body == b"body"
        assert is_closed(client)
    with server.connect() as client:
        client.sendall(head("/early", "Content-Length: 100"))
        assert Answer(client).status == 200
        client.sendall(100 * b"x" + WHOLE)
        assert Answer(client).body == b"body"
        assert is_closed(client)
    assert server.traffic.bytes_in_flight == 0


def test_pipelined_requests_are_answered_in_order(server: TinyServer) -> None:
    with server.connect() as client:
        client.sendall(WHOLE + head("/", "Content-Length: 5") + b"other")
        response = b""
        while not response.endswith(b"other"):
            response += client.recv(4096)
        assert response.count(b"200 OK") == 2
        assert response.index(b"\r\n\r\nbody") < response.index(b"\r\n\r\nother")


def test_offer_to_upgrade_keeps_the_body(server: TinyServer) -> None:
    with server.connect() as client:
        client.sendall(head("/", "Content-Length: 4", "Connection: Upgrade", "Upgrade: h2c") + b"body")
        assert Answer(client).body == b"body"
        client.sendall(WHOLE)
        assert Answer(client).body == b"body"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_signal_ends_what_has_not_arrived(protocol: type) -> None:
    with tiny_server(protocol, Limits()) as server, server.connect() as one, server.connect() as two:
        one.sendall(head()[:-2])
        two.sendall(head("/", "Content-Length: 4"))
        with server.connect() as client:
            client.sendall(WHOLE)
            assert Answer(client).status == 200
        server.server.handle_exit(signal.SIGTERM, None)
        assert server.lifecycle.is_stopping
        assert (Answer(one).status, Answer(two).status) == (408, 408)
