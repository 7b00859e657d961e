"""The cohorts of a chain are as different as those of two chains; the committed table says how different."""

import json
import math

import numpy as np
import pytest

from model.convergence import CONVERGENCE_FILE, Convergence, analysed, convergence_of
from model.reconstruction.run import read_cohorts


def test_table_is_that_of_the_committed_cohorts() -> None:
    found = convergence_of(read_cohorts())
    committed = [Convergence(**row) for row in json.loads(CONVERGENCE_FILE.read_text("utf-8"))]
    assert [line.figure for line in found] == [line.figure for line in committed]
    for line, shown in zip(found, committed, strict=True):
        assert line.mean == pytest.approx(shown.mean, abs=2e-6)
        assert line.effective_cohorts == pytest.approx(shown.effective_cohorts, rel=1e-4)


def test_every_figure_rests_on_many_independent_cohorts() -> None:
    rows = json.loads(CONVERGENCE_FILE.read_text("utf-8"))
    assert len(rows) == 11
    assert all(row["effective_cohorts"] >= 200 for row in rows)


def test_analysis_of_variance_by_hand() -> None:
    # Chains (1, 3) and (5, 7): within 2, variance of the means 2 and 6 is 8, between 8 - 2/2 = 7.
    # Correlation 7/9; effective 4 / (1 + 7/9) = 2.25.
    line = analysed("x", np.array([1.0, 3.0, 5.0, 7.0]), np.array([1, 1, 2, 2]))
    assert line.mean == 4
    assert (line.sd_within_chains, line.sd_between_chains) == pytest.approx((math.sqrt(2), math.sqrt(7)))
    assert (line.correlation, line.effective_cohorts) == pytest.approx((7 / 9, 2.25))


def test_chains_that_do_not_differ_count_fully() -> None:
    chains = np.array([1, 1, 2, 2])
    assert analysed("x", np.array([1.0, 3.0, 1.0, 3.0]), chains).effective_cohorts == 4
    assert analysed("x", np.array([2.0, 2.0, 2.0, 2.0]), chains).effective_cohorts == 4


def test_chains_of_different_length_and_one_chain_are_analysed() -> None:
    # Chains (1, 3) and (5): within 2; mean 3, squares 2 x 1 + 1 x 4 = 6; typical size 3 - 5/3 = 4/3.
    # The variance between chains is the difference of 6 and 2 over 4/3, which is 3.
    line = analysed("x", np.array([1.0, 3.0, 5.0]), np.array([1, 1, 2]))
    assert (line.sd_within_chains, line.sd_between_chains) == pytest.approx((math.sqrt(2), math.sqrt(3)))
    assert analysed("x", np.array([1.0, 3.0]), np.array([1, 1])).effective_cohorts == 2
