"""Decide whether an address may be called: https, or this machine."""

import re
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Printable ASCII except the backslash: programs may read other characters differently.
_PLAIN = re.compile(r"[!-\[\]-~]+")


def is_safe_address(address: str) -> bool:
    """Whether an address may be called: https, or plain http to this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port  # an invalid port raises
    except ValueError:
        return False
    if not _PLAIN.fullmatch(address) or "@" in parts.netloc or "#" in address or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
