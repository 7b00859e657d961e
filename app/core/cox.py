"""The fitted Cox model: linear predictor, hazard ratios with intervals, Cox-predicted survival of a cell.

h(t | x) = h0(t) exp(b1 x1 + b2 x2), x1 = 1 if SII is high, x2 = 1 if AFP is high; the reference is neither.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.kaplan_meier import Estimate, step_index
from app.core.risk_groups import FACTORS, Cell

Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution
COMBINED = "combined"


@dataclass(frozen=True, slots=True)
class RatioEstimate:
    """A hazard ratio against its reference, with 95 % interval and Wald p-value."""

    hazard_ratio: float
    ci_95: tuple[float, float]
    p_value: float


@dataclass(frozen=True, slots=True)
class CellBand:
    """The 95 % band of a cell's Cox-predicted survival on the model's grid, and the share of reconstruction in it."""

    ci_lower: tuple[float, ...]
    ci_upper: tuple[float, ...]
    reconstruction_share: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class CoxModel:
    """Coefficients (log hazard ratios of SII and AFP), their covariance, and the baseline survival of the reference."""

    coefficients: tuple[float, float]
    covariance: tuple[tuple[float, float], tuple[float, float]]
    months: tuple[float, ...]
    baseline_survival: tuple[float, ...]
    cells: Mapping[str, CellBand]

    def linear_predictor(self, cell: Cell) -> float:
        """Return b1 x1 + b2 x2: the log of the relative hazard against the reference cell."""
        return _dot(self.coefficients, _contrast_of(cell.factors))

    def relative_hazard(self, cell: Cell) -> float:
        """Return exp(linear predictor): the hazard of a cell relative to the reference cell. It is not a risk."""
        return math.exp(self.linear_predictor(cell))

    def hazard_ratio(self, factor: str) -> RatioEstimate:
        """Return the hazard ratio of `sii`, `afp`, or `combined` (both high against neither).

        Variance c' V c for the contrast c: for the combined ratio var b1 + var b2 + 2 cov. Raises KeyError otherwise.
        """
        contrast = {"sii": (1.0, 0.0), "afp": (0.0, 1.0), COMBINED: (1.0, 1.0)}[factor]
        log_ratio = _dot(self.coefficients, contrast)
        error = math.sqrt(_dot(contrast, tuple(_dot(row, contrast) for row in self.covariance)))
        return RatioEstimate(
            math.exp(log_ratio),
            (math.exp(log_ratio - Z95 * error), math.exp(log_ratio + Z95 * error)),
            math.erfc(abs(log_ratio) / error / math.sqrt(2)),
        )

    def survival_at(self, cell: Cell, months: float) -> Estimate:
        """Return S0(t) ** exp(linear predictor) with its interval. Raises BeyondEvidenceError outside the grid."""
        k = step_index(self.months, months)
        band = self.cells[cell.id]
        return Estimate(self.baseline_survival[k] ** self.relative_hazard(cell), band.ci_lower[k], band.ci_upper[k])

    def curve_of(self, cell: Cell) -> tuple[float, ...]:
        """Return the Cox-predicted survival of a cell at every month of the grid."""
        power = self.relative_hazard(cell)
        return tuple(survival**power for survival in self.baseline_survival)


def _contrast_of(factors: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(1.0 if factor in factors else 0.0 for factor in FACTORS)


def _dot(left: tuple[float, ...], right: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))
