"""Measure how well the four cells rank the members by survival: Harrell's C-index and Gönen and Heller's.

Both count pairs of members by their cells. Members of one cell have the same linear predictor and are always tied.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.cox import Z95
from model.fitting.pooling import pool_estimates
from model.publication.study import CELL_COVARIATES, cell_sizes


@dataclass(frozen=True, slots=True)
class Concordance:
    """Harrell's C-index with its sampling variance."""

    c_index: float
    variance: float


def harrell(cohort: pd.DataFrame, coefficients: npt.NDArray[np.float64]) -> Concordance:
    """Return Harrell's C-index of a cohort (see `read_cohorts`): (concordant + ties / 2) / comparable pairs.

    A pair is comparable if one member died before the other's time, or at the same time at which the other was
    censored. It is concordant if the member who died first has the higher linear predictor, and tied if both are equal.
    The variance is that of the infinitesimal jackknife: the sum over members of ((a - C b) / pairs)^2, where b are the
    comparable pairs with the member, and a those that are concordant, a tie as half a pair.
    That is `survival::concordance` of R. Raises ZeroDivisionError if no pair is comparable.
    """
    predictors = np.array(linear_predictors(coefficients))[cohort["cell"]]
    months, is_dead = cohort["months"].to_numpy(), cohort["death"].to_numpy() == 1
    later = (months[:, None] < months) | ((months[:, None] == months) & ~is_dead)
    comparable = is_dead[:, None] & later
    halves = comparable * (1 + np.sign(predictors[:, None] - predictors)).astype(int)
    total = int(comparable.sum())
    c_index = int(halves.sum()) / (2 * total)
    of_member = (halves.sum(axis=0) + halves.sum(axis=1)).tolist()
    pairs_of_member = (comparable.sum(axis=0) + comparable.sum(axis=1)).tolist()
    influence = [(a / 2 - c_index * b) / total for a, b in zip(of_member, pairs_of_member, strict=True)]
    return Concordance(c_index, math.fsum(value**2 for value in influence))


def pooled_concordance(found: Sequence[Concordance]) -> tuple[float, float, float]:
    """Return the mean C-index over the cohorts and its 95 % interval by Rubin's rules."""
    pooled = pool_estimates(np.array([[one.c_index] for one in found]), np.array([[[one.variance]] for one in found]))
    mean, error = float(pooled.estimate[0]), math.sqrt(float(pooled.total[0, 0]))
    return mean, mean - Z95 * error, mean + Z95 * error


def gonen_heller(coefficients: npt.NDArray[np.float64]) -> float:
    """Return the concordance probability that the coefficients and the cell sizes imply (Gonen and Heller 2005).

    Over pairs of members: 1 / (1 + exp(-|difference of linear predictors|)); a pair from the same cell counts 1/2.
    """
    predictors = linear_predictors(coefficients)
    sizes = cell_sizes()
    pairs, concordant = 0, []
    for i in range(len(sizes)):
        for j in range(i, len(sizes)):
            number = sizes[i] * (sizes[i] - 1) // 2 if i == j else sizes[i] * sizes[j]
            pairs += number
            concordant.append(number / (1 + math.exp(-abs(predictors[i] - predictors[j]))))
    return math.fsum(concordant) / pairs


def linear_predictors(coefficients: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Return the linear predictor of each cell; `coefficients` (2,) are those of SII and AFP."""
    sii, afp = coefficients.tolist()
    return tuple(sii * x + afp * y for x, y in CELL_COVARIATES)
