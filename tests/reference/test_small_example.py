"""An example of eight members, small enough to check by hand, agrees with R survival.

d <- data.frame(months = c(1.5, 2.2, 3.1, 4.8, 5, 6.4, 7.25, 8), death = c(1, 0, 1, 1, 0, 1, 1, 0),
                sii_high = c(1, 0, 1, 0, 1, 1, 0, 0), afp_high = c(0, 1, 1, 1, 0, 0, 0, 1))
"""

import numpy as np
import pandas as pd
import pytest
from lifelines.statistics import multivariate_logrank_test

from model.fitting.discrimination import harrell
from model.fitting.estimators import cox_curves, fit_cox, kaplan_meier, median_observed, spss_median

MEMBERS = pd.DataFrame(
    {
        "months": [1.5, 2.2, 3.1, 4.8, 5.0, 6.4, 7.25, 8.0],
        "death": [1, 0, 1, 1, 0, 1, 1, 0],
        "sii_high": [1, 0, 1, 0, 1, 1, 0, 0],
        "afp_high": [0, 1, 1, 1, 0, 0, 0, 1],
    }
)
MEMBERS["latent_months"] = MEMBERS["months"]
MEMBERS["cell"] = MEMBERS["sii_high"] + 2 * MEMBERS["afp_high"]
# Ten members with ties, recorded in whole months.
TIED = pd.DataFrame(
    {
        "months": [1, 2, 3, 3, 3, 6, 6, 8, 4, 4],
        "death": [1, 0, 1, 1, 0, 1, 1, 0, 1, 1],
        "sii_high": [1, 0, 1, 0, 1, 1, 0, 0, 1, 0],
        "afp_high": [0, 1, 1, 1, 0, 0, 0, 1, 0, 1],
    }
)
TIED["cell"] = TIED["sii_high"] + 2 * TIED["afp_high"]
TIMES = np.array([1.5, 3.1, 4.8, 6.4, 7.25])


def same(expected: object) -> object:
    return pytest.approx(expected, rel=0, abs=1e-8)


def test_kaplan_meier_with_greenwoods_standard_error() -> None:
    # km <- survfit(Surv(months, death) ~ 1, d); km$surv; km$surv * km$std.err
    # By hand: 7/8, x 5/6, x 4/5, x 2/3, x 1/2.
    survival = np.array([0.875, 0.729166666667, 0.583333333333, 0.388888888889, 0.194444444444])
    error = np.array([0.116926793337, 0.164976236364, 0.185560961332, 0.201269121475, 0.170386724255])
    curve = kaplan_meier(MEMBERS["months"], MEMBERS["death"], TIMES)
    assert curve.survival == same(survival)
    assert np.sqrt(curve.variance) * survival * -np.log(survival) == same(error)
    assert curve.theta == same(np.log(-np.log(survival)))


def test_curve_steps_down_only_at_events() -> None:
    times = np.array([0.0, 1.499, 1.5, 2.2, 3.099, 3.1, 8.0, 9.0])
    curve = kaplan_meier(MEMBERS["months"], MEMBERS["death"], times)
    expected = [1, 1, 7 / 8, 7 / 8, 7 / 8, 35 / 48, 7 / 36, 7 / 36]
    assert curve.survival == same(np.array(expected))


def test_half_event_changes_only_the_variance() -> None:
    # 8 members: S = 1 - 0.5/8 = 0.9375; variance of log(-log S) = (1 - S) / (8 S log(S)^2) = 2.0007
    curve = kaplan_meier(MEMBERS["months"], MEMBERS["death"], np.array([1.0]))
    assert curve.survival[0] == 1
    assert np.exp(-np.exp(curve.theta[0])) == same(0.9375)
    assert curve.variance[0] == same(0.0625 / (8 * 0.9375 * np.log(0.9375) ** 2))


def test_median_and_error_are_as_in_spss() -> None:
    # S first reaches one half at 6.4, error 0.201269121475; from 7/12 at 4.8 to 7/18 at 6.4 it falls by 7/36.
    median, error = spss_median(MEMBERS["months"], MEMBERS["death"])
    assert median == 6.4
    assert error == same(0.201269121475 * 1.6 / (7 / 36))
    assert median_observed(MEMBERS["months"]) == same(4.9)


@pytest.mark.parametrize(
    ("groups", "p_value"),
    [
        # survdiff(Surv(months, death) ~ sii_high, d)$pvalue
        (MEMBERS["sii_high"], 0.196602247634),
        # survdiff(Surv(months, death) ~ I(sii_high + afp_high), d)$pvalue
        (MEMBERS["sii_high"] + MEMBERS["afp_high"], 0.355699320916),
        # survdiff(Surv(months, death) ~ sii_high + afp_high, d)$pvalue
        (MEMBERS["sii_high"] + 2 * MEMBERS["afp_high"], 0.413757611337),
    ],
    ids=["two groups", "three groups", "four groups"],
)
def test_log_rank_test(groups: pd.Series, p_value: float) -> None:
    assert multivariate_logrank_test(MEMBERS["months"], groups, MEMBERS["death"]).p_value == same(p_value)


def test_cox_model_and_its_predicted_survival() -> None:
    # f <- coxph(Surv(months, death) ~ sii_high + afp_high, d, ties = "breslow", control = coxph.control(eps = 1e-11))
    cox = fit_cox(MEMBERS)
    assert cox.coefficients == same(np.array([1.658697127924, 0.489120193845]))
    covariance = np.array([[1.751138414056, 0.683622302675], [0.683622302675, 1.202531331285]])
    assert cox.covariance == same(covariance)
    # concordance(f)$concordance
    assert harrell(MEMBERS, cox.coefficients).c_index == same(0.710526315789)
    # s <- survfit(f, data.frame(sii_high = c(0, 1), afp_high = c(0, 1)), stype = 2, ctype = 1); s$cumhaz; s$std.err
    reference, _, _, both = cox_curves(MEMBERS, cox, TIMES)
    hazard = np.array([0.0330948602335, 0.0759529303525, 0.1436729244005, 0.2705226498445, 0.6506234992381])
    error = np.array([0.0560031434005, 0.1194410192473, 0.1988749334036, 0.3430088110788, 0.6599419105031])
    assert -np.log(reference.survival) == same(hazard)
    assert np.sqrt(reference.variance) * hazard == same(error)
    hazard = np.array([0.283495234114, 0.650623499238, 1.230722506498, 2.317335121215, 5.573332533668])
    error = np.array([0.356835176342, 0.659941910503, 1.327649938027, 2.689465348895, 8.035296820950])
    assert -np.log(both.survival) == same(hazard)
    assert np.sqrt(both.variance) * hazard == same(error)


def test_ties_are_handled_as_in_spss() -> None:
    # f <- coxph(Surv(months, death) ~ sii_high + afp_high, d, ties = "breslow", control = coxph.control(eps = 1e-11))
    # coef(f); vcov(f). With ties = "efron" the coefficients would be 1.0954 and 0.6562.
    cox = fit_cox(TIED)
    assert cox.coefficients == same(np.array([0.97443670540863, 0.61217780302501]))
    covariance = np.array([[0.99589942964172, 0.6321119654247], [0.6321119654247, 1.0040613011825]])
    assert cox.covariance == same(covariance)
    # survdiff(Surv(months, death) ~ sii_high, d)$pvalue, with the hypergeometric variance
    p_value = multivariate_logrank_test(TIED["months"], TIED["sii_high"], TIED["death"]).p_value
    assert p_value == same(0.35742817507043)
    # concordance(f)$concordance
    assert harrell(TIED, cox.coefficients).c_index == same(0.67241379310345)
