"""Decide what each caveat of an assessment does on the page for the patient: no numbers, more groups, a sentence.

A caveat that comes first and is not listed here hides the numbers: what is new is not safe until someone decides.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from app.core import caveats
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.caveats import Caveat, Level
from app.core.cell_answers import CellAnswer
from app.presentation.pages.record import Origin, RecordView
from app.presentation.translation import critical
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later


class Effect(StrEnum):
    """What a caveat does on the page for the patient.

    `hides`: no number and no group is shown, and the page gives the reason. `widens`: every group that may fit is
    shown. `says`: a sentence is added. `leaves out`: a time has no number. `always`: the page says it to everybody.
    `clinician`: it is a check for the clinician, who has read it on the result.
    """

    HIDES = "hides"
    WIDENS = "widens"
    SAYS = "says"
    LEAVES_OUT = "leaves out"
    ALWAYS = "always"
    CLINICIAN = "clinician"


EFFECTS: dict[str, Effect] = {
    caveats.NEWER_RESULTS: Effect.HIDES,
    "newer_result": Effect.HIDES,
    "manual_count": Effect.HIDES,
    "sample_too_old": Effect.HIDES,
    "sample_outdated": Effect.HIDES,
    "unusual": Effect.HIDES,
    "nlr_unusual": Effect.HIDES,
    "sii_unusual": Effect.HIDES,
    caveats.PATIENT_DIFFERS: Effect.HIDES,
    caveats.NEAR_CUT_OFF: Effect.WIDENS,
    caveats.PATIENT_NOT_STATED: Effect.SAYS,
    "sample_old": Effect.SAYS,
    "samples_apart": Effect.SAYS,
    caveats.OTHER_STUDIES: Effect.SAYS,
    caveats.HARDLY_ANY_AT_RISK: Effect.LEAVES_OUT,
    caveats.STUDY_POPULATION: Effect.ALWAYS,
    caveats.METHOD: Effect.ALWAYS,
    caveats.LIMIT: Effect.ALWAYS,
    caveats.GROUPS_NOT_PUBLISHED: Effect.CLINICIAN,
    caveats.COMBINED_RATIO_NOT_PUBLISHED: Effect.CLINICIAN,
    "afp_converted": Effect.CLINICIAN,
    "afp_near_cutoff": Effect.CLINICIAN,
    "read_as": Effect.CLINICIAN,
}

_UNUSUAL = N_("At least one of the blood tests is out of the usual range. It has to be checked first.")
_NEWER = N_("There are newer blood tests that were not used here.")
_TOO_OLD = N_("The blood tests are too old to use here.")
_REASONS = {
    caveats.NEWER_RESULTS: _NEWER,
    "newer_result": _NEWER,
    "manual_count": N_("There is more than one result of the same blood test."),
    "sample_too_old": _TOO_OLD,
    "sample_outdated": _TOO_OLD,
    "unusual": _UNUSUAL,
    "nlr_unusual": _UNUSUAL,
    "sii_unusual": _UNUSUAL,
    caveats.PATIENT_DIFFERS: N_(
        "The people in the study were not like you in a way that matters. What the study found may not fit you."
    ),
}
_OTHER_REASON = N_("Something about the blood tests has to be checked first.")
_UNKNOWN_PATIENT = N_("This page cannot tell whose blood tests these are.")
_ALL_CHANGED = N_("None of the blood tests used here is the one in your record.")
_TOO_FEW = N_("The study followed too few people to give a number.")

_OLD = N_("Some of the blood tests were taken some time ago. New ones may differ.")
_NOTES = {
    caveats.PATIENT_NOT_STATED: N_("This page did not check whether the people in the study were like you."),
    "sample_old": _OLD,
    "samples_apart": _OLD,
}
_CHANGED = N_("Some of the blood tests used here are not the ones in your record.")


def effect(caveat: Caveat) -> Effect:
    """Return what a caveat does; one that comes first and has no effect of its own hides the numbers."""
    return EFFECTS.get(caveat.code, Effect.HIDES if caveat.level is Level.FIRST else Effect.CLINICIAN)


def reasons_for_no_numbers(assessment: Assessment, record: RecordView | None) -> tuple[str, ...]:
    """Return why the page shows no numbers, each reason once; nothing if it shows them."""
    return tuple(map(critical, dict.fromkeys(_reasons(assessment, record))))


def notes(assessment: Assessment, record: RecordView | None) -> tuple[str, ...]:
    """Return the sentences that only some patients see, each once."""
    found = [_NOTES[one.code] for one in assessment.caveats if one.code in _NOTES]
    if record and 0 < len(record.changes) < len(Analyte):
        found.append(_CHANGED)
    return tuple(map(critical, dict.fromkeys(found)))


def near_cut_offs(assessment: Assessment) -> tuple[Caveat, ...]:
    """Return the caveats on values near a cut-off."""
    return tuple(one for one in assessment.caveats if effect(one) is Effect.WIDENS)


def possible_answers(assessment: Assessment) -> tuple[CellAnswer, ...]:
    """Return the answer of each group that may fit, in the order of the model's groups."""
    fitted, own = assessment.fitted, assessment.answer
    found = {own.risk_group.id: own}
    for caveat in near_cut_offs(assessment):
        neighbours: Any = caveat.parameters["neighbours"]
        for one in neighbours:
            found.setdefault(one.risk_group.id, fitted.answers[frozenset(one.cell.factors)])
    return tuple(found[group.id] for group in fitted.risk_groups if group.id in found)


def _reasons(assessment: Assessment, record: RecordView | None) -> Iterator[str]:
    if record and record.origin is Origin.EHR:
        if record.banner and record.banner.unknown:
            yield _UNKNOWN_PATIENT
        if len(record.changes) == len(Analyte):
            yield _ALL_CHANGED
    for one in assessment.caveats:
        if effect(one) is Effect.HIDES:
            yield _REASONS.get(one.code, _OTHER_REASON)
    months = assessment.fitted.headline_months
    if any(answer.curve.hardly_any_at(months) for answer in possible_answers(assessment)):
        yield _TOO_FEW
