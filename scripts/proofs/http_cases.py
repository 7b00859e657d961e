"""List odd and hostile requests as bytes, with the answers that are right."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.web.openapi import EXAMPLE_REQUEST

BODY = json.dumps(EXAMPLE_REQUEST).encode()
_PATH = "/api/v1/assessments"
_HOST = b"Host: localhost\r\n"
_JSON = b"Content-Type: application/json\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
_LENGTH = b"Content-Length: %d\r\n" % len(BODY)
_NEXT = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
REFUSED = frozenset({400})


@dataclass(frozen=True, slots=True)
class Case:
    """What a client sends, in pieces, and the answers that may come back.

    `statuses` has a set for each answer in order; 0 allows that the connection closes without this answer. There may be
    fewer answers if the last is an error, but never more: then a second request was read where there was none.
    """

    group: str
    name: str
    pieces: tuple[bytes, ...]
    statuses: tuple[frozenset[int], ...]


def cases() -> Iterator[Case]:
    """Yield every case."""
    for group in (
        _lengths,
        _chunks,
        _fields,
        _versions,
        _hosts,
        _targets,
        _methods,
        _pipelines,
        _floods,
        _expectations,
    ):
        yield from group()


def _answers(*statuses: int | tuple[int, ...]) -> tuple[frozenset[int], ...]:
    return tuple(frozenset((one,) if isinstance(one, int) else one) for one in statuses)


def _post(*fields: bytes, body: bytes = BODY, host: bytes = _HOST) -> bytes:
    return f"POST {_PATH} HTTP/1.1\r\n".encode() + host + _JSON + b"".join(fields) + b"\r\n" + body


def _get(path: bytes, *fields: bytes, host: bytes = _HOST, version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET " + path + b" " + version + b"\r\n" + host + b"".join(fields) + b"\r\n"


def _lengths() -> Iterator[Case]:
    """Bodies whose length is ambiguous. A second request follows each; it must not be answered."""
    size = len(BODY)
    both = {
        "length, then chunked": (_LENGTH + _CHUNKED, _CHUNKS),
        "chunked, then length": (_CHUNKED + _LENGTH, _CHUNKS),
        "length 0, then chunked": (b"Content-Length: 0\r\n" + _CHUNKED, _CHUNKS),
    }
    for name, (fields, body) in both.items():
        yield Case("lengths", name, (_post(fields, body=body) + _NEXT,), _answers((200, 400)))
    encodings = {
        "xchunked": b"Transfer-Encoding: xchunked\r\n",
        "chunked, identity": b"Transfer-Encoding: chunked, identity\r\n",
        "identity": b"Transfer-Encoding: identity\r\n",
        "gzip, chunked": b"Transfer-Encoding: gzip, chunked\r\n",
        "twice": _CHUNKED + b"Transfer-Encoding: identity\r\n",
        "space before the colon": b"Transfer-Encoding : chunked\r\n",
        "tab before the colon": b"Transfer-Encoding\t: chunked\r\n",
        "folded": b"Transfer-Encoding:\r\n chunked\r\n",
        "vertical tab": b"Transfer-Encoding: \x0bchunked\r\n",
        "quoted": b'Transfer-Encoding: "chunked"\r\n',
        "comma alone": b"Transfer-Encoding: ,chunked\r\n",
        "after a bare line feed": b"X: 1\nTransfer-Encoding: chunked\r\n",
        "after a bare carriage return": b"X: 1\rTransfer-Encoding: chunked\r\n",
    }
    for name, field in encodings.items():
        # With a length beside it, and the chunks as the body: who reads the length sees another request inside.
        sent = _post(b"Content-Length: 4\r\n", field, body=_CHUNKS) + _NEXT
        yield Case("lengths", f"length and encoding {name}", (sent,), _answers((200, 400, 422, 501)))
    for name, field in {"xchunked": encodings["xchunked"], "gzip, chunked": encodings["gzip, chunked"]}.items():
        yield Case("lengths", f"encoding {name}", (_post(field, body=_CHUNKS) + _NEXT,), _answers((200, 400, 501)))
    lengths = {
        "two different": b"Content-Length: %d\r\nContent-Length: 4\r\n" % size,
        "list of different": b"Content-Length: %d, 4\r\n" % size,
        "plus sign": b"Content-Length: +%d\r\n" % size,
        "minus sign": b"Content-Length: -%d\r\n" % size,
        "hexadecimal": b"Content-Length: 0x%x\r\n" % size,
        "empty": b"Content-Length: \r\n",
        "letters": b"Content-Length: many\r\n",
        "fraction": b"Content-Length: %d.0\r\n" % size,
        "exponent": b"Content-Length: 1e2\r\n",
        "underscore": b"Content-Length: 1_0\r\n",
        "space inside": b"Content-Length: %d 0\r\n" % size,
        "20 digits": b"Content-Length: 99999999999999999999\r\n",
        "5,000 digits": b"Content-Length: " + 5000 * b"9" + b"\r\n",
        "other digits": "Content-Length: ٤٢\r\n".encode(),
        "space before the colon": b"Content-Length : %d\r\n" % size,
        "folded": b"Content-Length:\r\n %d\r\n" % size,
    }
    for name, field in lengths.items():
        accepted = _answers((400, 413) if "digits" in name else 400)
        if name == "folded":  # RFC 9112, 5.2: refuse it, or read it as a space
            accepted = _answers((200, 400), 200)
        yield Case("lengths", f"length {name}", (_post(field) + _NEXT,), accepted)
    twice = {"the same twice": 2 * _LENGTH, "list of the same": b"Content-Length: %d, %d\r\n" % (size, size)}
    for name, field in twice.items():
        yield Case("lengths", f"length {name}", (_post(field) + _NEXT,), _answers((200, 400), (200,)))
    yield Case(
        "lengths", "length with leading zeros", (_post(b"Content-Length: 00%d\r\n" % size) + _NEXT,), _answers(200, 200)
    )
    yield Case(
        "lengths",
        "length of a GET",
        (_get(b"/health/live", b"Content-Length: 4\r\n") + b"GET " + _NEXT,),
        _answers(200, 200),
    )
    yield Case("lengths", "no length", (_post(body=b"") + _NEXT,), _answers((400, 422), 200))


def _chunks() -> Iterator[Case]:
    """Chunked bodies, right and wrong."""
    size = b"%x" % len(BODY)
    good = {
        "capital size": size.upper() + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        "leading zeros": b"000" + size + b"\r\n" + BODY + b"\r\n000\r\n\r\n",
        "extension": size + b";a=b\r\n" + BODY + b"\r\n0;c\r\n\r\n",
        "trailer": size + b"\r\n" + BODY + b"\r\n0\r\nX: y\r\n\r\n",
        "trailer named as a length": size + b"\r\n" + BODY + b"\r\n0\r\nContent-Length: 4\r\n\r\n",
    }
    for name, body in good.items():
        yield Case("chunks", name, (_post(_CHUNKED, body=body) + _NEXT,), _answers((200, 400), (200,)))
    pieces = tuple(_post(_CHUNKED, body=_CHUNKS)[at : at + 7] for at in range(0, len(_post(_CHUNKED, body=_CHUNKS)), 7))
    yield Case("chunks", "seven bytes at a time", pieces, _answers(200))
    bad = {
        "negative size": b"-1\r\n" + BODY + b"\r\n0\r\n\r\n",
        "plus sign": b"+" + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        "0x": b"0x" + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        "size of 40 digits": 40 * b"f" + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        "no size": b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        "letters": b"zz\r\n" + BODY + b"\r\n0\r\n\r\n",
        "space before the size": b" " + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        "bare line feed after the size": size + b"\n" + BODY + b"\r\n0\r\n\r\n",
        "bare line feed in an extension": size + b";\n" + BODY + b"\r\n0\r\n\r\n",
        "longer than its size": b"4\r\n" + BODY + b"\r\n0\r\n\r\n",
        "no end of a chunk": size + b"\r\n" + BODY + b"0\r\n\r\n",
    }
    for name, body in bad.items():
        yield Case("chunks", name, (_post(_CHUNKED, body=body) + _NEXT,), _answers(400))
    yield Case("chunks", "no last chunk", (_post(_CHUNKED, body=size + b"\r\n" + BODY + b"\r\n"),), _answers(408))


def _fields() -> Iterator[Case]:
    """Names and values of header fields."""
    bad = {
        "NUL in a value": b"X: a\x00b\r\n",
        "NUL in a name": b"X\x00Y: a\r\n",
        "control character in a name": b"X\x01: a\r\n",
        "bare carriage return in a value": b"X: a\rb\r\n",
        "space in a name": b"X Y: a\r\n",
        "space before the colon": b"X : a\r\n",
        "space before the name": b" X: a\r\n",
        "no colon": b"XY\r\n",
        "no name": b": a\r\n",
        "bracket in a name": b"X[0]: a\r\n",
        "letter outside ASCII in a name": "Ä: a\r\n".encode(),
    }
    for name, field in bad.items():
        yield Case("fields", name, (_get(b"/health/live", field) + _NEXT,), _answers(400))
    either = {
        "control character in a value": b"X: a\x01b\r\n",
        "DEL in a value": b"X: a\x7fb\r\n",
        "folded value": b"X: a\r\n b\r\n",
        "line feed alone": b"X: a\nY: b\r\n",
    }
    for name, field in either.items():
        yield Case("fields", name, (_get(b"/health/live", field),), _answers((200, 400)))
    good = {
        "letter outside ASCII in a value": b"X: \xff\xc3\xa4\r\n",
        "empty value": b"X:\r\n",
        "tab in a value": b"X:\ta\tb\t\r\n",
        "tilde and other marks in a name": b"X!#$%&'*+-.^_`|~: a\r\n",
        "cookie outside ASCII": b"Cookie: language=\xc3\xa9; x=\xff\r\n",
        "language of rubbish": b"Accept-Language: ;;;q=,*;q=9,\xff\r\n",
        "accept of rubbish": b"Accept: ;;q=,/,a/b;q=x\r\n",
    }
    for name, field in good.items():
        yield Case("fields", name, (_get(b"/health/live", field) + _NEXT,), _answers(200, 200))


def _versions() -> Iterator[Case]:
    """Versions of HTTP."""
    old = b"HTTP/1.0"
    yield Case("versions", "1.0 with Host", (_get(b"/health/live", version=old) + _NEXT,), _answers(200))
    yield Case("versions", "1.0 without Host", (_get(b"/health/live", host=b"", version=old),), _answers(200))
    yield Case("versions", "1.0 without Host, a page", (_get(b"/", host=b"", version=old),), _answers(400))
    keeps = _get(b"/health/live", b"Connection: keep-alive\r\n", version=old)
    yield Case("versions", "1.0 that keeps alive", (keeps,), _answers(200))
    chunked = _post(_CHUNKED, body=_CHUNKS).replace(b"HTTP/1.1", old)
    yield Case("versions", "1.0 with chunks", (chunked + _NEXT,), _answers((200, 400)))
    for name in (
        "HTTP/2.0",
        "HTTP/3",
        "HTTP/1.10",
        "HTTP/11",
        "HTTP/0.9",
        "http/1.1",
        "HTTP/1",
        "HTTP 1.1",
        "",
    ):
        sent = _get(b"/health/live", version=name.encode())
        yield Case("versions", repr(name), (sent + _NEXT,), _answers((400, 505)))
    yield Case("versions", "preface of HTTP/2", (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",), _answers((400, 505)))
    yield Case("versions", "TLS", (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + 50 * b"\x00",), _answers(400))
    yield Case("versions", "proxy protocol", (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + _NEXT,), _answers(400))


def _hosts() -> Iterator[Case]:
    """Host headers and targets that name a host; the page `/` is only for a configured host."""
    page = b"/problems"
    bad = {
        "two": _HOST + b"Host: evil.example\r\n",
        "two, the other order": b"Host: evil.example\r\n" + _HOST,
        "the same twice": 2 * _HOST,
        "none": b"",
        "empty": b"Host:\r\n",
        "another": b"Host: evil.example\r\n",
        "subdomain": b"Host: localhost.evil.example\r\n",
        "userinfo": b"Host: localhost@evil.example\r\n",
        "userinfo of ours": b"Host: evil.example@localhost\r\n",
        "list": b"Host: localhost, evil.example\r\n",
        "port of letters": b"Host: localhost:evil.example\r\n",
        "port too long": b"Host: localhost:999999\r\n",
        "two ports": b"Host: localhost:80:80\r\n",
        "path": b"Host: localhost/evil\r\n",
        "address": b"Host: http://localhost\r\n",
        "IPv6 that does not end": b"Host: [::1\r\n",
        "IPv6 and more": b"Host: [::1]evil.example\r\n",
        "space inside": b"Host: localhost evil\r\n",
        "letters outside ASCII": "Host: löcalhost\r\n".encode(),
        "query": b"Host: localhost?x\r\n",
    }
    for name, host in bad.items():
        yield Case("hosts", name, (_get(page, host=host),), _answers(400))
    good = {
        "port": b"Host: localhost:8000\r\n",
        "empty port": b"Host: localhost:\r\n",
        "capitals": b"Host: LOCALHOST\r\n",
        "IPv6": b"Host: [::1]:8000\r\n",
        "spaces around": b"Host:  \t localhost \t\r\n",
    }
    for name, host in good.items():
        yield Case("hosts", name, (_get(page, host=host) + _NEXT,), _answers(200, 200))
    yield Case(
        "hosts", "another, for a health check", (_get(b"/health/live", host=b"Host: 10.1.2.3:80\r\n"),), _answers(200)
    )


def _targets() -> Iterator[Case]:
    """Targets in their four forms, and paths."""
    other = b"Host: evil.example\r\n"
    good = {
        "absolute form": _get(b"http://localhost/problems"),
        "absolute form, port": _get(b"http://localhost:8000/problems"),
        "absolute form, capitals": _get(b"HTTP://LOCALHOST/problems"),
        "absolute form, query": _get(b"http://localhost/problems?x=1"),
        "absolute form, Host of another": _get(b"http://localhost/problems", host=other),
        "absolute form without a path": _get(b"http://localhost"),
        "absolute form, IPv6": _get(b"http://[::1]:8000/problems"),
        "percent of a letter": _get(b"/p%72oblems"),
        "query of rubbish": _get(b"/problems?%ff&=&%00;;a=%zz"),
        "query with a second question mark": _get(b"/problems?a?b"),
    }
    for name, sent in good.items():
        yield Case("targets", name, (sent + _NEXT,), _answers(200, 200))
    bad = {
        "absolute form of another": _get(b"http://evil.example/problems"),
        "absolute form of another, Host of ours": _get(b"http://evil.example/problems", host=_HOST),
        "absolute form, userinfo": _get(b"http://localhost@evil.example/problems"),
        "absolute form, userinfo of ours": _get(b"http://evil.example@localhost/problems"),
        "absolute form, no host": _get(b"http:///problems"),
        "absolute form, another scheme": _get(b"ftp://localhost/problems"),
        "absolute form, port of letters": _get(b"http://localhost:x/problems"),
        "fragment": _get(b"/problems#x"),
        "no slash": _get(b"problems"),
        "space": _get(b"/prob lems"),
        "control character": _get(b"/prob\x01lems"),
        "NUL": _get(b"/prob\x00lems"),
        "empty": b"GET  HTTP/1.1\r\n" + _HOST + b"\r\n",
        "only the method": b"GET\r\n" + _HOST + b"\r\n",
    }
    for name, sent in bad.items():
        yield Case("targets", name, (sent,), _answers((400, 404)) if name == "fragment" else _answers(400))
    yield Case("targets", "letter outside ASCII", (_get("/problemä".encode()),), _answers((400, 404)))
    missing = {
        "two slashes": _get(b"//problems"),
        "two slashes and a host": _get(b"//evil.example/problems"),
        "dots": _get(b"/static/../problems"),
        "encoded dots": _get(b"/static/%2e%2e/%2e%2e/pyproject.toml"),
        "encoded slash": _get(b"/static%2f..%2f..%2fpyproject.toml"),
        "encoded backslash": _get(b"/static/..%5c..%5cpyproject.toml"),
        "encoded twice": _get(b"/static/%252e%252e/%252e%252e/pyproject.toml"),
        "encoded NUL": _get(b"/static/main.css%00.png"),
        "encoded line end": _get(b"/problems%0d%0aX:%20y"),
        "bytes that are not UTF-8": _get(b"/%ff%fe"),
        "percent alone": _get(b"/%"),
        "percent without digits": _get(b"/%zz"),
        "semicolon": _get(b"/problems;x=1"),
        "backslash": _get(b"/static\\..\\..\\pyproject.toml"),
        "slash at the end": _get(b"/problems/"),
    }
    for name, sent in missing.items():
        yield Case(
            "targets", name, (sent + _NEXT,), _answers((400, 404), 200) if name == "backslash" else _answers(404, 200)
        )


def _methods() -> Iterator[Case]:
    """Methods."""
    kept = ("TRACE", "DELETE", "PUT", "PATCH", "OPTIONS", "PROPFIND")
    for name in kept:
        sent = _get(b"/problems").replace(b"GET", name.encode())
        yield Case("methods", name, (sent + _NEXT,), _answers((400, 405), (200,)))
    yield Case("methods", "HEAD", (b"HEAD /problems HTTP/1.1\r\n" + _HOST + b"\r\n",), _answers(200))
    yield Case("methods", "OPTIONS *", (b"OPTIONS * HTTP/1.1\r\n" + _HOST + b"\r\n",), _answers((400, 404, 405)))
    yield Case(
        "methods",
        "CONNECT",
        (b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n" + _NEXT,),
        _answers((400, 405)),
    )
    for name in ("get", "Get", "G", "BREW", "GET/", "GET\x01", "@"):
        sent = _get(b"/problems").replace(b"GET", name.encode())
        yield Case("methods", repr(name), (sent,), _answers((400, 405, 501)))
    yield Case(
        "methods",
        "5,000 letters",
        (5000 * b"G" + b" / HTTP/1.1\r\n" + _HOST + b"\r\n",),
        _answers((400, 405, 431, 501)),
    )


def _pipelines() -> Iterator[Case]:
    """Several requests at once, answered in order."""
    mixed = _NEXT + _post(_LENGTH) + _get(b"/no/such") + _post(b"Content-Length: 2\r\n", body=b"{}") + _NEXT
    yield Case("pipelines", "five at once", (mixed,), _answers(200, 200, 404, 422, 200))
    yield Case("pipelines", "fifty at once", (50 * _NEXT,), _answers(*50 * (200,)))
    yield Case("pipelines", "a byte at a time", tuple(bytes([one]) for one in 2 * _NEXT), _answers(200, 200))
    yield Case("pipelines", "line ends before", (b"\r\n" + _NEXT,), _answers(200))
    yield Case("pipelines", "line ends between", (_post(_LENGTH) + b"\r\n" + _NEXT,), _answers(200, 200))
    yield Case("pipelines", "line end in a piece of its own", (b"\r\n", _NEXT), _answers(200))
    yield Case(
        "pipelines",
        "a request to close, then another",
        (_get(b"/health/live", b"Connection: close\r\n") + _NEXT,),
        _answers(200),
    )
    yield Case("pipelines", "rubbish after a request", (_NEXT + b"rubbish\r\n\r\n",), _answers(200, (0, 400)))


def _floods() -> Iterator[Case]:
    """More than the limits."""
    yield Case("floods", "20,000 fields", (_get(b"/health/live", *20_000 * (b"X: y\r\n",)),), _answers(431))
    yield Case(
        "floods",
        "a field of 100 kB",
        (_get(b"/health/live", b"X: " + 100_000 * b"x" + b"\r\n"),),
        _answers(431),
    )
    yield Case(
        "floods",
        "a name of 100 kB",
        (_get(b"/health/live", 100_000 * b"x" + b": y\r\n"),),
        _answers((400, 431)),
    )
    yield Case("floods", "an address of 100 kB", (_get(b"/" + 100_000 * b"x"),), _answers((400, 414, 431)))
    yield Case("floods", "a query of 30 kB", (_get(b"/problems?" + 30_000 * b"x"),), _answers((200, 414, 431)))
    yield Case("floods", "1,000 line ends", (1000 * b"\r\n" + _NEXT,), _answers((200, 400)))
    yield Case(
        "floods",
        "a megabyte of line ends",
        tuple(100 * (10_000 * b"\r\n",)),
        _answers((400, 408, 431)),
    )
    yield Case("floods", "a body of 20 kB", (_post(b"Content-Length: 20000\r\n", body=20_000 * b" "),), _answers(413))
    yield Case("floods", "10,000 small requests", (10_000 * b"GET / HTTP/1.1\r\n",), _answers((400, 431)))


def _expectations() -> Iterator[Case]:
    """Expect and Upgrade."""
    expects = b"Expect: 100-continue\r\n"
    yield Case(
        "offers",
        "100-continue, body at once",
        (_post(_LENGTH, expects) + _NEXT,),
        _answers(200, 200),
    )
    yield Case("offers", "100-continue without a body", (_get(b"/health/live", expects) + _NEXT,), _answers(200, 200))
    yield Case("offers", "another expectation", (_post(_LENGTH, b"Expect: tea\r\n"),), _answers((200, 417)))
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAA\r\n"
    yield Case("offers", "h2c", (_post(_LENGTH, upgrade) + _NEXT,), _answers(200, 200))
    yield Case(
        "offers",
        "WebSocket",
        (
            _get(
                b"/problems",
                b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
            ),
        ),
        _answers(200),
    )
    yield Case(
        "offers",
        "h2c and chunks beside a length",
        (_post(_LENGTH, _CHUNKED, upgrade, body=_CHUNKS) + _NEXT,),
        _answers((200, 400)),
    )
    yield Case(
        "offers",
        "h2c, then two requests inside the body",
        (_post(b"Content-Length: %d\r\n" % (2 * len(_NEXT)), upgrade, body=2 * _NEXT) + _NEXT,),
        _answers((400, 422), 200),
    )
    yield Case("offers", "h2c twice", (2 * _post(_LENGTH, upgrade),), _answers(200, 200))
