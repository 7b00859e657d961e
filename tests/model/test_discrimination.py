"""Harrell's C-index by whole numbers, compared with R's `concordance` for tied times and predictors."""

import numpy as np
import pandas as pd
import pytest

from model.fitting.discrimination import Concordance, harrell, pooled_concordance

# d <- data.frame(months = c(1, 2, 2, 2, 3, 3, 4, 5, 5, 6), death = c(1, 1, 1, 0, 0, 1, 1, 0, 1, 0),
#                 cell = c(3, 0, 3, 3, 2, 1, 1, 2, 0, 0)); d$lp <- c(0, 0.8, 1, 1.8)[d$cell + 1]
CELL = np.array([3, 0, 3, 3, 2, 1, 1, 2, 0, 0])
MEMBERS = pd.DataFrame(
    {
        "months": [1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 5.0, 6.0],
        "death": [1, 1, 1, 0, 0, 1, 1, 0, 1, 0],
        "cell": CELL,
    }
)


def test_c_index_with_tied_times_agrees_with_r() -> None:
    # f <- concordance(Surv(months, death) ~ lp, d, reverse = TRUE): 17 concordant, 9 discordant, 7 tied in lp; f$var
    found = harrell(MEMBERS, np.array([0.8, 1.0]))
    assert found.c_index == pytest.approx((17 + 7 / 2) / 33, abs=1e-15)
    assert found.variance == pytest.approx(0.02295431145919501, rel=1e-12)


def test_row_order_does_not_matter() -> None:
    coefficients = np.array([0.8, 1.0])
    found, reversed_ = harrell(MEMBERS, coefficients), harrell(MEMBERS[::-1], coefficients)
    assert reversed_.c_index == found.c_index
    assert reversed_.variance == pytest.approx(found.variance, rel=1e-15)


def test_pooled_c_index_follows_rubins_rules() -> None:
    # Two cohorts: W = (0.01 + 0.03) / 2 = 0.02, B = 0.02 (of 0.6 and 0.8), T = 0.02 + 1.5 x 0.02 = 0.05;
    # 1.959964 x 0.05^0.5 = 0.438261
    mean, lower, upper = pooled_concordance([Concordance(0.6, 0.01), Concordance(0.8, 0.03)])
    assert (mean, lower, upper) == pytest.approx((0.7, 0.7 - 0.438261, 0.7 + 0.438261), abs=1e-6)


def test_members_of_one_cell_are_always_tied() -> None:
    one_cell = MEMBERS.assign(cell=3)
    for sii in np.linspace(0.1, 3, 50):
        assert harrell(one_cell, np.array([sii, 1 / sii])).c_index == 0.5


def test_protective_factors_reverse_the_ranking() -> None:
    coefficients = np.array([0.8, 1.0])
    found = harrell(MEMBERS, coefficients).c_index
    assert harrell(MEMBERS, -coefficients).c_index == pytest.approx(1 - found, abs=1e-15)


def test_cells_with_equal_predictors_are_tied() -> None:
    assert harrell(MEMBERS, np.zeros(2)).c_index == 0.5


def test_no_comparable_pair_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        harrell(MEMBERS.assign(death=0), np.array([0.8, 1.0]))
