"""The one card: always `info`, no name or number of a patient, no action by itself."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.config.addresses import EVIDENCE
from app.config.version import software
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.cell_answers import CellAnswer
from app.core.errors import InputErrors
from app.core.fitted_model import Artefact, once_per_model
from app.ehr.fhir.canonical import Canonical
from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.fhir.reading.newer_results import NEWER_RESULT
from app.ehr.fhir.reading.observations import Rejection, Result
from app.ehr.fhir.risk_assessment import Patient, risk_assessment
from app.ehr.fhir.terminology import OVERRIDE_REASONS, TERMS
from app.presentation import wording
from app.presentation.messages import error_message, warning_message

SUMMARY_CHARACTERS = 139
# What Markdown, or GitHub's automatic links, would take for markup; a backslash before it makes it text.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&@]|:(?=//)|(?<=www)\.")
_MOST_LISTED = 10
_ORDINARY = ("repeated", "not_latest_draw", "outside_window")
_NOT_ASKED = "Whether this patient is like the study's patients is not known from these values."


def assessment_card(
    assessment: Assessment, reading: LabReading, patient: Patient, canonical: Canonical, public_url: str
) -> dict[str, Any]:
    """Return the card of an assessment, with the suggestion to file it."""
    return {
        **_frame(canonical, public_url),
        "summary": _summary(assessment, reading.sources),
        "detail": _detail(assessment, reading),
        "selectionBehavior": "at-most-one",
        "suggestions": [
            {
                "label": "File the risk assessment",
                "uuid": str(uuid.uuid4()),
                "actions": [
                    {
                        "type": "create",
                        "description": "Create a preliminary RiskAssessment from these values",
                        "resource": risk_assessment(assessment, reading.sources, patient, canonical),
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
    """Return the card that says why there is no risk group, what to do, and which results were not used."""
    found = [error for error in errors.errors if error.field in set(Analyte)]
    names = ", ".join(dict.fromkeys(Analyte(error.field).label for error in found))
    newer = any(error.code == NEWER_RESULT for error in found)
    lines = [f"- {Analyte(error.field).label}: {_as_text(str(error_message(error, wording.unit)))}" for error in found]
    return {
        **_frame(canonical, public_url),
        "summary": f"HCC risk group not computed: {'newer results, ' if newer else ''}{names}",
        "detail": _paragraphs(["\n".join(lines), *_not_used(reading.rejected)]),
    }


def _not_used(rejected: Sequence[Rejection]) -> list[str]:
    """Return the paragraph that lists Observations, the first of many; none if there are none."""
    if not rejected:
        return []
    shown = [
        f"{one.reference or 'A result without an id'}: {_as_text(wording.unit(one.reason))}"
        for one in rejected[:_MOST_LISTED]
    ]
    more = len(rejected) - len(shown)
    return [_list("Not used:", [*shown, *([f"{more} more"] if more else [])])]


def _frame(canonical: Canonical, public_url: str) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "indicator": "info",
        "source": {
            "label": f"SII-AFP calculator {software().version}",
            "url": public_url + EVIDENCE,
            "topic": {
                "system": canonical.codes,
                "code": "overall-survival",
                "display": TERMS["overall-survival"].display,
            },
        },
        "links": [{"label": "Open the calculator", "type": "absolute", "url": f"{public_url}/"}],
    }


def _summary(assessment: Assessment, results: Mapping[Analyte, Result]) -> str:
    """Return the first of these lines that is short enough: a number that is cut off would be another number."""
    group = f"HCC risk group: {assessment.answer.risk_group.id}, {assessment.artefact.population.treatment}"
    sii, afp = f"SII {assessment.indices.sii.shown}", f"AFP {wording.canonical(assessment.labs[Analyte.AFP])}"
    day, afp_day = (results[analyte].effective.day.isoformat() for analyte in (Analyte.NEUTROPHILS, Analyte.AFP))
    days = f"{sii}, {afp}, both {day}" if day == afp_day else f"{sii} on {day}, {afp} on {afp_day}"
    n = f"n = {assessment.artefact.population.n}"
    samples = f"samples of {day}" if day == afp_day else f"samples of {day} and {afp_day}"
    lines = (f"{group} ({days}); one study, {n}", f"{group} ({days}); {n}", f"{group} ({samples}); one study, {n}")
    return next(line for line in lines if len(line) <= SUMMARY_CHARACTERS)


def _detail(assessment: Assessment, reading: LabReading) -> str:
    """Return the card's body in Markdown.

    Warnings about these samples come first; then the population, the group, the inputs, survival and hazard ratios with
    intervals, and the limits.
    """
    group, sii, results = assessment.answer.risk_group, assessment.indices.sii, reading.sources
    rows = [
        f"| {analyte.label} | {wording.given(lab)}{_label_note(results[analyte])} | {results[analyte].effective.day} |"
        for analyte, lab in assessment.labs.items()
    ]
    patient = [
        *(
            [_list("Please note:", [_as_text(warning_message(one, wording.unit)) for one in assessment.warnings])]
            if assessment.warnings
            else []
        ),
        f"{assessment.artefact.population.description}; {wording.time_zero_line(assessment.artefact)}.",
        f"**{group.label}**: {group.meaning} ({assessment.answer.cell.label}). {wording.study_line(assessment)}",
        "\n".join(["| Input | Value | Sampled |", "|---|---|---|", *rows]),
        f"SII: {sii.working} (cut-off {sii.cutoff:f} {wording.unit(sii.unit)})",
        *_not_used([one for one in reading.rejected if _is_newer(one, results[Analyte.NEUTROPHILS])]),
    ]
    artefact = assessment.artefact
    parts = (_paragraphs(patient), _prognosis(artefact, assessment.answer), _limits(artefact))
    return _paragraphs(parts)


def _is_newer(one: Rejection, used: Result) -> bool:
    """Return whether an Observation that is no result of the patient is, or may be, newer than the blood count."""
    if one.is_result or one.code in _ORDINARY:
        return False
    return one.latest is None or one.latest > used.effective.earliest


@once_per_model
def _prognosis(_artefact: Artefact, answer: CellAnswer) -> str:
    """Return what depends on the cell alone."""
    survival = [f"{at.months} months: {wording.percent_with_interval(at.kaplan_meier)} alive" for at in answer.survival]
    ratios = [
        f"{wording.ratio_label(one, wording.unit)}: "
        + wording.ratio_with_interval(one.estimate.hazard_ratio, one.estimate.ci_95)
        + (" (this patient)" if one.present else "")
        for one in answer.hazard_ratios
    ]
    title = "Survival of this risk group, Kaplan-Meier with 95 % interval, reconstructed:"
    return _paragraphs([_list(title, survival), _list("Hazard ratios with 95 % interval:", ratios)])


@once_per_model
def _limits(artefact: Artefact) -> str:
    """Return the end of the notes, which holds for every patient, and which model it was."""
    limits = "\n".join(f"- {text}" for text in (_NOT_ASKED, *wording.limits(artefact)))
    return _paragraphs([limits, f"Model {artefact.id} {artefact.version}, {artefact.digest}"])


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)


def _list(title: str, items: Iterable[str]) -> str:
    return "\n".join([title, "", *(f"- {item}" for item in items)])


def _label_note(result: Result) -> str:
    return " (unit as printed)" if result.is_label else ""


def _as_text(text: str) -> str:
    """Return a text, which may quote the record, so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\g<0>", text)
