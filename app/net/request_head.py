"""Check what the parsers of HTTP leave open in the head of a request: target, Host, version and transfer coding."""

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
    hosts = 0
    for position, (name, value) in enumerate(fields):
        if name == b"host":
            hosts += 1
            fields[position] = (name, value.strip())
            if not _HOST.fullmatch(value.strip()):
                raise BadRequestError("the Host field is not a host")
        elif name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            raise BadRequestError("the transfer coding is not known")
    if hosts > 1 or (not hosts and version != "1.0"):
        raise BadRequestError("there must be one Host field")
    if not version.startswith("1."):
        raise BadRequestError("the version of HTTP is not 1")
    if target[:1] == b"/" and b"#" not in target:
        return target
    absolute = _ABSOLUTE.fullmatch(target)
    if not absolute or not absolute[1] or absolute[1].startswith(b":"):
        raise BadRequestError("the target is no path and no address")
    fields[:] = [(b"host", absolute[1]), *(field for field in fields if field[0] != b"host")]
    return (absolute[2] or b"/") + (absolute[3] or b"")
