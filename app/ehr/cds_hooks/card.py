"""Write the card: always `info`, without name or number of a patient, and without automatic actions."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.config.addresses import EVIDENCE
from app.config.version import software
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.caveats import Level
from app.core.cell_answers import CellAnswer
from app.core.errors import InputErrors
from app.core.fitted_model import FittedModel
from app.ehr.fhir.reading.criteria import StatedCriterion
from app.ehr.fhir.reading.lab_results import ORDINARY_REASONS, LabReading
from app.ehr.fhir.reading.newer_results import CONTRADICTED, NEWER_RESULT
from app.ehr.fhir.reading.observations import Rejection, Result
from app.ehr.fhir.risk_assessment import Patient, risk_assessment
from app.ehr.fhir.terminology import OVERRIDE_REASONS, TERMS, Canonical
from app.presentation import wording
from app.presentation.applicability_messages import answer_message
from app.presentation.caveat_messages import caveat_messages, marks
from app.presentation.messages import error_message, rejection_message
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import once_per_model_and_language

SUMMARY_CHARACTERS = 139
# Characters that Markdown or GitHub's automatic links read as markup; a backslash makes them text.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&@]|:(?=//)|(?<=www)\.")
_MOST_LISTED = 10
_STARTS = N_("Read from the order: regorafenib starts with these values.")
_STATED = N_("Read from the record: {stated}.")
# Summaries in order of preference, for samples of the same day and of different days. `caveats` are marks of those that
# come first in the detail.
_OF_ONE_DAY = (
    N_("HCC risk group: {group}{caveats}, {treatment} (SII {sii}, AFP {afp}, both {day}); one study, n = {n}"),
    N_("HCC risk group: {group}{caveats}, {treatment} (SII {sii}, AFP {afp}, both {day}); n = {n}"),
    N_("HCC risk group: {group}{caveats}, {treatment} (samples of {day}); one study, n = {n}"),
    N_("HCC risk group: {group}{caveats} (SII {sii}, AFP {afp}, both {day}); n = {n}"),
    N_("HCC risk group: {group}{caveats} (samples of {day}); n = {n}"),
)
_OF_TWO_DAYS = (
    N_(
        "HCC risk group: {group}{caveats}, {treatment} (SII {sii} on {day}, AFP {afp} on {afp_day}); one study, n = {n}"
    ),
    N_("HCC risk group: {group}{caveats}, {treatment} (SII {sii} on {day}, AFP {afp} on {afp_day}); n = {n}"),
    N_("HCC risk group: {group}{caveats}, {treatment} (samples of {day} and {afp_day}); one study, n = {n}"),
    N_("HCC risk group: {group}{caveats}, {treatment} (samples of {day} and {afp_day}); n = {n}"),
    N_("HCC risk group: {group}{caveats} (samples of {day} and {afp_day}); n = {n}"),
)


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
                "label": _("File the risk assessment"),
                "uuid": str(uuid.uuid4()),
                "actions": [
                    {
                        "type": "create",
                        "description": _("Create a preliminary RiskAssessment from these values"),
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
    """Return a card for a site that does not file RiskAssessments, or may not."""
    return {name: value for name, value in card.items() if name not in ("suggestions", "selectionBehavior")}


def missing_card(errors: InputErrors, reading: LabReading, canonical: Canonical, public_url: str) -> dict[str, Any]:
    """Return the card that says why there is no risk group, what to do, and which results were not used."""
    found = [error for error in errors.errors if error.field in set(Analyte)]
    names = ", ".join(dict.fromkeys(wording.analyte(Analyte(error.field)) for error in found))
    if any(error.code == NEWER_RESULT for error in found):
        summary = _("HCC risk group not computed: newer results, {analytes}")
    elif any(error.code == CONTRADICTED for error in found):
        summary = _("HCC risk group not computed: different values for the same time, {analytes}")
    else:
        summary = _("HCC risk group not computed: {analytes}")
    lines = [
        f"- {wording.analyte(Analyte(error.field))}: {_as_text(str(error_message(error, wording.unit)))}"
        for error in found
    ]
    return {
        **_frame(canonical, public_url),
        "summary": summary.format(analytes=names),
        "detail": _paragraphs(["\n".join(lines), *_not_used(reading.rejected)]),
    }


def _not_used(rejected: Sequence[Rejection]) -> list[str]:
    """Return the paragraph that lists the first unused Observations, or nothing if there are none."""
    if not rejected:
        return []
    without_id = _("A result without an id")
    shown = [
        f"{one.reference or without_id}: {_as_text(rejection_message(one, wording.unit))}"
        for one in rejected[:_MOST_LISTED]
    ]
    if more := len(rejected) - len(shown):
        shown.append(_("{number} more").format(number=more))
    return [_list(_("Not used:"), shown)]


def _frame(canonical: Canonical, public_url: str) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "indicator": "info",
        "source": {
            "label": _("SII-AFP calculator {version}").format(version=software().version),
            "url": public_url + EVIDENCE,
            "topic": {
                "system": canonical.codes,
                "code": "overall-survival",
                "display": TERMS["overall-survival"].display,
            },
        },
        "links": [{"label": _("Open the calculator"), "type": "absolute", "url": f"{public_url}/"}],
    }


def _summary(assessment: Assessment, results: Mapping[Analyte, Result]) -> str:
    """Return the first summary that is short enough. No summary is cut off, because that could change a number."""
    day, afp_day = (results[analyte].effective.day.isoformat() for analyte in (Analyte.NEUTROPHILS, Analyte.AFP))
    values = {
        "group": assessment.answer.risk_group.id,
        "caveats": f" ({', '.join(found)})" if (found := marks(assessment)) else "",
        "treatment": assessment.fitted.population.treatment,
        "sii": assessment.indices.sii.shown,
        "afp": wording.canonical(assessment.labs[Analyte.AFP]),
        "day": day,
        "afp_day": afp_day,
        "n": assessment.fitted.population.n,
    }
    lines = [_(text).format(**values) for text in (_OF_ONE_DAY if day == afp_day else _OF_TWO_DAYS)]
    return next((line for line in lines if len(line) <= SUMMARY_CHARACTERS), lines[-1])


def _detail(assessment: Assessment, reading: LabReading) -> str:
    """Return the card's body in Markdown.

    The caveats that come first are first; then the population, the group, the inputs, survival and hazard ratios with
    intervals, and the other caveats.
    """
    group, sii, results = assessment.answer.risk_group, assessment.indices.sii, reading.sources
    first, (population, *beside), about = (caveat_messages(assessment, level, units=wording.unit) for level in Level)
    rows = [
        f"| {wording.analyte(lab.analyte)} | {wording.given(lab)}{_label_note(result)} | {result.effective.day} |"
        for lab, result in ((lab, results[lab.analyte]) for lab in assessment.labs.values())
    ]
    patient = [
        *([_list(_("Please note:"), map(_as_text, first))] if first else []),
        population,
        f"**{group.label}**: {group.meaning} ({assessment.answer.cell.label}). {wording.study_line(assessment)}",
        "\n".join([f"| {_('Input')} | {_('Value')} | {_('Sampled')} |", "|---|---|---|", *rows]),
        _("SII: {working} (cut-off {cutoff} {unit})").format(
            working=sii.working, cutoff=f"{sii.cutoff:f}", unit=wording.unit(sii.unit)
        ),
        *([_(_STARTS)] if assessment.population.starting_regorafenib else []),
        *([_(_STATED).format(stated=", ".join(map(_stated, reading.criteria)))] if reading.criteria else []),
        *_not_used([one for one in reading.rejected if _is_newer(one, results[Analyte.NEUTROPHILS])]),
    ]
    fitted = assessment.fitted
    others = _list(_("Beside this result:"), map(_as_text, beside))
    return _paragraphs([*patient, _prognosis(fitted, assessment.answer), others, _about(fitted, about)])


def _stated(one: StatedCriterion) -> str:
    return _("{answer} ({day})").format(answer=answer_message(one.id, one.value), day=one.effective.day)


def _is_newer(one: Rejection, used: Result) -> bool:
    """Return whether an Observation that is not a result of the patient is, or may be, newer than the blood count."""
    if one.is_result or one.code in ORDINARY_REASONS:
        return False
    return one.latest is None or one.latest > used.effective.earliest


@once_per_model_and_language
def _prognosis(fitted: FittedModel, answer: CellAnswer) -> str:
    """Return the part that depends only on the cell."""
    alive = _("{months} months: {percent} alive")
    survival = [
        alive.format(months=at.months, percent=wording.percent_with_interval(at.kaplan_meier)) for at in answer.survival
    ]
    present, absent = _("{ratio}: {value} (this patient)"), _("{ratio}: {value}")
    ratios = [
        (present if one.present else absent).format(
            ratio=wording.ratio_label(one, wording.unit),
            value=wording.ratio_with_interval(shown.hazard_ratio, shown.ci_95),
        )
        for one, shown in ((one, wording.study_ratio(fitted, one)) for one in answer.hazard_ratios)
    ]
    title = _("Survival of this risk group, Kaplan-Meier with 95 % interval, reconstructed:")
    return _paragraphs([_list(title, survival), _list(_("Hazard ratios with 95 % interval:"), ratios)])


@once_per_model_and_language
def _about(fitted: FittedModel, about: tuple[str, ...]) -> str:
    """Return the caveats about the method, which are the same for every patient, and the model."""
    model = _("Model {id} {version}, {digest}").format(id=fitted.id, version=fitted.version, digest=fitted.digest)
    return _paragraphs([_list(_("About this result:"), map(_as_text, about)), model])


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)


def _list(title: str, items: Iterable[str]) -> str:
    return "\n".join([title, "", *(f"- {item}" for item in items)])


def _label_note(result: Result) -> str:
    return f" ({_('unit as printed')})" if result.is_label else ""


def _as_text(text: str) -> str:
    """Return a text, which may quote the EHR, so that Markdown shows it unchanged."""
    return _MARKUP.sub(r"\\\g<0>", text)
