"""Which of the assessed values are not as the record has them: another value, another day, or none in the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.labs import Lab
from app.core.measurement import Comparator, Measurement
from app.ehr.fhir.reading.observations import Result
from app.presentation import wording


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that a person typed, its day if there is one, and the result of the record that it differs from."""

    lab: Lab
    day: date | None
    result: Result | None

    @property
    def is_other_value(self) -> bool:
        """Whether the value itself differs: 4200 /uL is as 4.2 10*9/L, but a mass is never as international units."""
        if self.result is None:
            return True
        return _amount_of(self.lab) != _amount_of(self.result.lab)

    @property
    def is_other_day(self) -> bool:
        """Whether the day of the sample differs."""
        return self.result is not None and self.day != self.result.effective.day

    @property
    def text(self) -> str:
        """Return the sentence for the page."""
        day = f", {wording.day(self.day)}" if self.day else " without a day"
        return (
            f"{self.lab.analyte.label}: {_amount(self.lab.given)} typed{day if self.is_other_day else ''}; {self._said}"
        )

    @property
    def note(self) -> str:
        """Return the note for the Observation."""
        return f"Typed by the user of the calculator; {self._said}."

    @property
    def _said(self) -> str:
        return f"the record said {said(self.result)}" if self.result else "the record had no usable result"


def changed_values(assessment: Assessment, results: Mapping[Analyte, Result]) -> dict[Analyte, ChangedValue]:
    """Return the values that differ from the record's results in value or day, by analyte."""
    found = {
        analyte: ChangedValue(lab, assessment.sampled_on.of(analyte), results.get(analyte))
        for analyte, lab in assessment.labs.items()
    }
    return {analyte: value for analyte, value in found.items() if value.is_other_value or value.is_other_day}


def value_as_written(measurement: Measurement) -> str:
    """Return a value with its comparator, as a person would type it."""
    return f"{measurement.comparator.value if measurement.comparator else ''}{measurement.value:f}"


def said(result: Result) -> str:
    """Return a result as the record has it: value, unit, day and reference."""
    parts = [
        _amount(result.lab.given),
        wording.day(result.effective.day),
        *([result.reference] if result.reference else []),
    ]
    return ", ".join(parts)


def _amount_of(lab: Lab) -> tuple[Decimal, Comparator | None, bool]:
    """Return what makes two values the same: the canonical value, the comparator, and mass or international units."""
    return lab.canonical, lab.given.comparator, lab.given.unit.is_international


def _amount(measurement: Measurement) -> str:
    return f"{value_as_written(measurement)} {wording.unit(measurement.unit_text)}"
