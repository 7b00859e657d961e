"""Put the caveats of an assessment into words: in full for the long forms, and as short marks for a summary."""

from typing import Any

from app.core import caveats
from app.core.applicability import Applicability, Status
from app.core.assessment import Assessment
from app.core.caveats import Caveat, Level, Neighbour, usual_caveats
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.core.rounding import plain
from app.presentation import wording
from app.presentation.applicability_messages import applicability_message, reason_message
from app.presentation.messages import warning_message
from app.presentation.model_caveats import OF_THE_MODEL, model_caveat_parts
from app.presentation.model_texts import in_language
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import in_sentence, once_per_model_and_language, parts_with_english

# How a summary of one line names a caveat that comes first; the codes of unusual values share one mark.
_MARKS = {
    caveats.NEWER_RESULTS: N_("newer results"),
    "manual_count": N_("two counts"),
    "newer_result": N_("newer results"),
    "sample_too_old": N_("old samples"),
    "sample_outdated": N_("old samples"),
    caveats.PATIENT_DIFFERS: N_("not like the study"),
}
# Of these long caveats a short form has the first part only: what follows, or that some criteria are not stated.
_LONG = (caveats.OTHER_STUDIES, caveats.PATIENT_NOT_STATED)
_NEAR = {1: N_("close to the cut-off"), 2: N_("close to both cut-offs")}
_NEAR_SEVERAL = N_("close to several cut-offs")
_UNUSUAL = N_("unusual values")


def caveat_message(assessment: Assessment, caveat: Caveat, units: wording.Units = str) -> str:
    """Return a caveat in full."""
    return " ".join(caveat_parts(assessment, caveat, units))


def caveat_messages(assessment: Assessment, *levels: Level, units: wording.Units = str) -> tuple[str, ...]:
    """Return the caveats of these levels in full, in their order."""
    if has_usual_caveats(assessment):
        return _usual_messages(assessment.fitted, assessment.answer, assessment.applicability, levels)
    return tuple(caveat_message(assessment, one, units) for one in assessment.caveats if one.level in levels)


def has_usual_caveats(assessment: Assessment) -> bool:
    """Return whether there are only caveats that many patients share, so that what is made of them can be kept."""
    usual = usual_caveats(assessment.fitted, assessment.answer, assessment.applicability)
    return assessment.caveats is usual and assessment.applicability.status is not Status.DIFFERS


@once_per_model_and_language
def _usual_messages(
    fitted: FittedModel,
    answer: CellAnswer,
    applicability: Applicability,
    levels: tuple[Level, ...],
) -> tuple[str, ...]:
    return tuple(
        " ".join(model_caveat_parts(fitted, one))
        for one in usual_caveats(fitted, answer, applicability)
        if one.level in levels
    )


def caveat_parts(assessment: Assessment, caveat: Caveat, units: wording.Units = str) -> tuple[str, ...]:
    """Return a caveat in parts: what is so, and then what follows from it."""
    if caveat.code in OF_THE_MODEL:
        return model_caveat_parts(assessment.fitted, caveat)
    return parts_with_english(lambda: _parts(in_language(assessment), caveat, units))


def _parts(assessment: Assessment, caveat: Caveat, units: wording.Units) -> tuple[str, ...]:
    if caveat.code == caveats.NEAR_CUT_OFF:
        return _near_cut_off(assessment.fitted, caveat.parameters, units)
    if caveat.code == caveats.PATIENT_DIFFERS:
        reasons = (one for one in assessment.applicability.reasons if one.status is Status.DIFFERS)
        return (applicability_message(Status.DIFFERS), *map(reason_message, reasons))
    return (warning_message(caveat, units),)


def caveat_gist(assessment: Assessment, caveat: Caveat, units: wording.Units = str) -> str:
    """Return a caveat for a short form: of a long one, only the sentence that says what it means."""
    parts = caveat_parts(assessment, caveat, units)
    return parts[0] if caveat.code in _LONG else " ".join(parts)


def marks(assessment: Assessment) -> tuple[str, ...]:
    """Return how a summary names the caveats that come first, in their order, each mark once."""
    first = [one.code for one in assessment.caveats if one.level is Level.FIRST]
    near = first.count(caveats.NEAR_CUT_OFF)
    words = {**_MARKS, caveats.NEAR_CUT_OFF: _NEAR.get(near, _NEAR_SEVERAL)}
    return tuple(dict.fromkeys(_(words.get(code, _UNUSUAL)) for code in first))


def _near_cut_off(fitted: FittedModel, near: Any, units: wording.Units) -> tuple[str, ...]:
    """Return what is near its cut-off, and the answers on the other side; `near` are the caveat's parameters."""
    name = str(near["analyte"])
    cutoff = wording.quantity(plain(near["cutoff"]), near["unit"], units)
    if name == "sii":
        lead = _("SII is close to its cut-off of {cutoff}.").format(cutoff=cutoff)
        why = _(
            "A second blood count within a week would put it on the same side in {chance} of 100 cases. This variation "
            "was measured in {adults} healthy adults and is larger in patients."
        ).format(chance=wording.about_of_hundred(near["same_side_probability"]), adults=near["measured_in"])
    else:
        factor = next(one.label for one in fitted.factors if one.id == name)
        lead = _("{factor} is close to its cut-off of {cutoff}.").format(factor=factor, cutoff=cutoff)
        highest = wording.quantity(plain(near["highest"]), near["unit"], units)
        why = _("This project counts {range} as close: no verified figure exists of how {factor} varies.").format(
            range=wording.value_range(plain(near["lowest"]), highest), factor=factor
        )
    return (lead, why, *_other_side(fitted, name, near["neighbours"], near["range"]))


@once_per_model_and_language
def _other_side(
    fitted: FittedModel, name: str, neighbours: tuple[Neighbour, ...], limits: tuple[float, float]
) -> tuple[str, ...]:
    """Return the answer on the other side of one cut-off and, once, that on the other side of all that are near."""
    months = fitted.headline_months
    parts = [
        _("On the other side: {neighbour}.").format(neighbour=_neighbour(fitted, one, months))
        for one in neighbours
        if one.factors == (name,)
    ]
    farthest = neighbours[-1]  # it differs in all factors that are near
    if len(farthest.factors) > 1 and name == farthest.factors[-1]:
        lowest, highest = map(wording.of_hundred, limits)
        both = _("With both on the other side: {neighbour}.")
        several = _("With all of them on the other side: {neighbour}.")
        parts += [
            (both if len(farthest.factors) == 2 else several).format(neighbour=_neighbour(fitted, farthest, months)),
            _("Over all these groups the 95 % intervals reach from {lowest} to {highest} of 100.").format(
                lowest=lowest, highest=highest
            ),
        ]
    return tuple(parts)


def _neighbour(fitted: FittedModel, one: Neighbour, months: int) -> str:
    group = fitted.answers[frozenset(one.cell.factors)].risk_group
    return _("{group}, {alive} of 100 alive after {time} (95 % interval: {low} to {high})").format(
        group=in_sentence(group.label),
        alive=wording.about_of_hundred(one.estimate.survival),
        time=wording.at_months(months),
        low=wording.of_hundred(one.estimate.lower),
        high=wording.of_hundred(one.estimate.upper),
    )
