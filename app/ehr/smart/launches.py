"""Keep launches that have begun: in memory, for ten minutes, for one use in the browser that began them."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.config.addresses import SMART
from app.config.site import SmartServer
from app.ehr.smart.discovery import SmartConfiguration

LIFE_SECONDS = 600
MOST_PENDING = 1000
_BYTES = 32  # 256 random bits, where SMART asks for 122


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch: the EHR, and the three secrets that link its end to its start."""

    server: SmartServer
    configuration: SmartConfiguration
    began: float
    state: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)
    browser: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)

    @property
    def challenge(self) -> str:
        """The PKCE challenge, S256."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Launches:
    """Begins and finishes launches. With an https `public_url` the cookie is a secure one."""

    def __init__(self, public_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._attributes = cookie_attributes(public_url)
        self._clock = clock
        self._pending: dict[str, Launch] = {}

    def begin(self, server: SmartServer, configuration: SmartConfiguration) -> Launch:
        """Return a new launch. If there are too many, the oldest is dropped."""
        launch = Launch(server, configuration, self._clock())
        while len(self._pending) >= MOST_PENDING:
            del self._pending[next(iter(self._pending))]
        self._pending[launch.state] = launch
        return launch

    def finish(self, state: str, cookies: Mapping[str, str]) -> Launch | None:
        """Return the launch of a state once, in time, and to the browser that started it; otherwise None."""
        launch = self._pending.get(state)
        if launch is None or not is_same_secret(launch.browser, cookies.get(_name(state), "")):
            return None
        del self._pending[state]
        return launch if self._clock() - launch.began <= LIFE_SECONDS else None

    def cookie(self, launch: Launch) -> str:
        """Return the Set-Cookie header that binds a launch to this browser. Each launch has its own cookie."""
        return f"{_name(launch.state)}={launch.browser}; Max-Age={LIFE_SECONDS}; {self._attributes}"

    def end_of_cookie(self, launch: Launch) -> str:
        """Return the Set-Cookie header that deletes the cookie of a launch."""
        return f"{_name(launch.state)}=; Max-Age=0; {self._attributes}"


def cookie_attributes(public_url: str) -> str:
    """Return the attributes of a launch's cookies. Over https they also work inside a frame of the EHR."""
    parts = urlsplit(public_url)
    same_site = "SameSite=None; Secure; Partitioned" if parts.scheme == "https" else "SameSite=Lax"
    return f"Path={parts.path}{SMART}; HttpOnly; {same_site}"


def is_same_secret(secret: str, cookie: str) -> bool:
    """Return whether a cookie holds a secret, in constant time."""
    # As bytes, because compare_digest accepts only ASCII texts and a cookie may hold anything.
    return secrets.compare_digest(secret.encode(), cookie.encode())


def _name(state: str) -> str:
    return "smart_" + hashlib.sha256(state.encode()).hexdigest()[:16]
