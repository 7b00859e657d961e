"""Rubin's rules on numbers small enough to check by hand."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from model.fitting.estimators import Curve, kaplan_meier, spss_median
from model.fitting.pooling import pool_cox, pool_estimates, pool_kaplan_meier, pooled_median


def test_total_covariance_follows_rubins_rules() -> None:
    # Two cohorts: estimates 1 and 3, variances 0.5 and 1.5. W = 1, B = 2, T = 1 + (1 + 1/2) 2 = 4.
    pooled = pool_estimates(np.array([[1.0], [3.0]]), np.array([[[0.5]], [[1.5]]]))
    assert pooled.estimate.tolist() == [2.0]
    assert pooled.within.tolist() == [[1.0]]
    assert pooled.between.tolist() == [[2.0]]
    assert pooled.total.tolist() == [[4.0]]


def test_kaplan_meier_by_hand_with_greenwoods_error() -> None:
    # Times 1, 2+, 3, 4: S(1) = 3/4; S(3) = 3/4 x 1/2 = 3/8.
    # Greenwood: var S / S^2 = 1/(4x3) at 1, and 1/12 + 1/(2x1) = 7/12 at 3; on log(-log S) divided by (ln S)^2.
    curve = kaplan_meier(pd.Series([1.0, 2.0, 3.0, 4.0]), pd.Series([1, 0, 1, 1]), np.array([0.5, 1.0, 2.9, 3.0, 4.0]))
    assert curve.survival == pytest.approx([1, 0.75, 0.75, 0.375, 0], abs=1e-12)
    assert curve.variance[1] == pytest.approx((1 / 12) / np.log(0.75) ** 2, rel=1e-12)
    assert curve.variance[3] == pytest.approx((7 / 12) / np.log(0.375) ** 2, rel=1e-12)


def test_group_without_deaths_gets_half_a_death() -> None:
    # n = 4: S = 1 - 0.5/4 = 0.875, variance of log(-log S) = (1 - S)/(n S ln(S)^2) = 0.125/(4 x 0.875 x 0.017831)
    curve = kaplan_meier(pd.Series([1.0, 2.0, 3.0, 4.0]), pd.Series([1, 0, 1, 1]), np.array([0.5, 4.0]))
    assert curve.survival.tolist() == [1, 0]
    assert curve.theta == pytest.approx([np.log(-np.log(0.875)), np.log(-np.log(0.125))])
    assert curve.variance[0] == pytest.approx(0.125 / (3.5 * np.log(0.875) ** 2))
    assert curve.variance[1] == pytest.approx(0.875 / (0.5 * np.log(0.125) ** 2))


def test_equal_cohorts_have_the_limits_of_one() -> None:
    # theta = log(-log 0.6) = -0.67173, se 0.2: limits exp(-exp(-0.67173 +- 1.959964 x 0.2)) = 0.46954 and 0.70811
    pooled = pool_kaplan_meier([_curve(0.6, 0.04), _curve(0.6, 0.04)])
    assert (pooled.lower[0], pooled.survival[0], pooled.upper[0]) == pytest.approx((0.46954, 0.6, 0.70811), abs=1e-5)
    assert pooled.reconstruction_share[0] == pytest.approx(0)


def test_limits_are_quantiles_of_the_mixture() -> None:
    curves = [_curve(0.6, 0.04), _curve(0.5, 0.06)]
    pooled = pool_kaplan_meier(curves)
    assert pooled.survival[0] == pytest.approx(0.55)
    for limit, probability in ((pooled.lower[0], 0.975), (pooled.upper[0], 0.025)):
        x = np.log(-np.log(limit))
        mixture = [NormalDist(curve.theta[0], curve.variance[0] ** 0.5).cdf(x) for curve in curves]
        assert np.mean(mixture) == pytest.approx(probability, abs=1e-9)
    between = 1.5 * np.var([curve.theta[0] for curve in curves], ddof=1)
    assert pooled.reconstruction_share[0] == pytest.approx(between / (0.05 + between))


def test_limits_never_rise_and_contain_the_curve() -> None:
    survival = np.array([0.98, 0.9, 0.7])
    curves = [
        Curve(survival, np.log(-np.log(survival)), np.array([2.0, 0.5, 0.05])),
        Curve(survival**1.2, np.log(-1.2 * np.log(survival)), np.array([2.0, 0.5, 0.05])),
    ]
    pooled = pool_kaplan_meier(curves)
    for values in (pooled.lower, pooled.upper):
        assert (np.diff(values) <= 0).all()
    assert (pooled.lower <= pooled.survival).all()
    assert (pooled.survival <= pooled.upper).all()


def test_cox_curves_pool_as_the_mean_log_hazard() -> None:
    # H = 0.5 and 2: the mean of the logarithms is that of H = 1, so S = exp(-1).
    pooled = pool_cox([_curve(np.exp(-0.5), 0.1), _curve(np.exp(-2), 0.1)])
    assert pooled.survival[0] == pytest.approx(np.exp(-1))


@pytest.mark.parametrize(("died", "has_limits"), [(0, False), (1, False), (2, True), (3, True)])
def test_limits_need_a_death_in_half_of_the_cohorts(died: int, *, has_limits: bool) -> None:
    without_death, with_death = Curve(np.array([1.0]), np.array([-3.0]), np.array([2.0])), _curve(0.9, 0.5)
    for pool in (pool_kaplan_meier, pool_cox):
        pooled = pool([with_death] * died + [without_death] * (4 - died))
        assert [bool(np.isfinite(limit[0])) for limit in (pooled.lower, pooled.upper)] == [has_limits] * 2
    assert pooled.survival[0] == 1 or has_limits


def test_unreached_median_may_have_a_lower_limit() -> None:
    times = np.array([0.0, 1.0, 2.0])
    survival = np.array([0.9, 0.75, 0.6])
    curve = Curve(survival, np.log(-np.log(survival)), np.full(3, 0.25))
    # theta + 1.96 x 0.5 = -1.2704, -0.2659, 0.3083: lower limits 0.755, 0.465, 0.256: one half is passed at 1.
    assert pooled_median(pool_kaplan_meier([curve, curve]), times) == (None, 1.0, None)


def test_spss_error_of_the_median_by_hand() -> None:
    # Ten deaths at 1..10: S(4) = 0.6, S(5) = 0.5, S(6) = 0.4. Greenwood at 5: 0.5 x sqrt(sum 1/(n(n-1)), n = 10..6)
    # = 0.5 x sqrt(1/5 - 1/10) = 0.158114; slope (0.6 - 0.4)/(6 - 4) = 0.1; error 1.58114.
    median, error = spss_median(pd.Series(range(1, 11), dtype=float), pd.Series([1] * 10))
    assert (median, error) == pytest.approx((5.0, 1.58114), abs=1e-5)


def _curve(survival: float, variance: float) -> Curve:
    return Curve(np.array([survival]), np.array([np.log(-np.log(survival))]), np.array([variance]))
