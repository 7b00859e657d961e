"""Make the page that a clinician may show to the patient: words first, and numbers of a group behind a second click.

It has no hazard ratio and no name of a risk group. Nothing in it is about one person. docs/pages.md gives the reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.assessment import Assessment
from app.core.cell_answers import CellAnswer, SurvivalAt
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import Estimate
from app.presentation import wording
from app.presentation.charts.icon_array import IconArray, icon_array, open_places
from app.presentation.other_survival import longer_elsewhere
from app.presentation.pages.patient_caveats import near_cut_offs, notes, possible_answers, reasons_for_no_numbers
from app.presentation.pages.record import PatientBanner, RecordView
from app.presentation.subject import local_time
from app.presentation.templating import Link, Site, contact_link, site_of
from app.presentation.translation import critical, ngettext, with_english
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_MEASURES = {
    "sii": (
        N_("Blood cell score"),
        N_("It comes from counts of three kinds of blood cells. It can go up when the body fights an illness."),
    ),
    "nlr": (
        N_("White cell score"),
        N_("It comes from counts of two kinds of white blood cells. It can go up when the body fights an illness."),
    ),
    "plr": (
        N_("Platelet score"),
        N_("It comes from counts of two kinds of blood cells. It can go up when the body fights an illness."),
    ),
    "afp": (N_("AFP"), N_("This is a protein in the blood. Some liver cancers make a lot of it.")),
}
_GISTS = {
    "low": N_("In the study, people with lower values lived longer, as a group, than the others."),
    "intermediate": N_("In the study, people with values like these came, as a group, between the other two groups."),
    "high": N_("In the study, people with higher values lived for a shorter time, as a group, than the others."),
}
_NEAR = N_(
    "At least one value is close to its limit. The next test could put it on the other side. So more than one group "
    "may fit."
)
_GROUPS = {
    "low": N_("If all values are lower"),
    "intermediate": N_("If only some are higher"),
    "high": N_("If all values are higher"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A factor of the model for patients: name, what it is, and on which side of its limit, empty without a group."""

    name: str
    about: str
    side: str


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One time: how many of a hundred are alive, have died, and the interval of those alive; empty if too few."""

    after: str
    alive: str
    died: str
    span: str


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """The numbers of one group: title, sentences and icons at the headline time, and its other times.

    A group has a title if there are several, and other times if it is the only one.
    """

    title: str
    sentence: str
    span: str
    icons: IconArray
    open_places: str
    times: tuple[TimeRow, ...]


@dataclass(frozen=True, slots=True)
class PatientPage:
    """The page for the patient.

    `reasons` are why there are no numbers; then `gist`, `groups`, `size` and `whole_span` are empty. `gist` is what the
    study found, in words. `larger` is what larger studies found, in words, and `larger_numbers` with numbers. `values`
    and `computed_at` are for the clinician. `kept` is what the form sent, to go back to the result.
    """

    template: ClassVar[str] = "patient.html.jinja"
    site: Site
    banner: PatientBanner | None
    measures: tuple[Measure, ...]
    limits: str
    gist: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    larger: str
    groups: tuple[GroupNumbers, ...]
    size: str
    whole_span: str
    larger_numbers: str
    study_size: int
    after: str
    contact: Link | None
    values: str
    computed_at: str
    kept: tuple[tuple[str, str], ...]


def patient_page(
    assessment: Assessment, typed: Mapping[str, str], record: RecordView | None = None, contact: str | None = None
) -> PatientPage:
    """Return the page; `typed` and `record` are as of the result. `contact` is that of the site configuration."""
    fitted = assessment.fitted
    reasons = reasons_for_no_numbers(assessment, record)
    answers = () if reasons else possible_answers(assessment)
    in_words, in_numbers = _other_studies(fitted)
    return PatientPage(
        site=site_of(fitted, "patient"),
        banner=record.banner if record else None,
        measures=_measures(assessment, are_placed=not reasons),
        limits=ngettext(
            "The blood test was split at {number} limit into lower and higher.",
            "The blood tests were split at {number} limits into lower and higher.",
            len(fitted.factors),
        ).format(number=wording.count(len(fitted.factors))),
        gist="" if reasons else critical(_NEAR if len(answers) > 1 else _GISTS[assessment.answer.risk_group.id]),
        reasons=reasons,
        notes=notes(assessment, record),
        larger=in_words,
        groups=tuple(_group(fitted, answer, is_only=len(answers) == 1) for answer in answers),
        size=_size(assessment) if len(answers) == 1 else "",
        whole_span=_whole_span(assessment) if len(answers) > 1 else "",
        larger_numbers=in_numbers,
        study_size=fitted.population.n,
        after=wording.at_months(fitted.headline_months),
        contact=contact_link(contact),
        values="; ".join(f"{wording.analyte(one)} {wording.given(lab)}" for one, lab in assessment.labs.items()),
        computed_at=local_time(assessment.computed_at),
        kept=tuple(typed.items()),
    )


def _measures(assessment: Assessment, *, are_placed: bool) -> tuple[Measure, ...]:
    near = {one.parameters["analyte"] for one in near_cut_offs(assessment)}
    high = assessment.answer.cell.factors
    found = []
    for factor in assessment.fitted.factors:
        name, about = _MEASURES[factor.id]
        side = _("higher side") if factor.id in high else _("lower side")
        if factor.id in near:
            side = _("close to the limit")
        found.append(Measure(_(name), _(about), side if are_placed else ""))
    return tuple(found)


def _group(fitted: FittedModel, answer: CellAnswer, *, is_only: bool) -> GroupNumbers:
    (headline,) = (at for at in answer.survival if at.months == fitted.headline_months)
    estimate = headline.kaplan_meier
    return GroupNumbers(
        title="" if is_only else _(_GROUPS[answer.risk_group.id]),
        sentence=with_english(lambda: _alive_and_died(headline)),
        span=with_english(lambda: _span(estimate.lower, estimate.upper)),
        icons=icon_array(estimate, headline.months),
        open_places=open_places(estimate),
        times=tuple(_time(answer, at) for at in answer.survival if at is not headline) if is_only else (),
    )


def _alive_and_died(at: SurvivalAt) -> str:
    """Return both ways of saying one number, so that neither is left to the reader."""
    return _("Of 100 people in this group, {alive} would be alive after {time} and {died} would have died.").format(
        alive=wording.about_of_hundred(at.kaplan_meier.survival),
        time=wording.at_months(at.months),
        died=wording.about_of_hundred(_died(at.kaplan_meier)),
    )


def _time(answer: CellAnswer, at: SurvivalAt) -> TimeRow:
    """Return the numbers of one time, without them if hardly any of the group were followed so long."""
    after, estimate = wording.at_months(at.months), at.kaplan_meier
    if answer.curve.hardly_any_at(at.months):
        return TimeRow(after, "", "", "")
    return TimeRow(
        after=after,
        alive=wording.of_hundred(estimate.survival),
        died=wording.of_hundred(_died(estimate)),
        span=wording.value_range(wording.of_hundred(estimate.lower), wording.of_hundred(estimate.upper)),
    )


def _died(estimate: Estimate) -> float:
    """Return the share that died, of whole people of a hundred: alive and died are a hundred together."""
    return 1 - round(100 * estimate.survival) / 100


def _span(lower: float, upper: float) -> str:
    """Return the interval of those alive in words."""
    texts = {
        (False, False): _("The true number alive could be as few as {low}, or as many as {high}."),
        (True, False): _("The true number alive could be fewer than 1, or as many as {high}."),
        (False, True): _("The true number alive could be as few as {low}, or more than 99."),
        (True, True): _("The true number alive could be anything from fewer than 1 to more than 99."),
    }
    low, high = wording.of_hundred(lower), wording.of_hundred(upper)
    return texts[not low.isdigit(), not high.isdigit()].format(low=low, high=high)


def _whole_span(assessment: Assessment) -> str:
    """Return the interval over all groups that may fit."""
    limits: Any = near_cut_offs(assessment)[0].parameters["range"]
    return with_english(lambda: _span(*limits))


def _size(assessment: Assessment) -> str:
    n = assessment.answer.curve.n
    return ngettext(
        "{n} of the {total} people was in the group with blood tests like these.",
        "{n} of the {total} people were in the group with blood tests like these.",
        n,
    ).format(n=n, total=assessment.fitted.population.n)


def _other_studies(fitted: FittedModel) -> tuple[str, str]:
    """Return what other studies of the drug found, in words and in numbers; empty texts if none is known."""
    own = longer_elsewhere(fitted)
    with_medians = [one for one in fitted.external_survival if one.medians]
    if own is None or any(one.n <= fitted.population.n for one in with_medians):
        return (_("Other studies of this drug found other numbers.") if fitted.external_survival else "", "")
    medians = [median.months for one in with_medians for median in one.medians]
    return (
        _("In larger studies, people on this drug lived longer than the people in this study."),
        _(
            "In this study, half of all the people were alive after about {own} months. In larger studies of this "
            "drug, half were alive after about {shortest} to {longest} months."
        ).format(own=f"{own:.0f}", shortest=f"{min(medians):.0f}", longest=f"{max(medians):.0f}"),
    )
