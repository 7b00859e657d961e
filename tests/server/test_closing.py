"""Requests whose end is ambiguous close the connection after the answer."""

import pytest

from tests.lib.service_process import Answer, RunningService, assessment, head, is_closed

LENGTH, CHUNKED = f"Content-Length: {len(assessment())}", "Transfer-Encoding: chunked"
CHUNK = b"%x\r\n" % len(assessment()) + assessment() + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize("fields", [(LENGTH, CHUNKED), (CHUNKED, LENGTH)])
def test_length_beside_chunks_closes(limited: RunningService, fields: tuple[str, str]) -> None:
    smuggled = head("/metrics", method="GET")
    with limited.connect() as client:
        client.sendall(head("/api/v1/assessments", *fields) + CHUNK + smuggled)
        answer = Answer(client)
        assert answer.status in (200, 400)
        assert answer.closes
        assert is_closed(client)


@pytest.mark.parametrize("field", [LENGTH, CHUNKED])
def test_either_keeps_the_connection(limited: RunningService, field: str) -> None:
    with limited.connect() as client:
        for _ in range(2):
            client.sendall(head("/api/v1/assessments", field) + (assessment() if field == LENGTH else CHUNK))
            answer = Answer(client)
            assert (answer.status, answer.closes) == (200, False)


def test_upgrade_that_is_not_made_is_answered(limited: RunningService) -> None:
    upgrade = (
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA",
    )
    with limited.connect() as client:
        client.sendall(head("/api/v1/assessments", LENGTH, *upgrade) + assessment())
        answer = Answer(client)
        assert answer.status == 200
        if answer.closes:
            assert is_closed(client)
        else:
            client.sendall(head("/api/v1/assessments", LENGTH) + assessment())
            assert Answer(client).status == 200
