"""Draw the figures of the study from the curves of the artefact: survival by SII, and by all factors."""

import re
from dataclasses import dataclass

from app.artefact.printed_study import Study
from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.charts.kaplan_meier import KmChart, NamedCurve, equal_chart
from app.presentation.translation import gettext as _

_SII = "sii"
_SIDES = ("low", "high")


@dataclass(frozen=True, slots=True)
class StudyFigure:
    """A figure of the study: its title and number, what it rests on, and its drawing.

    `chart` is None if the artefact has none of its curves; `caption` says so, and names what is missing of some.
    """

    id: str
    title: str
    number: str
    chart: KmChart | None
    caption: str


def study_figures(fitted: FittedModel, study: Study) -> tuple[StudyFigure, ...]:
    """Return the figures of survival by SII and by the risk groups, and of progression-free survival by SII."""
    overall, free = study["overall_survival"], study["progression_free_survival"]
    sii = next((factor.label for factor in fitted.factors if factor.id == _SII), _SII.upper())
    groups = {group.id: (group.id, group.short_label) for group in fitted.risk_groups}
    return (
        _figure(
            fitted,
            _("Overall survival by SII"),
            _("overall survival"),
            (overall["log_rank_sii_source"], overall["log_rank_sii_p"]),
            _by_level("", sii),
        ),
        _figure(
            fitted,
            _("Progression-free survival by SII"),
            _("progression-free survival"),
            (free["log_rank_sii_source"], free["log_rank_sii_p"]),
            _by_level("pfs_", sii),
        ),
        _figure(
            fitted,
            _("Overall survival by {factors}").format(
                factors=wording.joined([factor.label for factor in fitted.factors])
            ),
            _("overall survival"),
            (overall["log_rank_levels_source"], overall["log_rank_levels_p"]),
            groups,
            _groups(fitted),
        ),
    )


def _by_level(prefix: str, label: str) -> dict[str, tuple[str, str]]:
    """Return key and label of the curves of low and of high SII, by their names in the artefact."""
    return {f"{prefix}{_SII}_{side}": (side, f"{label} {wording.level(high=side == 'high')}") for side in _SIDES}


def _groups(fitted: FittedModel) -> str:
    meanings = "; ".join(f"{group.short_label}: {group.meaning}" for group in fitted.risk_groups)
    if fitted.risk_groups_published:
        return f"{meanings}."
    return _("The paper does not define the groups of this figure. Here: {meanings}.").format(meanings=meanings)


def _figure(
    fitted: FittedModel,
    title: str,
    outcome: str,
    printed: tuple[str, float],
    wanted: dict[str, tuple[str, str]],
    groups: str = "",
) -> StudyFigure:
    source, p = printed
    number = "".join(re.findall(r"Fig\. \w+", source)[:1])
    name = re.sub(r"\W+", "-", number or title).lower()
    held = {curve: label for curve, label in wanted.items() if curve in fitted.kaplan_meier}
    curves = [NamedCurve(key, label, fitted.kaplan_meier[curve]) for curve, (key, label) in held.items()]
    caption = [_origin(fitted)] if curves else []
    absent = [label for curve, (_key, label) in wanted.items() if curve not in held]
    if absent:
        caption.append(_("The model has no curve of {absent}.").format(absent=wording.joined(absent)))
    caption += [part for part in (_printed(p), groups) if part]
    chart = equal_chart(name, title, _description(fitted, outcome, curves), fitted, curves) if curves else None
    return StudyFigure(name, title, number, chart, " ".join(caption))


def _origin(fitted: FittedModel) -> str:
    return _("From {cohorts} reconstructed cohorts, with 95 % bands.").format(cohorts=fitted.provenance.cohorts)


def _printed(p: float) -> str:
    return _("The paper prints {p} (log-rank).").format(p=wording.p_value(p))


def _description(fitted: FittedModel, outcome: str, curves: list[NamedCurve]) -> str:
    """Return what the chart shows, for those who do not see it: every curve at the first horizon, and its median."""
    months = fitted.headline_months
    found = [
        _("{label}, {n} patients: {survival} after {time}; median {median}.").format(
            label=one.label,
            n=one.curve.n,
            survival=wording.percent_with_interval(one.curve.band.at(months)),
            time=wording.at_months(months),
            median=wording.median_with_interval(one.curve),
        )
        for one in curves
    ]
    start = _("Kaplan-Meier curves of {outcome} with 95 % bands, from reconstructed cohorts.").format(outcome=outcome)
    return " ".join([start, *found])
