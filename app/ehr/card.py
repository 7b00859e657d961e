"""The one card: always `info`, no name or number of a patient, no action by itself."""

import re
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from app.core.analytes import Analyte
from app.core.artefact import Artefact
from app.core.assessment import Assessment, CellAnswer
from app.core.errors import InputErrors
from app.ehr.canonical import Canonical
from app.ehr.lab_reading import LabReading
from app.ehr.observations import Result
from app.ehr.risk_assessment import Patient, risk_assessment
from app.ehr.terms import OVERRIDE_REASONS, TERMS
from app.presentation import wording
from app.version import software

SUMMARY_CHARACTERS = 139
# What Markdown, or GitHub's automatic links, would take for markup; a backslash before it makes it text.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&@]|:(?=//)|(?<=www)\.")
_NOT_ASKED = "Whether this patient is like the study's patients is not known from these values."


def assessment_card(
    assessment: Assessment, results: Mapping[Analyte, Result], patient: Patient, canonical: Canonical, public_url: str
) -> dict[str, Any]:
    """Return the card of an assessment, with the suggestion to file it."""
    return {
        **_frame(canonical, public_url),
        "summary": _summary(assessment, results),
        "detail": _detail(assessment, results),
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
        f"- {Analyte(error.field).label}: {_as_text(error.message)}"
        for error in errors.errors
        if error.field in set(Analyte)
    ]
    unused = [f"- {one.reference or 'A result without an id'}: {_as_text(one.reason)}" for one in reading.rejected]
    return {
        **_frame(canonical, public_url),
        "summary": f"HCC risk group not computed: {names}",
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
    group = f"HCC risk group: {assessment.answer.risk_group.id}"
    study = f"one study, n = {assessment.artefact.population.n}"
    text = f"{group} (SII {assessment.indices.sii.shown}, AFP {wording.canonical(afp)}, {day}); {study}"
    # A number that is cut off would be another number.
    return text if len(text) <= SUMMARY_CHARACTERS else f"{group} ({day}); {study}"


def _detail(assessment: Assessment, results: Mapping[Analyte, Result]) -> str:
    """Return the card's body in Markdown: the group, inputs, survival and hazard ratios with intervals, limits."""
    group, sii = assessment.answer.risk_group, assessment.indices.sii
    rows = [
        f"| {analyte.label} | {wording.given(lab)}{_label_note(results[analyte])} | {results[analyte].effective.day} |"
        for analyte, lab in assessment.labs.items()
    ]
    patient = [
        f"**{group.label}**: {group.meaning} ({assessment.answer.cell.label}). {wording.study_line(assessment)}",
        "\n".join(["| Input | Value | Sampled |", "|---|---|---|", *rows]),
        f"SII: {sii.working} (cut-off {sii.cutoff:f} {sii.unit})",
    ]
    notes = _list("Please note:", [notice.message for notice in assessment.warnings])
    return (
        f"{wording.readable(_paragraphs(patient))}\n\n{_prognosis(assessment.answer)}\n\n"
        f"{wording.readable(notes)}\n{_limits(assessment.artefact)}"
    )


@lru_cache(maxsize=16)
def _prognosis(answer: CellAnswer) -> str:
    """Return what depends on the cell alone."""
    survival = [f"{at.months} months: {wording.percent_with_interval(at.kaplan_meier)} alive" for at in answer.survival]
    ratios = [
        f"{ratio.label}: {wording.ratio_with_interval(ratio.estimate.hazard_ratio, ratio.estimate.ci_95)}"
        + (" (this patient)" if ratio.present else "")
        for ratio in answer.hazard_ratios
    ]
    title = "Survival of this risk group, Kaplan-Meier with 95 % interval, reconstructed:"
    return wording.readable(_paragraphs([_list(title, survival), _list("Hazard ratios with 95 % interval:", ratios)]))


@lru_cache(maxsize=4)
def _limits(artefact: Artefact) -> str:
    """Return the end of the notes, which holds for every patient, and which model it was."""
    limits = "\n".join(f"- {text}" for text in (_NOT_ASKED, *artefact.limits))
    return wording.readable(_paragraphs([limits, f"Model {artefact.id} {artefact.version}, {artefact.digest}"]))


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)


def _list(title: str, items: Iterable[str]) -> str:
    return "\n".join([title, "", *(f"- {item}" for item in items)])


def _label_note(result: Result) -> str:
    return " (unit as printed)" if result.is_label else ""


def _as_text(text: str) -> str:
    """Return a text, which may quote the record, so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\g<0>", wording.readable(text))
