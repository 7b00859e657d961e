"""Write an Assessment as three lines of prose for a letter, and the caveats that could change the answer."""

from app.core import caveats
from app.core.analytes import Analyte
from app.core.applicability import Status
from app.core.assessment import Assessment
from app.core.caveats import Caveat, Level
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.applicability_messages import answer_message, applicability_message
from app.presentation.caveat_messages import caveat_parts
from app.presentation.model_texts import in_language
from app.presentation.patient_texts import PatientTexts, patient_texts
from app.presentation.subject import study_name
from app.presentation.translation import critical, english_beside, language, once_per_model_and_language, with_english
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

# A factor with its cut-off, by whether it is high and whether its value was converted.
_FACTORS = {
    (True, True): N_("{factor} {value}, given as {given} (high: {cutoff} or more)"),
    (True, False): N_("{factor} {value} (high: {cutoff} or more)"),
    (False, True): N_("{factor} {value}, given as {given} (low: less than {cutoff})"),
    (False, False): N_("{factor} {value} (low: less than {cutoff})"),
}
_LIMITS = N_(
    "This is the survival of a group in one small study, not a forecast for one person. It must not be used to choose "
    "a treatment. Calculated {time} (model {model}); research software, not a medical device."
)


def letter_text(assessment: Assessment, texts: PatientTexts | None = None) -> str:
    """Return the answer for a letter: each line is a paragraph. It names no patient.

    `texts` are those of the patient in the language of the answer, if they were made already.
    """
    fitted = assessment.fitted
    texts = texts or patient_texts(assessment)
    notes = [_please_note(assessment, caveat) for caveat in assessment.caveats if caveat.level is Level.FIRST]
    lines = (
        english_beside(_values(assessment, texts), lambda: _values(assessment, patient_texts(assessment))),
        _survival(fitted, assessment.answer),
        critical(_LIMITS).format(time=texts.computed_at, model=f"{fitted.id} {fitted.version}"),
        *notes,
    )
    return "\n".join(lines) + "\n"


def _values(assessment: Assessment, texts: PatientTexts) -> str:
    """Return the disease, the day of the values, and each factor with its cut-off."""
    _ = language().gettext
    factors, sampled = assessment.fitted.factor_ids, assessment.sampled_on
    day, afp_day = sampled.blood_count, sampled.afp
    if Analyte.AFP not in factors or factors == {Analyte.AFP}:
        day = afp_day = afp_day if Analyte.AFP in factors else day
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
    values = [
        _(_FACTORS[one.is_high, bool(one.given)]).format(
            factor=one.label, value=one.value, given=one.given, cutoff=one.cutoff
        )
        for one in texts.factors
    ]
    return text.format(
        day=wording.day(day) if day else "",
        afp_day=wording.day(afp_day) if afp_day else "",
        today=wording.day(assessment.computed_at.date()),
        values="; ".join(values),
    )


@once_per_model_and_language
def _survival(fitted: FittedModel, answer: CellAnswer) -> str:
    return with_english(lambda: _survival_of(in_language(fitted), frozenset(answer.cell.factors)))


def _survival_of(fitted: FittedModel, high: frozenset[str]) -> str:
    """Return the study, the patient's group in it, and the survival of this group."""
    answer = fitted.answers[high]
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
