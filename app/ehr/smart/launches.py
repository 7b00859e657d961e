"""Begin and finish launches. What a launch needs until it ends is sealed in a cookie of the browser that began it."""

import base64
import binascii
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.config.addresses import SMART
from app.config.site import SmartServer
from app.ehr.smart.discovery import SmartConfiguration
from app.store.protocol import Added, Space, Store
from app.store.sealing import Sealer, hashed

LIFE_SECONDS = 600
_BYTES = 32  # 256 random bits, where SMART asks for 122
_FINISHED = Space("launch", 10_000)


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch: the EHR, its endpoints, and the two secrets that link its end to its start."""

    server: SmartServer
    configuration: SmartConfiguration
    began: float
    state: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)

    @property
    def challenge(self) -> str:
        """The PKCE challenge, S256."""
        return _base64(hashlib.sha256(self.verifier.encode()).digest())


class Launches:
    """Begins and finishes launches of the EHRs in `servers`, which are by their `issuer`.

    Nothing is kept before a launch ends, so that unfinished launches cannot displace others. `clock` gives
    seconds since 1970. With an https `public_url` the cookie is a secure one.
    """

    def __init__(
        self,
        public_url: str,
        servers: Mapping[str, SmartServer],
        sealer: Sealer,
        store: Store,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._prefix, self._attributes = cookie_style(public_url)
        self._servers = servers
        self._sealer = sealer
        self._store = store
        self._clock = clock

    def begin(self, server: SmartServer, configuration: SmartConfiguration) -> Launch:
        """Return a new launch."""
        return Launch(server, configuration, self._clock())

    async def finish(self, state: str, cookies: Mapping[str, str]) -> Launch | None:
        """Return the launch of a state once, in time, and to the browser that started it; otherwise None.

        While too many launches have just ended, only the EHR notices that a code is used again. Raises StoreError.
        """
        launch = self._opened(state, cookies.get(self._name(state), ""))
        if launch is None or self._clock() - launch.began > LIFE_SECONDS:
            return None
        added = await self._store.add(_FINISHED, hashed(state), LIFE_SECONDS)
        return None if added is Added.KNOWN else launch

    def cookie(self, launch: Launch) -> str:
        """Return the Set-Cookie header that keeps a launch in this browser. Each launch has its own cookie."""
        configuration = launch.configuration
        content = {
            "issuer": launch.server.issuer,
            "authorization": configuration.authorization_endpoint,
            "token": configuration.token_endpoint,
            "v2": configuration.has_v2_scopes,
            "name": configuration.issuer,
            "named": configuration.sends_issuer,
            "began": launch.began,
            "verifier": launch.verifier,
        }
        sealed = self._sealer.seal(json.dumps(content).encode(), _purpose(launch.state))
        return f"{self._name(launch.state)}={_base64(sealed)}; Max-Age={LIFE_SECONDS}; {self._attributes}"

    def end_of_cookie(self, launch: Launch) -> str:
        """Return the Set-Cookie header that deletes the cookie of a launch."""
        return f"{self._name(launch.state)}=; Max-Age=0; {self._attributes}"

    def _name(self, state: str) -> str:
        return f"{self._prefix}smart_{hashed(state)[:16]}"

    def _opened(self, state: str, cookie: str) -> Launch | None:
        """Return the launch in a cookie, if it was sealed for this state and its EHR is still on the site's list."""
        try:
            sealed = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
        except (binascii.Error, ValueError):
            return None
        content = self._sealer.open(sealed, _purpose(state))
        if content is None:
            return None
        found = json.loads(content)
        server = self._servers.get(found["issuer"])
        if server is None:
            return None
        configuration = SmartConfiguration(
            found["authorization"], found["token"], found["v2"], found.get("name"), found.get("named", False)
        )
        return Launch(server, configuration, found["began"], state, found["verifier"])


def cookie_style(public_url: str) -> tuple[str, str]:
    """Return the prefix of the names of a launch's cookies, and their attributes.

    Over https they also work inside a frame of the EHR, and the prefix makes browsers refuse one that was set on http.
    """
    parts = urlsplit(public_url)
    is_secure = parts.scheme == "https"
    same_site = "SameSite=None; Secure; Partitioned" if is_secure else "SameSite=Lax"
    return "__Secure-" if is_secure else "", f"Path={parts.path}{SMART}; HttpOnly; {same_site}"


def _purpose(state: str) -> str:
    return f"launch {hashed(state)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
