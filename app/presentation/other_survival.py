"""Word the survival beside that of the model: what other studies found, and what other assumptions give."""

from app.core.alternatives import Alternative
from app.core.fitted_model import ExternalMedian, ExternalSurvival, FittedModel
from app.core.risk_groups import RiskGroup
from app.presentation import wording
from app.presentation.translation import gettext as _


def survival_found(study: ExternalSurvival, high: frozenset[str] | None = None) -> str:
    """Return what a study found: 'median 10.6 months (95 % interval: 9.1 to 12.1), from randomisation'.

    `high` are the factors that are high in a patient: the median of patients like this one is marked.
    """
    found = [medians_found(study, high)] if study.medians else []
    found += [
        _("{percent} alive after {time}").format(
            percent=f"{100 * at.survival:.1f} %", time=wording.at_months(round(at.months))
        )
        for at in study.at
    ]
    text = ", ".join(found)
    if study.time_zero is None:
        return text
    return _("{survival}, from {time_zero}").format(survival=text, time_zero=study.time_zero)


def medians_found(study: ExternalSurvival, high: frozenset[str] | None = None) -> str:
    """Return only the medians that a study found; `high` as of `survival_found`."""
    return ", ".join(_median(median, high) for median in study.medians)


def longer_elsewhere(fitted: FittedModel) -> float | None:
    """Return the median survival of this study in months if all medians of other studies are longer; else None."""
    medians = [median.months for one in fitted.external_survival for median in one.medians]
    own = fitted.population.survival_median_months or fitted.kaplan_meier["overall"].median_months
    return own if own is not None and medians and own < min(medians) else None


def alternative_line(fitted: FittedModel, group: RiskGroup, one: Alternative) -> str:
    """Return 'Adjusted for larger studies: 41 % (21 % to 61 %) alive after 6 months'."""
    months = fitted.headline_months
    return _("{alternative}: {survival} alive after {time}").format(
        alternative=one.label,
        survival=wording.percent_with_interval(one.groups[group.id].band.at(months)),
        time=wording.at_months(months),
    )


def _median(median: ExternalMedian, high: frozenset[str] | None) -> str:
    about = [median.patients] if median.patients else []
    if high is not None and median.levels and all((name in high) is level for name, level in median.levels.items()):
        about.append(_("as this patient"))
    if median.ci_95:
        limits = wording.value_range(*(f"{limit:.1f}" for limit in median.ci_95))
        about.append(_("95 % interval: {limits}").format(limits=limits))
    shown = _("median {months} months").format(months=f"{median.months:.1f}")
    return f"{shown} ({'; '.join(about)})" if about else shown
