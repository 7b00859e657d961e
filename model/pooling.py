"""Rubin's rules: one answer from many reconstructed cohorts, with the uncertainty of sampling and of reconstruction.

Each cohort gives an estimate and its sampling variance. Pooled over m cohorts: estimate = mean, within W = mean of the
variances, between B = variance of the estimates (divisor m - 1), total T = W + (1 + 1/m) B (Rubin 1987). The between
part is what the publication leaves open; its share of T is reported beside every interval.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.study import Z95
from model.survival import Curve

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
    """A pooled survival curve at given times: survival with 95 % interval, and the share of reconstruction; (times,)."""

    survival: Floats
    lower: Floats
    upper: Floats
    reconstruction_share: Floats

    def median_months(self, times: Floats) -> tuple[float | None, float | None, float | None]:
        """Return median, lower and upper limit: where the curve and its band first reach one half; None if they do not."""
        median, lower, upper = (_first_at_half(curve, times) for curve in (self.survival, self.lower, self.upper))
        return median, lower, upper


def pool_estimates(estimates: Floats, covariances: Floats) -> Pooled:
    """Pool m estimates (m, p) with their covariances (m, p, p)."""
    m = len(estimates)
    within = covariances.mean(axis=0)
    between = np.atleast_2d(np.cov(estimates, rowvar=False, ddof=1))
    return Pooled(estimates.mean(axis=0), within, between, within + (1 + 1 / m) * between)


def pool_kaplan_meier(curves: list[Curve]) -> PooledCurve:
    """Pool Kaplan-Meier curves: mean survival, and an interval around it from Rubin's variance of theta.

    The mean is taken of the survival and not of theta, because a cohort without a death yet says that nobody has died,
    and half a death of bookkeeping must not lower the curve. Where no cohort has had an event there is no interval.
    """
    return _band(np.mean([curve.survival for curve in curves], axis=0), curves)


def pool_cox(curves: list[Curve]) -> PooledCurve:
    """Pool Cox-predicted curves of one cell: the mean of theta = log H, so that S0(t) ** exp(lp) holds for the pooled too."""
    untouched = np.all([curve.survival >= 1.0 for curve in curves], axis=0)
    theta = np.mean([curve.theta for curve in curves], axis=0)
    return _band(np.where(untouched, 1.0, np.exp(-np.exp(theta))), curves)


def _band(survival: Floats, curves: list[Curve]) -> PooledCurve:
    m = len(curves)
    within = np.mean([curve.variance for curve in curves], axis=0)
    between = (1 + 1 / m) * np.var([curve.theta for curve in curves], axis=0, ddof=1)
    reach = np.exp(Z95 * np.sqrt(within + between))
    return PooledCurve(survival, survival**reach, survival ** (1 / reach), between / (within + between))


def _first_at_half(curve: Floats, times: Floats) -> float | None:
    reached = np.flatnonzero(curve <= 0.5)
    return float(times[reached[0]]) if reached.size else None
