"""Find the assessed values that differ from the record: another value, another day, or no result in the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.entries import spelled
from app.core.labs import Lab
from app.core.measurement import Comparator, Measurement
from app.ehr.fhir.reading.observations import Result
from app.presentation import wording
from app.presentation.translation import gettext as _


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that a person entered, its day if there is one, and the result of the record that it differs from."""

    lab: Lab
    day: date | None
    result: Result | None

    @property
    def is_other_value(self) -> bool:
        """Whether the value differs: 4200 /uL equals 4.2 10*9/L, but a mass never equals international units."""
        if self.result is None:
            return True
        return _amount_of(self.lab) != _amount_of(self.result.lab)

    @property
    def is_other_day(self) -> bool:
        """Whether the day of the sample differs."""
        return self.result is not None and self.day != self.result.effective.day

    @property
    def text(self) -> str:
        """Return the sentences for the page."""
        if self.result is None:
            text = _("{analyte}: {value} was entered. The record has no usable result.")
        elif not self.is_other_day:
            text = _("{analyte}: {value} was entered. The record has {recorded}.")
        elif self.day:
            text = _("{analyte}: {value}, sampled on {day}, was entered. The record has {recorded}.")
        else:
            text = _("{analyte}: {value} was entered without a sample date. The record has {recorded}.")
        return text.format(
            analyte=wording.analyte(self.lab.analyte),
            value=_amount(self.lab.given),
            day=wording.day(self.day) if self.day else "",
            recorded=as_recorded(self.result) if self.result else "",
        )

    @property
    def note(self) -> str:
        """Return the note for the Observation."""
        if self.result is None:
            return _("Entered by the user of the calculator. The record had no usable result.")
        text = _("Entered by the user of the calculator. The record had {recorded}.")
        return text.format(recorded=as_recorded(self.result))


def changed_values(assessment: Assessment, results: Mapping[Analyte, Result]) -> dict[Analyte, ChangedValue]:
    """Return the values that differ from the record's results in value or day, by analyte."""
    found = {
        analyte: ChangedValue(lab, assessment.sampled_on.of(analyte), results.get(analyte))
        for analyte, lab in assessment.labs.items()
    }
    return {analyte: value for analyte, value in found.items() if value.is_other_value or value.is_other_day}


def value_as_written(measurement: Measurement) -> str:
    """Return a value with its comparator, as a person would enter it: it can be read in one way only."""
    return f"{measurement.comparator.value if measurement.comparator else ''}{spelled(measurement.value)}"


def as_recorded(result: Result) -> str:
    """Return a result of the record: value, unit, day and reference."""
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
