"""Permission to file one result in the record that launched us: in memory until it is used, at most 15 minutes."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.ehr.blood_draws import COUNTS
from app.ehr.observations import Result

LONGEST_SECONDS = 900
MOST_KEPT = 1000
_BYTES = 32


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Where and for whom to file, with the token for it, and the results that the values came from."""

    issuer: str
    patient_id: str
    results: Mapping[Analyte, Result]
    token: str = field(repr=False)

    def sources(self, assessment: Assessment) -> dict[Analyte, Result]:
        """Return the record's results that were assessed as they were read: a changed value is no longer theirs."""
        days = dict.fromkeys(COUNTS, assessment.sampled_on.blood_count) | {Analyte.AFP: assessment.sampled_on.afp}
        return {
            analyte: result
            for analyte, result in self.results.items()
            if assessment.labs[analyte].given == result.measurement and days[analyte] == result.effective.day
        }


class WriteBacks:
    """Keeps permissions under handles that nobody can guess; each is good once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, WriteBack]] = {}

    def keep(self, write_back: WriteBack, seconds: int) -> str:
        """Keep a permission as long as its token lives, and return its handle; of too many the oldest is dropped."""
        life = min(seconds, LONGEST_SECONDS)
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        handle = secrets.token_urlsafe(_BYTES)
        self._kept[handle] = (self._clock() + life, write_back)
        asyncio.get_running_loop().call_later(life, self._kept.pop, handle, None)
        return handle

    def take(self, handle: str) -> WriteBack | None:
        """Return the permission of a handle, once and in time; otherwise None."""
        until, found = self._kept.pop(handle, (0.0, None))
        return found if found is not None and self._clock() < until else None
