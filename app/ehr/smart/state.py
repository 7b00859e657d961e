"""Build the parts that the routes of SMART App Launch share."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from app.config.settings import Settings
from app.config.site import SiteConfiguration, SmartServer
from app.ehr.smart.client_authentication import Client, clients_of
from app.ehr.smart.discovery import Configurations
from app.ehr.smart.launch_contexts import LaunchContexts
from app.ehr.smart.launches import Launches
from app.ehr.smart.signing_key import SigningKey
from app.store.protocol import Store
from app.store.sealing import new_sealer


@dataclass(frozen=True, slots=True)
class SmartParts:
    """The EHRs and how to sign in there, our clients, our key, launches, and the contexts of finished launches."""

    servers: dict[str, SmartServer]
    clients: dict[str, Client]
    key: SigningKey | None
    configurations: Configurations
    launches: Launches
    contexts: LaunchContexts

    def server_of(self, issuer: str) -> SmartServer | None:
        """Return the EHR of an `iss`. The case of scheme and host and slashes at the end are ignored."""
        return self.servers.get(_same(issuer))


def smart_parts(
    settings: Settings,
    site: SiteConfiguration,
    store: Store,
    monotonic: Callable[[], float],
    now: Callable[[], float],
) -> SmartParts:
    """Return the parts. `now` gives seconds since 1970.

    Raises ConfigurationError if a key or a secret cannot be used.
    """
    servers = {_same(server.issuer): server for server in site.smart}
    clients, key = clients_of(site)
    sealer, by_issuer = new_sealer(settings), {server.issuer: server for server in site.smart}
    return SmartParts(
        servers,
        clients,
        key,
        Configurations(monotonic),
        Launches(settings.public_url, by_issuer, sealer, store, now),
        LaunchContexts(settings.public_url, sealer, store, now),
    )


def smart_of(request: Request) -> SmartParts:
    """Return the parts of a request's application."""
    found: SmartParts = request.app.state.smart
    return found


def _same(issuer: str) -> str:
    """Return an address in the form that is compared, or unchanged if it cannot be parsed."""
    try:
        parts = urlsplit(issuer)
    except ValueError:
        return issuer
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl().rstrip("/")
