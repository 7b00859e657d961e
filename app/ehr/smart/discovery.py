"""Read how to sign in at an EHR, from its `.well-known/smart-configuration`."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from app.config.site import Authentication, SmartServer
from app.ehr.smart.errors import Failure, SmartError
from app.net.json_client import Outbound, OutboundError
from app.net.safe_url import is_safe_address

_KEEP_SECONDS = 60.0
_KEEP_FAILURE_SECONDS = 5.0
_LONGEST_NAME = 512  # it is kept in a cookie
_METHODS = "token_endpoint_auth_methods_supported"
_CAPABILITIES: dict[Authentication, str] = {
    "private_key_jwt": "client-confidential-asymmetric",
    "client_secret_basic": "client-confidential-symmetric",
    "none": "client-public",
}


@dataclass(frozen=True, slots=True)
class SmartConfiguration:
    """The two endpoints, and whether scopes are written as in SMART 2 (`.rs`) or as in SMART 1 (`.read`).

    `issuer` is the name of the authorization server, if it gives one. `sends_issuer`: it says that it repeats its name
    in the answer to a sign-in (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    has_v2_scopes: bool
    issuer: str | None = None
    sends_issuer: bool = False

    def check_issuer(self, given: list[str]) -> None:
        """Raise SmartError if the answer to a sign-in comes from another server. `given` are its `iss` parameters.

        RFC 9207: without this, a server on the site's list could get the code that another one gave. Many EHRs do not
        name themselves in their configuration; then there is nothing to compare, even if the answer has an `iss`.
        """
        if self.issuer is None and not self.sends_issuer:
            return
        if given != [self.issuer] and (given or self.sends_issuer):
            raise SmartError(Failure.SIGN_IN, "the answer does not name the issuer (iss) of the EHR's configuration")


@dataclass(slots=True)
class _Read:
    """What an EHR answered last, until when it is used, and the lock with which launches wait for one answer."""

    answer: SmartConfiguration | SmartError | None = None
    until: float = -math.inf
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Configurations:
    """Reads the configuration of each EHR once a minute, so that launches by anybody cannot burden an EHR.

    A failure is kept for five seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._read: dict[str, _Read] = {}

    async def of(self, outbound: Outbound, server: SmartServer) -> SmartConfiguration:
        """Return the configuration of an EHR on the site's list. Raises SmartError if it cannot be used."""
        read = self._read.setdefault(server.issuer, _Read())
        async with read.lock:
            if read.answer is None or self._clock() >= read.until:
                try:
                    read.answer, seconds = await smart_configuration(outbound, server), _KEEP_SECONDS
                except SmartError as error:
                    read.answer, seconds = error, _KEEP_FAILURE_SECONDS
                read.until = self._clock() + seconds
        if isinstance(read.answer, SmartError):
            raise SmartError(read.answer.failure, read.answer.reason)
        return read.answer


async def smart_configuration(outbound: Outbound, server: SmartServer) -> SmartConfiguration:
    """Read the configuration of an EHR on the site's list. Raises SmartError if it cannot be used."""
    issuer = server.issuer
    try:
        answer = await outbound.get(f"{issuer}/.well-known/smart-configuration", {"accept": "application/json"})
    except OutboundError as error:
        raise SmartError(Failure.DISCOVERY, error.reason) from None
    found: dict[str, Any] = answer.body if answer.status == 200 and isinstance(answer.body, dict) else {}
    if "S256" not in _texts(found.get("code_challenge_methods_supported")):
        raise SmartError(Failure.DISCOVERY, "it does not offer PKCE with S256")
    if not _supports(found, server.authentication):
        reason = f"the EHR does not offer authentication = {server.authentication}; it offers {_offered(found)}"
        raise SmartError(Failure.AUTHENTICATION, reason)
    name = found.get("issuer")
    return SmartConfiguration(
        _endpoint(found, "authorization_endpoint", issuer),
        _endpoint(found, "token_endpoint", issuer),
        "permission-v2" in _texts(found.get("capabilities")),
        name if isinstance(name, str) and len(name) <= _LONGEST_NAME else None,
        found.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(found: dict[str, Any], name: str, issuer: str) -> str:
    """Return an endpoint. Only an EHR on this machine may name an http address, on this machine."""
    address = found.get(name)
    if (
        not isinstance(address, str)
        or not (is_safe_address(address) and address.isascii() and address.isprintable())
        or (urlsplit(address).scheme == "http" and urlsplit(issuer).scheme != "http")
    ):
        raise SmartError(Failure.DISCOVERY, f"its {name} is missing or not safe")
    return address


def _supports(found: dict[str, Any], method: Authentication) -> bool:
    """Return whether an EHR says that it accepts a kind of client. One that says nothing about it may accept all.

    `token_endpoint_auth_methods_supported` decides. Often it leaves out public clients, so for them, and without that
    list, the capability of SMART decides.
    """
    methods = _texts(found.get(_METHODS))
    stated = {name for name, capability in _CAPABILITIES.items() if capability in _texts(found.get("capabilities"))}
    if method in methods or not (methods or stated):
        return True
    return method in stated and (not methods or method == "none")


def _offered(found: dict[str, Any]) -> str:
    """Return the kinds of client that an EHR accepts, of those that `site.toml` can name."""
    return ", ".join(method for method in _CAPABILITIES if _supports(found, method)) or "none of the others"


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
