"""Read name and birth date from a Patient resource, for a clinician to compare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.dates import day_from_iso
from app.presentation import wording
from app.presentation.pages.record import PatientBanner
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_BIRTH_DATE = re.compile(r"(\d{4})(-\d\d){0,2}", re.ASCII)
_NOT_READ = N_("The EHR did not identify the patient. Check that these values are your patient’s.")
_RANK = {"official": 0, "usual": 1, "old": 3}  # of three or more parts, the others are between


@dataclass(frozen=True, slots=True)
class PatientIdentity:
    """Name and birth date; each is empty if the record does not have it or the Patient could not be read."""

    name: str = ""
    birth_date: str = ""
    is_read: bool = True

    @property
    def is_complete(self) -> bool:
        """Whether both identifiers are known, as needed to identify a patient."""
        return bool(self.name and self.birth_date)

    @property
    def banner(self) -> PatientBanner:
        """Return the text that every page shows."""
        if not self.is_read:
            return PatientBanner(unknown=_(_NOT_READ))
        return PatientBanner(
            self.name or _("name not in the record"), _day(self.birth_date) or _("on a date not in the record")
        )

    @property
    def full(self) -> str:
        """Return name and birth date in a sentence."""
        return _("{name}, born {date}").format(name=self.banner.name, date=self.banner.born)

    @property
    def short(self) -> str:
        """Return name and year of birth, as on a button."""
        return f"{self.name} ({self.birth_date[:4]})"


def patient_identity(patient: Mapping[str, Any]) -> PatientIdentity:
    """Return the identity in a Patient resource, with the official name if there is one, else the usual name."""
    names, birth = patient.get("name"), patient.get("birthDate")
    found = [name for name in names if isinstance(name, dict)] if isinstance(names, list) else []
    texts = [_written(name) for name in sorted(found, key=lambda name: _RANK.get(str(name.get("use")), 2))]
    is_date = isinstance(birth, str) and _BIRTH_DATE.fullmatch(birth)
    return PatientIdentity(next((text for text in texts if text), ""), str(birth) if is_date else "")


def _written(name: Mapping[str, Any]) -> str:
    given = name.get("given")
    parts = [*(given if isinstance(given, list) else []), name.get("family")]
    text = name.get("text") or " ".join(part for part in parts if isinstance(part, str))
    return " ".join(text.split()) if isinstance(text, str) else ""


def _day(birth_date: str) -> str:
    """Return a FHIR date in words, or unchanged if it has no day or month or is not a real date."""
    day = day_from_iso(birth_date)
    return wording.day(day) if day else birth_date
