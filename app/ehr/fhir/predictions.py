"""Write the parts of a RiskAssessment that depend only on the cell: hazard ratios, and the risk of death at each time.

A probability is the probability of death in percent, 100 (1 - survival), with its interval. A hazard ratio has its own
extension, because `relativeRisk` means something else.
"""

import calendar
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from app.core.cell_answers import CellAnswer, HazardRatio, SurvivalAt
from app.core.clinical_codes import UcumCode
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import Estimate
from app.core.risk_groups import RiskGroup
from app.ehr.fhir.terminology import Canonical
from app.presentation import ratio_wording, wording
from app.presentation.assessment_json import written
from app.presentation.translation import gettext as _
from app.presentation.translation import in_sentence, once_per_model_and_language


@once_per_model_and_language
def hazard_ratios(_artefact: FittedModel, answer: CellAnswer, canonical: Canonical) -> tuple[orjson.Fragment, ...]:
    """Return the hazard ratios as extensions, already serialised."""
    return tuple(written(_hazard_ratio(ratio, canonical)) for ratio in answer.hazard_ratios)


def predictions(fitted: FittedModel, answer: CellAnswer, canonical: Canonical, start: date | None) -> orjson.Fragment:
    """Return one prediction for each time of the answer, already serialised.

    It has a calendar period only if the start of treatment is given.
    """
    if start is None:
        return _undated(fitted, answer, canonical)
    return written(
        [
            {**_prediction(fitted, answer.risk_group, at, canonical), "whenPeriod": _period(start, at.months)}
            for at in answer.survival
        ]
    )


@once_per_model_and_language
def _undated(fitted: FittedModel, answer: CellAnswer, canonical: Canonical) -> orjson.Fragment:
    return written([_prediction(fitted, answer.risk_group, at, canonical) for at in answer.survival])


def _period(start: date, months: int) -> dict[str, str]:
    """Return the time from a day to the same day some months later, or to the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    end = date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
    return {"start": start.isoformat(), "end": end.isoformat()}


def _prediction(fitted: FittedModel, group: RiskGroup, at: SurvivalAt, canonical: Canonical) -> dict[str, Any]:
    return {
        "extension": [
            _interval(at.months, "kaplan-meier", at.kaplan_meier, canonical),
            _interval(at.months, "cox-predicted", at.cox_predicted, canonical),
        ],
        "outcome": {
            "text": _("Death from any cause within {months} months of {time_zero}").format(
                months=at.months, time_zero=fitted.population.time_zero
            )
        },
        "probabilityDecimal": _death_percent(at.kaplan_meier.survival),
        "qualitativeRisk": canonical.concept(group.id),
        "rationale": (
            _(
                "{months} months from {time_zero}: {percent} alive in the {group} ({meaning}), Kaplan-Meier, "
                "from reconstructed cohorts."
            ).format(
                months=at.months,
                time_zero=fitted.population.time_zero,
                percent=wording.percent_with_interval(at.kaplan_meier),
                group=in_sentence(group.label),
                meaning=group.meaning,
            )
        ),
    }


def _interval(months: int, kind: str, estimate: Estimate, canonical: Canonical) -> dict[str, Any]:
    """Return the probability of death in percent with its 95 % interval; the limits of survival swap."""
    return {
        "url": canonical.extension("survival-interval"),
        "extension": [
            {"url": "months", "valueInteger": months},
            {"url": "estimator", "valueCode": kind},
            {"url": "probability", "valueDecimal": _death_percent(estimate.survival)},
            {
                "url": "ci95",
                "valueRange": {
                    "low": _percent(_death_percent(estimate.upper)),
                    "high": _percent(_death_percent(estimate.lower)),
                },
            },
        ],
    }


def _hazard_ratio(ratio: HazardRatio, canonical: Canonical) -> dict[str, Any]:
    low, high = ratio.estimate.ci_95
    return {
        "url": canonical.extension("hazard-ratio"),
        "extension": [
            {"url": "factor", "valueCode": ratio.factor},
            {"url": "value", "valueDecimal": ratio.estimate.hazard_ratio},
            {"url": "ci95", "valueRange": {"low": {"value": low}, "high": {"value": high}}},
            {"url": "reference", "valueString": ratio_wording.ratio_reference(ratio)},
            {"url": "present", "valueBoolean": ratio.present},
        ],
    }


def _death_percent(survival: float) -> Decimal:
    """Return 100 (1 − survival) exactly, from the digits that every other interface shows."""
    return (1 - Decimal(repr(survival))) * 100


def _percent(value: Decimal) -> dict[str, Any]:
    return {"value": value, "unit": "%", "system": UcumCode.system, "code": "%"}
