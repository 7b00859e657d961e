"""Verify signed calls on every interface: a JSON Web Token for one call of one address, as CDS Hooks describes.

The algorithm is one with a public key, never `none` or a shared secret. Type, issuer, key address, audience and time
are checked, and a token can be used once. Tokens of another type, such as the access token of an EHR (`at+jwt`), are
refused.
"""

import math
import time
from collections.abc import Callable
from typing import Any

from app.auth.caller import Caller, NotAdmittedError
from app.auth.jwks import ALGORITHMS, KeySets
from app.config.site import Client, Scope, SiteConfiguration
from app.store.protocol import Added, Space, Store
from app.store.sealing import hashed

LEEWAY_SECONDS = 30
LONGEST_LIFE_SECONDS = 300  # CDS Hooks names no limit; its sandbox signs for this long, as SMART's backend services do
MOST_USED = 50_000
"""The used tokens that are remembered of one client: 150 calls a second with tokens of five minutes."""
_NAME_LENGTH = 32  # of the hash that stands for a token or an issuer: 128 bits
_ROUNDING_SECONDS = 1  # a client rounds both times
_TYPE = "jwt"  # CDS Hooks and SMART fix it; RFC 7519 writes it in capitals, but media types have no case
_REFUSALS = {
    Added.KNOWN: "the token was used before",
    Added.FULL: "this client has used too many tokens in the last minutes, so a repeated one could not be noticed",
    Added.FORGOTTEN: "the token was issued before the service began to remember used tokens: sign a new one",
}


class SignedTokens:
    """Verifies tokens of the clients in the site configuration."""

    def __init__(
        self,
        site: SiteConfiguration,
        key_sets: KeySets,
        store: Store,
        *,
        clock: Callable[[], float] = time.time,
        most_used: int = MOST_USED,
    ) -> None:
        self._clients = {client.issuer: client for client in site.client}
        self._key_sets = key_sets
        self._clock = clock
        self._store = store
        self._spaces = {issuer: Space(f"token {hashed(issuer)[:_NAME_LENGTH]}", most_used) for issuer in self._clients}

    @property
    def is_configured(self) -> bool:
        """Whether the site configuration has a client."""
        return bool(self._clients)

    def client(self, issuer: str) -> Client | None:
        """Return the client of an issuer."""
        return self._clients.get(issuer)

    async def verify(self, token: str, audience: str, scope: Scope) -> Caller:
        """Return the signer of a call to the address `audience`.

        Raises NotAdmittedError with the reason, and StoreError if used tokens cannot be looked up.
        """
        import jwt  # noqa: PLC0415 - only signed calls need it

        try:
            unverified = jwt.decode_complete(token, options={"verify_signature": False})
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise NotAdmittedError("the token is malformed") from None
        header = unverified["header"]
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise NotAdmittedError(f"the algorithm is not {', '.join(ALGORITHMS)}")
        if str(header.get("typ")).lower() != _TYPE:
            raise NotAdmittedError("the token's type (typ) is not JWT")
        client = self._client_of(unverified["payload"], header, scope)
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise NotAdmittedError("the token has no key id")
        key = await self._key_sets.key_for(client, kid, algorithm)
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=audience,
                issuer=client.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "exp", "iat", "jti"], "enforce_minimum_key_length": True},
            )
        except jwt.PyJWTError as error:
            raise NotAdmittedError(f"the token is not valid: {type(error).__name__}") from None
        await self._use_once(claims)
        return Caller(client.issuer, "token")

    def _client_of(self, claims: dict[str, Any], header: dict[str, Any], scope: Scope) -> Client:
        issuer = claims.get("iss")
        client = self._clients.get(issuer) if isinstance(issuer, str) else None
        if client is None:
            raise NotAdmittedError("no client in the site configuration has this issuer")
        if scope not in client.scopes:
            raise NotAdmittedError("the client does not have this scope in the site configuration")
        jku = header.get("jku")
        if jku is not None and jku not in (client.jwks_url, *client.jku):
            raise NotAdmittedError("the token's key address (jku) is not in the site configuration")
        return client

    async def _use_once(self, claims: dict[str, Any]) -> None:
        """Remember the token until it expires. Raises NotAdmittedError if it was used before or is valid too long.

        Each client has a memory of its own, so that one cannot lock out the others. A token that was issued before the
        memory began is refused, because it may have been used before a restart.
        """
        now, expiry, issued, token_id = self._clock(), claims["exp"], claims["iat"], claims["jti"]
        if not isinstance(token_id, str) or not token_id or len(token_id) > 256:
            raise NotAdmittedError("the token's id (jti) is not a text of 1 to 256 characters")
        if not isinstance(expiry, int | float) or not isinstance(issued, int | float):
            raise NotAdmittedError("the token's times (iat, exp) are not numbers")
        if expiry - issued > LONGEST_LIFE_SECONDS + _ROUNDING_SECONDS:
            raise NotAdmittedError("the token is valid for more than five minutes")
        seconds = max(expiry + LEEWAY_SECONDS - now, 1)
        added = await self._store.add(
            self._spaces[claims["iss"]], hashed(token_id)[:_NAME_LENGTH], seconds, math.floor(issued)
        )
        if added is not Added.NEW:
            raise NotAdmittedError(_REFUSALS[added])
