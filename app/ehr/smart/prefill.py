"""Fill the form with the values of a record, each with its source, for a person to confirm."""

from app.ehr.fhir.reading.criteria import StatedCriterion
from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.fhir.reading.observations import Rejection, Result
from app.ehr.fhir.reading.resources import reference_of
from app.ehr.smart.changed_values import as_recorded, value_as_written
from app.ehr.smart.errors import Failure
from app.presentation import wording
from app.presentation.applicability_messages import answer_message
from app.presentation.messages import rejection_message, warning_message
from app.presentation.pages.record import Prefill
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_CONFIRM = N_(
    "Compare them with the laboratory report and correct any errors. Nothing has been calculated yet: the result "
    "appears when you press the button."
)
_ENTER_THEM = N_("No values were read. You can enter them by hand.")


def typed_values(reading: LabReading) -> dict[str, str]:
    """Return the fields of the form with the values of the record, as a person would enter them."""
    typed = {}
    for analyte, result in reading.sources.items():
        typed[analyte.value] = value_as_written(result.lab.given)
        typed[f"{analyte.value}_unit"] = result.lab.given.unit_text
    days = {"blood_count_date": reading.sampled_on.blood_count, "afp_date": reading.sampled_on.afp}
    stated = {one.id: str(one.value) for one in reading.criteria}
    return typed | stated | {name: day.isoformat() for name, day in days.items() if day}


def prefill(reading: LabReading) -> Prefill:
    """Return what the form shows from the record."""
    missing = ", ".join(wording.analyte(analyte) for analyte in reading.missing)
    if reading.sources:
        title, text = _("These values come from the record"), _(_CONFIRM)
    else:
        title, text = _("The record has no values that can be used"), _(_ENTER_THEM)
    return Prefill(
        title=title,
        text=text,
        missing=_("The record has no usable result for: {analytes}.").format(analytes=missing) if missing else "",
        unused=tuple(_unused(one) for one in reading.rejected),
        sources={
            **{analyte.value: _source(result) for analyte, result in reading.sources.items()},
            **{one.id: _source_of_criterion(one) for one in reading.criteria},
        },
        first=tuple(warning_message(one, wording.unit) for one in reading.first_warnings),
    )


def failed_prefill(failure: Failure) -> Prefill:
    """Return what the empty form shows after a launch that ended without values."""
    title = _("The values could not be read from the record")
    return Prefill(title, f"{failure.sentence} {_(_ENTER_THEM)}", missing="", unused=(), sources={})


def _source(result: Result) -> str:
    if result.is_label:
        text = _("From the record: {result}, unit read as a printed label")
    else:
        text = _("From the record: {result}")
    return text.format(result=as_recorded(result))


def _source_of_criterion(one: StatedCriterion) -> str:
    parts = [answer_message(one.id, one.value), wording.day(one.effective.day), reference_of(one.found.resource)]
    return _("From the record: {result}").format(result=", ".join(filter(None, parts)))


def _unused(one: Rejection) -> str:
    names = [*([wording.analyte(one.analyte)] if one.analyte else []), one.reference or _("a result without an id")]
    return f"{', '.join(names)}: {rejection_message(one, wording.unit)}"
