"""Keep finished launches in memory: the patient, the results that were read, and the right to file.

Each is kept under a random handle that the form carries. Name, birth date and token are never part of the form.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.analytes import Analyte
from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.fhir.reading.observations import Result
from app.ehr.smart.errors import NoFiling
from app.ehr.smart.launches import cookie_attributes, is_same_secret
from app.ehr.smart.patient_identity import PatientIdentity

LIFE_SECONDS = 3600
LONGEST_FILING_SECONDS = 900
MOST_KEPT = 1000
_BYTES = 32
_COOKIE = "smart_browser"


class Filed(StrEnum):
    """What can be filed of a result, by its FHIR type: the risk assessment, and the PDF document."""

    RESULT = "RiskAssessment"
    DOCUMENT = "DocumentReference"


_USED = {Filed.RESULT: NoFiling.USED, Filed.DOCUMENT: NoFiling.DOCUMENT_USED}


@dataclass(frozen=True, slots=True)
class Permission:
    """The token with which a result may be filed, its lifetime, and what may be filed, each once."""

    seconds: int
    token: str = field(repr=False)
    kinds: frozenset[Filed] = frozenset({Filed.RESULT})


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """The patient and the results that were read. `patient` is None if the EHR shows its own banner."""

    issuer: str
    patient_id: str
    patient: PatientIdentity | None
    reading: LabReading

    @property
    def results(self) -> Mapping[Analyte, Result]:
        """The results of the record that fill the form."""
        return self.reading.sources

    @property
    def patient_key(self) -> tuple[str, str]:
        """The key that identifies the patient across EHRs."""
        return self.issuer, self.patient_id


@dataclass(slots=True)
class _Kept:
    context: LaunchContext
    browser: str = field(repr=False)
    until: float
    filing_until: float
    token: str = field(repr=False)
    kinds: frozenset[Filed]
    ended: NoFiling | None
    filed: set[Filed] = field(default_factory=set)

    def end_filing(self, why: NoFiling) -> None:
        """Forget the token. Only the first reason is kept."""
        self.token = ""
        self.ended = self.ended or why


class LaunchContexts:
    """Keeps contexts for an hour, and the right to file each kind once, until the token expires, 15 minutes at most.

    A cookie binds them to the browser. After a launch for another patient in the same browser, earlier launches can no
    longer file.
    """

    def __init__(self, public_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._attributes = cookie_attributes(public_url)
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def browser(self, cookies: Mapping[str, str]) -> str:
        """Return the secret of a known browser, or a new secret."""
        secret = cookies.get(_COOKIE, "")
        is_known = any(is_same_secret(kept.browser, secret) for kept in self._kept.values())
        return secret if is_known else secrets.token_urlsafe(_BYTES)

    def cookie(self, browser: str) -> str:
        """Return the Set-Cookie header that carries the secret."""
        return f"{_COOKIE}={browser}; Max-Age={LIFE_SECONDS}; {self._attributes}"

    def end_filing(self, browser: str, patient_key: tuple[str, str]) -> None:
        """End the right to file of all launches of a browser for other patients."""
        for kept in self._kept.values():
            if kept.browser == browser and kept.context.patient_key != patient_key:
                kept.end_filing(NoFiling.ANOTHER_PATIENT)

    def keep(self, context: LaunchContext, browser: str, permission: Permission | NoFiling) -> str:
        """Keep a context and return its handle. With a permission a result may be filed. If full, drop the oldest."""
        self.end_filing(browser, context.patient_key)
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        handle, now, loop = secrets.token_urlsafe(_BYTES), self._clock(), asyncio.get_running_loop()
        filing_seconds, token, kinds, ended = 0, "", frozenset(Filed), None
        if isinstance(permission, Permission):
            filing_seconds, token = min(permission.seconds, LONGEST_FILING_SECONDS), permission.token
            kinds = permission.kinds
        else:
            ended = permission
        until = now + LIFE_SECONDS
        self._kept[handle] = kept = _Kept(context, browser, until, now + filing_seconds, token, kinds, ended)
        loop.call_later(LIFE_SECONDS, self._kept.pop, handle, None)
        if token:
            loop.call_later(filing_seconds, kept.end_filing, NoFiling.EXPIRED)
        return handle

    def find(self, handle: str) -> LaunchContext | None:
        """Return the context of a handle, or None if it is no longer kept."""
        kept = self._live(handle)
        return kept.context if kept else None

    def why_not(self, handle: str, kind: Filed = Filed.RESULT) -> NoFiling | None:
        """Return why the launch of a handle cannot file, or None if it can."""
        kept = self._live(handle)
        if kept is None:
            return NoFiling.FORGOTTEN
        if kind not in kept.kinds:
            return NoFiling.NOT_ALLOWED
        if kind in kept.filed:
            return _USED[kind]
        return kept.ended or (NoFiling.EXPIRED if self._clock() >= kept.filing_until else None)

    def is_of(self, handle: str, cookies: Mapping[str, str]) -> bool:
        """Return whether a handle belongs to the browser that sends it."""
        kept = self._kept.get(handle)
        return kept is not None and is_same_secret(kept.browser, cookies.get(_COOKIE, ""))

    def take(self, handle: str, kind: Filed) -> str:
        """Return the token of a handle and end the right to file this kind, which the handle must have."""
        kept = self._kept[handle]
        token = kept.token
        kept.filed.add(kind)
        if kept.filed >= kept.kinds:
            kept.token = ""
        return token

    def _live(self, handle: str) -> _Kept | None:
        kept = self._kept.get(handle)
        return kept if kept and self._clock() < kept.until else None
