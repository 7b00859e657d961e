"""Write why `$hcc-risk` gives no answer as issues, each with the element of the body that it is about."""

from collections.abc import Iterator
from typing import Any

from app.core.analytes import Analyte
from app.core.errors import InputError, InputErrors
from app.ehr.fhir.operation_input import PARAMETERS
from app.ehr.fhir.operation_outcome import Issue
from app.ehr.fhir.places import Places
from app.ehr.fhir.reading.lab_results import MOST_RESULTS, NONE_SENT, SAMPLE_TOO_OLD, LabReading
from app.ehr.fhir.reading.newer_results import CONTRADICTED, NEWER_RESULT
from app.presentation.messages import error_message, rejection_message
from app.presentation.rejection_messages import counted_message
from app.presentation.translation import gettext as _

# FHIR's issue types for errors that are not about the value itself.
_ISSUE_CODES = {
    "missing": "required",
    "unit_missing": "required",
    NEWER_RESULT: "business-rule",
    SAMPLE_TOO_OLD: "business-rule",
    CONTRADICTED: "business-rule",
}


def issues_of(errors: InputErrors, reading: LabReading, body: Any) -> list[Issue]:
    """Return every error, and why results were not used. The body is one that could be read."""
    places = Places(body)
    return [*_of_inputs(errors, reading, places), *_of_rejections(reading, places)]


def _of_inputs(errors: InputErrors, reading: LabReading, places: Places) -> Iterator[Issue]:
    absent = [error for error in errors.errors if error.case == NONE_SENT]
    if len(absent) == len(Analyte):
        text = _(
            "There is no result of any of the four laboratory values. Send each as an Observation with a code that is "
            "read; a DiagnosticReport only refers to its results."
        )
        place = places.of_type("DiagnosticReport") or places.root
        yield Issue(_ISSUE_CODES[absent[0].code], text, expression=place, diagnostics=absent[0].code)
    for error in errors.errors:
        if error not in absent or len(absent) < len(Analyte):
            name = error.field.rsplit(".", maxsplit=1)[-1]
            text = f"{name}: {error_message(error)}"
            place = _place_of(error, reading, places)
            yield Issue(_ISSUE_CODES.get(error.code, "value"), text, expression=place, diagnostics=error.code)


def _place_of(error: InputError, reading: LabReading, places: Places) -> str:
    """Return the path to a parameter or an Observation, or to a part of it, that an error is about."""
    is_of_time = error.field.startswith("sampled_on.") or error.code == SAMPLE_TOO_OLD
    field = f"sampled_on.{error.case}" if is_of_time else error.field
    parameter = places.parameter(PARAMETERS.get(field, field))
    if parameter is not None:
        return places.in_quantity(parameter, error.code, error.parameters)
    about = next((one for one in Analyte if one.value == field.removeprefix("sampled_on.")), Analyte.NEUTROPHILS)
    result = reading.sources.get(about) or reading.refused.get(about)
    if result is None:
        return places.root
    if is_of_time:
        return places.of(result.found.resource, "effective")
    if error.code in (NEWER_RESULT, CONTRADICTED):
        return places.of(result.found.resource)
    return places.in_quantity(result.found.resource, error.code, error.parameters)


def _of_rejections(reading: LabReading, places: Places) -> Iterator[Issue]:
    for one in reading.rejected:
        if one.reference:
            text = _("{observation} was not used. {reason}")
        else:
            text = _("An Observation without an id was not used. {reason}")
        shown = text.format(observation=one.reference, reason=rejection_message(one))
        yield Issue("business-rule", shown, "information", places.of_rejected(one), one.code)
    for code, number in reading.counted.items():
        shown = counted_message(code, number, MOST_RESULTS)
        yield Issue("business-rule", shown, "information", diagnostics=code)
