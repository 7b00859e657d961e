"""Write the caveats of an assessment as JSON: code, level, parameters in codes and numbers, and the text."""

from dataclasses import asdict
from typing import Any

import orjson

from app.core.applicability import Applicability
from app.core.assessment import Assessment
from app.core.caveats import Caveat, Neighbour, usual_caveats
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import ExternalSurvival, FittedModel
from app.core.labs import UnusedResult
from app.presentation.caveat_messages import caveat_message, has_usual_caveats
from app.presentation.model_caveats import OF_THE_MODEL, model_caveat_parts
from app.presentation.model_texts import in_language
from app.presentation.translation import once_per_model_and_language


def caveats_part(assessment: Assessment) -> orjson.Fragment | list[dict[str, Any] | orjson.Fragment]:
    """Return every caveat in its order; what is the same for many patients is made once, in its final form."""
    fitted, answer, applicability = assessment.fitted, assessment.answer, assessment.applicability
    if has_usual_caveats(assessment):
        return _usual(fitted, answer, applicability)
    shown = in_language(assessment)
    return [
        _of_the_model(assessment.fitted, one)
        if one.code in OF_THE_MODEL
        else _written(same, caveat_message(assessment, one))
        for one, same in zip(assessment.caveats, shown.caveats, strict=True)
    ]


@once_per_model_and_language
def _usual(fitted: FittedModel, answer: CellAnswer, applicability: Applicability) -> orjson.Fragment:
    caveats = usual_caveats(fitted, answer, applicability)
    return orjson.Fragment(orjson.dumps([_of_the_model(fitted, one) for one in caveats]))


@once_per_model_and_language
def _of_the_model(fitted: FittedModel, caveat: Caveat) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(_written(caveat, " ".join(model_caveat_parts(fitted, caveat)))))


def _written(caveat: Caveat, text: str) -> dict[str, Any]:
    return {
        "code": caveat.code,
        "level": caveat.level.value,
        "parameters": _parameters(caveat),
        "text": text,
    }


def _parameters(caveat: Caveat) -> dict[str, Any]:
    """Return the parameters with the field and the case of an input, where the caveat is about one."""
    about = {"field": caveat.field, "case": caveat.case}
    return {name: text for name, text in about.items() if text} | {
        name: _value(value) for name, value in caveat.parameters.items()
    }


def _value(value: object) -> Any:
    match value:
        case tuple():
            return [_value(one) for one in value]
        case Neighbour():
            estimate = value.estimate
            return {
                "factors": list(value.factors),
                "cell": value.cell.id,
                "risk_group": value.risk_group.id,
                "label": value.risk_group.label,
                "survival": estimate.survival,
                "ci_95": [estimate.lower, estimate.upper],
            }
        case ExternalSurvival():
            return asdict(value)
        case UnusedResult():
            return _unused(value)
        case _:
            return value


def _unused(one: UnusedResult) -> dict[str, Any]:
    """Return a result that was not used; null is not known."""
    return {
        "analyte": one.analyte.value if one.analyte else None,
        "value": one.lab.given.value if one.lab else None,
        "unit": one.lab.given.unit_text if one.lab else None,
        "day": one.day.isoformat() if one.day else None,
        "reference": one.reference,
        "code": one.code,
    }
