"""Check before the start that the settings fit how the service is run."""

import os

from app.config.placeholders import is_placeholder
from app.config.settings import Settings
from app.config.site import SiteConfiguration
from app.core.errors import DeploymentError
from app.net.safe_url import LOOPBACK

_ONE_PROCESS = (
    "SII_AFP_WORKERS: this operating system cannot share a port between processes. Set it to 1, and start several "
    "services with a port each behind a proxy."
)
_OPEN_BEHIND_PROXY = (
    "The service listens only on this machine, but {} names an address that others use, and no credentials are set up: "
    "through the proxy everyone could call it. Set SII_AFP_API_KEYS_FILE, or list clients in SII_AFP_INTEGRATION_FILE, "
    "or set SII_AFP_ANONYMOUS_CALLS=true to admit everyone."
)
_NO_SHARED_KEY = (
    "SII_AFP_STORE is set, so several processes may share SMART launches, but each would seal them with its own key. "
    "Make one with 'openssl rand -base64 32', put it into a file, and name the file in SII_AFP_SECRET_KEYS_FILE."
)


def check_deployment(settings: Settings, site: SiteConfiguration) -> None:
    """Raise DeploymentError if the settings do not fit how the service is run.

    That is if several processes are impossible here or could not open each other's launches, or if a proxy would admit
    everyone.
    """
    if settings.workers > 1 and not hasattr(os, "fork"):
        raise DeploymentError(_ONE_PROCESS)
    has_secret_key = settings.secret_keys_file is not None or settings.secret_key is not None
    if settings.store is not None and site.smart and not has_secret_key:
        raise DeploymentError(_NO_SHARED_KEY)
    has_credentials = settings.api_keys_file is not None or bool(site.client)
    if settings.host not in LOOPBACK or has_credentials or settings.anonymous_calls:
        return
    if not is_placeholder(settings.public_url):
        raise DeploymentError(_OPEN_BEHIND_PROXY.format("SII_AFP_PUBLIC_URL"))
    if {name.strip("[]").lower() for name in settings.allowed_hosts} - set(LOOPBACK):
        raise DeploymentError(_OPEN_BEHIND_PROXY.format("SII_AFP_ALLOWED_HOSTS"))
