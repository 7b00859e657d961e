"""Define what the reader of reports returns: readings, candidates that were not taken and why, and stop signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.analytes import Analyte

Span = tuple[int, int]


class Reason(StrEnum):
    """Why a number in the text was not taken, or why an analyte has no reading."""

    NOT_FOUND = "not_found"
    PERCENTAGE = "percentage"
    COUNT_OR_PERCENTAGE = "count_or_percentage"
    PREVIOUS = "previous"
    OLDER_DAY = "older_day"
    OTHER_SPECIMEN = "other_specimen"
    REFERENCE = "reference"
    SEVERAL_NUMBERS = "several_numbers"
    COLUMN_UNCERTAIN = "column_uncertain"
    ROW_UNCERTAIN = "row_uncertain"
    LIMIT_OR_RESULT = "limit_or_result"
    CHANGE = "change"
    NAME_UNCERTAIN = "name_uncertain"
    OTHER_COLUMN = "other_column"
    SEVERAL_VALUES = "several_values"
    ANOTHER_NOT_READ = "another_not_read"
    DAYS_UNCERTAIN = "days_uncertain"
    TWO_READINGS = "two_readings"
    DAMAGED = "damaged"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_OF_ANOTHER_ANALYTE = "unit_of_another_analyte"
    UNITS_DIFFER = "units_differ"
    IMPOSSIBLE = "impossible"
    NOT_REPORTED = "not_reported"
    PRELIMINARY = "preliminary"
    NAME_NOT_UNDERSTOOD = "name_not_understood"
    ONLY_A_PART = "only_a_part"
    PARTS_APART = "parts_apart"
    REPLACED = "replaced"
    STOPPED = "stopped"


# After these a person who looks at the report may find that the number is the value. The others can never be it.
CONFIRMABLE = frozenset(
    {
        Reason.COUNT_OR_PERCENTAGE,
        Reason.PREVIOUS,
        Reason.OLDER_DAY,
        Reason.SEVERAL_NUMBERS,
        Reason.COLUMN_UNCERTAIN,
        Reason.ROW_UNCERTAIN,
        Reason.LIMIT_OR_RESULT,
        Reason.CHANGE,
        Reason.NAME_UNCERTAIN,
        Reason.SEVERAL_VALUES,
        Reason.ANOTHER_NOT_READ,
        Reason.DAYS_UNCERTAIN,
        Reason.NAME_NOT_UNDERSTOOD,
        Reason.PARTS_APART,
    }
)


class StopSign(StrEnum):
    """Why nothing at all was read."""

    TOO_LONG = "too_long"
    TWO_PATIENTS = "two_patients"
    COLUMN_BY_COLUMN = "column_by_column"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as the text has it.

    `number` is the printed number in plain digits, 1356.0 for 1.356,0. `unit` is None if the text prints none; a unit
    that is not known is never part of a reading. `day` is None unless the text says the day of the sample for certain.
    The spans are places in the text that was given.
    """

    comparator: str
    number: str
    unit: str | None
    day: date | None
    span: Span
    unit_span: Span | None

    @property
    def value(self) -> str:
        """The number with its comparator."""
        return f"{self.comparator}{self.number}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number beside the name of an analyte that was not taken: as printed, with the reason."""

    printed: str
    unit: str | None
    day: date | None
    span: Span
    reason: Reason


@dataclass(frozen=True, slots=True)
class Finding:
    """What the text says of one analyte: a reading, or the reason why there is none."""

    reading: Reading | None
    reason: Reason | None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a text. With a stop sign, no analyte has a reading."""

    stop: StopSign | None
    findings: Mapping[Analyte, Finding]
