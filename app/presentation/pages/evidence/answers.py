"""Answer the questions that a clinician asks first: how sure this is, what others find, and who it is for."""

from dataclasses import dataclass

from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.other_survival import longer_elsewhere, medians_found
from app.presentation.translation import gettext as _


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """One question with its answer in a sentence, and the lines that support it.

    `anchor` is the part of the page with the details, and `more` the words of the link to it.
    """

    question: str
    answer: str
    lines: tuple[str, ...]
    anchor: str
    more: str


def short_answers(fitted: FittedModel) -> tuple[ShortAnswer, ...]:
    """Return the answers, with figures of the model."""
    return (_how_sure(fitted), _what_others_find(fitted), _who_for(fitted))


def _how_sure(fitted: FittedModel) -> ShortAnswer:
    population = fitted.population
    group = fitted.risk_groups[-1]
    at = fitted.kaplan_meier[group.id].band.at(fitted.headline_months)
    return ShortAnswer(
        _("How sure is this?"),
        _("Not very sure: a small study and simulated curves."),
        (
            _("{n} patients of one centre; about {deaths} died (not printed). Never tested in other patients.").format(
                n=population.n, deaths=population.deaths.median
            ),
            _("The paper prints no patient data. The curves are those of {cohorts} simulated copies of it.").format(
                cohorts=fitted.provenance.cohorts
            ),
            _(
                "Intervals are wide. {group}: {alive} of 100 alive after {time}, but it could be {low} to {high}."
            ).format(
                group=group.label,
                alive=wording.about_of_hundred(at.survival),
                time=wording.at_months(fitted.headline_months),
                low=wording.of_hundred(at.lower),
                high=wording.of_hundred(at.upper),
            ),
        ),
        "limits",
        _("All limits"),
    )


def _what_others_find(fitted: FittedModel) -> ShortAnswer:
    own = longer_elsewhere(fitted)
    answer = _("Larger studies of the same treatment and factors:")
    if own is not None:
        answer = _("Longer survival. Median here: {months} months.").format(months=f"{own:.1f}")
    survival = (
        _("{study}, {n} patients: {medians}.").format(study=one.label, n=one.n, medians=medians_found(one))
        for one in fitted.external_survival
        if one.medians
    )
    ratios = (
        _("Hazard ratio of {factor}: {found}; here {own}.").format(
            factor=factor.label,
            found=wording.ratio_with_interval(one.hazard_ratio, one.ci_95),
            own=wording.ratio_with_interval(printed.hazard_ratio, printed.ci_95),
        )
        for factor in fitted.factors
        if (printed := fitted.printed_ratio(factor.id)) is not None
        for one in fitted.external_hazard_ratios
        if one.primary and one.factor == factor.id
    )
    return ShortAnswer(_("What do others find?"), answer, (*survival, *ratios), "external", _("All findings of others"))


def _who_for(fitted: FittedModel) -> ShortAnswer:
    return ShortAnswer(
        _("Who is it for?"),
        _("Clinicians, for patients as in the study:"),
        (
            *(f"{criterion.text}." for criterion in fitted.population.criteria),
            _("It must not choose a treatment or forecast for one person."),
        ),
        "use",
        _("Intended use"),
    )
