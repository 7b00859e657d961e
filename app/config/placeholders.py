"""Find addresses that still have to be set: example names, and loopback if other machines call the service.

A code of an example address means nothing to others and may collide with another installation's, so it is not filed.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.config.settings import Settings
from app.config.site import SiteConfiguration
from app.net.safe_url import LOOPBACK

# Names that RFC 2606 and RFC 6761 reserve for examples.
_RESERVED = ("example", "example.com", "example.net", "example.org", "invalid", "localhost")
_PUBLIC = (
    "SII_AFP_PUBLIC_URL is an example or an address of this machine, but others may call the service. Set it to the "
    "address by which they reach it: tokens must name it as their audience, and links begin with it"
)
_CANONICAL = (
    "SII_AFP_CANONICAL_URL is an example, so no result is filed in an EHR: cards have no suggestion, and launches do "
    "not write. Set it to an address that you own"
)


def is_placeholder(address: str) -> bool:
    """Return whether an address is an example or on this machine, so that it does not identify an installation."""
    return _host(address) in LOOPBACK or _is_example(address)


def placeholder_warnings(settings: Settings, site: SiteConfiguration) -> Iterator[str]:
    """Yield a warning for each address that must be set. A service for its own machine alone needs none."""
    names = {name.strip("[]") for name in settings.allowed_hosts}
    is_beyond = settings.host not in LOOPBACK or not names <= set(LOOPBACK) or _is_example(settings.public_url)
    if is_beyond and is_placeholder(settings.public_url):
        yield _PUBLIC
    asks_to_file = "suggest_filing" in site.model_fields_set and site.suggest_filing
    asks_to_file = asks_to_file or any(server.write_back for server in site.smart)
    is_set = settings.canonical_url != Settings.model_fields["canonical_url"].default
    is_beyond = is_beyond or not is_placeholder(settings.public_url)
    if (is_beyond or asks_to_file or is_set) and is_placeholder(settings.canonical_url):
        yield _CANONICAL


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")


def _is_example(address: str) -> bool:
    host = _host(address)
    return host not in LOOPBACK and any(host == name or host.endswith(f".{name}") for name in _RESERVED)
