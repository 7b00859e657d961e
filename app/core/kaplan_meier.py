"""Give the pooled Kaplan-Meier curve of one group: survival at a time, median, number at risk."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import BeyondEvidenceError

# This project's conventions, for the median over the cohorts of the number at risk: below `FEW_AT_RISK` a curve fades,
# below `HARDLY_ANY_AT_RISK` a figure is marked, because hardly any were followed so long.
FEW_AT_RISK = 5
HARDLY_ANY_AT_RISK = 3


@dataclass(frozen=True, slots=True)
class Spread:
    """A whole number that differs between the reconstructed cohorts."""

    minimum: int
    median: int
    maximum: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Numbers at risk at given months, as a range over the reconstructed cohorts."""

    months: tuple[int, ...]
    numbers: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A survival probability with its 95 % interval, each between 0 and 1."""

    survival: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A survival probability of a curve; both limits are None where no interval can be given."""

    survival: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """Survival with its 95 % band at ascending `months` from 0; right-continuous steps.

    Both limits are None at the first months, while fewer than half of the reconstructed cohorts have had an event: a
    cohort without an event has no variance.
    """

    months: tuple[float, ...]
    survival: tuple[float, ...]
    ci_lower: tuple[float | None, ...]
    ci_upper: tuple[float | None, ...]

    def point(self, months: float) -> CurvePoint:
        """Return the survival at a time in months. Raises BeyondEvidenceError outside 0 to the last month held."""
        k = step_index(self.months, months)
        return CurvePoint(self.survival[k], self.ci_lower[k], self.ci_upper[k])

    def at(self, months: float) -> Estimate:
        """Return the survival with its interval at a time in months, to quote.

        Raises BeyondEvidenceError outside 0 to the last month held, and where no interval can be given.
        """
        point = self.point(months)
        if point.lower is None or point.upper is None:
            raise BeyondEvidenceError(f"No interval of survival is held at {months:g} months.")
        return Estimate(point.survival, point.lower, point.upper)


@dataclass(frozen=True, slots=True)
class KaplanMeierCurve:
    """The pooled curve of one group with its median and numbers at risk.

    `median_months` and each limit of `median_ci_95`: None if the curve does not reach it.
    `reconstruction_share`: per horizon in months, the part of the interval's variance that is from the reconstruction.
    `median_at_risk`: per month of the band, the median over the cohorts of the number at risk.
    """

    n: int
    events: Spread
    band: Band
    at_risk: AtRisk
    median_months: float | None
    median_ci_95: tuple[float | None, float | None]
    reconstruction_share: Mapping[int, float]
    median_at_risk: tuple[int, ...]

    def at_risk_at(self, months: float) -> int:
        """Return the median over the cohorts of the number at risk. Raises BeyondEvidenceError as `Band.point`."""
        return self.median_at_risk[step_index(self.band.months, months)]

    def hardly_any_at(self, months: float) -> bool:
        """Whether fewer than `HARDLY_ANY_AT_RISK` are at risk at a time. Raises BeyondEvidenceError as `Band.point`."""
        return self.at_risk_at(months) < HARDLY_ANY_AT_RISK

    @property
    def few_from(self) -> float | None:
        """The first month at which fewer than `FEW_AT_RISK` are at risk, by the median; None if there is none."""
        numbers = zip(self.band.months, self.median_at_risk, strict=True)
        return next((months for months, number in numbers if number < FEW_AT_RISK), None)


def step_index(grid: tuple[float, ...], months: float) -> int:
    """Return the index of the step at `months`: the last time of the grid that is not after it.

    `grid` has ascending times in months from 0. Raises BeyondEvidenceError outside 0 to its last time, and for NaN.
    """
    if not 0 <= months <= grid[-1]:
        raise BeyondEvidenceError(f"Survival is held from 0 to {grid[-1]:g} months; {months:g} was asked for.")
    return bisect_right(grid, months) - 1
