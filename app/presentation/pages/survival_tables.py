"""Make the tables of survival beside that of the model: of other studies, and under other assumptions."""

from app.core.alternatives import AlternativeCurve
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import KaplanMeierCurve
from app.core.risk_groups import RiskGroup
from app.presentation import wording
from app.presentation.other_survival import alternative_line, survival_found
from app.presentation.pages.contexts import Table
from app.presentation.pages.result_context import AlternativesView
from app.presentation.templating import Link
from app.presentation.translation import gettext as _
from app.presentation.translation import once_per_model_and_language


@once_per_model_and_language
def survival_table(fitted: FittedModel, high: frozenset[str] | None) -> Table:
    """Return the table of what other studies of the treatment found.

    `high` as of `survival_found`.
    """
    return Table(
        _("Overall survival of other patients on this treatment"),
        (_("Source"), _("Population"), _("Patients"), _("Overall survival")),
        tuple(
            (
                Link(found.label, found.url),
                found.population,
                str(found.n),
                survival_found(found, high),
            )
            for found in fitted.external_survival
        ),
    )


def alternatives_view(fitted: FittedModel, group: RiskGroup) -> AlternativesView | None:
    """Return the alternatives to the survival of a group; None if the model has none."""
    if not fitted.alternatives:
        return None
    rows = [(_("As published, Kaplan-Meier"), *_survival_cells(fitted, fitted.kaplan_meier[group.id]))]
    rows += [(one.label, *_survival_cells(fitted, one.groups[group.id])) for one in fitted.alternatives]
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


def _survival_cells(fitted: FittedModel, curve: KaplanMeierCurve | AlternativeCurve) -> tuple[str, ...]:
    """Return the survival of a curve at each horizon with its interval, and its median."""
    at = (wording.percent_with_interval(curve.band.at(months)) for months in fitted.horizons_months)
    return (*at, wording.median_with_interval(curve))
