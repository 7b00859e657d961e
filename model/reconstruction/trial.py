"""Describe a plausible trial: the survival and follow-up that a cohort is drawn from, and how times are recorded.

Survival has proportional hazards over a Weibull, log-logistic or Gompertz baseline, so that no result depends on one
shape. Censoring comes from staggered entry, up to the longest possible follow-up, and from loss to follow-up. Nobody is
observed for less than the shortest treatment. A trial is an array with the fields `FAMILY` to `RATE`.
"""

import math
from typing import NamedTuple

import numpy as np

from app.core.cox import Z95
from model.publication.study import cell_sizes, multivariable, study
from model.reconstruction.compiled_statistics import CELLS, Floats, compiled

WEIBULL, LOG_LOGISTIC, GOMPERTZ = 0, 1, 2
# Fields of a trial. MEDIAN is that of all members in months; RATE, per month, follows from the fields before it.
FAMILY, SHAPE, MEDIAN, LOG_HR_SII, LOG_HR_AFP, LOSS, RATE = range(7)
FIELDS = 7
# Limits of the shape by family, and of loss to follow-up per month.
SHAPES = ((0.8, 1.7), (1.0, 2.2), (-0.03, 0.08))
LOSSES = (0.0, 0.08)
# Limits of the median of all members, as multiples of the published median: 5 and 12 months for 8 months.
MEDIANS = (0.625, 1.5)
# Rules by which a time becomes a whole month, none of them (`UNROUNDED`), and the one that the study is read to have
# used.
NEAREST, CEILING, FLOOR, UNROUNDED = 0, 1, 2, 3
RECORDING = NEAREST


class Prior(NamedTuple):
    """What is assumed of a trial before its summaries: normal distributions as (mean, standard error), and follow-up.

    `medians` are the limits of the median and `shares` the shares of the four cells. The limits of the shape and of
    loss to follow-up are those of this module.
    """

    median: tuple[float, float]
    medians: tuple[float, float]
    log_hr_sii: tuple[float, float]
    log_hr_afp: tuple[float, float]
    first_months: float
    last_months: float
    shares: tuple[float, ...]


def published_prior() -> Prior:
    """Return the prior with the published estimates and their standard errors."""
    published = study()
    survival, treatment = published["overall_survival"], published["treatment"]
    median = float(survival["median_months"])
    spread = (survival["median_ci_95"][1] - survival["median_ci_95"][0]) / (2 * Z95)
    return Prior(
        median=(median, spread),
        medians=(MEDIANS[0] * median, MEDIANS[1] * median),
        log_hr_sii=multivariable("sii"),
        log_hr_afp=multivariable("afp"),
        first_months=float(treatment["regorafenib_range_months"][0]),
        last_months=float(published["population"]["longest_follow_up_months_derived"]),
        shares=tuple(size / sum(cell_sizes()) for size in cell_sizes()),
    )


@compiled
def cumulative_hazard(family: int, shape: float, rate: float, t: float) -> float:
    """Baseline cumulative hazard at t months."""
    if family == WEIBULL:
        return float((rate * t) ** shape)
    if family == LOG_LOGISTIC:
        return math.log1p((rate * t) ** shape)
    return rate * t if abs(shape) < 1e-9 else rate * math.expm1(shape * t) / shape


@compiled
def log_hazard(family: int, shape: float, rate: float, t: float) -> float:
    """Log of the baseline hazard at t months."""
    if family == WEIBULL:
        return math.log(shape * rate) + (shape - 1.0) * math.log(rate * t)
    if family == LOG_LOGISTIC:
        return math.log(shape * rate) + (shape - 1.0) * math.log(rate * t) - math.log1p((rate * t) ** shape)
    return math.log(rate) + shape * t


@compiled
def relative_hazards(trial: Floats) -> Floats:
    """Relative hazard of each cell."""
    weights = np.empty(CELLS)
    for c in range(CELLS):
        weights[c] = math.exp(trial[LOG_HR_SII] * (c & 1) + trial[LOG_HR_AFP] * (c >> 1))
    return weights


@compiled
def set_rate(trial: Floats, prior: Prior) -> None:
    """Find by bisection the rate at which the mixture of the four cells has the trial's median."""
    weights = relative_hazards(trial)
    low, high = 1e-5, 5.0
    for _ in range(40):
        rate = math.sqrt(low * high)
        hazard = cumulative_hazard(int(trial[FAMILY]), trial[SHAPE], rate, trial[MEDIAN])
        survival = 0.0
        for c in range(CELLS):
            survival += prior.shares[c] * math.exp(-hazard * weights[c])
        if survival > 0.5:
            low = rate
        else:
            high = rate
    trial[RATE] = math.sqrt(low * high)


@compiled
def draw_trial(trial: Floats, prior: Prior) -> None:
    """Draw a trial from the prior: each family with the same probability."""
    family = np.random.randint(3)
    trial[FAMILY] = family
    lowest, highest = SHAPES[family]
    trial[SHAPE] = np.random.uniform(lowest, highest)
    trial[MEDIAN] = 0.0
    while not prior.medians[0] <= trial[MEDIAN] <= prior.medians[1]:
        trial[MEDIAN] = np.random.normal(prior.median[0], prior.median[1])
    trial[LOG_HR_SII] = np.random.normal(prior.log_hr_sii[0], prior.log_hr_sii[1])
    trial[LOG_HR_AFP] = np.random.normal(prior.log_hr_afp[0], prior.log_hr_afp[1])
    trial[LOSS] = np.random.uniform(LOSSES[0], LOSSES[1])
    set_rate(trial, prior)


@compiled
def log_prior(trial: Floats, prior: Prior) -> float:
    """Log density of a trial in its prior, without the constant; -inf outside its limits."""
    lowest, highest = SHAPES[int(trial[FAMILY])]
    if not lowest <= trial[SHAPE] <= highest:
        return -math.inf
    if not prior.medians[0] <= trial[MEDIAN] <= prior.medians[1] or not LOSSES[0] <= trial[LOSS] <= LOSSES[1]:
        return -math.inf
    median = (trial[MEDIAN] - prior.median[0]) / prior.median[1]
    sii = (trial[LOG_HR_SII] - prior.log_hr_sii[0]) / prior.log_hr_sii[1]
    afp = (trial[LOG_HR_AFP] - prior.log_hr_afp[0]) / prior.log_hr_afp[1]
    return float(-(median**2 + sii**2 + afp**2) / 2.0)


@compiled
def draw_outcome(weight: float, trial: Floats, prior: Prior) -> tuple[float, int]:
    """Draw (months, death) of one member with this relative hazard, who is observed from `first_months` on."""
    family, shape, rate, loss = int(trial[FAMILY]), trial[SHAPE], trial[RATE], trial[LOSS]
    first, last = prior.first_months, prior.last_months
    hazard = -math.log(1.0 - np.random.random()) / weight + cumulative_hazard(family, shape, rate, first)
    if family == WEIBULL:
        survival = hazard ** (1.0 / shape) / rate
    elif family == LOG_LOGISTIC:
        survival = math.expm1(min(hazard, 500.0)) ** (1.0 / shape) / rate
    elif abs(shape) < 1e-9:
        survival = hazard / rate
    else:  # a falling Gompertz hazard leaves some members alive for ever
        inner = 1.0 + hazard * shape / rate
        survival = 1e6 if inner <= 0.0 else math.log(inner) / shape
    censored = first + np.random.random() * (last - first)
    if loss > 0.0:
        censored = min(censored, first - math.log(1.0 - np.random.random()) / loss)
    return min(survival, censored), 1 if survival <= censored else 0


@compiled
def log_density(t: float, event: int, weight: float, trial: Floats, prior: Prior) -> float:
    """Log density of (months, death) of one member who is observed from `first_months` on."""
    family, shape, rate, loss = int(trial[FAMILY]), trial[SHAPE], trial[RATE], trial[LOSS]
    first, last = prior.first_months, prior.last_months
    spent = cumulative_hazard(family, shape, rate, t) - cumulative_hazard(family, shape, rate, first)
    density = -spent * weight - loss * (t - first) - math.log(last - first)
    if event == 1:
        return float(density + log_hazard(family, shape, rate, t) + math.log(weight) + math.log(last - t))
    return float(density + math.log(1.0 + loss * (last - t)))


@compiled
def recorded(months: float, rule: int) -> int:
    """Return whole months: the nearest (halves up), the next, or those that are complete."""
    if rule == NEAREST:
        return int(months + 0.5)
    return math.ceil(months) if rule == CEILING else int(months)


def in_thousandths(months: Floats) -> Floats:
    """Return latent times as they are filed: cut to thousandths of a month, which are recorded as the same months.

    Times that are thousandths already stay the same, although their product with 1000 may be a little too small.
    """
    return np.floor(months * 1000 + 1e-6) / 1000
