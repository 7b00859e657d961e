"""Compute Kaplan-Meier and Breslow estimates of one cohort on a grid of months, with the variances for pooling.

statsmodels fits the Cox model to the recorded times, which are whole months with ties, by Breslow's method as SPSS
does. The curves are those of the latent times. They follow from the coefficients and from whole numbers: deaths and
members at risk at each time. All variances are on the complementary log-log scale, theta = log(-log S). Matrix products
and numpy's sums are avoided, because their last bits differ between processors (docs/decisions/0004-same-bytes.md).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.duration.hazard_regression import PHReg

from model.publication.study import CELL_COVARIATES

Floats = npt.NDArray[np.float64]

_EDGE = 1e-12  # tolerance, because one half may be a product of rounded fractions


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival of one group of one cohort at given times, with the variance of theta; (times,) each."""

    survival: Floats
    theta: Floats
    variance: Floats


def kaplan_meier(months: npt.ArrayLike, event: npt.ArrayLike, times: Floats) -> Curve:
    """Return the Kaplan-Meier estimate at `times`, right-continuous, with Greenwood's variance of theta.

    A group without an event yet (S = 1), or without survivors (S = 0), has no finite theta. It is given half an
    event (or half a survivor): S = 1 - 0.5/n (or 0.5/n) with the binomial variance of this S. The survival itself
    does not change.
    """
    event_times, deaths, at_risk = _event_table(months, event)
    remaining = at_risk - deaths
    with np.errstate(divide="ignore"):
        steps = np.concatenate([[1.0], np.cumprod(remaining / at_risk)])
        sums = np.concatenate([[0.0], np.cumsum(deaths / (at_risk * remaining))])
    at = np.searchsorted(event_times, times, side="right")
    survival = steps[at]
    n = float(np.size(months))
    degenerate = (survival >= 1.0) | (survival <= 0.0)
    usable = np.where(survival >= 1.0, 1 - 0.5 / n, np.where(survival <= 0.0, 0.5 / n, survival))
    relative = np.where(degenerate, (1 - usable) / (n * usable), sums[at])
    return Curve(survival, np.log(-np.log(usable)), relative / np.log(usable) ** 2)


def median_observed(months: pd.Series) -> float:
    """Return the median of the observed follow-up, deaths and censored alike, in months."""
    return float(np.median(months))


@dataclass(frozen=True, slots=True)
class CoxFit:
    """Coefficients (p,) with their covariance (p, p)."""

    coefficients: Floats
    covariance: Floats


def fit_cox(cohort: pd.DataFrame, covariates: tuple[str, ...] = ("sii_high", "afp_high")) -> CoxFit:
    """Return the Cox model of death on the given covariates, fitted to the recorded times, ties by Breslow's method."""
    model = PHReg(cohort["months"], cohort[list(covariates)].astype(float), status=cohort["death"], ties="breslow")
    fit = model.fit(disp=False)
    return CoxFit(np.asarray(fit.params), np.asarray(fit.cov_params()))


def cox_curves(cohort: pd.DataFrame, cox: CoxFit, times: Floats) -> list[Curve]:
    """Return the Cox-predicted survival exp(-H0(t) exp(x b)) of the four cells, in the order of CELL_IDS, at `times`.

    The coefficients are those of the recorded times, the baseline is that of the latent times. The variance of
    theta = log H(t|x) includes both the Breslow baseline and the coefficients (the estimate of R's survfit.coxph):
    var H(t|x) = exp(2 x b) sum 1/S0^2 + q' V q, with q = exp(x b) sum (x - mean(t)) / S0 over the deaths up to t.
    Before the first death of a cohort H0 is half an event among all its members, 0.5 / sum exp(x b), with relative
    variance 2.
    """
    sii, afp = cox.coefficients.tolist()
    (var_sii, covariance), (_, var_afp) = cox.covariance.tolist()
    event_times, deaths, _ = _event_table(cohort["latent_months"], cohort["death"])
    at = np.searchsorted(event_times, times, side="right")
    relative, at_risk, sizes = [], [], []
    for x, y in CELL_COVARIATES:
        months = np.sort(cohort.loc[(cohort["sii_high"] == x) & (cohort["afp_high"] == y), "latent_months"].to_numpy())
        relative.append(math.exp(sii * x + afp * y))
        at_risk.append((len(months) - np.searchsorted(months, event_times)) * relative[-1])
        sizes.append(len(months) * relative[-1])
    neither, sii_only, afp_only, both = at_risk
    total = neither + sii_only + afp_only + both
    mean_sii, mean_afp = (sii_only + both) / total, (afp_only + both) / total
    cumulative, squares = _running_sum(deaths / total)[at], _running_sum(deaths / total**2)[at]
    before = cumulative <= 0.0
    hazard = np.where(before, 0.5 / math.fsum(sizes), cumulative)
    curves = []
    for (x, y), times_reference in zip(CELL_COVARIATES, relative, strict=True):
        p = _running_sum(deaths * (x - mean_sii) / total)[at]
        q = _running_sum(deaths * (y - mean_afp) / total)[at]
        drift = p * p * var_sii + 2 * p * q * covariance + q * q * var_afp
        variance = np.where(before, 2.0, (squares + drift) / hazard**2)
        curves.append(Curve(np.exp(-cumulative * times_reference), np.log(hazard * times_reference), variance))
    return curves


def spss_median(months: npt.ArrayLike, event: npt.ArrayLike) -> tuple[float, float]:
    """Return the Kaplan-Meier median and its standard error as SPSS computes it, in months.

    Standard error = Greenwood's standard error of S at the median, divided by the slope between the last time with
    S >= 0.55 and the first with S <= 0.45.
    """
    times, deaths, at_risk = _event_table(months, event)
    survival = np.cumprod(1 - deaths / at_risk)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
    at = int(np.flatnonzero(survival <= 0.5 + _EDGE)[0])
    last = int(np.flatnonzero(survival >= 0.55 - _EDGE)[-1])
    first = int(np.flatnonzero(survival <= 0.45 + _EDGE)[0])
    slope = (survival[last] - survival[first]) / (times[first] - times[last])
    return float(times[at]), float(survival[at] * np.sqrt(greenwood[at]) / slope)


def _event_table(months: npt.ArrayLike, event: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the distinct times with an event, the events at each, and the members at risk just before it."""
    ascending = np.sort(np.asarray(months, dtype=float))
    event_times, deaths = np.unique(np.asarray(months, dtype=float)[np.asarray(event) == 1], return_counts=True)
    at_risk = len(ascending) - np.searchsorted(ascending, event_times)
    return event_times, deaths.astype(float), at_risk.astype(float)


def _running_sum(values: Floats) -> Floats:
    """Return the sums of the first 0, 1, 2, ... values."""
    return np.concatenate([[0.0], np.cumsum(values)])
