"""Write the card: always `info`, without name or number of a patient, and without automatic actions."""

import uuid
from datetime import date
from functools import cache
from typing import Any

import orjson

from app.config.addresses import EVIDENCE, SMART_LAUNCH
from app.config.version import software
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.errors import InputErrors
from app.ehr.cds_hooks.card_detail import SMART_LINK, full_detail, missing_detail, short_detail
from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.fhir.reading.newer_results import CONTRADICTED, NEWER_RESULT
from app.ehr.fhir.risk_assessment import Patient, risk_assessment
from app.ehr.fhir.terminology import OVERRIDE_REASONS, TERMS, Canonical
from app.presentation import wording
from app.presentation.assessment_json import written
from app.presentation.caveat_messages import marks
from app.presentation.model_texts import in_language
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import in_sentence

SUMMARY_CHARACTERS = 139
# Summaries in order of preference, for samples of the same day and of different days. `caveats` are marks of those that
# come first in the detail.
_OF_ONE_DAY = (
    N_("HCC: {group}{caveats}, {treatment} (SII {sii}, AFP {afp}, both {day}); one study, n = {n}"),
    N_("HCC: {group}{caveats}, {treatment} (SII {sii}, AFP {afp}, both {day}); n = {n}"),
    N_("HCC: {group}{caveats}, {treatment} (samples of {day}); one study, n = {n}"),
    N_("HCC: {group}{caveats} (SII {sii}, AFP {afp}, both {day}); n = {n}"),
    N_("HCC: {group}{caveats} (samples of {day}); n = {n}"),
)
_OF_TWO_DAYS = (
    N_("HCC: {group}{caveats}, {treatment} (SII {sii} on {day}, AFP {afp} on {afp_day}); one study, n = {n}"),
    N_("HCC: {group}{caveats}, {treatment} (SII {sii} on {day}, AFP {afp} on {afp_day}); n = {n}"),
    N_("HCC: {group}{caveats}, {treatment} (samples of {day} and {afp_day}); one study, n = {n}"),
    N_("HCC: {group}{caveats}, {treatment} (samples of {day} and {afp_day}); n = {n}"),
    N_("HCC: {group}{caveats} (samples of {day} and {afp_day}); n = {n}"),
)
_WITHOUT_DAYS = (N_("HCC: {group}{caveats}; n = {n}"), N_("HCC: {group} (several caveats); n = {n}"))
_SAMPLES = (Analyte.NEUTROPHILS, Analyte.AFP)


def assessment_card(
    assessment: Assessment,
    reading: LabReading,
    canonical: Canonical,
    public_url: str,
    *,
    can_launch: bool,
    is_short: bool,
    filed_for: Patient | None,
) -> dict[str, Any]:
    """Return the card of an assessment; it suggests to file it for a patient, if one is given.

    With `can_launch` it links to the app, which the EHR launches for its patient; a short card needs that.
    """
    frame = _frame(canonical, public_url)
    if can_launch:
        url = public_url + SMART_LAUNCH
        frame["links"].insert(0, {"label": _(SMART_LINK), "type": "smart", "url": url})
    return {
        **frame,
        "summary": card_summary(assessment, *(reading.sources[one].effective.day for one in _SAMPLES)),
        "detail": (short_detail if is_short and can_launch else full_detail)(assessment, reading),
        **(_suggestion(assessment, reading, filed_for, canonical) if filed_for else {}),
        "overrideReasons": _override_reasons(canonical),
    }


def _suggestion(assessment: Assessment, reading: LabReading, patient: Patient, canonical: Canonical) -> dict[str, Any]:
    """Return the elements of a card that suggest to file the assessment."""
    return {
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
    }


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
    return {
        **_frame(canonical, public_url),
        "summary": summary.format(analytes=names),
        "detail": missing_detail(found, reading),
    }


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


@cache
def _override_reasons(canonical: Canonical) -> orjson.Fragment:
    """Return the reasons to override a card, already serialised."""
    return written(
        [
            {"code": code, "system": canonical.override_reasons, "display": reason.display}
            for code, reason in OVERRIDE_REASONS.items()
        ]
    )


def card_summary(assessment: Assessment, day: date, afp_day: date) -> str:
    """Return the first summary that is short enough, with the days of the blood count and of AFP if there is room.

    No summary is cut off, because that could change a number.
    """
    shown = in_language(assessment)
    values = {
        "group": in_sentence(shown.answer.risk_group.label),
        "caveats": f" ({', '.join(found)})" if (found := marks(assessment)) else "",
        "treatment": shown.fitted.population.treatment,
        "sii": assessment.indices.sii.shown,
        "afp": wording.canonical(assessment.labs[Analyte.AFP]),
        "day": day,
        "afp_day": afp_day,
        "n": assessment.fitted.population.n,
    }
    for text in (*(_OF_ONE_DAY if day == afp_day else _OF_TWO_DAYS), *_WITHOUT_DAYS):
        line = _(text).format(**values)
        if len(line) <= SUMMARY_CHARACTERS:
            break
    return line
