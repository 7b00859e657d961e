"""Harrell's C-index by whole numbers, compared with R's `concordance` for tied times and predictors."""

import numpy as np
import pandas as pd
import pytest

from model.fitting.discrimination import comparable_pairs, harrell

# d <- data.frame(months = c(1, 2, 2, 2, 3, 3, 4, 5, 5, 6), death = c(1, 1, 1, 0, 0, 1, 1, 0, 1, 0),
#                 cell = c(3, 0, 3, 3, 2, 1, 1, 2, 0, 0)); d$lp <- c(0, 0.8, 1, 1.8)[d$cell + 1]
CELL = np.array([3, 0, 3, 3, 2, 1, 1, 2, 0, 0])
MEMBERS = pd.DataFrame(
    {
        "months": [1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 5.0, 6.0],
        "death": [1, 1, 1, 0, 0, 1, 1, 0, 1, 0],
        "sii_high": CELL & 1,
        "afp_high": CELL // 2,
    }
)


def test_c_index_with_tied_times_agrees_with_r() -> None:
    # concordance(Surv(months, death) ~ lp, d, reverse = TRUE): 17 concordant, 9 discordant, 7 tied in lp, 1 in time
    assert harrell(MEMBERS, np.array([0.8, 1.0])) == pytest.approx(0.621212121212121, abs=1e-15)
    assert sum(map(sum, comparable_pairs(MEMBERS))) == 17 + 9 + 7


def test_row_order_does_not_matter() -> None:
    assert comparable_pairs(MEMBERS[::-1]) == comparable_pairs(MEMBERS)


def test_members_of_one_cell_are_always_tied() -> None:
    one_cell = MEMBERS.assign(sii_high=1, afp_high=1)
    for sii in np.linspace(0.1, 3, 50):
        assert harrell(one_cell, np.array([sii, 1 / sii])) == 0.5


def test_protective_factors_reverse_the_ranking() -> None:
    coefficients = np.array([0.8, 1.0])
    assert harrell(MEMBERS, -coefficients) == pytest.approx(1 - harrell(MEMBERS, coefficients), abs=1e-15)


def test_cells_with_equal_predictors_are_tied() -> None:
    assert harrell(MEMBERS, np.zeros(2)) == 0.5


def test_no_comparable_pair_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        harrell(MEMBERS.assign(death=0), np.array([0.8, 1.0]))
