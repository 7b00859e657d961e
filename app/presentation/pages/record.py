"""Define what pages show of the record, report or sample behind a form: the patient, the values, the filing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.errors import InputWarning


class Origin(StrEnum):
    """What filled in a form: the record of an EHR, a pasted report, or a fictional sample patient."""

    EHR = "ehr"
    REPORT = "report"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class PatientBanner:
    """Whose record it is: name and birth date. If this is not known, or the patient is fictional, `unknown` says so."""

    name: str = ""
    born: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Prefill:
    """The texts of the form about values from a record: what to do with them, missing values, unused results.

    `first` is what must be known before anything else, such as newer results. `sources` says where each value is from,
    by the name of its field.
    """

    title: str
    text: str
    missing: str
    unused: tuple[str, ...]
    sources: Mapping[str, str]
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filing:
    """How a result is filed: the words on the button, or the reason why there is none.

    `confirm` labels a box that must be ticked first; `problem` says that it was not. `id` begins the ids of its parts.
    """

    id: str = field(default="filing", kw_only=True)
    button: str = ""
    confirm: str = ""
    problem: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordView:
    """The record behind a form or a result, or the report or the sample in its place.

    `handle` names a record in the server's memory; it is empty if there is none. `kept` are hidden fields of the form
    that name a report's values or a sample.

    There is no banner where the EHR shows its own, and no filing where the site does not allow it; `document` is the
    filing of the PDF document. `changes` are the
    values that are not as the record has them, a sentence each; `warnings` are the first of an assessment's warnings.
    """

    handle: str = ""
    banner: PatientBanner | None = None
    prefill: Prefill | None = None
    changes: tuple[str, ...] = ()
    filing: Filing | None = None
    document: Filing | None = field(default=None, kw_only=True)
    warnings: tuple[InputWarning, ...] = ()
    origin: Origin = Origin.EHR
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def remark(self) -> str:
        """What begins a text of the result that is copied: that it is of a sample; empty otherwise."""
        return f"{self.banner.unknown}\n\n" if self.origin is Origin.SAMPLE and self.banner else ""
