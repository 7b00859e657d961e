"""Pool many reconstructed cohorts into one answer, with the uncertainty of sampling and of reconstruction.

Each cohort gives an estimate and its sampling variance. Rubin's rules (1987) over m cohorts: estimate = mean, within
W = mean of the variances, between B = variance of the estimates (divisor m - 1), total T = W + (1 + 1/m) B. The
between part is the uncertainty of the reconstruction; its share of T is reported beside every interval.

Sums over cohorts are exact (`math.fsum`), so that the artefact does not depend on how a processor adds.

Survival is pooled on the complementary log-log scale, theta = log(-log S). There the cohorts' estimates are skewed, so
the limits are taken from the mixture of the cohorts' normal distributions of theta itself and not from the one normal
distribution by which Rubin's rules approximate it (docs/decisions/0002-pooling.md).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from model.fitting.estimators import Curve

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled vector of p estimates: estimate (p,), and within, between and total covariance (p, p)."""

    estimate: Floats
    within: Floats
    between: Floats
    total: Floats


@dataclass(frozen=True, slots=True)
class PooledCurve:
    """A pooled curve at given times: survival with 95 % interval, and the share of reconstruction; (times,) each.

    The limits are NaN while fewer than half of the cohorts have had an event: a cohort without one has no variance.
    """

    survival: Floats
    lower: Floats
    upper: Floats
    reconstruction_share: Floats


def pool_estimates(estimates: Floats, covariances: Floats) -> Pooled:
    """Pool m estimates (m, p) with their covariances (m, p, p)."""
    m = len(estimates)
    mean, within = _mean(estimates), _mean(covariances)
    deviations = estimates - mean
    between = _mean(deviations[:, :, None] * deviations[:, None, :]) * m / (m - 1)
    return Pooled(mean, within, between, within + (1 + 1 / m) * between)


def pool_kaplan_meier(curves: list[Curve]) -> PooledCurve:
    """Pool Kaplan-Meier curves: the mean survival, and limits from the mixture of theta.

    It is the mean of the survival, not of theta: in a cohort without a death the survival is 1, and the half death that
    gives a finite theta must not lower the curve.
    """
    return with_limits(_mean([curve.survival for curve in curves]), curves)


def pool_cox(curves: list[Curve]) -> PooledCurve:
    """Pool Cox-predicted curves of one cell: the mean of theta = log H, and limits from the mixture of theta.

    So S0(t) ** exp(lp) also holds for the pooled model. The survival is 1 while fewer than half of the cohorts have had
    a death, because those without one have no theta.
    """
    theta = _mean([curve.theta for curve in curves])
    return with_limits(np.where(_before_half(curves), 1.0, np.exp(-np.exp(theta))), curves)


def pooled_median(curve: PooledCurve, times: Floats) -> tuple[float | None, float | None, float | None]:
    """Return the median survival time with its 95 % limits; each is None if it is not reached within `times`.

    Each is the time at which the curve, or its limit, first reaches one half (Brookmeyer and Crowley 1982).
    """
    return _first(curve.survival <= 0.5, times), _first(curve.lower <= 0.5, times), _first(curve.upper <= 0.5, times)


def with_limits(survival: Floats, curves: list[Curve]) -> PooledCurve:
    """Return the pooled survival with limits from the mixture of the curves' theta; the limits never rise either."""
    m = len(curves)
    theta = np.array([curve.theta for curve in curves])
    variance = np.array([curve.variance for curve in curves])
    within = _mean(variance)
    between = (1 + 1 / m) * _mean((theta - _mean(theta)) ** 2) * m / (m - 1)
    lower = np.exp(-np.exp(mixture_quantile(theta, np.sqrt(variance), 0.975)))
    upper = np.exp(-np.exp(mixture_quantile(theta, np.sqrt(variance), 0.025)))
    early = _before_half(curves)
    return PooledCurve(
        survival,
        # Survival at a time is not below any later lower limit and not above any earlier upper limit.
        np.where(early, np.nan, np.minimum(np.maximum.accumulate(lower[::-1])[::-1], survival)),
        np.where(early, np.nan, np.maximum(np.minimum.accumulate(np.where(early, 1.0, upper)), survival)),
        between / (within + between),
    )


def _before_half(curves: list[Curve]) -> npt.NDArray[np.bool_]:
    """Return where fewer than half of the cohorts have had an event."""
    return np.asarray(np.mean([curve.survival < 1.0 for curve in curves], axis=0) < 0.5)


def mixture_quantile(mean: Floats, error: Floats, probability: float) -> Floats:
    """Return the quantile of the equal mixture of m normal distributions; `mean` and `error` are (m, times).

    Solves mean over cohorts of Phi((x - mean) / error) = probability by bisection.
    """
    low, high = (mean - 9 * error).min(axis=0), (mean + 9 * error).max(axis=0)
    for _ in range(70):
        middle = (low + high) / 2
        reached = ndtr((middle - mean) / error).mean(axis=0) >= probability
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.asarray((low + high) / 2)


def _first(reached: npt.NDArray[np.bool_], times: Floats) -> float | None:
    found = np.flatnonzero(reached)
    return float(times[found[0]]) if found.size else None


def _mean(values: Sequence[Floats] | Floats) -> Floats:
    """Return the mean over the first axis, from the exact sum: the same whatever the order of adding."""
    rows = np.asarray(values)
    columns = rows.reshape(len(rows), -1).T.tolist()
    return np.array([math.fsum(column) / len(rows) for column in columns]).reshape(rows.shape[1:])
