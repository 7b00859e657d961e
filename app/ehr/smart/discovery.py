"""Read how to sign in at an EHR, from its `.well-known/smart-configuration`."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.config.site import Authentication, SmartServer
from app.ehr.smart.errors import Failure, SmartError
from app.net.json_client import Outbound, OutboundError
from app.net.safe_url import is_safe_address

_METHODS = "token_endpoint_auth_methods_supported"
_CAPABILITIES: dict[Authentication, str] = {
    "private_key_jwt": "client-confidential-asymmetric",
    "client_secret_basic": "client-confidential-symmetric",
    "none": "client-public",
}


@dataclass(frozen=True, slots=True)
class SmartConfiguration:
    """The two endpoints, and whether scopes are written as in SMART 2 (`.rs`) or as in SMART 1 (`.read`)."""

    authorization_endpoint: str
    token_endpoint: str
    has_v2_scopes: bool


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
    return SmartConfiguration(
        _endpoint(found, "authorization_endpoint", issuer),
        _endpoint(found, "token_endpoint", issuer),
        "permission-v2" in _texts(found.get("capabilities")),
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
