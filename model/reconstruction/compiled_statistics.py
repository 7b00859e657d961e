"""Compute survival statistics of one tie-free cohort with two binary covariates, compiled for the reconstruction.

A cohort is sorted by time: `months`, `event` (0 or 1) and `cell` (0 neither, 1 SII only, 2 AFP only, 3 both). The Cox
model and the log-rank test use only the order. These functions exist for speed; lifelines (`model.agreement`) and R
(`tests/reference`) check the kept cohorts.
"""

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_F = TypeVar("_F", bound=Callable[..., Any])

CELLS = 4
_NEWTON_STEPS = 30
_CONVERGED = 1e-10


def compiled(function: _F) -> _F:
    """Compile with numba, cached on disk; the decorated function keeps its type for mypy."""
    return cast("_F", numba.njit(cache=True)(function))


@compiled
def risk_sets(event: Integers, cell: Integers, at_risk: Integers, event_cell: Integers) -> int:
    """Fill `at_risk` (deaths x 4 cells) and `event_cell` (deaths) in order of time; return the number of deaths."""
    count = np.zeros(CELLS, dtype=np.int64)
    for c in cell:
        count[c] += 1
    deaths = 0
    for i in range(event.size):
        if event[i] == 1:
            for c in range(CELLS):
                at_risk[deaths, c] = count[c]
            event_cell[deaths] = cell[i]
            deaths += 1
        count[cell[i]] -= 1
    return deaths


@compiled
def cox_one(at_risk: Integers, event_cell: Integers, deaths: int, bit: int, start: float) -> tuple[float, float]:
    """Return coefficient and standard error of the one covariate that is the given bit of the cell."""
    beta = start
    information = 1.0
    for _ in range(_NEWTON_STEPS):
        weight = math.exp(beta)
        score = 0.0
        information = 0.0
        for d in range(deaths):
            high = 0.0
            low = 0.0
            for c in range(CELLS):
                if (c >> bit) & 1:
                    high += at_risk[d, c]
                else:
                    low += at_risk[d, c]
            share = high * weight / (low + high * weight)
            score += ((event_cell[d] >> bit) & 1) - share
            information += share * (1.0 - share)
        if information < 1e-9:
            return 99.0, 99.0
        step = score / information
        beta += min(max(step, -1.0), 1.0)
        if abs(step) < _CONVERGED:
            break
    return beta, 1.0 / math.sqrt(information)


@compiled
def cox_two(
    at_risk: Integers, event_cell: Integers, deaths: int, start_sii: float, start_afp: float
) -> tuple[float, float, float, float]:
    """Return both coefficients and both standard errors of the model with SII and AFP."""
    b1 = start_sii
    b2 = start_afp
    i11 = i22 = 1.0
    i12 = 0.0
    determinant = 1.0
    for _ in range(_NEWTON_STEPS):
        w1 = math.exp(b1)
        w2 = math.exp(b2)
        w3 = w1 * w2
        u1 = u2 = i11 = i22 = i12 = 0.0
        for d in range(deaths):
            r1 = at_risk[d, 1] * w1
            r2 = at_risk[d, 2] * w2
            r3 = at_risk[d, 3] * w3
            total = at_risk[d, 0] + r1 + r2 + r3
            m1 = (r1 + r3) / total
            m2 = (r2 + r3) / total
            u1 += (event_cell[d] & 1) - m1
            u2 += ((event_cell[d] >> 1) & 1) - m2
            i11 += m1 * (1.0 - m1)
            i22 += m2 * (1.0 - m2)
            i12 += r3 / total - m1 * m2
        determinant = i11 * i22 - i12 * i12
        if determinant < 1e-9:
            return 99.0, 99.0, 99.0, 99.0
        s1 = (i22 * u1 - i12 * u2) / determinant
        s2 = (i11 * u2 - i12 * u1) / determinant
        b1 += min(max(s1, -1.0), 1.0)
        b2 += min(max(s2, -1.0), 1.0)
        if abs(s1) + abs(s2) < _CONVERGED:
            break
    return b1, b2, math.sqrt(i22 / determinant), math.sqrt(i11 / determinant)


@compiled
def log_rank_two(at_risk: Integers, event_cell: Integers, deaths: int, bit: int) -> float:
    """Return the p-value (1 degree of freedom) of the log-rank test over the given bit of the cell."""
    excess = 0.0
    variance = 0.0
    for d in range(deaths):
        high = 0.0
        total = 0.0
        for c in range(CELLS):
            total += at_risk[d, c]
            if (c >> bit) & 1:
                high += at_risk[d, c]
        share = high / total
        excess += ((event_cell[d] >> bit) & 1) - share
        variance += share * (1.0 - share)
    if variance < 1e-9:
        return 1.0
    return math.erfc(math.sqrt(excess * excess / variance / 2.0))


@compiled
def log_rank_levels(at_risk: Integers, event_cell: Integers, deaths: int) -> float:
    """Return the p-value (2 degrees of freedom) of the log-rank test over none, one or both factors high."""
    u0 = u2 = v00 = v22 = v02 = 0.0
    for d in range(deaths):
        total = at_risk[d, 0] + at_risk[d, 1] + at_risk[d, 2] + at_risk[d, 3]
        p0 = at_risk[d, 0] / total
        p2 = at_risk[d, 3] / total
        u0 += (1.0 if event_cell[d] == 0 else 0.0) - p0
        u2 += (1.0 if event_cell[d] == 3 else 0.0) - p2
        v00 += p0 * (1.0 - p0)
        v22 += p2 * (1.0 - p2)
        v02 -= p0 * p2
    determinant = v00 * v22 - v02 * v02
    if determinant < 1e-9:
        return 1.0
    chi2 = (v22 * u0 * u0 - 2.0 * v02 * u0 * u2 + v00 * u2 * u2) / determinant
    return math.exp(-chi2 / 2.0)


@compiled
def median_with_error(months: Floats, event: Integers) -> tuple[float, float]:
    """Return the Kaplan-Meier median and its standard error as SPSS prints it (99 if the curve does not reach it).

    The error is Greenwood's standard error of S at the median, divided by the slope between the last time with
    S >= 0.55 and the first with S <= 0.45.
    """
    n = event.size
    survival = 1.0
    greenwood = 0.0
    median = error_at_median = -1.0
    before, s_before = 0.0, 1.0
    for i in range(n):
        if event[i] == 0:
            continue
        at_risk = n - i
        if at_risk == 1:
            survival = 0.0
        else:
            survival *= 1.0 - 1.0 / at_risk
            greenwood += 1.0 / (at_risk * (at_risk - 1.0))
        if survival >= 0.55 - 1e-12:
            before, s_before = months[i], survival
        if median < 0.0 and survival <= 0.5 + 1e-12:
            median = months[i]
            error_at_median = survival * math.sqrt(greenwood)
        if survival <= 0.45 + 1e-12:
            if median < 0.0 or months[i] <= before:
                return 99.0, 99.0
            return median, error_at_median * (months[i] - before) / (s_before - survival)
    return 99.0, 99.0
