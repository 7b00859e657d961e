"""What the doors of SMART App Launch share. Built once."""

from dataclasses import dataclass

from starlette.requests import Request

from app.ehr.launches import Launches
from app.ehr.signing_key import SigningKey, site_key
from app.ehr.write_backs import WriteBacks
from app.integration import Integration, SmartServer
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class SmartParts:
    """The record systems, our key, the launches on their way, and what may be filed."""

    servers: dict[str, SmartServer]
    key: SigningKey | None
    launches: Launches
    write_backs: WriteBacks


def smart_parts(settings: Settings, integration: Integration) -> SmartParts:
    """Return the parts. Raises IntegrationError if the site's key cannot be used."""
    servers = {server.issuer: server for server in integration.smart}
    return SmartParts(servers, site_key(integration), Launches(settings.public_url), WriteBacks())


def smart_of(request: Request) -> SmartParts:
    """Return the parts of a request's application."""
    found: SmartParts = request.app.state.smart
    return found
