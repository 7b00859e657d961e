"""Write an Assessment as three lines of prose for a letter, and the caveats that could change the answer."""

from collections.abc import Iterator

from app.core import caveats
from app.core.analytes import Analyte
from app.core.applicability import Status
from app.core.assessment import Assessment
from app.core.caveats import Caveat, Level
from app.core.risk_groups import Factor
from app.presentation import wording
from app.presentation.applicability_messages import answer_message, applicability_message
from app.presentation.caveat_messages import caveat_parts
from app.presentation.factor_wording import factor_value, given_value, is_high
from app.presentation.model_texts import in_language
from app.presentation.subject import local_time, study_name
from app.presentation.translation import gettext as _
from app.presentation.translation import with_english


def letter_text(assessment: Assessment) -> str:
    """Return the answer for a letter: each line is a paragraph. It names no patient."""
    return "\n".join(_lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    yield with_english(lambda: _values(in_language(assessment)))
    yield with_english(lambda: _survival(in_language(assessment)))
    yield with_english(lambda: _limits(in_language(assessment)))
    for caveat in assessment.caveats:
        if caveat.level is Level.FIRST:
            yield _please_note(assessment, caveat)


def _limits(assessment: Assessment) -> str:
    """Return what the answer must not be used for, and where it is from."""
    return _(
        "This is the survival of a group in one small study, not a forecast for one person. It must not be used to "
        "choose a treatment. Calculated {time} (model {model}); research software, not a medical device."
    ).format(time=local_time(assessment.computed_at), model=f"{assessment.fitted.id} {assessment.fitted.version}")


def _values(assessment: Assessment) -> str:
    """Return the disease, the day of the values, and each factor with its cut-off."""
    fitted, sampled = assessment.fitted, assessment.sampled_on
    day, afp_day = sampled.blood_count, sampled.afp
    if Analyte.AFP not in fitted.factor_ids or not any(factor.id != Analyte.AFP for factor in fitted.factors):
        day = afp_day = afp_day if Analyte.AFP in fitted.factor_ids else day
    if day and afp_day:
        text = (
            _("Hepatocellular carcinoma, laboratory values of {day}: {values}.")
            if day == afp_day
            else _("Hepatocellular carcinoma, blood count of {day} and AFP of {afp_day}: {values}.")
        )
    elif day:
        text = _(
            "Hepatocellular carcinoma, blood count of {day} and AFP without a sampling day (calculated on {today}): "
            "{values}."
        )
    elif afp_day:
        text = _(
            "Hepatocellular carcinoma, AFP of {afp_day} and blood count without a sampling day (calculated on "
            "{today}): {values}."
        )
    else:
        text = _("Hepatocellular carcinoma, values without a sampling day (calculated on {today}): {values}.")
    return text.format(
        day=wording.day(day) if day else "",
        afp_day=wording.day(afp_day) if afp_day else "",
        today=wording.day(assessment.computed_at.date()),
        values="; ".join(_value(assessment, factor) for factor in fitted.factors),
    )


def _value(assessment: Assessment, factor: Factor) -> str:
    given = given_value(assessment, factor)
    if is_high(assessment, factor):
        text = (
            _("{factor} {value}, given as {given} (high: {cutoff} or more)")
            if given
            else _("{factor} {value} (high: {cutoff} or more)")
        )
    else:
        text = (
            _("{factor} {value}, given as {given} (low: less than {cutoff})")
            if given
            else _("{factor} {value} (low: less than {cutoff})")
        )
    return text.format(
        factor=factor.label,
        value=factor_value(assessment, factor),
        given=given,
        cutoff=wording.cutoff_quantity(factor.cutoff),
    )


def _survival(assessment: Assessment) -> str:
    """Return the study, the patient's group in it, and the survival of this group."""
    fitted, answer = assessment.fitted, assessment.answer
    at = next(one for one in answer.survival if one.months == fitted.headline_months)
    return _(
        "{study} ({n} patients {treatment}, one hospital; reconstructed curves, not validated): {group}, {meaning} "
        "({cell}). After {time}, {alive} of 100 patients of this group would be alive (95 % interval: {low} to "
        "{high}); median survival {median}."
    ).format(
        study=study_name(fitted),
        n=fitted.population.n,
        treatment=fitted.population.treatment,
        group=answer.risk_group.label,
        meaning=answer.risk_group.meaning,
        cell=answer.cell.label,
        time=wording.at_months(at.months),
        alive=wording.about_of_hundred(at.kaplan_meier.survival),
        low=wording.of_hundred(at.kaplan_meier.lower),
        high=wording.of_hundred(at.kaplan_meier.upper),
        median=wording.median_with_interval(answer.curve),
    )


def _please_note(assessment: Assessment, caveat: Caveat) -> str:
    return with_english(lambda: _("Please note: {caveat}").format(caveat=_gist(assessment, caveat)))


def _gist(assessment: Assessment, caveat: Caveat) -> str:
    """Return a caveat without the reasons why it matters, which the whole answer has."""
    if caveat.code == caveats.PATIENT_DIFFERS:
        differing = (one for one in assessment.applicability.reasons if one.status is Status.DIFFERS)
        answers = [answer_message(one.criterion.id, one.stated) for one in differing if one.stated is not None]
        stated = _("Stated of the patient: {answers}.").format(answers="; ".join(answers))
        return f"{applicability_message(Status.DIFFERS)} {stated}"
    lead, *rest = caveat_parts(assessment, caveat, wording.unit)
    return " ".join([lead, *(rest[1:] if caveat.code == caveats.NEAR_CUT_OFF else rest)])
