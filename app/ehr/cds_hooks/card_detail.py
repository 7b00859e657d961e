"""Write the detail of a card in Markdown: in full, or in a few lines beside the link to all of it."""

import re
from collections.abc import Iterable, Mapping, Sequence

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.caveats import Level
from app.core.cell_answers import CellAnswer
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.labs import Lab
from app.ehr.fhir.reading.criteria import StatedCriterion
from app.ehr.fhir.reading.lab_results import ORDINARY_REASONS, LabReading
from app.ehr.fhir.reading.observations import Rejection, Result
from app.presentation import ratio_wording, wording
from app.presentation.applicability_messages import answer_message
from app.presentation.caveat_messages import caveat_gist, caveat_messages, has_usual_caveats
from app.presentation.messages import error_message, rejection_message
from app.presentation.model_texts import in_language
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import once_per_model_and_language

# Characters that Markdown or GitHub's automatic links read as markup; a backslash makes them text.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&@]|:(?=//)|(?<=www)\.")
_MOST_LISTED = 10
_STARTS = N_("Read from the order: regorafenib starts with these values.")
_STATED = N_("Read from the record: {stated}.")
_SURVIVAL = N_("Survival of this risk group, Kaplan-Meier with 95 % interval, reconstructed:")
_RATIOS = N_("Hazard ratios with 95 % interval:")
SMART_LINK = N_("Survival curve and details")


def full_detail(assessment: Assessment, reading: LabReading) -> str:
    """Return all that is known: the caveats that come first, the population, the group, the inputs, survival and hazard
    ratios with intervals, the other caveats, and the model.
    """
    shown, results = in_language(assessment), reading.sources
    texts: dict[Level, list[str]] = {level: [] for level in Level}
    messages = caveat_messages(assessment, *Level, units=wording.unit)
    for caveat, text in zip(assessment.caveats, messages, strict=True):
        texts[caveat.level].append(text)
    first, beside, about = tuple(texts[Level.FIRST]), tuple(texts[Level.BESIDE]), tuple(texts[Level.ABOUT])
    frame = _usual_frame if has_usual_caveats(assessment) else _frame
    opening, closing = frame(shown.fitted, shown.answer, first, beside, about)
    rows = [
        f"| {wording.analyte(lab.analyte)} | {_given(lab, results)} | {results[lab.analyte].effective.day} |"
        for lab in assessment.labs.values()
    ]
    return _paragraphs(["\n".join([opening, *rows]), _sii(assessment), *_read_beside(assessment, reading), closing])


def short_detail(assessment: Assessment, reading: LabReading) -> str:
    """Return what a clinician needs to see before the link to everything else.

    That is: the caveats that come first in full, the group, the inputs, survival and hazard ratios with intervals, the
    population, and the other caveats beside the result in one sentence each.
    """
    shown = in_language(assessment)
    answer, group, fitted, results = shown.answer, shown.answer.risk_group, shown.fitted, reading.sources
    inputs = "; ".join(
        _("{analyte} {value} ({day})").format(
            analyte=wording.analyte(lab.analyte), value=_given(lab, results), day=results[lab.analyte].effective.day
        )
        for lab in assessment.labs.values()
    )
    beside = (caveat_gist(assessment, one, wording.unit) for one in assessment.caveats if one.level is Level.BESIDE)
    lines = [
        f"**{group.label}**: {group.meaning} ({answer.cell.label}).",
        f"{inputs}. {_sii(assessment)}.",
        f"{_(_SURVIVAL)} {'; '.join(_survival(fitted, answer))}.",
        f"{_(_RATIOS)} {'; '.join(_ratios(fitted, answer))}.",
        *map(_as_text, beside),
    ]
    return _paragraphs(
        [
            *_please_note(caveat_messages(assessment, Level.FIRST, units=wording.unit)),
            _list(lines),
            *_read_beside(assessment, reading),
            _("All caveats, the curve and other studies: “{link}”.").format(link=_(SMART_LINK)),
        ]
    )


def missing_detail(errors: Sequence[InputError], reading: LabReading) -> str:
    """Return why there is no risk group, what to do, and which results were not used."""
    lines = [
        f"{wording.analyte(Analyte(error.field))}: {_as_text(str(error_message(error, wording.unit)))}"
        for error in errors
    ]
    return _paragraphs([_list(lines), *_not_used(reading.rejected)])


def _please_note(first: Sequence[str]) -> list[str]:
    """Return the paragraph with the caveats that come first, or nothing if there are none."""
    return [_titled(_("Please note:"), map(_as_text, first))] if first else []


def _given(lab: Lab, results: Mapping[Analyte, Result]) -> str:
    given = wording.given(lab)
    return _("{value} (unit as printed)").format(value=given) if results[lab.analyte].is_label else given


def _sii(assessment: Assessment) -> str:
    sii = assessment.indices.sii
    return _("SII: {working} (cut-off {cutoff} {unit})").format(
        working=sii.working, cutoff=f"{sii.cutoff:f}", unit=wording.unit(sii.unit)
    )


def _read_beside(assessment: Assessment, reading: LabReading) -> list[str]:
    """Return what orders and Observations say of the patient, and newer Observations that were not used."""
    blood_count = reading.sources[Analyte.NEUTROPHILS]
    return [
        *([_(_STARTS)] if assessment.population.starting_regorafenib else []),
        *([_(_STATED).format(stated=", ".join(map(_stated, reading.criteria)))] if reading.criteria else []),
        *_not_used([one for one in reading.rejected if _is_newer(one, blood_count)]),
    ]


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
    return [_titled(_("Not used:"), shown)]


def _stated(one: StatedCriterion) -> str:
    return _("{answer} ({day})").format(answer=answer_message(one.id, one.value), day=one.effective.day)


def _is_newer(one: Rejection, used: Result) -> bool:
    """Return whether an Observation that is not a result of the patient is, or may be, newer than the blood count."""
    if one.is_result or one.code in ORDINARY_REASONS:
        return False
    return one.latest is None or one.latest > used.effective.earliest


@once_per_model_and_language
def _survival(_fitted: FittedModel, answer: CellAnswer) -> tuple[str, ...]:
    alive = _("{months} months: {percent} alive")
    return tuple(
        alive.format(months=at.months, percent=wording.percent_with_interval(at.kaplan_meier)) for at in answer.survival
    )


@once_per_model_and_language
def _ratios(fitted: FittedModel, answer: CellAnswer) -> tuple[str, ...]:
    present, absent = _("{ratio}: {value} (this patient)"), _("{ratio}: {value}")
    return tuple(
        (present if one.present else absent).format(
            ratio=ratio_wording.ratio_label(one, wording.unit),
            value=wording.ratio_with_interval(shown.hazard_ratio, shown.ci_95),
        )
        for one, shown in ((one, ratio_wording.study_ratio(fitted, one)) for one in answer.hazard_ratios)
    )


def _frame(
    fitted: FittedModel, answer: CellAnswer, first: tuple[str, ...], beside: tuple[str, ...], about: tuple[str, ...]
) -> tuple[str, str]:
    """Return what a full detail says before the rows of the inputs, and what it says after what was read.

    `first`, `beside` and `about` are the caveats of each level in full; the first beside the result is the population.
    """
    population, *others = beside
    group = answer.risk_group
    opening = _paragraphs(
        [
            *_please_note(first),
            population,
            f"**{group.label}**: {group.meaning} ({answer.cell.label}). {wording.study_line(fitted)}",
            "| {} | {} | {} |\n|---|---|---|".format(_("Input"), _("Value"), _("Sampled")),
        ]
    )
    closing = _paragraphs(
        [
            _titled(_SURVIVAL, _survival(fitted, answer)),
            _titled(_RATIOS, _ratios(fitted, answer)),
            _titled(_("Beside this result:"), map(_as_text, others)),
            _about(fitted, about),
        ]
    )
    return opening, closing


_usual_frame = once_per_model_and_language(_frame)


@once_per_model_and_language
def _about(fitted: FittedModel, about: tuple[str, ...]) -> str:
    """Return the caveats about the method, which are the same for every patient, and the model."""
    model = _("Model {id} {version}, {digest}").format(id=fitted.id, version=fitted.version, digest=fitted.digest)
    return _paragraphs([_titled(_("About this result:"), map(_as_text, about)), model])


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)


def _titled(title: str, items: Iterable[str]) -> str:
    return f"{_(title)}\n\n{_list(items)}"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _as_text(text: str) -> str:
    """Return a text, which may quote the EHR, so that Markdown shows it unchanged."""
    return _MARKUP.sub(r"\\\g<0>", text)
