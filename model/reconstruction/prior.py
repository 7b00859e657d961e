"""Draw the start of a chain: a plausible trial that need not agree with the publication yet.

Survival has proportional hazards over a Weibull, log-logistic or Gompertz baseline, so that no result depends on one
shape. Censoring comes from staggered entry, up to the longest possible follow-up, and from loss to follow-up.
"""

import math
from dataclasses import astuple, dataclass

import numpy as np

from app.core.cox import Z95
from model.publication.study import cell_sizes, multivariable, study
from model.reconstruction.compiled_statistics import Floats, compiled

WEIBULL, LOG_LOGISTIC, GOMPERTZ = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Prior:
    """The start of a chain: baseline family and shape, rate per month, log hazard ratios, loss to follow-up."""

    family: int
    shape: float
    rate: float
    log_hr_sii: float
    log_hr_afp: float
    loss_rate: float
    entry_months: float

    def parameters(self) -> Floats:
        """Return the prior as the array that the compiled functions read, in the order of the fields."""
        return np.array(astuple(self), dtype=np.float64)


def draw_prior(seed: int) -> Prior:
    """Draw the prior of a chain: chains take the families in turn; the rest varies as the published figures allow."""
    random = np.random.default_rng(seed)
    family = seed % 3
    shape = float(random.uniform(*((0.8, 1.7), (1.0, 2.2), (-0.03, 0.08))[family]))
    log_hr_sii = float(random.normal(*multivariable("sii")))
    log_hr_afp = float(random.normal(*multivariable("afp")))
    os = study()["overall_survival"]
    spread = (os["median_ci_95"][1] - os["median_ci_95"][0]) / (2 * Z95)
    median = float(np.clip(random.normal(os["median_months"], spread), 5.0, 12.0))
    return Prior(
        family=family,
        shape=shape,
        rate=_rate_for_median(family, shape, median, log_hr_sii, log_hr_afp),
        log_hr_sii=log_hr_sii,
        log_hr_afp=log_hr_afp,
        loss_rate=float(random.uniform(0.0, 0.08)),
        entry_months=float(study()["population"]["longest_follow_up_months_derived"]),
    )


def _rate_for_median(family: int, shape: float, median: float, log_hr_sii: float, log_hr_afp: float) -> float:
    """Find by bisection the rate at which the mixture of the four cells has the given median."""
    sizes = np.array(cell_sizes()) / sum(cell_sizes())
    weights = np.exp([0.0, log_hr_sii, log_hr_afp, log_hr_sii + log_hr_afp])
    low, high = 1e-5, 5.0
    for _ in range(80):
        rate = math.sqrt(low * high)
        survival = float(np.sum(sizes * np.exp(-cumulative_hazard(family, shape, rate, median) * weights)))
        low, high = (rate, high) if survival > 0.5 else (low, rate)
    return math.sqrt(low * high)


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
def _draw_survival(family: int, shape: float, rate: float, weight: float) -> float:
    """Draw a survival time in months for a member with the given relative hazard (very long if cured by the shape)."""
    target = -math.log(1.0 - np.random.random()) / weight
    if family == WEIBULL:
        return float(target ** (1.0 / shape) / rate)
    if family == LOG_LOGISTIC:
        return float(math.expm1(min(target, 500.0)) ** (1.0 / shape) / rate)
    if abs(shape) < 1e-9:
        return target / rate
    inner = 1.0 + target * shape / rate
    return 1e6 if inner <= 0.0 else math.log(inner) / shape


@compiled
def draw_outcome(weight: float, parameters: Floats) -> tuple[float, int]:
    """Draw (months, death) of one member with the given relative hazard."""
    survival = _draw_survival(int(parameters[0]), parameters[1], parameters[2], weight)
    loss = parameters[5]
    censored = np.random.random() * parameters[6]
    if loss > 0.0:
        censored = min(censored, -math.log(1.0 - np.random.random()) / loss)
    return min(survival, censored), 1 if survival <= censored else 0


@compiled
def log_density(t: float, event: int, weight: float, parameters: Floats) -> float:
    """Log density of (time, event) of one member: survival by cell, censoring by staggered entry and loss."""
    family, shape, rate = int(parameters[0]), parameters[1], parameters[2]
    loss, entry = parameters[5], parameters[6]
    log_survival = -cumulative_hazard(family, shape, rate, t) * weight
    if event == 1:
        return float(
            log_hazard(family, shape, rate, t) + math.log(weight) + log_survival + math.log1p(-t / entry) - loss * t
        )
    return float(math.log(1.0 / entry + loss * (1.0 - t / entry)) - loss * t + log_survival)
