"""Check what the parsers of HTTP do not check in the head of a request: target, Host, version and transfer coding."""

import re

from app.core.errors import SiiAfpError

Fields = list[tuple[bytes, bytes]]  # names in lower case

_AUTHORITY = rb"(?:[A-Za-z0-9._~-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?"
_HOST = re.compile(_AUTHORITY)
_ABSOLUTE = re.compile(rb"(?i:https?)://(" + _AUTHORITY + rb")(/[^?#]*)?(\?[^#]*)?")


class BadRequestError(SiiAfpError):
    """The head of a request is not one of HTTP/1.0 or HTTP/1.1."""


def check_head(target: bytes, version: str, fields: Fields) -> bytes:
    """Return the target as a path with its query. A host in it replaces that of the Host field (RFC 9112, 3.2.2).

    Raises BadRequestError if the version is another, the target has no path, the Host field is missing, repeated or not
    a host, or the transfer coding is not `chunked` alone.
    """
    host = None
    for name, value in fields:
        if name == b"host":
            if host is not None:
                raise BadRequestError("there are several Host fields")
            host = value
        elif name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            raise BadRequestError("the transfer coding is not known")
    if host is None:
        if version != "1.0":
            raise BadRequestError("there is no Host field")
    elif not _HOST.fullmatch(host):
        _replace_host(fields, host.strip())
    if not version.startswith("1."):
        raise BadRequestError("the version of HTTP is not 1")
    if target[:1] == b"/" and b"#" not in target:
        return target
    absolute = _ABSOLUTE.fullmatch(target)
    if not absolute or not absolute[1] or absolute[1].startswith(b":"):
        raise BadRequestError("the target is no path and no address")
    _replace_host(fields, absolute[1])
    return (absolute[2] or b"/") + (absolute[3] or b"")


def _replace_host(fields: Fields, host: bytes) -> None:
    if not _HOST.fullmatch(host):
        raise BadRequestError("the Host field is not a host")
    fields[:] = [(b"host", host), *(field for field in fields if field[0] != b"host")]
