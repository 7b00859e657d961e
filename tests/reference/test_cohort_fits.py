"""statsmodels, lifelines and R agree on every cohort: coefficients, errors, survival, medians, log-rank tests."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from lifelines.statistics import multivariate_logrank_test

from app.core.cox import Z95
from model.fitting.study_fit import CURVES, GRID_MONTHS, HORIZONS_MONTHS, CohortFit, fit_cohort
from model.publication.study import CELL_IDS
from model.reconstruction.run import read_cohorts
from tests.lib.cohorts import all_statistics

TOLERANCE = 1e-6  # absolute
HORIZONS = [int(np.flatnonzero(months == GRID_MONTHS)[0]) for months in HORIZONS_MONTHS]

FromR = Callable[[str], "np.ndarray[tuple[int], np.dtype[np.float64]]"]


@pytest.fixture(scope="module")
def cohorts() -> list[pd.DataFrame]:
    return read_cohorts()


@pytest.fixture(scope="module")
def fits(cohorts: list[pd.DataFrame]) -> list[CohortFit]:
    return [fit_cohort(cohort) for cohort in cohorts]


@pytest.fixture(scope="module")
def statistics() -> dict[str, list[float]]:
    rows = all_statistics()
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.fixture(scope="module")
def from_r(cohort_fits: dict[int, dict[str, float]], cohorts: list[pd.DataFrame]) -> FromR:
    """A column of R's results in the order of the cohorts."""
    numbers = [int(cohort["cohort"].iloc[0]) for cohort in cohorts]
    return lambda column: np.array([cohort_fits[number][column] for number in numbers])


def assert_agree(ours: object, r: object) -> None:
    np.testing.assert_allclose(np.asarray(ours, dtype=float), np.asarray(r, dtype=float), rtol=0, atol=TOLERANCE)


def test_r_fitted_every_cohort(cohorts: list[pd.DataFrame], cohort_fits: dict[int, dict[str, float]]) -> None:
    assert {int(cohort["cohort"].iloc[0]) for cohort in cohorts} == set(cohort_fits)


def test_coefficients_and_covariance_agree_with_r(fits: list[CohortFit], from_r: FromR) -> None:
    assert_agree([fit.coefficients for fit in fits], np.column_stack([from_r("sii_coef"), from_r("afp_coef")]))
    covariance = np.array([fit.covariance for fit in fits])
    assert_agree(np.sqrt(covariance[:, 0, 0]), from_r("sii_se"))
    assert_agree(np.sqrt(covariance[:, 1, 1]), from_r("afp_se"))
    assert_agree(covariance[:, 0, 1], from_r("covariance"))
    assert_agree(covariance[:, 1, 0], from_r("covariance"))


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("univariable_sii", "sii_alone"),
        ("univariable_afp", "afp_alone"),
        ("multivariable_sii", "sii"),
        ("multivariable_afp", "afp"),
    ],
)
def test_hazard_ratios_and_limits_agree_with_r(
    kind: str, column: str, statistics: dict[str, list[float]], from_r: FromR
) -> None:
    coefficient, error = from_r(f"{column}_coef"), from_r(f"{column}_se")
    assert_agree(np.log(statistics[f"hr_{kind}"]), coefficient)
    assert_agree(np.log(statistics[f"hr_lower_limit_{kind}"]), coefficient - Z95 * error)
    assert_agree(np.log(statistics[f"hr_upper_limit_{kind}"]), coefficient + Z95 * error)


@pytest.mark.parametrize(
    ("statistic", "column"),
    [
        ("log_rank_p_by_sii", "log_rank_sii_p"),
        ("log_rank_p_none_one_both_factors", "log_rank_groups_p"),
        ("pfs_log_rank_p_by_sii", "log_rank_pfs_sii_p"),
        ("os_median_months", "os_median"),
        ("pfs_median_months", "pfs_median"),
        ("median_observed_follow_up_months", "follow_up_median"),
        ("deaths", "deaths"),
        ("progressions", "progressions"),
    ],
)
def test_checked_statistic_agrees_with_r(
    statistic: str, column: str, statistics: dict[str, list[float]], from_r: FromR
) -> None:
    assert_agree(statistics[statistic], from_r(column))


@pytest.mark.parametrize("event", ["os", "pfs"])
def test_error_of_the_median_agrees_with_r(event: str, statistics: dict[str, list[float]], from_r: FromR) -> None:
    assert_agree(statistics[f"{event}_median_standard_error_spss"], from_r(f"{event}_median_se"))


def test_log_rank_test_of_four_cells_agrees_with_r(cohorts: list[pd.DataFrame], from_r: FromR) -> None:
    ours = [multivariate_logrank_test(cohort["months"], cohort["cell"], cohort["death"]).p_value for cohort in cohorts]
    assert_agree(ours, from_r("log_rank_cells_p"))


@pytest.mark.parametrize("curve", CURVES)
def test_kaplan_meier_curve_agrees_with_r(curve: str, fits: list[CohortFit], from_r: FromR) -> None:
    for months, at in zip(HORIZONS_MONTHS, HORIZONS, strict=True):
        assert_agree([fit.kaplan_meier[curve].survival[at] for fit in fits], from_r(f"km_{curve}_{months}"))


@pytest.mark.parametrize("curve", CURVES)
def test_greenwoods_variance_agrees_with_r(curve: str, fits: list[CohortFit], from_r: FromR) -> None:
    """R's standard error of S on the scale log(-log S), where both are defined: 0 < S < 1."""
    for months, at in zip(HORIZONS_MONTHS, HORIZONS, strict=True):
        survival, error = from_r(f"km_{curve}_{months}"), from_r(f"km_{curve}_{months}_se")
        inside = (survival > 0) & (survival < 1)
        assert inside.any()
        ours = np.array([fit.kaplan_meier[curve].variance[at] for fit in fits])[inside]
        assert_agree(np.sqrt(ours), error[inside] / (survival[inside] * -np.log(survival[inside])))


@pytest.mark.parametrize("cell", CELL_IDS)
def test_cox_survival_and_error_agree_with_r(cell: str, fits: list[CohortFit], from_r: FromR) -> None:
    for months, at in zip(HORIZONS_MONTHS, HORIZONS, strict=True):
        survival, error = from_r(f"cox_{cell}_{months}"), from_r(f"cox_{cell}_{months}_hazard_se")
        curves = [fit.cox[cell] for fit in fits]
        assert_agree([curve.survival[at] for curve in curves], survival)
        assert_agree([np.sqrt(curve.variance[at]) for curve in curves], error / -np.log(survival))


def test_harrells_concordance_agrees_with_r(fits: list[CohortFit], from_r: FromR) -> None:
    assert_agree([fit.concordance.c_index for fit in fits], from_r("c_index"))
