"""Decide whether a form was sent from a page of this service."""

from collections.abc import Mapping
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int]


def origin_of(address: str) -> Origin | None:
    """Return scheme, host and port of an http or https address; None for any other text, such as `null`."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port  # an invalid port raises
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        return None
    return parts.scheme, host, _PORTS[parts.scheme] if port is None else port


def is_same_site(headers: Mapping[bytes, str], own_address: str, public_url: str) -> bool:
    """Return whether a form comes from this site: by Sec-Fetch-Site, else by Origin. Programs send neither header.

    Browsers leave out Sec-Fetch-Site on plain http. The site is at the address that was called, and at its public one,
    because a proxy may end TLS.
    """
    fetch_site = headers.get(b"sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    given = headers.get(b"origin")
    if given is None:
        return True
    origin = origin_of(given)
    return origin is not None and origin in (origin_of(own_address), origin_of(public_url))
