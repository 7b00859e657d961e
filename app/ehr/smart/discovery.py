"""Read how to sign in at an EHR, from its `.well-known/smart-configuration`."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.ehr.smart.errors import Failure, SmartError
from app.net.json_client import Outbound, OutboundError
from app.net.safe_url import is_safe_address


@dataclass(frozen=True, slots=True)
class SmartConfiguration:
    """The two endpoints, and whether scopes are written as in SMART 2 (`.rs`) or as in SMART 1 (`.read`)."""

    authorization_endpoint: str
    token_endpoint: str
    has_v2_scopes: bool


async def smart_configuration(outbound: Outbound, issuer: str) -> SmartConfiguration:
    """Read the configuration of an EHR on the site's list. Raises SmartError if it cannot be used."""
    try:
        answer = await outbound.get(f"{issuer}/.well-known/smart-configuration", {"accept": "application/json"})
    except OutboundError as error:
        raise SmartError(Failure.DISCOVERY, error.reason) from None
    found: dict[str, Any] = answer.body if answer.status == 200 and isinstance(answer.body, dict) else {}
    if "S256" not in _texts(found.get("code_challenge_methods_supported")):
        raise SmartError(Failure.DISCOVERY, "it does not offer PKCE with S256")
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


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
