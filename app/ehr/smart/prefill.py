"""A record's values as the form shows them: typed as the record wrote them, each with its source, for confirmation."""

from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.fhir.reading.observations import Rejection, Result
from app.ehr.smart.changed_values import said, value_as_written
from app.ehr.smart.errors import Failure
from app.presentation import wording
from app.presentation.messages import warning_message
from app.presentation.pages.record import Prefill

_CONFIRM = (
    "Compare them with the laboratory’s report and correct what is wrong. Nothing has been computed yet: the result "
    "appears when you press the button."
)
_TYPE_THEM = "Nothing was read. You can type the values."


def typed_values(reading: LabReading) -> dict[str, str]:
    """Return the fields of the form, as if a person had typed what the record says."""
    typed = {}
    for analyte, result in reading.sources.items():
        typed[analyte.value] = value_as_written(result.lab.given)
        typed[f"{analyte.value}_unit"] = result.lab.given.unit_text
    days = {"blood_count_date": reading.sampled_on.blood_count, "afp_date": reading.sampled_on.afp}
    return typed | {name: day.isoformat() for name, day in days.items() if day}


def prefill(reading: LabReading) -> Prefill:
    """Return what the form says of the record."""
    missing = ", ".join(analyte.label for analyte in reading.missing)
    return Prefill(
        title="These values come from the record" if reading.sources else "The record has no values that can be used",
        text=_CONFIRM if reading.sources else _TYPE_THEM,
        missing=f"Not found, or not usable: {missing}." if missing else "",
        unused=tuple(_unused(one) for one in reading.rejected),
        sources={analyte.value: _source(result) for analyte, result in reading.sources.items()},
        first=tuple(warning_message(one, wording.unit) for one in reading.first_warnings),
    )


def failed_prefill(failure: Failure) -> Prefill:
    """Return what the empty form says after a launch that ended without values."""
    title = "The values could not be read from the record"
    return Prefill(title, f"{failure.sentence} {_TYPE_THEM}", missing="", unused=(), sources={})


def _source(result: Result) -> str:
    return f"From the record: {said(result)}{', unit read as a printed label' if result.is_label else ''}"


def _unused(one: Rejection) -> str:
    what = one.reference or "A result without an id"
    return f"{f'{one.analyte.label}, ' if one.analyte else ''}{what}: {wording.unit(one.reason)}"
