"""Write an Assessment as the JSON body of the API contract, the same for the API and the command line.

The parts that depend only on the cell are made once for each artefact. Decimals stay exact: they are written as JSON
numbers with the digits that were given.
"""

from collections.abc import Collection
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import orjson

from app.config import addresses
from app.config.version import software
from app.core.applicability import Population, compare
from app.core.assessment import Assessment
from app.core.cell_answers import CellAnswer
from app.core.dates import utc_second
from app.core.fitted_model import ExternalRatio, FittedModel, once_per_model
from app.core.indices import Index
from app.core.kaplan_meier import AtRisk, KaplanMeierCurve
from app.core.labs import Lab
from app.core.risk_groups import Cell, RiskGroup
from app.presentation import ratio_wording
from app.presentation.applicability_messages import reason_message
from app.presentation.caveat_json import caveats_part
from app.presentation.messages import warning_message
from app.presentation.model_texts import in_language
from app.presentation.translation import gettext as _
from app.presentation.translation import once_per_model_and_language


def json_bytes(assessment: Assessment) -> bytes:
    """Return the body as compact JSON, decimals exact. It equals `dumps(json_body(assessment))`."""
    shown = in_language(assessment)
    return dumps(patient_part(assessment))[:-1] + b"," + _cell_bytes(shown.fitted, shown.answer)[1:]


def json_body(assessment: Assessment) -> dict[str, Any]:
    """Return the whole body as Python objects (decimals as Decimal)."""
    shown = in_language(assessment)
    return {**patient_part(assessment), **cell_part(shown.fitted, shown.answer)}


def dumps(body: Any) -> bytes:
    """Return compact JSON in UTF-8 in which every Decimal is a number with its own digits."""
    return orjson.dumps(body, default=_exact)


def written(body: Any) -> orjson.Fragment:
    """Return a part of a body in its final form, which `dumps` copies."""
    return orjson.Fragment(dumps(body))


def patient_part(assessment: Assessment) -> dict[str, Any]:
    """Return the part that differs between patients."""
    repeat, indices = assessment.repeat_measurement, assessment.indices
    dates = assessment.sampled_on
    return {
        "model": _model(assessment.fitted),
        "software": {"version": software().version, "commit": software().commit},
        "computed_at": utc_second(assessment.computed_at),
        "inputs": {
            **{analyte.value: _input(lab) for analyte, lab in assessment.labs.items()},
            "sampled_on": {
                "blood_count": dates.blood_count.isoformat() if dates.blood_count else None,
                "afp": dates.afp.isoformat() if dates.afp else None,
            },
            "population": {
                "sorafenib_failed": assessment.population.sorafenib_failed,
                "starting_regorafenib": assessment.population.starting_regorafenib,
                "child_pugh_class": assessment.population.child_pugh_class,
                "ecog": assessment.population.ecog,
                "sorafenib_tolerated": assessment.population.sorafenib_tolerated,
            },
        },
        "indices": {index.id: _index(index, assessment.fitted.factor_ids) for index in indices},
        "repeat_measurement": {
            "same_side_probability": repeat.same_side_probability,
            "ratio_to_cutoff": repeat.ratio_to_cutoff,
            "sd_log_sii": repeat.sd_log_sii,
            "source": repeat.source,
        },
        "applicability": _applicability(assessment.fitted, assessment.population),
        "warnings": [
            {"code": warning.code, "message": warning_message(warning), "field": warning.field}
            for warning in assessment.warnings
        ],
        "caveats": caveats_part(assessment),
    }


@once_per_model_and_language
def _model(fitted: FittedModel) -> orjson.Fragment:
    return written(model_part(fitted))


@once_per_model_and_language
def _applicability(fitted: FittedModel, population: Population) -> orjson.Fragment:
    """Return how the patient compares with the criteria. There are few answers, and the texts of each are the same."""
    found = compare(population, in_language(fitted).population.criteria)
    reasons = [
        {"code": reason.criterion.id, "status": reason.status.value, "text": reason_message(reason)}
        for reason in found.reasons
    ]
    return written({"status": found.status.value, "reasons": reasons})


def cell_part(fitted: FittedModel, answer: CellAnswer) -> dict[str, Any]:
    """Return the part that depends only on the cell."""
    curve, group = answer.curve, answer.risk_group
    return {
        "risk_group": {
            "id": group.id,
            "label": group.label,
            "meaning": group.meaning,
            "factors": list(answer.cell.factors),
        },
        "cell": {
            "id": answer.cell.id,
            **_levels(fitted, answer.cell),
            "label": answer.cell.label,
            "relative_hazard": answer.relative_hazard,
        },
        "hazard_ratios": [
            {
                "factor": ratio.factor,
                "label": ratio_wording.ratio_label(ratio),
                "hazard_ratio": ratio.estimate.hazard_ratio,
                "ci_95": list(ratio.estimate.ci_95),
                "p_value": ratio.estimate.p_value,
                "reference": ratio_wording.ratio_reference(ratio),
                "present": ratio.present,
            }
            for ratio in answer.hazard_ratios
        ],
        "external_hazard_ratios": [_external(found) for found in fitted.external_hazard_ratios],
        "external_survival": [asdict(found) for found in fitted.external_survival],
        "survival": {
            "at": [
                {
                    "months": at.months,
                    "kaplan_meier": at.kaplan_meier.survival,
                    "ci_95": [at.kaplan_meier.lower, at.kaplan_meier.upper],
                    "reconstruction_share": at.kaplan_meier_reconstruction_share,
                    "cox_predicted": at.cox_predicted.survival,
                    "cox_ci_95": [at.cox_predicted.lower, at.cox_predicted.upper],
                    "cox_reconstruction_share": at.cox_reconstruction_share,
                }
                for at in answer.survival
            ],
            "median_months": curve.median_months,
            "median_ci_95": list(curve.median_ci_95),
        },
        "alternatives": _alternatives(fitted, group),
        "curve": curve_part(curve),
        "study": {
            "n": fitted.population.n,
            "group_n": curve.n,
            "description": fitted.population.description,
            "setting": fitted.population.setting,
            "citation": fitted.provenance.citation,
            "doi": fitted.provenance.doi,
            "data": _("reconstructed from published summaries; no individual data were published"),
        },
        "limitations": [limit.text for limit in fitted.limits],
        "links": {
            "svg": addresses.curve(group.id, "svg"),
            "png": addresses.curve(group.id, "png"),
            "evidence": addresses.EVIDENCE,
        },
    }


def model_part(fitted: FittedModel) -> dict[str, str]:
    """Return which model answered."""
    return {"id": fitted.id, "version": fitted.version, "digest": fitted.digest, "title": in_language(fitted).title}


def curve_part(curve: KaplanMeierCurve) -> dict[str, Any]:
    """Return a Kaplan-Meier curve with its band and the numbers at risk."""
    return {
        "months": list(curve.band.months),
        "survival": list(curve.band.survival),
        "ci_lower": list(curve.band.ci_lower),
        "ci_upper": list(curve.band.ci_upper),
        "at_risk": _at_risk(curve.at_risk),
    }


@once_per_model_and_language
def _cell_bytes(fitted: FittedModel, answer: CellAnswer) -> bytes:
    return dumps(cell_part(fitted, answer))


@once_per_model
def model_document(fitted: FittedModel) -> bytes:
    """Return the artefact's file as compact JSON."""
    return orjson.dumps(orjson.loads(fitted.text))


def _levels(fitted: FittedModel, cell: Cell) -> dict[str, bool | None]:
    """Return whether each factor is high. SII and AFP are always included, and null if they are not factors."""
    factors = [factor.id for factor in fitted.factors]
    names = dict.fromkeys(("sii", "afp", *factors))
    return {f"{name}_high": name in cell.factors if name in factors else None for name in names}


def _external(found: ExternalRatio) -> dict[str, Any]:
    return {
        "factor": found.factor,
        "label": found.label,
        "population": found.population,
        "n": found.n,
        "cutoff": found.cutoff,
        "hazard_ratio": found.hazard_ratio,
        "ci_95": list(found.ci_95),
        "doi": found.doi,
        "url": found.url,
        "note": found.note,
        "primary": found.primary,
    }


def _alternatives(fitted: FittedModel, group: RiskGroup) -> list[dict[str, Any]]:
    """Return the survival of a group under other assumptions."""
    found = []
    for one in fitted.alternatives:
        curve = one.groups[group.id]
        estimates = {months: curve.band.at(months) for months in fitted.horizons_months}
        found.append(
            {
                "id": one.id,
                "label": one.label,
                "explanation": one.explanation,
                "tau": dict(one.tau),
                "overall_median_months": one.overall_median_months,
                "hazard_ratios": [
                    {"factor": factor, "hazard_ratio": ratio.hazard_ratio, "ci_95": list(ratio.ci_95)}
                    for factor, ratio in one.hazard_ratios.items()
                ],
                "survival": {
                    "at": [
                        {"months": months, "survival": at.survival, "ci_95": [at.lower, at.upper]}
                        for months, at in estimates.items()
                    ],
                    "median_months": curve.median_months,
                    "median_ci_95": list(curve.median_ci_95),
                },
            }
        )
    return found


def _at_risk(at_risk: AtRisk) -> dict[str, list[int]]:
    return {
        "months": list(at_risk.months),
        "min": [spread.minimum for spread in at_risk.numbers],
        "median": [spread.median for spread in at_risk.numbers],
        "max": [spread.maximum for spread in at_risk.numbers],
    }


def _input(lab: Lab) -> dict[str, Any]:
    comparator = lab.given.comparator.value if lab.given.comparator else None
    return {
        "given": {"value": lab.given.value, "unit": lab.given.unit_text, "comparator": comparator},
        "canonical": {
            "value": lab.canonical.normalize(),
            "unit": lab.analyte.canonical_unit,
            "comparator": comparator,
        },
    }


def _index(index: Index, factors: Collection[str]) -> dict[str, Any]:
    return {
        "value": index.value,
        "shown": index.shown,
        "unit": index.unit,
        "cutoff": index.cutoff,
        "high": index.high,
        "working": index.working,
        "in_model": index.id in factors,
    }


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(f"{type(value).__name__} has no JSON form")
