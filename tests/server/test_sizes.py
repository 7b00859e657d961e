"""Headers and the bytes of all requests together are limited."""

import select
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.lib.service_process import Answer, RunningService, head, is_closed, request

LIMIT = 16_384
CHUNKED = head("/api/v1/assessments", "Transfer-Encoding: chunked")


def answer_to(service: RunningService, *pieces: bytes) -> Answer:
    """Return the answer, though the service may close before everything is sent."""
    with service.connect() as client:
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                client.sendall(piece)
        answer = Answer(client)
        assert answer.closes
        return answer


@pytest.mark.parametrize(
    "pieces",
    [
        (head("/", "X: " + LIMIT * "x"),),
        (head("/", *(f"X-{number}: x" for number in range(3000))),),
        (head("/" + LIMIT * "x"),),
        (head()[:-2], *(b"X: " + 1000 * b"x" + b"\r\n" for _ in range(40))),
        (head()[:-2] + b"X: ", *(1000 * b"x" for _ in range(40))),
        (request(f"X: {20_000 * 'x'}"),),
    ],
    ids=["one", "many", "address", "endless", "endless-value", "with-body"],
)
def test_large_headers_are_431(limited: RunningService, pieces: tuple[bytes, ...]) -> None:
    assert answer_to(limited, *pieces).status == 431


def test_headers_of_the_limit_are_answered(limited: RunningService) -> None:
    assert limited.ask(request(f"X: {(LIMIT - 400) * 'x'}")).status == 200


@pytest.mark.parametrize("sent", [b"0\r\nX: " + 100_000 * b"x", b"0\r\n" + 9000 * b"X-Y: z\r\n"], ids=["value", "many"])
def test_endless_trailers_are_refused(limited: RunningService, sent: bytes) -> None:
    assert answer_to(limited, CHUNKED, sent).status in (400, 431)


def test_endless_chunk_extension_is_refused(limited: RunningService) -> None:
    assert answer_to(limited, CHUNKED, b"1;x=", *(20 * (5000 * b"x",))).status in (400, 431)


def test_small_chunks_are_read(limited: RunningService) -> None:
    body = request().split(b"\r\n\r\n", 1)[1]
    chunks = b"".join(b"5\r\n" + body[at : at + 5] + b"\r\n" for at in range(0, len(body) - 5, 5))
    rest = body[len(range(0, len(body) - 5, 5)) * 5 :]
    assert limited.ask(CHUNKED + chunks + b"%x\r\n" % len(rest) + rest + b"\r\n0\r\n\r\n").status == 200


def resident_bytes(service: RunningService) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def test_unfinished_bodies_leave_room_for_forms(roomy: RunningService) -> None:
    """The room is for 24 bodies: of the others, those were refused that were sending while it was full."""
    with ExitStack() as stack:
        clients = [stack.enter_context(roomy.connect()) for _ in range(200)]
        for client in clients:
            with suppress(BrokenPipeError, ConnectionResetError):
                client.sendall(head("/fhir/$hcc-risk", "Content-Length: 1000001") + 1_000_000 * b" ")
        assert roomy.get("/health/ready").status == 200
        assert roomy.ask(request()).status == 200
        refused = [Answer(client) for client in clients if is_readable(client)]
    assert {answer.status for answer in refused} == {503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    assert resident_bytes(roomy) < 200_000_000


def is_readable(client: socket.socket) -> bool:
    """Whether an answer has arrived, and not only the end of the connection."""
    with suppress(ConnectionResetError):
        return bool(select.select([client], [], [], 0)[0]) and client.recv(1, socket.MSG_PEEK) != b""
    return False


def test_room_is_given_back(roomy: RunningService) -> None:
    for _ in range(60):
        with roomy.connect() as client:
            client.sendall(head("/fhir/$hcc-risk", "Content-Length: 2000000") + 1_000_000 * b" ")
            client.shutdown(socket.SHUT_WR)
            is_closed(client)
    with roomy.connect() as client:
        client.sendall(head("/fhir/$hcc-risk", "Content-Length: 1000000") + 1_000_000 * b" ")
        assert Answer(client).status == 400
