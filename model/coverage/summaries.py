"""Compute the summaries that a simulated study would print, and the target that follows from them alone."""

import math
from dataclasses import replace

import numpy as np

from app.core.cox import Z95
from model.coverage.truths import Truth, cells_of_members
from model.publication.constraints import overall_survival
from model.publication.study import study
from model.reconstruction.compiled_statistics import UNDEFINED, Floats, Integers
from model.reconstruction.distance import aim_table
from model.reconstruction.target import (
    BY_SII,
    DEATHS,
    FOLLOW_UP,
    IMAGED,
    LEVELS,
    LONGEST,
    MEDIAN,
    MEDIAN_ERROR,
    STATISTICS,
    Target,
    energy_below,
    target_of,
)
from model.reconstruction.trial import MEDIANS, UNROUNDED, published_prior

# Accepted distances from a printed figure: wider than those of the model (`constraints`), to take seconds per study.
HAZARD_RATIO = 0.02  # relative
CONFIDENCE_LIMIT = 0.05  # relative
MEDIAN_ERROR_MONTHS = 0.05
P_VALUE = 0.1  # relative, and at least half of the last printed digit
UNROUNDED_MONTHS = 0.1  # of medians; those of whole months are exact
_IMAGED = 0.95  # probability of an image, of those who are observed for long enough
_RATIOS, _LOWERS, _UPPERS = slice(0, 4), slice(4, 8), slice(8, 12)
_SIGNIFICANT = 0.05
_DIGITS = 3


def summaries(truth: Truth, latent: Floats, death: Integers, random: np.random.Generator) -> Floats | None:
    """Return the figures that the study prints, in the order of `constraints.overall_survival`.

    None if it would not be published: a figure does not exist, or the truth selects and a factor is not significant.
    """
    values = np.full(STATISTICS + 1, UNDEFINED)
    energy_below(target_of(published_prior(), truth.rule), latent, death, math.inf, values)
    values = values[:STATISTICS]
    if (values[:DEATHS] == UNDEFINED).any():
        return None
    if truth.selected and not _both_significant(values):
        return None
    values[LONGEST] = min(values[LONGEST], study()["treatment"]["regorafenib_range_months"][1])
    values[IMAGED] = random.binomial(int(values[IMAGED]), _IMAGED)
    values[DEATHS] = math.nan  # not printed
    return np.round(values, _DIGITS)


def target_from(printed: Floats, rule: int) -> Target:
    """Return the target that follows from the printed figures: prior, tolerances and rule of recording."""
    prior = published_prior()
    (_, _, sii, afp), median = np.log(printed[_RATIOS]), float(printed[MEDIAN])
    _, _, sii_error, afp_error = np.log(printed[_UPPERS] / printed[_LOWERS]) / (2 * Z95)
    own = prior._replace(
        median=(median, float(printed[MEDIAN_ERROR])),
        medians=(MEDIANS[0] * median, MEDIANS[1] * median),
        log_hr_sii=(float(sii), float(sii_error)),
        log_hr_afp=(float(afp), float(afp_error)),
    )
    return target_of(own, rule)._replace(aims=_aims(printed, rule), starts=np.log(printed[_RATIOS]))


def _aims(printed: Floats, rule: int) -> Floats:
    """Return the table of `distance` with the tolerances of this module."""
    n = float(cells_of_members().size)
    half = np.zeros(printed.size)
    half[_RATIOS] = HAZARD_RATIO * printed[_RATIOS]
    half[_LOWERS] = CONFIDENCE_LIMIT * printed[_LOWERS]
    half[_UPPERS] = CONFIDENCE_LIMIT * printed[_UPPERS]
    half[MEDIAN] = half[FOLLOW_UP] = UNROUNDED_MONTHS if rule == UNROUNDED else 0.0
    half[MEDIAN_ERROR] = MEDIAN_ERROR_MONTHS
    for place in (LEVELS, BY_SII):
        half[place] = max(P_VALUE * float(printed[place]), 0.5 * 10**-_DIGITS)
    low, high = printed - half, printed + half
    low[DEATHS], high[DEATHS] = 0.0, n
    high[LONGEST], high[IMAGED] = published_prior().last_months, n
    return aim_table(
        tuple(
            replace(constraint, published=float(value), lower=float(lower), upper=float(upper))
            for constraint, value, lower, upper in zip(overall_survival(), printed, low, high, strict=True)
        )
    )


def _both_significant(values: Floats) -> bool:
    """Return whether both factors have p < 0.05 (Wald) in the model with both."""
    errors = np.log(values[_UPPERS] / values[_LOWERS]) / (2 * Z95)
    z = np.abs(np.log(values[_RATIOS]) / errors)[2:]
    return all(math.erfc(one / math.sqrt(2)) < _SIGNIFICANT for one in z)
