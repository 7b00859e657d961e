"""Decide whether a caller may use an interface that takes a patient's values.

Credentials that are sent must be valid. A call without credentials is answered only if the site allows it, or if no
credentials are set up at all and the service listens on the loopback address.
"""

from collections.abc import Mapping

from starlette.requests import Request

from app.auth.api_keys import ApiKeys
from app.auth.caller import ANONYMOUS, Caller, ForwardedError, NotAdmittedError
from app.auth.jwks import KeySets, check_pinned
from app.auth.signed_tokens import SignedTokens
from app.config.logs import logger
from app.config.settings import Settings
from app.config.site import Scope, SiteConfiguration
from app.core.errors import ConfigurationError
from app.net.safe_url import LOOPBACK
from app.store.protocol import Store

_HOW_TO = (
    "a call without credentials was refused. Make a key with 'sii-afp key NAME' and put its line into the file that "
    "SII_AFP_API_KEYS_FILE names, or list clients in SII_AFP_INTEGRATION_FILE. SII_AFP_ANONYMOUS_CALLS=true admits all "
    "callers"
)
# What proxies add; a header that begins with x-forwarded- is one too.
_FORWARDING = ("forwarded", "via", "x-real-ip")


class Admission:
    """Admits callers by API key or signed token, or anonymously."""

    def __init__(self, settings: Settings, site: SiteConfiguration, key_sets: KeySets, store: Store) -> None:
        """Raises KeyFileError if a file of keys cannot be used."""
        check_pinned(site.client)
        self.keys = ApiKeys(settings.api_keys_file)
        self.tokens = SignedTokens(site, key_sets, store)
        self._public_url = settings.public_url
        self._is_set_up = self.keys.is_configured or self.tokens.is_configured
        self._is_open = settings.anonymous_calls
        self._is_open_here = settings.host in LOOPBACK and not self._is_set_up

    async def admit(self, headers: Mapping[str, str], path: str, scope: Scope) -> Caller:
        """Return the caller of `path`.

        Raises NotAdmittedError, ForwardedError for a call from another machine, and StoreError if a signed call cannot
        be checked.
        """
        scheme, _, token = headers.get("authorization", "").partition(" ")
        key = headers.get("x-api-key")
        if not scheme and key is None:
            if self._is_open:
                return ANONYMOUS
            if self._is_open_here:
                if _is_forwarded(headers):
                    logger.warning(_HOW_TO)
                    raise ForwardedError
                return ANONYMOUS
            if not self._is_set_up:
                logger.warning(_HOW_TO)
            raise NotAdmittedError("no credentials")
        # A proxy that asks people for a password often passes it on (Basic); it is not meant for this service.
        if key is not None and scheme.lower() in ("", "basic"):
            return self._by_key(key, scope)
        if scheme.lower() != "bearer" or key is not None:
            raise NotAdmittedError("the credentials are not one bearer token or one API key")
        token = token.strip()
        if token.count(".") == 2:
            return await self.tokens.verify(token, self._public_url + path, scope)
        return self._by_key(token, scope)

    def owner_of(self, headers: Mapping[str, str]) -> str | None:
        """Return the owner of the API key of a request, or None without one that is known."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        key = headers.get("x-api-key", token.strip() if scheme.lower() == "bearer" else "")
        if not key:
            return None
        try:
            return self.keys.owner_of(key)
        except ConfigurationError:
            return None

    def _by_key(self, key: str, scope: Scope) -> Caller:
        if scope != "api":
            raise NotAdmittedError("an API key is not accepted here: CDS Hooks takes signed tokens only")
        try:
            owner = self.keys.owner_of(key)
        except ConfigurationError as error:
            raise NotAdmittedError(str(error)) from None
        if owner is None:
            raise NotAdmittedError("the API key is not known")
        return Caller(owner, "key")


def _is_forwarded(headers: Mapping[str, str]) -> bool:
    return any(name.startswith("x-forwarded-") or name in _FORWARDING for name in headers)


async def admit(request: Request, scope: Scope) -> Caller:
    """Return the caller of a request, and name it in the request's log line.

    Raises NotAdmittedError, ForwardedError or StoreError.
    """
    admission: Admission = request.app.state.admission
    caller = await admission.admit(request.headers, request.scope["path"], scope)
    request.scope["state"]["caller"] = caller.name
    return caller
