"""Survival adjusted for larger studies, and the scenario, on numbers that can be checked by hand."""

import numpy as np
import pytest

from model.fitting.alternatives import (
    Coefficients,
    adjusted_coefficients,
    baseline_hazard,
    group_curves,
    group_survival,
    power_for_median,
)
from model.fitting.estimators import Curve
from model.fitting.pooling import Pooled, PooledCurve
from model.fitting.study_fit import hazard_ratios

NO_COVARIANCE = np.zeros((2, 2))
COHORTS = Pooled(np.zeros(2), NO_COVARIANCE, NO_COVARIANCE, NO_COVARIANCE)
# The cells hold 14, 12, 15 and 17 of 58 members.
SHARES = np.array([14, 12, 15, 17]) / 58
RATIOS = [1.0, 2.0, 3.0, 6.0]
DOUBLE_AND_TRIPLE = Coefficients(np.log([2.0, 3.0]), NO_COVARIANCE)


@pytest.mark.parametrize(
    ("tau", "expected"),
    [
        ({"sii": 0.3, "afp": 0.2}, {"sii": (1.86, 1.18, 2.94), "afp": (1.93, 1.28, 2.90), "combined": (3.59,)}),
        ({"sii": 0.2, "afp": 0.1}, {"sii": (1.77, 1.24, 2.52), "afp": (1.82, 1.34, 2.49), "combined": (3.23,)}),
        ({"sii": 0.38, "afp": 0.2}, {"sii": (1.92, 1.15, 3.22), "afp": (1.93,), "combined": (3.71,)}),
    ],
)
def test_adjusted_ratios_agree_with_hand_calculation(
    tau: dict[str, float], expected: dict[str, tuple[float, ...]]
) -> None:
    """SII, tau 0.3, precisions of the two: 1 / 0.36131^2 = 7.660 and 1 / (0.06215^2 + 0.3^2) = 10.654.

    (7.660 x 0.79345 + 10.654 x 0.49470) / 18.314 = 0.61965; e^0.61965 = 1.858, e^(0.61965 +- 1.96 / 18.314^0.5).
    """
    found = adjusted_coefficients(COHORTS, tau)
    ratios = hazard_ratios(found.estimate, found.covariance)
    for factor, (ratio, *limits) in expected.items():
        assert ratios[factor]["hazard_ratio"] == pytest.approx(ratio, abs=0.006)
        if limits:
            assert ratios[factor]["ci_95"] == pytest.approx(limits, abs=0.006)


def test_huge_tau_leaves_the_printed_ratios() -> None:
    found = adjusted_coefficients(COHORTS, {"sii": 1e6, "afp": 1e6})
    assert np.exp(found.estimate) == pytest.approx([2.211, 2.750], rel=1e-9)


def test_covariance_shrinks_with_the_weights() -> None:
    total = np.array([[0.1, -0.004], [-0.004, 0.1]])
    found = adjusted_coefficients(Pooled(np.zeros(2), total, total, total), {"sii": 0.3, "afp": 0.2})
    # weights of the study: 7.660 / 18.314 = 0.4183 and 6.289 / (6.289 + 16.74) = 0.2731
    assert found.covariance[0, 1] == found.covariance[1, 0] == pytest.approx(-0.004 * 0.4183 * 0.2731, rel=1e-3)


def test_baseline_gives_the_overall_survival() -> None:
    survival = np.array([1.0, 0.999, 0.5, 0.1, 0.01])
    hazard = baseline_hazard(survival, RATIOS)
    together = sum(share * np.exp(-hazard * ratio) for share, ratio in zip(SHARES, RATIOS, strict=True))
    assert together == pytest.approx(survival, abs=1e-14)
    assert hazard[0] == 0


def test_groups_together_have_the_overall_survival() -> None:
    overall = np.array([0.9, 0.6, 0.3])
    groups = group_survival(overall, DOUBLE_AND_TRIPLE)
    together = (14 * groups["low"] + 27 * groups["intermediate"] + 17 * groups["high"]) / 58
    assert together == pytest.approx(overall, abs=1e-14)
    # The reference cell by hand: S_high = S_low^6.
    assert groups["high"] == pytest.approx(groups["low"] ** 6, abs=1e-14)


def test_without_effects_groups_equal_the_overall_curve() -> None:
    """theta = log(-log 0.6) = -0.67173 with error 0.2: limits 0.46954 and 0.70811, as of the overall curve."""
    overall = PooledCurve(np.array([0.6]), np.array([0.5]), np.array([0.7]), np.array([0.0]))
    theta = np.log(-np.log(np.array([0.6])))
    cohort = Curve(np.array([0.6]), theta, np.array([0.04]))
    for curve in group_curves(overall, [cohort, cohort], Coefficients(np.zeros(2), NO_COVARIANCE)).values():
        found = (curve.lower[0], curve.survival[0], curve.upper[0])
        assert found == pytest.approx((0.46954, 0.6, 0.70811), abs=1e-5)


def test_error_of_the_ratios_widens_the_outer_groups() -> None:
    overall = PooledCurve(np.array([0.6]), np.array([0.5]), np.array([0.7]), np.array([0.0]))
    cohort = Curve(np.array([0.6]), np.log(-np.log(np.array([0.6]))), np.array([0.04]))
    certain = group_curves(overall, [cohort, cohort], DOUBLE_AND_TRIPLE)
    uncertain = group_curves(overall, [cohort, cohort], Coefficients(np.log([2.0, 3.0]), np.diag([0.05, 0.05])))
    for group in ("low", "high"):
        assert uncertain[group].survival == pytest.approx(certain[group].survival)
        assert uncertain[group].lower[0] < certain[group].lower[0] - 0.01
        assert uncertain[group].upper[0] > certain[group].upper[0] + 0.01


def test_power_moves_the_median() -> None:
    # S(2) = 0.4: 0.4 ** p = 0.5 for p = ln 0.5 / ln 0.4 = 0.75647
    curve = PooledCurve(np.array([1.0, 0.7, 0.4]), *(np.zeros(3) for _ in range(3)))
    assert power_for_median(curve, np.array([0.0, 1.0, 2.0]), 2.0) == pytest.approx(0.75647, abs=1e-5)
