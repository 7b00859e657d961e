"""Kaplan-Meier and Breslow estimates of one cohort on a grid of months, with the variances that pooling needs.

lifelines fits; the step functions it returns are read off here at fixed times. All variances are on the complementary
log-log scale, theta = log(-log S).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter

Floats = npt.NDArray[np.float64]

# lifelines stops without taking its last step once half the Newton decrement is below `precision`: with 1e-16 R agrees
# to ten decimals, with the default to three.
_FIT_OPTIONS = {"precision": 1e-16}
_EDGE = 1e-12  # a survival of exactly one half is a sum of products of fractions


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival of one group of one cohort at given times, with the variance of theta; (times,) each."""

    survival: Floats
    theta: Floats
    variance: Floats


def kaplan_meier(months: pd.Series, event: pd.Series, times: Floats) -> Curve:
    """Return the Kaplan-Meier estimate at `times`, right-continuous, with Greenwood's variance of theta.

    A group without an event yet (S = 1), or without survivors (S = 0), has no finite theta. It enters with half an
    event (or half a survivor): S = 1 - 0.5/n (or 0.5/n) and the binomial variance of that. The survival itself stays
    as estimated.
    """
    table = KaplanMeierFitter().fit(months, event).event_table
    deaths = table["observed"].to_numpy(dtype=float)
    at_risk = table["at_risk"].to_numpy(dtype=float)
    remaining = at_risk - deaths
    with np.errstate(divide="ignore"):
        steps = np.cumprod(remaining / at_risk)
        greenwood = np.cumsum(np.where(deaths > 0, deaths / (at_risk * remaining), 0.0))
    at = np.searchsorted(table.index.to_numpy(dtype=float), times, side="right") - 1
    survival = steps[at]
    n = float(len(months))
    degenerate = (survival >= 1.0) | (survival <= 0.0)
    usable = np.where(survival >= 1.0, 1 - 0.5 / n, np.where(survival <= 0.0, 0.5 / n, survival))
    relative = np.where(degenerate, (1 - usable) / (n * usable), greenwood[at])
    return Curve(survival, np.log(-np.log(usable)), relative / np.log(usable) ** 2)


def median_observed(months: pd.Series) -> float:
    """Return the median of the observed follow-up, deaths and censored alike, in months."""
    return float(np.median(months))


def fit_cox(cohort: pd.DataFrame, covariates: tuple[str, ...] = ("sii_high", "afp_high")) -> Any:
    """Return lifelines' fitted Cox model of death on the given covariates, Breslow baseline."""
    columns = [*covariates, "months", "death"]
    return CoxPHFitter(baseline_estimation_method="breslow").fit(
        cohort[columns], duration_col="months", event_col="death", fit_options=_FIT_OPTIONS
    )


def cox_curves(cohort: pd.DataFrame, cox: Any, profiles: Floats, times: Floats) -> list[Curve]:
    """Return the Cox-predicted survival exp(-H0(t) exp(x b)) of each profile (rows of `profiles`) at `times`.

    The variance of theta = log H(t|x) holds both the Breslow baseline and the coefficients (the estimate of R's
    survfit.coxph): var H(t|x) = exp(2 x b) sum 1/S0^2 + q' V q, with q = exp(x b) sum (x - mean(t)) / S0 over the
    deaths up to t. Before the first death of a cohort H0 is half an event among all its members, 0.5 / sum exp(x b),
    with relative variance 2.
    """
    covariates = cohort[["sii_high", "afp_high"]].to_numpy(dtype=float)
    months = cohort["months"].to_numpy(dtype=float)
    beta = cox.params_.to_numpy()
    covariance = cox.variance_matrix_.to_numpy()
    weight = np.exp(covariates @ beta)
    event_times = np.sort(months[cohort["death"].to_numpy() == 1])
    in_risk_set = months[None, :] >= event_times[:, None]
    total = in_risk_set @ weight
    mean = (in_risk_set @ (covariates * weight[:, None])) / total[:, None]
    at = np.searchsorted(event_times, times, side="right")
    cumulative = np.concatenate([[0.0], np.cumsum(1 / total)])[at]
    squares = np.concatenate([[0.0], np.cumsum(1 / total**2)])[at]
    curves = []
    for profile in profiles:
        relative = np.exp(profile @ beta)
        drift = np.vstack([np.zeros(2), np.cumsum((profile - mean) / total[:, None], axis=0)])[at]
        variance_of_hazard = squares + np.einsum("ti,ij,tj->t", drift, covariance, drift)
        before = cumulative <= 0.0
        hazard = np.where(before, 0.5 / weight.sum(), cumulative)
        variance = np.where(before, 2.0, variance_of_hazard / hazard**2)
        curves.append(Curve(np.exp(-cumulative * relative), np.log(hazard * relative), variance))
    return curves


def spss_median(months: pd.Series, event: pd.Series) -> tuple[float, float]:
    """Return the Kaplan-Meier median and its standard error as SPSS computes it, in months.

    Standard error = Greenwood's standard error of S at the median, divided by the slope between the last time with
    S >= 0.55 and the first with S <= 0.45.
    """
    table = KaplanMeierFitter().fit(months, event).event_table
    table = table[table["observed"] > 0]
    deaths, at_risk = table["observed"].to_numpy(dtype=float), table["at_risk"].to_numpy(dtype=float)
    times = table.index.to_numpy(dtype=float)
    survival = np.cumprod(1 - deaths / at_risk)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
    at = int(np.flatnonzero(survival <= 0.5 + _EDGE)[0])
    last = int(np.flatnonzero(survival >= 0.55 - _EDGE)[-1])
    first = int(np.flatnonzero(survival <= 0.45 + _EDGE)[0])
    slope = (survival[last] - survival[first]) / (times[first] - times[last])
    return float(times[at]), float(survival[at] * np.sqrt(greenwood[at]) / slope)
