"""The Cox model, the curves and the groups: each number by hand from the artefact's own figures."""

import math
from statistics import NormalDist

import pytest

from app.core.artefact import Artefact
from app.core.cox import CellBand, CoxModel
from app.core.errors import BeyondEvidenceError
from app.core.kaplan_meier import Band, Estimate, step_index
from app.core.risk_groups import CELLS, RISK_GROUPS, cell_of, risk_group_of

GRID = (0.0, 1.0, 2.0)
SHARES = {1: 0.5}
# b = (ln 2, ln 3), var 0.16 and 0.25, cov 0.02
MODEL = CoxModel(
    coefficients=(math.log(2), math.log(3)),
    covariance=((0.16, 0.02), (0.02, 0.25)),
    months=GRID,
    baseline_survival=(1.0, 0.9, 0.8),
    cells={cell.id: CellBand((1.0, 0.1, 0.05), (1.0, 0.95, 0.9), SHARES) for cell in CELLS},
)


@pytest.mark.parametrize(("cell", "relative"), [("neither", 1.0), ("sii_only", 2.0), ("afp_only", 3.0), ("both", 6.0)])
def test_relative_hazard_is_the_product_of_the_high_factors(cell: str, relative: float) -> None:
    (found,) = (known for known in CELLS if known.id == cell)
    assert MODEL.relative_hazard(found) == pytest.approx(relative)
    assert MODEL.linear_predictor(found) == pytest.approx(math.log(relative))


@pytest.mark.parametrize(
    ("factor", "ratio", "variance"),
    [("sii", 2.0, 0.16), ("afp", 3.0, 0.25), ("combined", 6.0, 0.16 + 0.25 + 2 * 0.02)],
)
def test_a_hazard_ratio_has_the_wald_interval_and_p_value_of_its_contrast(
    factor: str, ratio: float, variance: float
) -> None:
    error = math.sqrt(variance)
    found = MODEL.hazard_ratio(factor)
    assert found.hazard_ratio == pytest.approx(ratio)
    assert found.ci_95[0] == pytest.approx(ratio * math.exp(-1.959963984540054 * error), rel=1e-12)
    assert found.ci_95[1] == pytest.approx(ratio * math.exp(1.959963984540054 * error), rel=1e-12)
    assert found.p_value == pytest.approx(2 * NormalDist().cdf(-math.log(ratio) / error), rel=1e-9)


def test_a_factor_that_lowers_the_hazard_has_a_p_value_too() -> None:
    protective = CoxModel((-math.log(2), 0.1), MODEL.covariance, GRID, MODEL.baseline_survival, MODEL.cells)
    assert protective.hazard_ratio("sii").p_value == pytest.approx(MODEL.hazard_ratio("sii").p_value)


def test_an_unknown_factor_is_an_error() -> None:
    with pytest.raises(KeyError):
        MODEL.hazard_ratio("nlr")


def test_cox_predicted_survival_is_the_baseline_to_the_relative_hazard() -> None:
    found = MODEL.survival_at(CELLS[3], 1.5)
    assert found.survival == pytest.approx(0.9**6)
    assert (found.lower, found.upper) == (0.1, 0.95)
    assert MODEL.curve_of(CELLS[1]) == pytest.approx((1.0, 0.81, 0.64))


@pytest.mark.parametrize(("months", "step"), [(0, 0), (0.99, 0), (1, 1), (1.99, 1), (2, 2)])
def test_a_step_holds_from_its_month_until_the_next(months: float, step: int) -> None:
    assert step_index(GRID, months) == step


@pytest.mark.parametrize("months", [-0.1, 2.1])
def test_nothing_is_said_beyond_the_evidence(months: float) -> None:
    with pytest.raises(BeyondEvidenceError) as caught:
        step_index(GRID, months)
    assert str(caught.value) == f"Survival is held from 0 to 2 months; {months:g} was asked for."


def test_a_curve_is_read_with_its_limits() -> None:
    band = Band(GRID, (1.0, 0.7, 0.5), (1.0, 0.6, 0.3), (1.0, 0.8, 0.7))
    assert band.at(1.2) == Estimate(0.7, 0.6, 0.8)


@pytest.mark.parametrize(
    ("sii", "afp", "cell", "label", "factors", "group"),
    [
        (False, False, "neither", "SII low, AFP low", (), "low"),
        (True, False, "sii_only", "SII high, AFP low", ("sii",), "intermediate"),
        (False, True, "afp_only", "SII low, AFP high", ("afp",), "intermediate"),
        (True, True, "both", "SII high, AFP high", ("sii", "afp"), "high"),
    ],
)
def test_two_flags_make_a_cell_and_their_number_a_risk_group(
    sii: bool, afp: bool, cell: str, label: str, factors: tuple[str, ...], group: str
) -> None:
    found = cell_of(sii_high=sii, afp_high=afp)
    assert (found.id, found.sii_high, found.afp_high, found.label, found.factors) == (cell, sii, afp, label, factors)
    assert risk_group_of(found).id == group


def test_the_risk_groups_say_what_they_are() -> None:
    assert [(group.label, group.meaning) for group in RISK_GROUPS] == [
        ("Low risk group", "neither factor high"),
        ("Intermediate risk group", "one factor high"),
        ("High risk group", "both factors high"),
    ]


def test_the_fitted_model_reads_as_published(artefact: Artefact) -> None:
    shown = {factor: f"{artefact.cox.hazard_ratio(factor).hazard_ratio:.2f}" for factor in ("sii", "afp", "combined")}
    assert shown == {"sii": "2.21", "afp": "2.75", "combined": "6.08"}


@pytest.mark.parametrize(
    ("factor", "ratio", "interval", "p_value"),
    [("sii", 2.211, (1.089, 4.489), 0.028), ("afp", 2.750, (1.259, 6.010), 0.011)],  # Table 2, multivariable
)
def test_the_fitted_hazard_ratios_are_those_of_table_2(
    artefact: Artefact, factor: str, ratio: float, interval: tuple[float, float], p_value: float
) -> None:
    found = artefact.cox.hazard_ratio(factor)
    assert found.hazard_ratio == pytest.approx(ratio, rel=0.01)
    assert found.ci_95 == pytest.approx(interval, rel=0.015)
    assert found.p_value == pytest.approx(p_value, abs=0.001)


def test_by_hand_the_combined_hazard_ratio_and_its_interval() -> None:
    # ln 2 + ln 3 = 1.791759; variance 0.16 + 0.25 + 2 x 0.02 = 0.45; sqrt = 0.670820; x 1.959964 = 1.314784
    # exp(1.791759 - 1.314784) = exp(0.476975) = 1.61119; exp(3.106543) = 22.3437
    # z = 1.791759 / 0.670820 = 2.670997; 2 Phi(-2.670997) = 0.0075625
    found = MODEL.hazard_ratio("combined")
    assert found.ci_95 == pytest.approx((1.61119, 22.3437), rel=1e-5)
    assert found.p_value == pytest.approx(0.0075625, abs=2e-6)
