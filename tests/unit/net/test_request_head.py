"""The head of a request: target, Host, version and transfer coding."""

import pytest

from app.net.request_head import BadRequestError, Fields, check_head

HOST = (b"host", b"localhost")
OTHER = (b"accept", b"*/*")


@pytest.mark.parametrize(
    ("target", "path", "host"),
    [
        (b"/a?b", b"/a?b", b"localhost"),
        (b"http://calc.example/a?b", b"/a?b", b"calc.example"),
        (b"HTTPS://calc.example:8443", b"/", b"calc.example:8443"),
        (b"http://[::1]:80?b", b"/?b", b"[::1]:80"),
        (b"//evil.example/a", b"//evil.example/a", b"localhost"),
    ],
)
def test_target_gives_path_and_host(target: bytes, path: bytes, host: bytes) -> None:
    fields: Fields = [OTHER, HOST]
    assert check_head(target, "1.1", fields) == path
    assert dict(fields) == {b"accept": b"*/*", b"host": host}


def test_spaces_around_host_are_removed() -> None:
    fields: Fields = [(b"host", b" localhost\t"), (b"transfer-encoding", b"Chunked ")]
    check_head(b"/", "1.1", fields)
    assert fields[0] == HOST


def test_version_1_0_needs_no_host() -> None:
    assert check_head(b"/", "1.0", []) == b"/"


@pytest.mark.parametrize(
    ("target", "version", "fields"),
    [
        (b"/", "1.1", []),
        (b"/", "1.0", [HOST, HOST]),
        (b"/", "1.1", [HOST, (b"host", b"evil.example")]),
        (b"/", "1.1", [(b"host", b"evil.example@localhost")]),
        (b"/", "1.1", [(b"host", b"localhost:http")]),
        (b"/", "2.0", [HOST]),
        (b"/", "0.9", [HOST]),
        (b"/", "1.1", [HOST, (b"transfer-encoding", b"gzip, chunked")]),
        (b"/", "1.1", [HOST, (b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")]),
        (b"/a#b", "1.1", [HOST]),
        (b"a", "1.1", [HOST]),
        (b"*", "1.1", [HOST]),
        (b"", "1.1", [HOST]),
        (b"evil.example:80", "1.1", [HOST]),
        (b"http://", "1.1", [HOST]),
        (b"http://:80/", "1.1", [HOST]),
        (b"ftp://localhost/", "1.1", [HOST]),
        (b"http://evil.example@localhost/", "1.1", [HOST]),
    ],
)
def test_wrong_head_is_refused(target: bytes, version: str, fields: Fields) -> None:
    with pytest.raises(BadRequestError):
        check_head(target, version, list(fields))
