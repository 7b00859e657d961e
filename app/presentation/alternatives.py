"""Word the survival of a group under other assumptions, beside that of the model."""

from app.core.alternatives import Alternative, AlternativeCurve
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import KaplanMeierCurve
from app.core.risk_groups import RiskGroup
from app.presentation import wording
from app.presentation.pages.contexts import AlternativesView, Table
from app.presentation.translation import gettext as _
from app.presentation.translation import once_per_model_and_language


def alternative_line(fitted: FittedModel, group: RiskGroup, one: Alternative) -> str:
    """Return 'Adjusted for larger studies: 41 % (21 % to 61 %) alive after 6 months'."""
    months = fitted.headline_months
    return _("{alternative}: {survival} alive after {time}").format(
        alternative=one.label,
        survival=wording.percent_with_interval(one.groups[group.id].band.at(months)),
        time=wording.at_months(months),
    )


def survival_cells(fitted: FittedModel, curve: KaplanMeierCurve | AlternativeCurve) -> tuple[str, ...]:
    """Return the survival of a curve at each horizon with its interval, and its median."""
    at = (wording.percent_with_interval(curve.band.at(months)) for months in fitted.horizons_months)
    return (*at, wording.median_with_interval(curve))


@once_per_model_and_language
def alternatives_view(fitted: FittedModel, group: RiskGroup) -> AlternativesView | None:
    """Return the alternatives to the survival of a group; None if the model has none."""
    if not fitted.alternatives:
        return None
    rows = [(_("As published, Kaplan-Meier"), *survival_cells(fitted, fitted.kaplan_meier[group.id]))]
    rows += [(one.label, *survival_cells(fitted, one.groups[group.id])) for one in fitted.alternatives]
    heads = (wording.at_months(months) for months in fitted.horizons_months)
    return AlternativesView(
        summary=alternative_line(fitted, group, fitted.alternatives[0]),
        table=Table(
            _("Survival of this risk group (95 % interval)"),
            (_("Hazard ratios and overall survival"), *heads, _("Median")),
            tuple(rows),
        ),
        explanations=tuple(f"{one.label}: {one.explanation}" for one in fitted.alternatives),
    )
