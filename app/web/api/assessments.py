"""From a JSON body to an Assessment, with everything that is wrong told at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import Assessment, assess
from app.core.errors import InputError, InputErrors, attempt
from app.core.fitted_model import Artefact
from app.core.measurement import Measurement, make_measurement
from app.core.sample_dates import SampleDates
from app.presentation.messages import error_message
from app.web.api.requests import AssessmentIn, PopulationIn, SampledOn
from app.web.problems import INVALID, FieldProblem, ProblemError

# What a program's author needs to hear, by the kind of mistake that Pydantic names.
_HINTS = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it, or check its spelling.",
    "bool_type": "Send true, false or null.",
    "int_type": "Send a whole number or null.",
    "literal_error": "Send one of the values that the message lists.",
    "string_type": "Send a text.",
    "string_too_short": 'Give the unit, for example "10*9/L".',
    "model_type": "Send an object.",
}
_UNION_MEMBERS = ("is-instance[Decimal]", "int", "decimal")
_SEE = "See /openapi.json for what belongs here."


def assess_body(artefact: Artefact, body: Any, now: datetime) -> Assessment:
    """Assess the values of a parsed body. `now` is aware.

    Raises ProblemError 422 that lists every error of shape and of substance.
    """
    try:
        sent = AssessmentIn.model_validate(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        # A value that is neither kind of number is reported once for each kind: once is enough.
        problems = list(dict.fromkeys(_field_problem(detail) for detail in details))
        problems += _substance(artefact, body, now, {str(detail["loc"][0]) for detail in details if detail["loc"]})
        raise ProblemError(INVALID, _count(problems), problems) from None
    try:
        return assess(
            artefact,
            {analyte: attempt(_measurement, analyte, body[analyte.value]) for analyte in Analyte},
            computed_at=now,
            population=_population(sent.population),
            sampled_on=_dates(sent.sampled_on),
        )
    except InputErrors as error:
        problems = [_of_input(one) for one in error.errors]
        raise ProblemError(INVALID, _count(problems), problems) from None


def _substance(artefact: Artefact, body: Any, now: datetime, misshapen: set[str]) -> list[FieldProblem]:
    """Return what is wrong with the well-formed parts of a body whose shape is wrong elsewhere."""
    if not isinstance(body, Mapping):
        return []
    unread = InputError("", "misshapen")
    labs: dict[Analyte, Measurement | InputError] = {
        analyte: unread if analyte.value in misshapen else attempt(_measurement, analyte, body[analyte.value])
        for analyte in Analyte
    }
    dates = SampledOn() if "sampled_on" in misshapen else SampledOn.model_validate(body.get("sampled_on", {}))
    try:
        assess(artefact, labs, computed_at=now, sampled_on=_dates(dates))
    except InputErrors as error:
        return [_of_input(one) for one in error.errors if one is not unread]
    return []


def _measurement(analyte: Analyte, quantity: Mapping[str, Any]) -> Measurement:
    return make_measurement(analyte, quantity["value"], quantity["unit"], quantity.get("comparator"))


def _population(sent: PopulationIn) -> Population:
    return Population(sent.sorafenib_failed, sent.starting_regorafenib, sent.child_pugh_class, sent.ecog)


def _dates(sent: SampledOn) -> SampleDates:
    return SampleDates(sent.blood_count, sent.afp)


def _of_input(error: InputError) -> FieldProblem:
    message = error_message(error)
    return FieldProblem("/" + error.field.replace(".", "/"), error.code, message.text, message.hint)


def _field_problem(detail: ErrorDetails) -> FieldProblem:
    names = [str(part) for part in detail["loc"] if part not in _UNION_MEMBERS]
    pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)
    code, message = detail["type"], f"{detail['msg']}."
    hint = _HINTS.get(code, _SEE)
    match (names[0] if names else "", names[-1] if names else "", code):
        case ("", _, _):
            code, message, hint = "not_an_object", "The body is not an object.", _SEE
        case (_, "unit", "missing"):
            code, message, hint = "unit_missing", "The unit is missing.", _HINTS["string_too_short"]
        case (_, "value", "missing"):
            message = "The value is missing."
        case (_, "value", _):
            code, message, hint = "not_a_number", "The value is not a number.", "Send a JSON number, not a text."
        case ("sampled_on", "blood_count" | "afp", _):
            code, message, hint = "not_a_date", "The date cannot be read.", 'Write it as "2026-11-02".'
    return FieldProblem(pointer, code, message, hint)


def _count(problems: list[FieldProblem]) -> str:
    return "One value cannot be used." if len(problems) == 1 else f"{len(problems)} values cannot be used."
