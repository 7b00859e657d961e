"""Fit the model to the reconstructed cohorts: Cox coefficients, baseline and Kaplan-Meier curves, pooled."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.cox import COMBINED, Z95
from model.fitting.discrimination import Concordance, harrell
from model.fitting.estimators import Curve, cox_curves, fit_cox, kaplan_meier
from model.fitting.pooling import Pooled, PooledCurve, pool_cox, pool_estimates, pool_kaplan_meier, pooled_median
from model.publication.study import CELL_IDS, RISK_GROUPS

GRID_MONTHS = np.round(np.arange(0, 121) / 10, 1)  # nothing is quoted beyond 12 months
HORIZONS_MONTHS = (3, 6, 12)
HEADLINE_MONTHS = 6  # the horizon least sensitive to how the cohorts were reconstructed
AT_RISK_MONTHS = (0, 3, 6, 9, 12)

# The cells of each Kaplan-Meier curve, and its outcome: overall survival, or progression (Fig. 1b of the study).
OVERALL = ("latent_months", "death")
PROGRESSION = ("latent_pfs_months", "progression")
CURVES: dict[str, tuple[tuple[int, ...], tuple[str, str]]] = {
    "overall": ((0, 1, 2, 3), OVERALL),
    "low": ((0,), OVERALL),
    "intermediate": ((1, 2), OVERALL),
    "high": ((3,), OVERALL),
    **{cell: ((k,), OVERALL) for k, cell in enumerate(CELL_IDS)},
    "sii_low": ((0, 2), OVERALL),
    "sii_high": ((1, 3), OVERALL),
    "pfs_sii_low": ((0, 2), PROGRESSION),
    "pfs_sii_high": ((1, 3), PROGRESSION),
}


# Curves in addition to those of all patients, the groups and the cells; each line divides the same patients.
OTHER_DIVISIONS = (("sii_low", "sii_high"), ("pfs_sii_low", "pfs_sii_high"))


@dataclass(frozen=True, slots=True)
class CohortFit:
    """The results of one cohort: Cox fit, curves and numbers at risk on the grid, events and Harrell's C-index."""

    coefficients: npt.NDArray[np.float64]
    covariance: npt.NDArray[np.float64]
    cox: dict[str, Curve]
    kaplan_meier: dict[str, Curve]
    at_risk: dict[str, npt.NDArray[np.int64]]
    events: dict[str, int]
    concordance: Concordance


@dataclass(frozen=True, slots=True)
class StudyFit:
    """The cohorts pooled: coefficients, the Cox-predicted curve of each cell and every Kaplan-Meier curve."""

    cohorts: list[CohortFit]
    coefficients: Pooled
    cox: dict[str, PooledCurve]
    kaplan_meier: dict[str, PooledCurve]
    medians: dict[str, tuple[float | None, float | None, float | None]]


def fit_cohort(cohort: pd.DataFrame) -> CohortFit:
    """Fit one cohort (see `read_cohorts`): the Cox model by statsmodels, the curves from whole numbers."""
    cox = fit_cox(cohort)
    columns = {name: cohort[name].to_numpy() for name in ("cell", *OVERALL, *PROGRESSION)}
    members = {}
    for name, (cells, (time, event)) in CURVES.items():
        belongs = np.isin(columns["cell"], cells)
        members[name] = columns[time][belongs], columns[event][belongs]
    return CohortFit(
        coefficients=cox.coefficients,
        covariance=cox.covariance,
        cox=dict(zip(CELL_IDS, cox_curves(cohort, cox, GRID_MONTHS), strict=True)),
        kaplan_meier={name: kaplan_meier(time, event, GRID_MONTHS) for name, (time, event) in members.items()},
        at_risk={name: len(time) - np.searchsorted(np.sort(time), GRID_MONTHS) for name, (time, _) in members.items()},
        events={name: int(event.sum()) for name, (_, event) in members.items()},
        concordance=harrell(cohort, cox.coefficients),
    )


def survival_of_groups(
    months: npt.NDArray[np.float64], death: npt.NDArray[np.int64], cell: npt.NDArray[np.int64]
) -> dict[str, list[float]]:
    """Return the Kaplan-Meier survival of each risk group of one cohort at `HORIZONS_MONTHS`, by the group's id."""
    times = np.array(HORIZONS_MONTHS, dtype=float)
    found = {}
    for group, *_ in RISK_GROUPS:
        belongs = np.isin(cell, CURVES[group][0])
        found[group] = kaplan_meier(months[belongs], death[belongs], times).survival.tolist()
    return found


def fit_study(cohorts: list[pd.DataFrame], progress: Callable[[int], None] = lambda _done: None) -> StudyFit:
    """Fit every cohort and pool the fits by Rubin's rules."""
    fits = []
    for cohort in cohorts:
        fits.append(fit_cohort(cohort))
        progress(len(fits))
    return pool_study(fits)


def pool_study(fits: list[CohortFit]) -> StudyFit:
    """Pool the fits of all cohorts by Rubin's rules."""
    pooled = {name: pool_kaplan_meier([fit.kaplan_meier[name] for fit in fits]) for name in CURVES}
    return StudyFit(
        cohorts=fits,
        coefficients=pool_estimates(
            np.array([fit.coefficients for fit in fits]), np.array([fit.covariance for fit in fits])
        ),
        cox={cell: pool_cox([fit.cox[cell] for fit in fits]) for cell in CELL_IDS},
        kaplan_meier=pooled,
        medians={name: pooled_median(curve, GRID_MONTHS) for name, curve in pooled.items()},
    )


def hazard_ratios(estimate: npt.NDArray[np.float64], covariance: npt.NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    """Return the hazard ratio of each factor, and of both against neither, with 95 % interval and Wald p-value.

    `estimate` (2,) are the log hazard ratios of SII and AFP. The variance of a contrast c is c' V c: for both factors
    var b1 + var b2 + 2 cov.
    """
    (var_sii, between), (_, var_afp) = covariance.tolist()
    sii, afp = estimate.tolist()
    contrasts = {
        "sii": (sii, var_sii),
        "afp": (afp, var_afp),
        COMBINED: (sii + afp, var_sii + var_afp + 2 * between),
    }
    ratios = {}
    for factor, (log_ratio, variance) in contrasts.items():
        error = math.sqrt(variance)
        ratios[factor] = {
            "hazard_ratio": math.exp(log_ratio),
            "ci_95": [math.exp(log_ratio - Z95 * error), math.exp(log_ratio + Z95 * error)],
            "p_value": math.erfc(abs(log_ratio) / error / math.sqrt(2)),
        }
    return ratios


def places_on_grid(months: Sequence[float]) -> list[int]:
    """Return the places of these months on `GRID_MONTHS`. Raises ValueError if one is not on it."""
    grid = GRID_MONTHS.tolist()
    return [grid.index(month) for month in months]


def spread(values: list[Any]) -> dict[str, Any]:
    """Return minimum, median (the lower of two middle values) and maximum of whole numbers over the cohorts."""
    ordered = sorted(values)
    return {"min": ordered[0], "median": ordered[(len(ordered) - 1) // 2], "max": ordered[-1]}
