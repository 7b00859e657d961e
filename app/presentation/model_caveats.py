"""Word the caveats that depend on the model alone: who was studied, what others found, the method, and its limits."""

from collections.abc import Callable, Mapping
from typing import Any

from app.core import caveats
from app.core.applicability import Status
from app.core.caveats import Caveat
from app.core.cox import COMBINED
from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.applicability_messages import applicability_message
from app.presentation.model_texts import in_language
from app.presentation.other_survival import longer_elsewhere, survival_found
from app.presentation.translation import gettext as _
from app.presentation.translation import ngettext, once_per_model_and_language, parts_with_english

_Parameters = Mapping[str, Any]


def model_caveat_parts(fitted: FittedModel, caveat: Caveat) -> tuple[str, ...]:
    """Return a caveat whose code is in `OF_THE_MODEL`, in parts: what is so, and then what follows from it."""
    return parts_with_english(lambda: _parts(fitted, caveat))


@once_per_model_and_language
def _parts(fitted: FittedModel, caveat: Caveat) -> tuple[str, ...]:
    text = _TEXTS[caveat.code](in_language(fitted), caveat.parameters)
    return (text,) if isinstance(text, str) else text


def _study_population(fitted: FittedModel, _parameters: _Parameters) -> str:
    population = fitted.population
    text = _(
        "{population} ({n} patients). Survival is counted in months from {time_zero} and is that of the group, not of "
        "one person."
    )
    return text.format(population=population.description, n=population.n, time_zero=population.time_zero)


def _not_stated(fitted: FittedModel, parameters: _Parameters) -> tuple[str, ...]:
    """Return that criteria are not stated, and which: numbered, because their texts have semicolons."""
    texts = (one.text for one in fitted.population.criteria if one.id in parameters["criteria"])
    listed = "; ".join(f"({number}) {text}" for number, text in enumerate(texts, 1))
    named = _("Not stated, though all patients of the study met it: {criteria}.").format(criteria=listed)
    return (applicability_message(Status.NOT_STATED), named)


def _groups(fitted: FittedModel, _parameters: _Parameters) -> str:
    return ngettext(
        "The paper does not define its risk groups: the group is this project's reading.",
        "The paper does not define its risk groups: the {number} groups are this project's reading.",
        len(fitted.risk_groups),
    ).format(number=wording.count(len(fitted.risk_groups)))


def _combined_ratio(fitted: FittedModel, _parameters: _Parameters) -> str:
    value = wording.ratio(fitted.cox.hazard_ratio(COMBINED).hazard_ratio)
    return _(
        "The hazard ratio of {value} for all factors together is the product of those of each factor. The paper does "
        "not print it."
    ).format(value=value)


def _method(fitted: FittedModel, _parameters: _Parameters) -> str:
    return fitted.provenance.method


def _limit(fitted: FittedModel, parameters: _Parameters) -> str:
    return next(one.text for one in fitted.limits if one.id == parameters["limit"])


def _other_studies(fitted: FittedModel, _parameters: _Parameters) -> tuple[str, ...]:
    """Return what follows, if all medians of other studies are longer than this study's, and what they found."""
    found = "; ".join(
        _("{study}, {n} patients: {survival}").format(study=one.label, n=one.n, survival=survival_found(one))
        for one in fitted.external_survival
    )
    own = longer_elsewhere(fitted)
    if own is None:
        return (_("Overall survival on this treatment in other studies: {studies}.").format(studies=found),)
    shorter = _(
        "In other studies patients on this treatment lived longer than in this one (median {months} months): the "
        "survival shown may be too short."
    )
    return (shorter.format(months=f"{own:.1f}"), f"{found}.")


def _hardly_any_at_risk(_fitted: FittedModel, parameters: _Parameters) -> str:
    numbers = zip(parameters["months"], parameters["median_at_risk"], strict=True)
    return " ".join(
        _(
            "Almost nobody of this group was followed for {time} ({number} of {n}, median over the cohorts): the "
            "figure for this time says little."
        ).format(time=wording.at_months(months), number=number, n=parameters["n"])
        for months, number in numbers
    )


_TEXTS: dict[str, Callable[[FittedModel, _Parameters], str | tuple[str, ...]]] = {
    caveats.STUDY_POPULATION: _study_population,
    caveats.OTHER_STUDIES: _other_studies,
    caveats.HARDLY_ANY_AT_RISK: _hardly_any_at_risk,
    caveats.PATIENT_NOT_STATED: _not_stated,
    caveats.GROUPS_NOT_PUBLISHED: _groups,
    caveats.COMBINED_RATIO_NOT_PUBLISHED: _combined_ratio,
    caveats.METHOD: _method,
    caveats.LIMIT: _limit,
}
OF_THE_MODEL = frozenset(_TEXTS)
