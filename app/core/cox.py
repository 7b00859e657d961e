"""Give the fitted Cox model: hazard ratios with intervals, relative hazard and Cox-predicted survival of a cell.

h(t | x) = h0(t) exp(b1 x1 + b2 x2 + ...), xk = 1 if factor k is high; in the reference no factor is high. Every number
is read from the artefact, where it was rounded once. Nothing is computed per request.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.kaplan_meier import Band, Estimate
from app.core.risk_groups import Cell

COMBINED = "combined"
Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution


@dataclass(frozen=True, slots=True)
class RatioEstimate:
    """A hazard ratio against its reference, with 95 % interval and Wald p-value."""

    hazard_ratio: float
    ci_95: tuple[float, float]
    p_value: float


@dataclass(frozen=True, slots=True)
class CellCurve:
    """The model's results for one cell: relative hazard, Cox-predicted survival, and the share of reconstruction.

    `relative_hazard` is exp(b1 x1 + b2 x2 + ...), `band` the survival S0(t) ** relative hazard with its 95 % interval;
    `reconstruction_share` is held per horizon in months.
    """

    relative_hazard: float
    band: Band
    reconstruction_share: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class CoxModel:
    """Coefficients (log hazard ratios of k factors), their covariance (k, k), and the numbers derived from them.

    `hazard_ratios` is held by factor (`combined`: all high against none, if there are several), `cells` by id of the
    cell.
    """

    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    hazard_ratios: Mapping[str, RatioEstimate]
    cells: Mapping[str, CellCurve]

    def relative_hazard(self, cell: Cell) -> float:
        """Return the hazard of a cell relative to the reference cell, exp(b1 x1 + b2 x2 + ...). It is not a risk.

        Raises KeyError if the model has no such cell.
        """
        return self.cells[cell.id].relative_hazard

    def hazard_ratio(self, factor: str) -> RatioEstimate:
        """Return the hazard ratio of a factor, or `combined`. Raises KeyError otherwise."""
        return self.hazard_ratios[factor]

    def survival_at(self, cell: Cell, months: float) -> Estimate:
        """Return the survival of a cell at `months`, each number between 0 and 1.

        Raises KeyError as `relative_hazard`, and BeyondEvidenceError as `Band.at`.
        """
        return self.cells[cell.id].band.at(months)

    def curve_of(self, cell: Cell) -> tuple[float, ...]:
        """Return the Cox-predicted survival of a cell by month of the grid. Raises KeyError as `relative_hazard`."""
        return self.cells[cell.id].band.survival
