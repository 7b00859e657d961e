"""Compute the survival of the groups beside the published model: adjusted for larger studies, and as a scenario.

Neither is the model. The first keeps the overall Kaplan-Meier curve of the cohorts and replaces the hazard ratios by
ones that combine the study with larger studies; the second also moves the overall curve to the median of another study.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from model.fitting.estimators import Curve, Floats
from model.fitting.pooling import Pooled, PooledCurve, with_limits
from model.fitting.study_fit import GRID_MONTHS, StudyFit
from model.publication.external_evidence import median_of, primary_log_ratio
from model.publication.study import CELL_COVARIATES, CELL_IDS, FACTORS, RISK_GROUPS, cell_sizes, external, multivariable

_NEWTON_STEPS = 40


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Log hazard ratios (2,) of SII and AFP with their covariance (2, 2)."""

    estimate: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class Alternative:
    """Survival of each risk group under other assumptions than those of the model.

    `tau` is by factor; `median_months` is the overall median that is assumed, None if the overall survival is kept.
    """

    id: str
    tau: dict[str, float]
    median_months: float | None
    coefficients: Coefficients
    groups: dict[str, PooledCurve]


def alternatives(fit: StudyFit) -> list[Alternative]:
    """Return the survival adjusted for larger studies, and the scenario with the median survival of another study."""
    tau = external()["adjustment"]["tau"]
    coefficients = adjusted_coefficients(fit.coefficients, tau)
    months = median_of(external()["scenario"]["study"])
    overall = fit.kaplan_meier["overall"]
    cohorts = [cohort.kaplan_meier["overall"] for cohort in fit.cohorts]
    power = power_for_median(overall, GRID_MONTHS, months)
    return [
        Alternative("adjusted", tau, None, coefficients, group_curves(overall, cohorts, coefficients)),
        Alternative("scenario", tau, months, coefficients, group_curves(overall, cohorts, coefficients, power)),
    ]


def sensitivity(fit: StudyFit) -> list[tuple[dict[str, float], Coefficients, dict[str, Floats]]]:
    """Return, for each assumed tau of `external.toml`, the coefficients and the adjusted survival of each group."""
    values = external()["adjustment"]["sensitivity"]
    found = []
    for taus in product(*(values[factor] for factor in FACTORS)):
        tau = dict(zip(FACTORS, taus, strict=True))
        coefficients = adjusted_coefficients(fit.coefficients, tau)
        found.append((tau, coefficients, group_survival(fit.kaplan_meier["overall"].survival, coefficients)))
    return found


def adjusted_coefficients(study: Pooled, tau: Mapping[str, float]) -> Coefficients:
    """Return the printed log hazard ratios, each combined with a normal distribution of what other studies find.

    For a factor with printed estimate b and variance v, external estimate m with standard error s, and d = s^2 + tau^2:
    with w = d / (v + d), estimate w b + (1 - w) m and variance w v. The paper does not print the covariance of the two;
    it is that of the cohorts, times both w. `tau` has a value for each factor.
    """
    estimates, variances, weights = [], [], []
    for factor in FACTORS:
        (own, own_error), (other, other_error) = multivariable(factor), primary_log_ratio(factor)
        expected = other_error**2 + tau[factor] ** 2
        weights.append(expected / (own_error**2 + expected))
        estimates.append(weights[-1] * own + (1 - weights[-1]) * other)
        variances.append(weights[-1] * own_error**2)
    covariance = weights[0] * weights[1] * float(study.total[0, 1])
    return Coefficients(np.array(estimates), np.array([[variances[0], covariance], [covariance, variances[1]]]))


def baseline_hazard(survival: Floats, relative: Sequence[float]) -> Floats:
    """Return the cumulative hazard H0 of the reference cell, (times,), that gives the survival of all members.

    Solves sum w_c exp(-H0 r_c) = S by Newton's method, with the shares w_c of the cells and their relative hazards r_c.
    The sum is convex in H0 and the start, -log S divided by the largest r_c, is below the root, so every step rises to
    it. `survival` is above 0; H0 is 0 where it is 1.
    """
    hazard = -np.log(survival) / max(relative)
    cells = tuple(zip(_shares(CELL_IDS), relative, strict=True))
    for _ in range(_NEWTON_STEPS):
        total, slope = np.zeros_like(hazard), np.zeros_like(hazard)
        for share, ratio in cells:
            cell = share * np.exp(-hazard * ratio)
            total, slope = total + cell, slope + ratio * cell
        hazard = hazard + (total - survival) / slope
    return np.asarray(hazard)


def group_survival(overall: Floats, coefficients: Coefficients) -> dict[str, Floats]:
    """Return the survival of each risk group, (times,) by its id, if all members together have the survival given."""
    relative = _relative(coefficients)
    hazard = baseline_hazard(overall, relative)
    found = {}
    for group, _label, _meaning, cells in RISK_GROUPS:
        ratios = [relative[CELL_IDS.index(cell)] for cell in cells]
        parts = [share * np.exp(-hazard * ratio) for share, ratio in zip(_shares(cells), ratios, strict=True)]
        found[group] = sum(parts, start=np.zeros_like(hazard))
    return found


def group_curves(
    overall: PooledCurve, cohorts: Sequence[Curve], coefficients: Coefficients, power: float = 1.0
) -> dict[str, PooledCurve]:
    """Return the curve of each risk group, by its id.

    `overall` is the pooled Kaplan-Meier curve of all members and `cohorts` those of the cohorts. The cells together
    have the survival overall ** power. The limits include the error of the overall curve in each cohort and that of the
    coefficients; the two are taken as independent, as they are to first order.
    """
    survival = group_survival(overall.survival**power, coefficients)
    found = [_curves_of_cohort(cohort, coefficients, power) for cohort in cohorts]
    return {group: with_limits(survival[group], [curves[group] for curves in found]) for group in survival}


def power_for_median(overall: PooledCurve, times: Floats, months: float) -> float:
    """Return the power to which the overall survival must be raised for its median to be `months`, one of `times`."""
    at = int(np.flatnonzero(np.isclose(times, months))[0])
    return math.log(0.5) / math.log(float(overall.survival[at]))


def _curves_of_cohort(cohort: Curve, coefficients: Coefficients, power: float) -> dict[str, Curve]:
    """Return, for one cohort, theta = log(-log S) of each group and its variance by the delta method.

    With A = sum w r S and B = sum w x r S over the cells, for changes of the overall theta and of the coefficients b:
    d log H0 = -S log S / (A H0) d theta - B / A db, and d theta of a cell = d log H0 + x db.
    """
    relative = _relative(coefficients)
    theta = cohort.theta + math.log(power)
    survival = np.exp(-np.exp(theta))
    hazard = baseline_hazard(survival, relative)
    alive = [np.exp(-hazard * ratio) for ratio in relative]
    total, by_sii, by_afp = np.zeros_like(hazard), np.zeros_like(hazard), np.zeros_like(hazard)
    for (x, y), share, ratio, cell in zip(CELL_COVARIATES, _shares(CELL_IDS), relative, alive, strict=True):
        part = share * ratio * cell
        total, by_sii, by_afp = total + part, by_sii + x * part, by_afp + y * part
    from_overall = -survival * np.log(survival) / (total * hazard)
    (var_sii, covariance), (_, var_afp) = coefficients.covariance.tolist()
    found = {}
    for group, _label, _meaning, cells in RISK_GROUPS:
        mean, slope, p, q = (np.zeros_like(hazard) for _ in range(4))
        for name, share in zip(cells, _shares(cells), strict=True):
            k = CELL_IDS.index(name)
            x, y = CELL_COVARIATES[k]
            weight = share * alive[k] * -hazard * relative[k]
            mean, slope = mean + share * alive[k], slope + weight
            p, q = p + weight * (x - by_sii / total), q + weight * (y - by_afp / total)
        scale = mean * np.log(mean)
        p, q, slope = p / scale, q / scale, slope / scale
        variance = (slope * from_overall) ** 2 * cohort.variance + (
            p * p * var_sii + 2 * p * q * covariance + q * q * var_afp
        )
        # Before its first death a cohort keeps the survival of 1, as in its Kaplan-Meier curve.
        found[group] = Curve(np.where(cohort.survival < 1.0, mean, 1.0), np.log(-np.log(mean)), variance)
    return found


def _relative(coefficients: Coefficients) -> list[float]:
    sii, afp = coefficients.estimate.tolist()
    return [math.exp(sii * x + afp * y) for x, y in CELL_COVARIATES]


def _shares(cells: Sequence[str]) -> list[float]:
    """Return the share of each of these cells among their members."""
    sizes = [cell_sizes()[CELL_IDS.index(cell)] for cell in cells]
    return [size / sum(sizes) for size in sizes]
