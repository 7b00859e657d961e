"""Turn a JSON body into an Assessment, or into a problem that lists all errors."""

import json
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.assessment import Assessment, assess
from app.core.dates import SampleDates, latest_today
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.units.conversion import UnitReader
from app.presentation.messages import error_message
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import ngettext
from app.web.api.requests import AssessmentIn, ReadingContext
from app.web.openapi import EXAMPLE_REQUEST
from app.web.problems import INVALID, FieldProblem, ProblemError

# The error and the likely fix, by Pydantic's type of error.
_MESSAGES = {
    "missing": N_("Field required."),
    "extra_forbidden": N_("Extra inputs are not permitted."),
    "bool_type": N_("Input should be a valid boolean."),
    "string_type": N_("Input should be a valid string."),
    "string_too_long": N_("String should have at most {max_length} characters."),
    "model_type": N_("Input should be an object."),
}
_HINTS = {
    "missing": N_("Add it, for example {example}."),
    "extra_forbidden": N_("Remove it, or check its spelling."),
    "bool_type": N_("Send true, false or null."),
    "string_type": N_("Send a text."),
    "string_type.unit": N_("Give the unit, for example {example}."),
    "model_type": N_("Send an object such as {example}, or leave it out."),
    "model_type.value": N_("Send an object with the value and its unit, for example {example}."),
}
_SEE = N_("See /openapi.json for what belongs here.")


def assess_body(fitted: FittedModel, body: Any, now: datetime, read_unit: UnitReader) -> Assessment:
    """Assess the values of a parsed body. `now` is aware; `read_unit` knows the site's own units.

    Raises ProblemError 422 that lists every error of shape and of substance.
    """
    try:
        sent = AssessmentIn.model_validate(body, context=ReadingContext(fitted, latest_today(now), read_unit))
    except ValidationError as error:
        problems = [_field_problem(detail) for detail in error.errors(include_url=False, include_input=False)]
        number = len(problems)
        count = ngettext("One value cannot be used.", "{number} values cannot be used.", number)
        raise ProblemError(INVALID, count.format(number=number), problems) from None
    dates, about = sent.sampled_on, sent.population
    return assess(
        fitted,
        {analyte: getattr(sent, analyte.value) for analyte in Analyte},
        computed_at=now,
        population=Population(**about.model_dump()),
        sampled_on=SampleDates(dates.blood_count, dates.afp),
    )


def _field_problem(detail: ErrorDetails) -> FieldProblem:
    places, code = detail["loc"], detail["type"]
    pointer = "".join("/" + str(place).replace("~", "~0").replace("/", "~1") for place in places)
    error = detail.get("ctx", {}).get("error")
    example = _example(places)
    if code == "missing" and places[-1] in ("unit", "value"):
        missing = "unit_missing" if places[-1] == "unit" else "missing"
        error = InputError(str(places[0]), missing, "json", example=example)
    if isinstance(error, InputError):
        message = error_message(error)
        return FieldProblem(pointer, error.code, message.text, message.hint)
    if not places:
        return FieldProblem(pointer, "not_an_object", _("The body is not an object."), _(_SEE))
    case = "value" if places[0] in list(Analyte) and len(places) == 1 else places[-1]
    hint = _HINTS.get(f"{code}.{case}") or _HINTS.get(code, _SEE)
    text = _(_MESSAGES[code]).format(**detail.get("ctx", {})) if code in _MESSAGES else f"{detail['msg']}."
    return FieldProblem(pointer, code, text, _(hint).format(example=example))


def _example(places: tuple[int | str, ...]) -> str:
    """Return what belongs at a place of the body, as JSON; an empty text if nothing does."""
    found: Any = EXAMPLE_REQUEST
    for place in places:
        found = found.get(place) if isinstance(found, dict) else None
    return "" if found is None else json.dumps(found)
