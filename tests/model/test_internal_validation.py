"""Optimism and shrinkage, on a small set of cohorts and by hand."""

import json

import pytest

from model.internal_validation import VALIDATION_FILE, likelihood_ratio, shrinkage, validated
from model.reconstruction.run import read_cohorts


def test_likelihood_ratio_agrees_with_r() -> None:
    # coxph(Surv(months, death) ~ sii_high + afp_high, ties = "breslow") on cohort 1: 2 * diff(fit$loglik)
    assert likelihood_ratio(read_cohorts()[0]) == pytest.approx(13.0305425329, abs=1e-6)


def test_shrinkage_by_hand() -> None:
    assert shrinkage(12.5, 2) == pytest.approx(0.84)
    assert shrinkage(12.5, 11) == pytest.approx(0.12)
    assert shrinkage(5.0, 11) == 0


def test_validation_is_repeatable_and_near_the_committed_figures() -> None:
    cohorts = read_cohorts()[:8]
    found = validated(cohorts)
    assert found == validated(cohorts)
    committed = json.loads(VALIDATION_FILE.read_text("utf-8"))
    assert (committed["cohorts"], committed["candidates"]) == (320, 11)
    assert found["likelihood_ratio"] == pytest.approx(committed["likelihood_ratio"], abs=1.0)
    # Eight cohorts with ten resamples: four Monte Carlo errors on either side.
    assert abs(found["c_index_optimism"] - committed["c_index_optimism"]) < 4 * found["c_index_optimism_error"]
