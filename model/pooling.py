"""Rubin's rules: one answer from many reconstructed cohorts, with the uncertainty of sampling and of reconstruction.

Each cohort gives an estimate and its sampling variance. Pooled over m cohorts: estimate = mean, within W = mean of the
variances, between B = variance of the estimates (divisor m - 1), total T = W + (1 + 1/m) B (Rubin 1987). The between
part is what the publication leaves open; its share of T is reported beside every interval.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

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
    """A pooled curve at given times: survival with 95 % interval, and the share of reconstruction; (times,) each."""

    survival: Floats
    lower: Floats
    upper: Floats
    reconstruction_share: Floats


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
    """Pool Cox-predicted curves of one cell: the mean of theta = log H.

    So S0(t) ** exp(lp) holds for the pooled model too.
    """
    untouched = np.all([curve.survival >= 1.0 for curve in curves], axis=0)
    theta = np.mean([curve.theta for curve in curves], axis=0)
    return _band(np.where(untouched, 1.0, np.exp(-np.exp(theta))), curves)


def _band(survival: Floats, curves: list[Curve]) -> PooledCurve:
    m = len(curves)
    within = np.mean([curve.variance for curve in curves], axis=0)
    between = (1 + 1 / m) * np.var([curve.theta for curve in curves], axis=0, ddof=1)
    reach = np.exp(Z95 * np.sqrt(within + between))
    return PooledCurve(survival, survival**reach, survival ** (1 / reach), between / (within + between))


def pooled_median(
    pooled: PooledCurve, curves: list[Curve], times: Floats
) -> tuple[float | None, float | None, float | None]:
    """Return the median survival time with its 95 % limits; None where it is not reached within `times`.

    The median is where the pooled curve first reaches one half. For its limits each cohort says how confident it is
    that half have died by t, Phi((theta(t) - theta(1/2)) / se(t)) (Brookmeyer and Crowley on the complementary
    log-log scale); the limits are where the mean of that over the cohorts first reaches 2.5 % and 97.5 %. The band of
    the curve is not inverted: before the first deaths it is so wide on this scale that it holds one half, which no
    cohort supports.
    """
    half = np.log(np.log(2.0))
    confidence = np.mean([ndtr((curve.theta - half) / np.sqrt(curve.variance)) for curve in curves], axis=0)
    return (
        _first(pooled.survival <= 0.5, times),
        _first(confidence >= 0.025, times),
        _first(confidence >= 0.975, times),
    )


def _first(reached: npt.NDArray[np.bool_], times: Floats) -> float | None:
    found = np.flatnonzero(reached)
    return float(times[found[0]]) if found.size else None
