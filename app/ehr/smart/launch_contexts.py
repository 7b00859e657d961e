"""What a finished launch left in the server's memory: whose record it was, what it said, and the right to file there.

It is kept under a random handle that travels with the form. Name, birth date and token never do.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.core.analytes import Analyte
from app.core.errors import InputWarning
from app.ehr.fhir.reading.observations import Result
from app.ehr.smart.errors import NoFiling
from app.ehr.smart.launches import cookie_attributes, is_same_secret
from app.ehr.smart.patient_identity import PatientIdentity
from app.presentation.pages.record import Prefill

LIFE_SECONDS = 3600
LONGEST_FILING_SECONDS = 900
MOST_KEPT = 1000
_BYTES = 32
_COOKIE = "smart_browser"


@dataclass(frozen=True, slots=True)
class Permission:
    """The token with which a result may be filed, and for how long it is good."""

    seconds: int
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """Whose record was read, and what it said. `patient` is None where the EHR shows its own banner."""

    issuer: str
    patient_id: str
    patient: PatientIdentity | None
    results: Mapping[Analyte, Result]
    prefill: Prefill
    warnings: tuple[InputWarning, ...]

    @property
    def whose(self) -> tuple[str, str]:
        """What tells one patient from another, at whatever EHR."""
        return self.issuer, self.patient_id


@dataclass(slots=True)
class _Kept:
    context: LaunchContext
    browser: str = field(repr=False)
    until: float
    filing_until: float
    token: str = field(repr=False)
    ended: NoFiling | None

    def end_filing(self, why: NoFiling) -> None:
        """Forget the token; the first reason stays."""
        self.token = ""
        self.ended = self.ended or why


class LaunchContexts:
    """Keeps contexts for an hour, and the right to file once, as long as its token lives and for at most 15 minutes.

    A cookie ties them to the browser: a launch for another patient in it ends the right of all earlier ones.
    """

    def __init__(self, public_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._attributes = cookie_attributes(public_url)
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def browser(self, cookies: Mapping[str, str]) -> str:
        """Return the secret of a browser that is known, or a new one."""
        theirs = cookies.get(_COOKIE, "")
        is_known = any(is_same_secret(kept.browser, theirs) for kept in self._kept.values())
        return theirs if is_known else secrets.token_urlsafe(_BYTES)

    def cookie(self, browser: str) -> str:
        """Return the Set-Cookie header that carries the secret."""
        return f"{_COOKIE}={browser}; Max-Age={LIFE_SECONDS}; {self._attributes}"

    def end_filing(self, browser: str, whose: tuple[str, str]) -> None:
        """Take the right to file from all launches of a browser that were for another patient."""
        for kept in self._kept.values():
            if kept.browser == browser and kept.context.whose != whose:
                kept.end_filing(NoFiling.ANOTHER_PATIENT)

    def keep(self, context: LaunchContext, browser: str, permission: Permission | None) -> str:
        """Keep a context and return its handle; of too many the oldest is dropped. `permission` if it may be filed."""
        self.end_filing(browser, context.whose)
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        handle, now, loop = secrets.token_urlsafe(_BYTES), self._clock(), asyncio.get_running_loop()
        filing_seconds = min(permission.seconds, LONGEST_FILING_SECONDS) if permission else 0
        self._kept[handle] = kept = _Kept(
            context,
            browser,
            now + LIFE_SECONDS,
            now + filing_seconds,
            permission.token if permission else "",
            None if permission else NoFiling.NOT_ALLOWED,
        )
        loop.call_later(LIFE_SECONDS, self._kept.pop, handle, None)
        if permission:
            loop.call_later(filing_seconds, kept.end_filing, NoFiling.EXPIRED)
        return handle

    def find(self, handle: str) -> LaunchContext | None:
        """Return the context of a handle, as long as it is kept."""
        kept = self._live(handle)
        return kept.context if kept else None

    def why_not(self, handle: str) -> NoFiling | None:
        """Return why the launch of a handle has no right to file; None if it has."""
        kept = self._live(handle)
        if kept is None:
            return NoFiling.FORGOTTEN
        return kept.ended or (NoFiling.EXPIRED if self._clock() >= kept.filing_until else None)

    def is_of(self, handle: str, cookies: Mapping[str, str]) -> bool:
        """Whether a handle belongs to the browser that sends it."""
        kept = self._kept.get(handle)
        return kept is not None and is_same_secret(kept.browser, cookies.get(_COOKIE, ""))

    def take(self, handle: str) -> str:
        """Return the token of a handle, once: whatever comes of it, the right to file is used. It must have one."""
        kept = self._kept[handle]
        token = kept.token
        kept.end_filing(NoFiling.USED)
        return token

    def _live(self, handle: str) -> _Kept | None:
        kept = self._kept.get(handle)
        return kept if kept and self._clock() < kept.until else None
