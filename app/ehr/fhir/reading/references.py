"""Parse and compare FHIR references by server, type and id. The version of a resource is ignored."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_REFERENCE = re.compile(rf"(?:(.*)/)?({TYPE.pattern})/({ID.pattern})", re.DOTALL)  # server, type and id
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource by type and id.

    `base` is the normalised address of its server, or None if that is not known. `is_absolute`: the reference itself
    names the server; otherwise the base comes from where the reference was found.
    """

    type: str
    id: str
    base: str | None = None
    is_absolute: bool = False

    def __str__(self) -> str:
        """Return the reference as it is sent: with the server only if it was given with one."""
        relative = f"{self.type}/{self.id}"
        return f"{self.base}/{relative}" if self.is_absolute else relative

    @property
    def element(self) -> dict[str, str]:
        """The FHIR Reference."""
        return {"reference": str(self)}

    def is_same(self, other: "Reference") -> bool:
        """Return whether both name one resource.

        Two relative references on unknown servers are the same. A relative reference is the same as an absolute one
        only if its server is known. Known servers must be the same.
        """
        if (self.type, self.id) != (other.type, other.id):
            return False
        if self.base is not None and other.base is not None:
            return self.base == other.base
        return self.is_absolute == other.is_absolute


def parse_reference(text: Any, base: str | None = None) -> Reference | None:
    """Return the reference to a resource on a server in a text, or None if there is none.

    `base` is the normalised address that a relative reference is resolved against. Fragments (`#p`), `urn:` references
    and searches (`Patient?identifier=...`) give None.
    """
    if not isinstance(text, str):
        return None
    found = _REFERENCE.fullmatch(text.partition("/_history/")[0])
    if found is None:
        return None
    server, kind, identity = found.groups()
    if server is None:
        return Reference(kind, identity, base)
    own = normalised_base(server)
    return Reference(kind, identity, own, is_absolute=True) if own else None


def resource_key(text: Any, base: str | None = None) -> str | None:
    """Return the key by which a reference is matched with the resource that it names, or None.

    The key has the server, if it is known, but not the version. A `urn:` reference is its own key.
    """
    if isinstance(text, str) and text.startswith("urn:"):
        return text
    found = parse_reference(text, base)
    return key_on(found.base, found.type, found.id) if found else None


def key_on(base: str | None, kind: str, identity: str) -> str:
    """Return the key of a resource on a server by its type and id."""
    return f"{base or ''}/{kind}/{identity}"


def normalised_base(address: Any) -> str | None:
    """Return a server's address in the form that is compared, or None if it is not an http address.

    Scheme and host are in lower case, without the scheme's default port and without a slash at the end. A path is
    compared as it is written.
    """
    try:
        parts = urlsplit(address) if isinstance(address, str) else None
        port = parts.port if parts else None
    except ValueError:
        return None
    if not parts or parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    if parts.query or parts.fragment:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown}{parts.path.rstrip('/')}"


def base_of(full_url: Any) -> str | None:
    """Return the server of an entry's `fullUrl`, or None if it is not the address of a resource."""
    found = parse_reference(full_url)
    return found.base if found else None
