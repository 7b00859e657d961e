"""The one card: always `info`, no name or number of a patient, no action by itself."""

import uuid
from collections.abc import Mapping
from typing import Any

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.errors import InputErrors
from app.ehr.canonical import Canonical
from app.ehr.lab_reading import LabReading
from app.ehr.observations import Result
from app.ehr.risk_assessment import Patient, risk_assessment
from app.ehr.terms import OVERRIDE_REASONS, TERMS
from app.presentation import wording
from app.version import software

SUMMARY_CHARACTERS = 139


def assessment_card(
    assessment: Assessment, results: Mapping[Analyte, Result], patient: Patient, canonical: Canonical, public_url: str
) -> dict[str, Any]:
    """Return the card of an assessment, with the suggestion to file it."""
    return {
        **_frame(canonical, public_url),
        "summary": _summary(assessment, results),
        "detail": wording.readable(_detail(assessment, results)),
        "selectionBehavior": "at-most-one",
        "suggestions": [
            {
                "label": "File the risk assessment",
                "uuid": str(uuid.uuid4()),
                "actions": [
                    {
                        "type": "create",
                        "description": "Create a preliminary RiskAssessment from these values",
                        "resource": risk_assessment(assessment, results, patient, canonical),
                    }
                ],
            }
        ],
        "overrideReasons": [
            {"code": code, "system": canonical.override_reasons, "display": reason.display}
            for code, reason in OVERRIDE_REASONS.items()
        ],
    }


def without_suggestion(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card for a site whose record files no RiskAssessment."""
    return {name: value for name, value in card.items() if name not in ("suggestions", "selectionBehavior")}


def missing_card(errors: InputErrors, reading: LabReading, canonical: Canonical, public_url: str) -> dict[str, Any]:
    """Return the card that says what keeps the risk group from being computed, and what was not used."""
    names = ", ".join(
        dict.fromkeys(Analyte(error.field).label for error in errors.errors if error.field in set(Analyte))
    )
    lines = [
        f"- {Analyte(error.field).label}: {error.message}" for error in errors.errors if error.field in set(Analyte)
    ]
    unused = [f"- {one.reference or 'A result without an id'}: {one.reason}" for one in reading.rejected]
    return {
        **_frame(canonical, public_url),
        "summary": f"HCC risk group not computed: {names}"[:SUMMARY_CHARACTERS],
        "detail": "\n".join([*lines, *(["", "Not used:", "", *unused] if unused else [])]),
    }


def _frame(canonical: Canonical, public_url: str) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "indicator": "info",
        "source": {
            "label": f"SII-AFP calculator {software().version}",
            "url": f"{public_url}/evidence",
            "topic": {
                "system": canonical.codes,
                "code": "overall-survival",
                "display": TERMS["overall-survival"].display,
            },
        },
        "links": [{"label": "Open the calculator", "type": "absolute", "url": f"{public_url}/"}],
    }


def _summary(assessment: Assessment, results: Mapping[Analyte, Result]) -> str:
    afp = assessment.labs[Analyte.AFP]
    day = results[Analyte.NEUTROPHILS].effective.day.isoformat()
    text = (
        f"HCC risk group: {assessment.answer.risk_group.id} (SII {assessment.indices.sii.shown}, "
        f"AFP {wording.canonical(afp)}, {day}); one study, n = {assessment.artefact.population.n}"
    )
    return text[:SUMMARY_CHARACTERS]


def _detail(assessment: Assessment, results: Mapping[Analyte, Result]) -> str:
    """Return the card's body in Markdown: inputs, factors, survival and hazard ratios with intervals, limits."""
    answer, indices = assessment.answer, assessment.indices
    rows = [
        f"| {analyte.label} | {wording.given(lab)}{_label_note(results[analyte])} | {results[analyte].effective.day} |"
        for analyte, lab in assessment.labs.items()
    ]
    survival = [
        f"- {at.months} months: {wording.percent_with_interval(at.kaplan_meier)} alive" for at in answer.survival
    ]
    ratios = [
        f"- {ratio.label}: {wording.ratio_with_interval(ratio.estimate.hazard_ratio, ratio.estimate.ci_95)}"
        + (" (this patient)" if ratio.present else "")
        for ratio in answer.hazard_ratios
    ]
    group = answer.risk_group
    parts = [
        f"**{group.label}**: {group.meaning} ({answer.cell.label}). {wording.study_line(assessment)}",
        "\n".join(["| Input | Value | Sampled |", "|---|---|---|", *rows]),
        f"SII: {indices.sii.working} (cut-off {indices.sii.cutoff:f} {indices.sii.unit})",
        "\n".join(["Survival of this risk group, Kaplan-Meier with 95 % interval, reconstructed:", "", *survival]),
        "\n".join(["Hazard ratios with 95 % interval:", "", *ratios]),
        "\n".join(
            ["Please note:", "", *(f"- {notice.message}" for notice in assessment.warnings), *_limits(assessment)]
        ),
        f"Model {assessment.artefact.id} {assessment.artefact.version}, {assessment.artefact.digest}",
    ]
    return "\n\n".join(parts)


def _limits(assessment: Assessment) -> list[str]:
    asked = "Whether this patient is like the study's patients is not known from these values."
    return [f"- {text}" for text in (asked, *assessment.artefact.limits)]


def _label_note(result: Result) -> str:
    return " (unit as printed)" if result.is_label else ""
