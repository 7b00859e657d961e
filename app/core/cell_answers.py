"""Collect the results of each cell at load: relative hazard, hazard ratios, survival and curve."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.core.cox import COMBINED, CoxModel, RatioEstimate
from app.core.kaplan_meier import Estimate, KaplanMeierCurve
from app.core.risk_groups import Cell, Factor, RiskGroup


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """A hazard ratio of the model and whether this patient has its factor.

    `factor` is the id of one factor, high against low, or `combined`: all `factors` high against none.
    """

    factor: str
    factors: tuple[Factor, ...]
    estimate: RatioEstimate
    present: bool


@dataclass(frozen=True, slots=True)
class SurvivalAt:
    """Survival at one horizon: of the risk group (Kaplan-Meier) and, not the same, of the cell (Cox-predicted).

    Each share is the part of the interval's variance that comes from the reconstruction.
    """

    months: int
    kaplan_meier: Estimate
    cox_predicted: Estimate
    kaplan_meier_reconstruction_share: float
    cox_reconstruction_share: float


@dataclass(frozen=True, slots=True, eq=False)
class CellAnswer:
    """All results that depend only on the cell; compared by identity."""

    cell: Cell
    risk_group: RiskGroup
    relative_hazard: float
    hazard_ratios: tuple[HazardRatio, ...]
    survival: tuple[SurvivalAt, ...]
    curve: KaplanMeierCurve
    cox_curve: tuple[float, ...]


def cell_answers(
    factors: tuple[Factor, ...],
    cells: Iterable[Cell],
    groups: Iterable[RiskGroup],
    cox: CoxModel,
    curves: Mapping[str, KaplanMeierCurve],
    horizons_months: Sequence[int],
) -> dict[frozenset[str], CellAnswer]:
    """Return the answer of every cell, by the ids of its high factors: 2**k answers for k factors.

    Each cell must be in one group; `curves` is held by the id of the group, `cox.cells` by the id of the cell. Raises
    KeyError if a group, curve, cell or share at a horizon is missing, and BeyondEvidenceError as `Band.at`.
    """
    group_of = {cell: group for group in groups for cell in group.cells}
    return {
        frozenset(cell.factors): _answer(cell, group_of[cell.id], factors, cox, curves, horizons_months)
        for cell in cells
    }


def _answer(
    cell: Cell,
    group: RiskGroup,
    factors: tuple[Factor, ...],
    cox: CoxModel,
    curves: Mapping[str, KaplanMeierCurve],
    horizons_months: Sequence[int],
) -> CellAnswer:
    curve = curves[group.id]
    return CellAnswer(
        cell=cell,
        risk_group=group,
        relative_hazard=cox.relative_hazard(cell),
        hazard_ratios=_hazard_ratios(cell, factors, cox),
        survival=tuple(
            SurvivalAt(
                months=months,
                kaplan_meier=curve.band.at(months),
                cox_predicted=cox.survival_at(cell, months),
                kaplan_meier_reconstruction_share=curve.reconstruction_share[months],
                cox_reconstruction_share=cox.cells[cell.id].reconstruction_share[months],
            )
            for months in horizons_months
        ),
        curve=curve,
        cox_curve=cox.curve_of(cell),
    )


def _hazard_ratios(cell: Cell, factors: tuple[Factor, ...], cox: CoxModel) -> tuple[HazardRatio, ...]:
    """Return the ratio of each factor and, if there are several, of all factors together."""
    contrasts: list[tuple[str, tuple[Factor, ...]]] = [(factor.id, (factor,)) for factor in factors]
    if len(factors) > 1:
        contrasts.append((COMBINED, factors))
    return tuple(
        HazardRatio(name, held, cox.hazard_ratio(name), all(factor.id in cell.factors for factor in held))
        for name, held in contrasts
    )
