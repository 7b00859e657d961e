"""A client that sends nothing, or too slowly, is answered if possible, and its connection is closed."""

import pytest

from tests.lib.service_process import Answer, RunningService, assessment, head, is_closed, request


@pytest.mark.parametrize("sent", [b"P", head()[:-2], head()[:30]])
def test_slow_headers_are_408(limited: RunningService, sent: bytes) -> None:
    with limited.connect() as client:
        client.sendall(sent)
        answer = Answer(client)
        assert (answer.status, answer.closes) == (408, True)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert is_closed(client)


@pytest.mark.parametrize("framing", ["Content-Length: 500", "Transfer-Encoding: chunked"])
def test_slow_body_is_408(limited: RunningService, framing: str) -> None:
    with limited.connect() as client:
        client.sendall(head("/api/v1/assessments", framing))
        answer = Answer(client)
        assert (answer.status, answer.closes) == (408, True)
        assert is_closed(client)
    line = limited.wait_for_line(lambda line: line.get("status") == 408)
    assert line["route"] == "/api/v1/assessments"


def test_idle_connection_is_closed(limited: RunningService) -> None:
    with limited.connect() as client:
        assert is_closed(client)


@pytest.mark.parametrize("sent", [b"", b"\r\n"])
def test_connection_is_closed_if_idle_after_an_answer(limited: RunningService, sent: bytes) -> None:
    with limited.connect() as client:
        for _ in range(2):
            client.sendall(request())
            assert Answer(client).status == 200
        client.sendall(sent)
        client.settimeout(30)
        rest = b"".join(iter(lambda: client.recv(4096), b""))
        assert not rest.startswith(b"HTTP/1.1 200")


def test_slow_headers_after_an_answer_are_408(limited: RunningService) -> None:
    with limited.connect() as client:
        client.sendall(request() + head()[:-2])
        assert Answer(client).status == 200
        client.sendall(b"X: 1\r\n")
        assert Answer(client).status == 408
        assert is_closed(client)


def test_rest_of_an_unread_body_is_not_awaited(limited: RunningService) -> None:
    with limited.connect() as client:
        client.sendall(head("/no/such/page", "Content-Length: 1000") + b"x")
        assert Answer(client).status == 404
        assert is_closed(client)


def test_body_in_pieces_is_answered(limited: RunningService) -> None:
    with limited.connect() as client:
        body = assessment()
        for piece in (head("/api/v1/assessments", f"Content-Length: {len(body)}"), body[:10], body[10:]):
            client.sendall(piece)
        assert Answer(client).status == 200


def test_refusals_are_counted(limited: RunningService) -> None:
    with limited.connect() as client:
        client.sendall(head()[:-2])
        assert Answer(client).status == 408
    metrics = limited.get("/metrics").body.decode()
    assert 'sii_afp_requests_total{method="other",route="other",status="408"}' in metrics
