"""The Cox model, the curves and the groups: each number is computed by hand from the artefact's figures."""

import math
from statistics import NormalDist

import pytest

from app.artefact.reader import load_artefact
from app.core.cox import CellCurve, CoxModel, RatioEstimate
from app.core.errors import BeyondEvidenceError
from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import Band, CurvePoint, Estimate, step_index

CELLS, RISK_GROUPS = load_artefact().cells, load_artefact().risk_groups
GRID = (0.0, 1.0, 2.0)
SHARES = {1: 0.5}
# b = (ln 2, ln 3), var 0.16 and 0.25, cov 0.02; S0 = 1, 0.9, 0.8
RATIOS = {
    "sii": RatioEstimate(2.0, (0.91, 4.38), 0.083),
    "afp": RatioEstimate(3.0, (1.13, 7.99), 0.028),
    "combined": RatioEstimate(6.0, (1.61, 22.34), 0.0076),
}
MODEL = CoxModel(
    coefficients=(math.log(2), math.log(3)),
    covariance=((0.16, 0.02), (0.02, 0.25)),
    hazard_ratios=RATIOS,
    cells={
        "neither": CellCurve(1.0, Band(GRID, (1.0, 0.9, 0.8), (1.0, 0.7, 0.6), (1.0, 0.95, 0.9)), SHARES),
        "both": CellCurve(6.0, Band(GRID, (1.0, 0.531441, 0.262144), (1.0, 0.1, 0.05), (1.0, 0.95, 0.9)), SHARES),
    },
)


def test_hazard_and_survival_are_those_of_the_cell() -> None:
    assert (MODEL.relative_hazard(CELLS[0]), MODEL.relative_hazard(CELLS[3])) == (1.0, 6.0)
    assert MODEL.survival_at(CELLS[3], 1.5) == Estimate(0.531441, 0.1, 0.95)
    assert MODEL.curve_of(CELLS[3]) == (1.0, 0.531441, 0.262144)


@pytest.mark.parametrize("factor", ["sii", "afp", "combined"])
def test_hazard_ratio_of_a_factor(factor: str) -> None:
    assert MODEL.hazard_ratio(factor) is RATIOS[factor]


def test_unknown_factor_is_an_error() -> None:
    with pytest.raises(KeyError):
        MODEL.hazard_ratio("nlr")


@pytest.mark.parametrize(("months", "step"), [(0, 0), (0.99, 0), (1, 1), (1.99, 1), (2, 2)])
def test_step_lasts_until_the_next_month(months: float, step: int) -> None:
    assert step_index(GRID, months) == step


@pytest.mark.parametrize("months", [-0.1, 2.1])
def test_no_survival_beyond_the_evidence(months: float) -> None:
    with pytest.raises(BeyondEvidenceError) as caught:
        step_index(GRID, months)
    assert str(caught.value) == f"Survival is held from 0 to 2 months; {months:g} was asked for."


def test_curve_is_read_with_its_limits() -> None:
    band = Band(GRID, (1.0, 0.7, 0.5), (1.0, 0.6, 0.3), (1.0, 0.8, 0.7))
    assert band.at(1.2) == Estimate(0.7, 0.6, 0.8)
    assert band.point(1.2) == CurvePoint(0.7, 0.6, 0.8)


def test_survival_without_interval_is_not_quoted() -> None:
    band = Band(GRID, (1.0, 0.7, 0.5), (None, 0.6, 0.3), (None, 0.8, 0.7))
    assert band.point(0.9) == CurvePoint(1.0, None, None)
    with pytest.raises(BeyondEvidenceError) as caught:
        band.at(0.9)
    assert str(caught.value) == "No interval of survival is held at 0.9 months."
    assert band.at(1) == Estimate(0.7, 0.6, 0.8)


@pytest.mark.parametrize(
    ("sii", "afp", "cell", "label", "factors", "group"),
    [
        (False, False, "neither", "SII low, AFP low", (), "low"),
        (True, False, "sii_only", "SII high, AFP low", ("sii",), "intermediate"),
        (False, True, "afp_only", "SII low, AFP high", ("afp",), "intermediate"),
        (True, True, "both", "SII high, AFP high", ("sii", "afp"), "high"),
    ],
)
def test_high_factors_determine_cell_and_group(
    fitted: FittedModel, sii: bool, afp: bool, cell: str, label: str, factors: tuple[str, ...], group: str
) -> None:
    found = fitted.answers[frozenset(name for name, is_high in (("sii", sii), ("afp", afp)) if is_high)]
    assert (found.cell.id, found.cell.label, found.cell.factors) == (cell, label, factors)
    assert found.risk_group.id == group


def test_risk_groups_have_labels_and_meanings() -> None:
    assert [(group.label, group.meaning) for group in RISK_GROUPS] == [
        ("Lower-risk group", "neither factor high"),
        ("Middle-risk group", "one factor high"),
        ("Higher-risk group", "both factors high"),
    ]


def test_fitted_model_is_as_published(fitted: FittedModel) -> None:
    shown = {factor: f"{fitted.cox.hazard_ratio(factor).hazard_ratio:.2f}" for factor in ("sii", "afp", "combined")}
    assert shown == {"sii": "2.21", "afp": "2.75", "combined": "6.08"}


@pytest.mark.parametrize(
    ("factor", "ratio", "interval", "p_value"),
    [("sii", 2.211, (1.089, 4.489), 0.028), ("afp", 2.750, (1.259, 6.010), 0.011)],  # Table 2, multivariable
)
def test_fitted_hazard_ratios_are_those_of_table_2(
    fitted: FittedModel, factor: str, ratio: float, interval: tuple[float, float], p_value: float
) -> None:
    found = fitted.cox.hazard_ratio(factor)
    assert found.hazard_ratio == pytest.approx(ratio, rel=0.01)
    assert found.ci_95 == pytest.approx(interval, rel=0.015)
    assert found.p_value == pytest.approx(p_value, abs=0.001)


def test_fitted_ratios_have_wald_limits_and_p_values(fitted: FittedModel) -> None:
    cox = fitted.cox
    (var_sii, covariance), (_, var_afp) = cox.covariance
    expected = {
        "sii": (cox.coefficients[0], var_sii),
        "afp": (cox.coefficients[1], var_afp),
        "combined": (sum(cox.coefficients), var_sii + var_afp + 2 * covariance),
    }
    for factor, (log_ratio, variance) in expected.items():
        found, spread = cox.hazard_ratio(factor), NormalDist(log_ratio, math.sqrt(variance))
        assert found.hazard_ratio == pytest.approx(math.exp(log_ratio), rel=2e-6)
        assert found.ci_95[0] == pytest.approx(math.exp(spread.inv_cdf(0.025)), rel=2e-6)
        assert found.ci_95[1] == pytest.approx(math.exp(spread.inv_cdf(0.975)), rel=2e-6)
        assert found.p_value == pytest.approx(2 * spread.cdf(0), abs=1e-7)


def test_fitted_survival_is_a_power_of_the_baseline(fitted: FittedModel) -> None:
    baseline = fitted.cox.curve_of(CELLS[0])
    for cell in CELLS:
        relative = fitted.cox.relative_hazard(cell)
        assert fitted.cox.curve_of(cell) == pytest.approx([survival**relative for survival in baseline], abs=5e-7)
