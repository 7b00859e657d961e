"""Measure how well the four cells rank the members by survival: Harrell's C-index and Gönen and Heller's.

Both count pairs of members by their cells. Members of one cell have the same linear predictor and are always tied.
"""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.publication.study import CELL_COVARIATES, cell_sizes


def harrell(cohort: pd.DataFrame, coefficients: npt.NDArray[np.float64]) -> float:
    """Return Harrell's C-index of a cohort (see `cohort_file`): (concordant + ties / 2) / comparable pairs.

    A pair is comparable if one member died before the other's time, or at the same time at which the other was
    censored. It is concordant if the member who died first has the higher linear predictor, and tied if both are equal.
    That is `survival::concordance` of R. Raises ZeroDivisionError if no pair is comparable.
    """
    predictors = linear_predictors(coefficients)
    pairs = comparable_pairs(cohort)
    halves = total = 0
    for first, predicted in enumerate(predictors):
        for later, other in enumerate(predictors):
            total += pairs[first][later]
            halves += pairs[first][later] * (2 if predicted > other else 1 if predicted == other else 0)
    return halves / (2 * total)


def comparable_pairs(cohort: pd.DataFrame) -> list[list[int]]:
    """Return the number of comparable pairs, (4, 4): cell of the member who died first, cell of the other."""
    cells = (cohort["sii_high"] + 2 * cohort["afp_high"]).tolist()
    members = sorted(zip(cohort["months"].tolist(), (cohort["death"] == 0).tolist(), cells, strict=True))
    pairs = [[0] * 4 for _ in range(4)]
    died, dying, now = [0] * 4, [0] * 4, -math.inf
    for months, censored, cell in members:  # deaths come before censored times that are equal
        if censored or months > now:
            died = [before + new for before, new in zip(died, dying, strict=True)]
            dying, now = [0] * 4, months
        for first, number in enumerate(died):
            pairs[first][cell] += number
        if not censored:
            dying[cell] += 1
    return pairs


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
