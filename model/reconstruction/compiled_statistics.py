"""Compute survival statistics of one cohort with ties and two binary covariates, compiled for the reconstruction.

Times are whole months, or the places of unrounded times in their order. The statistics are those of SPSS: Cox's partial
likelihood by Breslow's method, the log-rank test with its hypergeometric variance, and the standard error of a
Kaplan-Meier median. All of them follow from one table: the deaths and the members at risk of each cell (0 neither, 1
SII only, 2 AFP only, 3 both) in each month with a death. These functions exist for speed; statsmodels and lifelines
(`model.agreement`) and R (`tests/reference`) check the kept cohorts.
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
UNDEFINED = 99.0
_NEWTON_STEPS = 30
_CONVERGED = 1e-9
_LARGEST = 8.0  # of a log hazard ratio; beyond it a cohort has no use


def compiled(function: _F) -> _F:
    """Compile with numba, cached on disk; the decorated function keeps its type for mypy."""
    return cast("_F", numba.njit(cache=True)(function))


@compiled
def event_table(
    months: Integers, event: Integers, cell: Integers, times: Integers, deaths: Floats, at_risk: Floats
) -> int:
    """Fill one row for each month with a death, in order: the month, and deaths and members at risk of each cell.

    Returns the number of rows. The arrays need a row for each month up to the last.
    """
    last = months.max()
    leaving = np.zeros((last + 1, CELLS))
    died = np.zeros((last + 1, CELLS))
    present = np.zeros(CELLS)
    for i in range(months.size):
        present[cell[i]] += 1.0
        leaving[months[i], cell[i]] += 1.0
        if event[i] == 1:
            died[months[i], cell[i]] += 1.0
    row = 0
    for month in range(last + 1):
        if died[month, 0] + died[month, 1] + died[month, 2] + died[month, 3] > 0.0:
            times[row] = month
            for c in range(CELLS):
                deaths[row, c] = died[month, c]
                at_risk[row, c] = present[c]
            row += 1
        for c in range(CELLS):
            present[c] -= leaving[month, c]
    return row


@compiled
def cox_one(deaths: Floats, at_risk: Floats, rows: int, bit: int, start: float) -> tuple[float, float]:
    """Return coefficient and standard error of the one covariate that is the given bit of the cell."""
    beta = start
    information = 0.0
    first, second = (1, 2) if bit == 0 else (2, 1)  # the cells with this factor alone, and with the other alone
    for _ in range(_NEWTON_STEPS):
        weight = math.exp(beta)
        score = 0.0
        information = 0.0
        for k in range(rows):
            died = deaths[k, 0] + deaths[k, 1] + deaths[k, 2] + deaths[k, 3]
            high = (at_risk[k, first] + at_risk[k, 3]) * weight
            share = high / (at_risk[k, 0] + at_risk[k, second] + high)
            score += deaths[k, first] + deaths[k, 3] - died * share
            information += died * share * (1.0 - share)
        if information < 1e-9:
            return UNDEFINED, UNDEFINED
        step = score / information
        beta += min(max(step, -1.0), 1.0)
        if abs(step) < _CONVERGED:
            break
    return (beta, 1.0 / math.sqrt(information)) if abs(beta) < _LARGEST else (UNDEFINED, UNDEFINED)


@compiled
def cox_two(
    deaths: Floats, at_risk: Floats, rows: int, start_sii: float, start_afp: float
) -> tuple[float, float, float, float]:
    """Return both coefficients and both standard errors of the model with SII and AFP."""
    b1 = start_sii
    b2 = start_afp
    i11 = i22 = 1.0
    determinant = 1.0
    for _ in range(_NEWTON_STEPS):
        w1 = math.exp(b1)
        w2 = math.exp(b2)
        w3 = w1 * w2
        u1 = u2 = i11 = i22 = i12 = 0.0
        for k in range(rows):
            died = deaths[k, 0] + deaths[k, 1] + deaths[k, 2] + deaths[k, 3]
            r1 = at_risk[k, 1] * w1
            r2 = at_risk[k, 2] * w2
            r3 = at_risk[k, 3] * w3
            total = at_risk[k, 0] + r1 + r2 + r3
            m1 = (r1 + r3) / total
            m2 = (r2 + r3) / total
            u1 += deaths[k, 1] + deaths[k, 3] - died * m1
            u2 += deaths[k, 2] + deaths[k, 3] - died * m2
            i11 += died * m1 * (1.0 - m1)
            i22 += died * m2 * (1.0 - m2)
            i12 += died * (r3 / total - m1 * m2)
        determinant = i11 * i22 - i12 * i12
        if determinant < 1e-9:
            return UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED
        s1 = (i22 * u1 - i12 * u2) / determinant
        s2 = (i11 * u2 - i12 * u1) / determinant
        b1 += min(max(s1, -1.0), 1.0)
        b2 += min(max(s2, -1.0), 1.0)
        if abs(s1) + abs(s2) < _CONVERGED:
            break
    if abs(b1) > _LARGEST or abs(b2) > _LARGEST:
        return UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED
    return b1, b2, math.sqrt(i22 / determinant), math.sqrt(i11 / determinant)


@compiled
def log_rank_two(deaths: Floats, at_risk: Floats, rows: int, bit: int) -> float:
    """Return the p-value (1 degree of freedom) of the log-rank test over the given bit of the cell."""
    excess = 0.0
    variance = 0.0
    for k in range(rows):
        died = deaths[k, 0] + deaths[k, 1] + deaths[k, 2] + deaths[k, 3]
        total = at_risk[k, 0] + at_risk[k, 1] + at_risk[k, 2] + at_risk[k, 3]
        factor_alone = 1 if bit == 0 else 2
        share = (at_risk[k, factor_alone] + at_risk[k, 3]) / total
        excess += deaths[k, factor_alone] + deaths[k, 3] - died * share
        if total > 1.0:
            variance += died * (total - died) / (total - 1.0) * share * (1.0 - share)
    if variance < 1e-9:
        return 1.0
    return math.erfc(math.sqrt(excess * excess / variance / 2.0))


@compiled
def log_rank_levels(deaths: Floats, at_risk: Floats, rows: int) -> float:
    """Return the p-value (2 degrees of freedom) of the log-rank test over none, one or both factors high."""
    u0 = u2 = v00 = v22 = v02 = 0.0
    for k in range(rows):
        died = deaths[k, 0] + deaths[k, 1] + deaths[k, 2] + deaths[k, 3]
        total = at_risk[k, 0] + at_risk[k, 1] + at_risk[k, 2] + at_risk[k, 3]
        p0 = at_risk[k, 0] / total
        p2 = at_risk[k, 3] / total
        u0 += deaths[k, 0] - died * p0
        u2 += deaths[k, 3] - died * p2
        if total > 1.0:
            spread = died * (total - died) / (total - 1.0)
            v00 += spread * p0 * (1.0 - p0)
            v22 += spread * p2 * (1.0 - p2)
            v02 -= spread * p0 * p2
    determinant = v00 * v22 - v02 * v02
    if determinant < 1e-9:
        return 1.0
    chi2 = (v22 * u0 * u0 - 2.0 * v02 * u0 * u2 + v00 * u2 * u2) / determinant
    return math.exp(-chi2 / 2.0)


@compiled
def median_with_error(times: Floats | Integers, deaths: Floats, at_risk: Floats, rows: int) -> tuple[float, float]:
    """Return the Kaplan-Meier median and its standard error as SPSS prints it (`UNDEFINED` if it is not reached).

    The error is Greenwood's standard error of S at the median, divided by the slope between the last time with
    S >= 0.55 and the first with S <= 0.45.
    """
    survival = 1.0
    greenwood = 0.0
    median = error_at_median = -1.0
    before, s_before = 0.0, 1.0
    for k in range(rows):
        died = deaths[k, 0] + deaths[k, 1] + deaths[k, 2] + deaths[k, 3]
        total = at_risk[k, 0] + at_risk[k, 1] + at_risk[k, 2] + at_risk[k, 3]
        if died >= total:
            survival = 0.0
        else:
            survival *= 1.0 - died / total
            greenwood += died / (total * (total - died))
        if survival >= 0.55 - 1e-12:
            before, s_before = times[k], survival
        if median < 0.0 and survival <= 0.5 + 1e-12:
            median = times[k]
            error_at_median = survival * math.sqrt(greenwood)
        if survival <= 0.45 + 1e-12:
            return median, error_at_median * (times[k] - before) / (s_before - survival)
    return UNDEFINED, UNDEFINED
