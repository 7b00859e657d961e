"""Fill in the form with the values of a pasted report that a person confirmed, each marked with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.dates import day_from_iso
from app.core.entries import spelled
from app.core.units.conversion import OFFERED
from app.core.units.printed import normalised
from app.presentation import wording
from app.presentation.pages.record import Origin, Prefill, RecordView
from app.presentation.translation import gettext as _
from app.reports.results import Candidate, Reading

# The field with the confirmed value of each analyte.
CONFIRMED_FIELDS = {analyte: f"{analyte.value}_report" for analyte in Analyte}
_BETWEEN = "\t"  # never in a value, a unit or a day
_COUNTS = tuple(analyte for analyte in Analyte if analyte.is_count)


@dataclass(frozen=True, slots=True)
class ReportValue:
    """A value of a report as a person would enter it; unit and day are empty if the report does not print them."""

    value: str
    unit: str
    day: str

    @property
    def packed(self) -> str:
        """The value as one text, for the form; `unpacked` reads it."""
        return _BETWEEN.join((self.value, self.unit, self.day))

    @property
    def sampled_on(self) -> date | None:
        """The day of the sample."""
        return day_from_iso(self.day)


def of_reading(reading: Reading) -> ReportValue:
    """Return a reading with its number as it can be read in one way only."""
    value = f"{reading.comparator}{spelled(Decimal(reading.number))}"
    return ReportValue(value, _in_one_line(reading.unit), reading.day.isoformat() if reading.day else "")


def of_candidate(candidate: Candidate) -> ReportValue:
    """Return a candidate with its number as printed."""
    day = candidate.day.isoformat() if candidate.day else ""
    return ReportValue(_in_one_line(candidate.printed), _in_one_line(candidate.unit), day)


def unpacked(text: str) -> ReportValue | None:
    """Return the value of a packed text, or None if it has none."""
    value, unit, day, *_rest = (*text.split(_BETWEEN), "", "")
    return ReportValue(value, unit, day if day_from_iso(day) else "") if value else None


def confirmed_values(typed: Mapping[str, str]) -> dict[Analyte, ReportValue]:
    """Return the values that a person confirmed."""
    return {
        analyte: value
        for analyte, field in CONFIRMED_FIELDS.items()
        if (text := typed.get(field)) and (value := unpacked(text))
    }


def fields_of(values: Mapping[Analyte, ReportValue]) -> dict[str, str]:
    """Return the fields of the form with confirmed values. The counts have a day if it is the same for all."""
    typed = {}
    for analyte, value in values.items():
        typed[analyte.value] = value.value
        typed[f"{analyte.value}_unit"] = _offered(analyte, value.unit)
    days = {values[analyte].day for analyte in _COUNTS if analyte in values}
    typed["blood_count_date"] = days.pop() if len(days) == 1 else ""
    typed["afp_date"] = values[Analyte.AFP].day if Analyte.AFP in values else ""
    return typed


def report_view(typed: Mapping[str, str]) -> RecordView | None:
    """Return what the form shows of the report that filled it in; None if no value was confirmed."""
    values = confirmed_values(typed)
    if not values:
        return None
    missing = ", ".join(wording.analyte(analyte) for analyte in Analyte if analyte not in values)
    prefill = Prefill(
        title=_("Check these values: they come from the pasted report"),
        text=_("Compare each marked value, its unit and its date with the report. Nothing has been calculated yet."),
        missing=_("Left empty: {analytes}. Enter them by hand.").format(analytes=missing) if missing else "",
        unused=(),
        sources={analyte.value: _source(value) for analyte, value in values.items()},
        first=day_notes(values),
    )
    kept = tuple((CONFIRMED_FIELDS[analyte], value.packed) for analyte, value in values.items())
    return RecordView(prefill=prefill, origin=Origin.REPORT, kept=kept)


def day_notes(values: Mapping[Analyte, ReportValue]) -> tuple[str, ...]:
    """Return sentences on values that are of different days."""
    counts = {values[analyte].sampled_on for analyte in _COUNTS if analyte in values} - {None}
    afp = {values[analyte].sampled_on for analyte in (Analyte.AFP,) if analyte in values} - {None}
    notes = []
    if len(counts) > 1:
        notes.append(
            _("The blood counts are of different days. SII needs three counts of one sample: check which ones to use.")
        )
    if counts and afp and afp != counts:
        notes.append(_("AFP and the blood count are of different days. Check that both are the values that you need."))
    return tuple(notes)


def amount(value: ReportValue) -> str:
    """Return a value with its unit as printed."""
    return f"{value.value} {value.unit}".strip()


def day_text(value: ReportValue) -> str:
    """Return the day of the sample, or that it is not known."""
    day = value.sampled_on
    return _("sampled on {day}").format(day=wording.day(day)) if day else _("no certain sampling day")


def _source(value: ReportValue) -> str:
    if value.unit:
        text = _("From the pasted report: {value}, {day}. Check it.")
    else:
        text = _("From the pasted report: {value}, {day}. No unit was read: choose the one that the report prints.")
    return text.format(value=amount(value), day=day_text(value))


def _offered(analyte: Analyte, unit: str) -> str:
    """Return the unit as the list of the form has it, if it is printed in the same way."""
    return next((one for one in OFFERED[analyte] if _alike(one) == _alike(unit)), unit)


def _alike(unit: str) -> str:
    return normalised(wording.unit(unit))


def _in_one_line(text: str | None) -> str:
    return " ".join((text or "").split())
