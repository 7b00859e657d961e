"""Find the public keys of EHRs: in a file, or at the one address in the site configuration."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.auth.caller import NotAdmittedError
from app.config.site import Client
from app.core.errors import KeyFileError
from app.net.json_client import Outbound, OutboundError

if TYPE_CHECKING:
    from jwt import PyJWK

# The type and curve of a key by algorithm. CDS Hooks recommends the first two; EHRs, and its sandbox, use others too.
ALGORITHMS = {"ES384": ("EC", "P-384"), "RS384": ("RSA", None), "ES256": ("EC", "P-256"), "RS256": ("RSA", None)}
FETCH_SECONDS = 5.0
_KEEP_SECONDS = 3600.0
_REFETCH_SECONDS = 60.0  # minimum interval between fetches for an unknown key id, including failed ones


@dataclass(slots=True)
class _Kept:
    """A fetched key set, when it was fetched, and when and why the last attempt failed. Calls wait for one fetch."""

    keys: dict[str, Any] = field(default_factory=dict)
    fetched: float = -math.inf
    asked: float = -math.inf
    failure: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class KeySets:
    """Finds the key that a client's token names. Fetched key sets are kept for an hour."""

    def __init__(self, outbound: Outbound | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._outbound = outbound or Outbound(FETCH_SECONDS)
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    async def key_for(self, client: Client, kid: str, algorithm: str) -> "PyJWK":
        """Return the key. Raises NotAdmittedError if there is none for this id and algorithm."""
        keys = _pinned(client) if client.jwks_file else await self._fetched(client, kid)
        entries = _named(keys, kid)
        if len(entries) != 1:
            raise NotAdmittedError("the key id is not known")
        return _usable(entries[0], algorithm)

    async def _fetched(self, client: Client, kid: str) -> dict[str, Any]:
        assert client.jwks_url is not None  # noqa: S101 - a client has a file or an address
        kept = self._kept.setdefault(client.jwks_url, _Kept())
        if not self._holds(kept, kid):
            async with kept.lock:
                if not self._holds(kept, kid):
                    await self._refetch(kept, client.jwks_url)
        return kept.keys

    def _holds(self, kept: _Kept, kid: str) -> bool:
        return bool(_named(kept.keys, kid)) and self._clock() - kept.fetched < _KEEP_SECONDS

    async def _refetch(self, kept: _Kept, address: str) -> None:
        now = self._clock()
        if now - kept.asked < _REFETCH_SECONDS:
            why = kept.failure or "the key id is not known"
            raise NotAdmittedError(f"{why}; the key set was asked for less than a minute ago")
        kept.asked, kept.failure = now, ""
        try:
            answer = await self._outbound.get(address, {"accept": "application/json"})
        except OutboundError as error:
            kept.failure = f"the key set cannot be fetched ({error.reason})"
        else:
            if answer.status == 200 and isinstance(answer.body, dict):
                kept.keys, kept.fetched = answer.body, now
            else:
                kept.failure = "the address of the key set does not answer with a key set"
        if kept.failure:
            raise NotAdmittedError(kept.failure)


def check_pinned(clients: Iterable[Client]) -> None:
    """Raise KeyFileError if a `jwks_file` cannot be read, or has no key set."""
    for at, client in enumerate(clients):
        if client.jwks_file is None:
            continue
        try:
            keys = json.loads(client.jwks_file.read_text(encoding="utf-8"))["keys"]
        except OSError as error:
            raise KeyFileError(
                f"client.{at}.jwks_file: the service cannot read {client.jwks_file} ({type(error).__name__})"
            ) from None
        except (ValueError, KeyError, TypeError):
            keys = None
        if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
            raise KeyFileError(f"client.{at}.jwks_file: {client.jwks_file} is not a JSON Web Key Set with a key")


def _pinned(client: Client) -> dict[str, Any]:
    assert client.jwks_file is not None  # noqa: S101 - as above
    try:
        found = json.loads(client.jwks_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotAdmittedError(f"jwks_file cannot be read ({type(error).__name__})") from None
    return found if isinstance(found, dict) else {}


def _named(key_set: dict[str, Any], kid: str) -> list[dict[str, Any]]:
    keys = key_set.get("keys")
    entries = keys if isinstance(keys, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("kid") == kid]


def _usable(entry: dict[str, Any], algorithm: str) -> "PyJWK":
    """Return the key of an entry if its own members allow this use. Raises NotAdmittedError."""
    from jwt import PyJWK, PyJWTError  # noqa: PLC0415 - only signed calls need it

    kind = ALGORITHMS[algorithm]
    if (entry.get("kty"), entry.get("crv") if kind[1] else None) != kind or entry.get("alg") not in (None, algorithm):
        raise NotAdmittedError("the key is not for this algorithm")
    # An `alg` that is only for signatures says more than `use`: the CDS Hooks sandbox publishes such a key as "enc".
    is_for_signatures = entry.get("use") in (None, "sig") or entry.get("alg") == algorithm
    if not is_for_signatures or "d" in entry:
        raise NotAdmittedError("the key is not a public key for signatures")
    try:
        return PyJWK(entry, algorithm)
    except (PyJWTError, ValueError, TypeError):
        raise NotAdmittedError("the key is malformed") from None
