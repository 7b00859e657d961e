"""Keep finished launches in the store: the patient, the results that were read, and the right to file.

Each is kept under a random handle that the form carries. Name, birth date and token are never part of the form, and the
store gets them sealed.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.config.version import software
from app.core.analytes import Analyte
from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.fhir.reading.observations import Result
from app.ehr.smart.errors import NoFiling
from app.ehr.smart.launches import cookie_style
from app.ehr.smart.patient_identity import PatientIdentity
from app.ehr.smart.serialised import dumps, loads
from app.store.protocol import Space, Store
from app.store.sealing import Sealer, hashed

LIFE_SECONDS = 3600
LONGEST_FILING_SECONDS = 900
MOST_KEPT = 1000
_BYTES = 32


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


@dataclass(frozen=True, slots=True)
class KeptLaunch:
    """A context as it was found, and why each kind could not be filed then; a kind that can is not in `refused`.

    `browser` is the hash of the browser's secret, which is in the cookie named `cookie`.
    """

    context: LaunchContext
    cookie: str
    browser: str = field(repr=False)
    refused: Mapping[Filed, NoFiling]

    def why_not(self, kind: Filed = Filed.RESULT) -> NoFiling | None:
        """Return why the launch cannot file, or None if it can."""
        return self.refused.get(kind)

    def is_of(self, cookies: Mapping[str, str]) -> bool:
        """Return whether the launch belongs to the browser that sends these cookies."""
        return secrets.compare_digest(self.browser, hashed(cookies.get(self.cookie, "")))


class LaunchContexts:
    """Keeps contexts for an hour, and the right to file each kind once, until the token expires, 15 minutes at most.

    A cookie binds them to the browser. After a launch for another patient in the same browser, earlier launches can no
    longer file. `clock` gives seconds since 1970. If too many are kept, those that end first are dropped.
    """

    def __init__(
        self,
        public_url: str,
        sealer: Sealer,
        store: Store,
        clock: Callable[[], float] = time.time,
        most_kept: int = MOST_KEPT,
    ) -> None:
        prefix, self._attributes = cookie_style(public_url)
        self._cookie = f"{prefix}smart_browser"
        self._sealer = sealer
        self._store = store
        self._clock = clock
        self._contexts, self._filings, self._tokens, self._browsers = (
            Space(name, most_kept) for name in ("context", "filing", "filing token", "browser")
        )

    async def browser(self, cookies: Mapping[str, str]) -> str:
        """Return the secret of a known browser, or a new secret. Raises StoreError."""
        secret = cookies.get(self._cookie, "")
        is_known = bool(secret) and await self._store.get(self._browsers, hashed(secret)) is not None
        return secret if is_known else secrets.token_urlsafe(_BYTES)

    def cookie(self, browser: str) -> str:
        """Return the Set-Cookie header that carries the secret."""
        return f"{self._cookie}={browser}; Max-Age={LIFE_SECONDS}; {self._attributes}"

    async def show(self, browser: str, patient_key: tuple[str, str]) -> str:
        """Note that a browser shows a patient, and return the mark of this.

        The mark changes with the patient, also if an earlier one comes back. Only launches with the present mark can
        file. Raises StoreError.
        """
        name, patient = hashed(browser), hashed("\n".join(patient_key))
        shown = (await self._store.get(self._browsers, name) or b"").decode()
        mark = shown if shown.startswith(patient) else f"{patient} {secrets.token_urlsafe(_BYTES)}"
        await self._store.put(self._browsers, name, mark.encode(), LIFE_SECONDS)
        return mark

    async def keep(self, context: LaunchContext, browser: str, permission: Permission | NoFiling) -> str:
        """Keep a context and return its handle. With a permission a result may be filed. Raises StoreError."""
        handle, mark = secrets.token_urlsafe(_BYTES), await self.show(browser, context.patient_key)
        filing: dict[str, Any] = {"browser": hashed(browser), "mark": mark, "until": 0.0, "kinds": [], "filed": []}
        if isinstance(permission, Permission):
            seconds = min(permission.seconds, LONGEST_FILING_SECONDS)
            filing |= {"until": self._clock() + seconds, "kinds": sorted(permission.kinds)}
            if seconds > 0:
                await self._put(self._tokens, handle, permission.token.encode(), seconds)
        else:
            filing["ended"] = permission.name
        content = dumps(context.issuer, context.patient_id, context.patient, context.reading)
        await self._put(self._filings, handle, json.dumps(filing).encode(), LIFE_SECONDS)
        await self._put(self._contexts, handle, content, LIFE_SECONDS)
        return handle

    async def find(self, handle: str) -> KeptLaunch | None:
        """Return what is kept of a handle, or None if it is no longer kept. Raises StoreError."""
        sealed, content = await self._filing(handle), await self._get(self._contexts, handle)
        if sealed is None or content is None:
            return None
        context, filing = LaunchContext(*loads(content)), sealed[1]
        shown = (await self._store.get(self._browsers, filing["browser"]) or b"").decode()
        why = {kind: self._why_not(filing, kind, shown) for kind in Filed}
        refused = {kind: reason for kind, reason in why.items() if reason}
        return KeptLaunch(context, self._cookie, filing["browser"], refused)

    async def take(self, handle: str, kind: Filed) -> str | NoFiling:
        """Return the token of a handle and end the right to file this kind, or why there is none.

        Of several calls in several processes one gets the token. Raises StoreError.
        """
        while True:
            found = await self._filing(handle)
            if found is None:
                return NoFiling.FORGOTTEN
            sealed, filing = found
            shown = (await self._store.get(self._browsers, filing["browser"]) or b"").decode()
            if why := self._why_not(filing, kind, shown):
                return why
            filed = [*filing["filed"], kind.value]
            after = self._sealed(self._filings, handle, json.dumps({**filing, "filed": filed}).encode())
            if await self._store.change(self._filings, hashed(handle), sealed, after):
                break
        if set(filed) >= set(filing["kinds"]):
            token = self._opened(self._tokens, handle, await self._store.take(self._tokens, hashed(handle)))
        else:
            token = await self._get(self._tokens, handle)
        return token.decode() if token else NoFiling.EXPIRED

    def _why_not(self, filing: Mapping[str, Any], kind: Filed, shown: str) -> NoFiling | None:
        why: NoFiling | None = None
        if "ended" in filing:
            why = NoFiling[filing["ended"]]
        elif kind not in filing["kinds"]:
            why = NoFiling.NOT_ALLOWED
        elif kind in filing["filed"]:
            why = _USED[kind]
        elif filing["mark"] != shown:
            why = NoFiling.ANOTHER_PATIENT
        elif self._clock() >= filing["until"]:
            why = NoFiling.EXPIRED
        return why

    async def _filing(self, handle: str) -> tuple[bytes, dict[str, Any]] | None:
        sealed = await self._store.get(self._filings, hashed(handle))
        content = self._opened(self._filings, handle, sealed)
        return (sealed, json.loads(content)) if sealed is not None and content is not None else None

    async def _put(self, space: Space, handle: str, content: bytes, seconds: float) -> None:
        await self._store.put(space, hashed(handle), self._sealed(space, handle, content), seconds)

    async def _get(self, space: Space, handle: str) -> bytes | None:
        return self._opened(space, handle, await self._store.get(space, hashed(handle)))

    def _sealed(self, space: Space, handle: str, content: bytes) -> bytes:
        return self._sealer.seal(content, _purpose(space, handle))

    def _opened(self, space: Space, handle: str, sealed: bytes | None) -> bytes | None:
        return None if sealed is None else self._sealer.open(sealed, _purpose(space, handle))


def _purpose(space: Space, handle: str) -> str:
    """Return what a content is sealed for. Another version may write it otherwise, so it opens only for its own."""
    return f"{space.name} {software().version} {software().commit} {handle}"
