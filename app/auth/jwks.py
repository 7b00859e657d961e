"""Find the public keys of EHRs: in a file, or at the one address in the site configuration."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.auth.caller import NotAdmittedError
from app.config.logs import logger
from app.config.site import Client
from app.core.errors import KeyFileError
from app.net.json_client import Outbound, OutboundError

if TYPE_CHECKING:
    from jwt import PyJWK

# The type and curve of a key by algorithm. CDS Hooks recommends the first two; EHRs, and its sandbox, use others too.
ALGORITHMS = {"ES384": ("EC", "P-384"), "RS384": ("RSA", None), "ES256": ("EC", "P-256"), "RS256": ("RSA", None)}
# RFC 7518 asks for no less, SMART and CDS Hooks for no more, and many EHRs have keys of this length.
SHORTEST_RSA_BITS = 2048
FETCH_SECONDS = 5.0
_KEEP_SECONDS = 3600.0
_STALE_SECONDS = 86_400.0  # a key set that cannot be fetched again is used for so long
_REFETCH_SECONDS = 60.0  # minimum interval between fetches for an unknown key id
_RETRY_SECONDS = 5.0  # the same after a failed fetch


class _KeySet:
    """The keys of one client. Each is made once, because that takes as long as a fifth of a verification."""

    def __init__(self, entries: Iterable[object] = ()) -> None:
        self._entries = [entry for entry in entries if isinstance(entry, dict)]
        self._made: dict[tuple[str, str], PyJWK] = {}

    def __contains__(self, kid: str) -> bool:
        """Return whether there are keys with this id."""
        return bool(self._named(kid))

    def key(self, kid: str, algorithm: str) -> "PyJWK":
        """Return the only key with this id. Raises NotAdmittedError if it is not the only one or not for this use."""
        made = self._made.get((kid, algorithm))
        if made is None:
            entries = self._named(kid)
            if len(entries) != 1:
                raise NotAdmittedError("the key id is not known")
            made = self._made[kid, algorithm] = _usable(entries[0], algorithm)
        return made

    def _named(self, kid: str) -> list[dict[str, Any]]:
        return [entry for entry in self._entries if entry.get("kid") == kid]


@dataclass(slots=True)
class _Kept:
    """A fetched key set, when it was fetched, and when and why the last attempt failed. Calls wait for one fetch."""

    keys: _KeySet = field(default_factory=_KeySet)
    fetched: float = -math.inf
    asked: float = -math.inf
    failure: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class KeySets:
    """Finds the key that a client's token names. Fetched key sets are kept for an hour.

    While they cannot be fetched again, the last ones are used for a day.
    """

    def __init__(self, outbound: Outbound | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._outbound = outbound or Outbound(FETCH_SECONDS)
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    async def key_for(self, client: Client, kid: str, algorithm: str) -> "PyJWK":
        """Return the key. Raises NotAdmittedError if there is none for this id and algorithm."""
        keys = _pinned(client) if client.jwks_file else await self._fetched(client, kid)
        return keys.key(kid, algorithm)

    async def _fetched(self, client: Client, kid: str) -> _KeySet:
        assert client.jwks_url is not None  # noqa: S101 - a client has a file or an address
        kept = self._kept.setdefault(client.jwks_url, _Kept())
        if not self._holds(kept, kid, _KEEP_SECONDS):
            async with kept.lock:
                if not self._holds(kept, kid, _KEEP_SECONDS):
                    await self._refetch(kept, client.jwks_url, kid)
        return kept.keys

    def _holds(self, kept: _Kept, kid: str, seconds: float) -> bool:
        return kid in kept.keys and self._clock() - kept.fetched < seconds

    async def _refetch(self, kept: _Kept, address: str, kid: str) -> None:
        """Fetch the key set again, or leave the last one if that fails and it is not too old. Raises NotAdmittedError.

        A fetch that was tried just before is not repeated.
        """
        now = self._clock()
        if now - kept.asked >= (_RETRY_SECONDS if kept.failure else _REFETCH_SECONDS):
            kept.asked, kept.failure = now, ""
            try:
                answer = await self._outbound.get(address, {"accept": "application/json"})
            except OutboundError as error:
                kept.failure = f"the key set cannot be fetched ({error.reason})"
            else:
                if answer.status == 200 and isinstance(answer.body, dict) and isinstance(answer.body.get("keys"), list):
                    kept.keys, kept.fetched = _KeySet(answer.body["keys"]), now
                    return
                kept.failure = "the address of the key set does not answer with a key set"
            if self._holds(kept, kid, _STALE_SECONDS):
                logger.warning("an old key set is used", extra={"error": kept.failure})
        elif not kept.failure:
            raise NotAdmittedError("the key id is not known; the key set was asked for less than a minute ago")
        if not self._holds(kept, kid, _STALE_SECONDS):
            raise NotAdmittedError(kept.failure)


def check_pinned(clients: Iterable[Client]) -> None:
    """Raise KeyFileError if a `jwks_file` cannot be read, or has no key set."""
    for at, client in enumerate(clients):
        if client.jwks_file is None:
            continue
        try:
            _read(client.jwks_file)
        except OSError as error:
            raise KeyFileError(
                f"client.{at}.jwks_file: the service cannot read {client.jwks_file} ({type(error).__name__})"
            ) from None
        except ValueError:
            raise KeyFileError(
                f"client.{at}.jwks_file: {client.jwks_file} is not a JSON Web Key Set with a key"
            ) from None


def _pinned(client: Client) -> _KeySet:
    assert client.jwks_file is not None  # noqa: S101 - as above
    try:
        return _read(client.jwks_file)
    except (OSError, ValueError) as error:
        raise NotAdmittedError(f"jwks_file cannot be read ({type(error).__name__})") from None


def _read(path: Path) -> _KeySet:
    """Return the key set of a file. Raises OSError, and ValueError if it is not one with a key."""
    return _parsed(path.read_text(encoding="utf-8-sig"))


@lru_cache(maxsize=32)
def _parsed(text: str) -> _KeySet:
    """Return the key set in the text of a file, which is read for each call, so that a new file counts at once."""
    found = json.loads(text)
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise ValueError("not a key set")
    return _KeySet(keys)


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
        key = PyJWK(entry, algorithm)
    except (PyJWTError, ValueError, TypeError):
        raise NotAdmittedError("the key is malformed") from None
    if key.key_type == "RSA" and key.key.key_size < SHORTEST_RSA_BITS:
        raise NotAdmittedError(f"the RSA key has fewer than {SHORTEST_RSA_BITS} bits")
    return key
