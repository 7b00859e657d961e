"""The artefact agrees with R's own pooling of the same cohorts by Rubin's rules."""

import json
import math
from collections.abc import Sequence
from typing import Any

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import FittedModel
from app.core.risk_groups import Cell

CURVES = (
    *("overall", "low", "intermediate", "high", "neither", "sii_only", "afp_only", "both"),
    *("sii_low", "sii_high", "pfs_sii_low", "pfs_sii_high"),
)
Curves = dict[str, dict[str, list[float | None]]]


def same(expected: object) -> Any:
    return pytest.approx(expected, rel=0, abs=1e-6)


def assert_same_limits(ours: Sequence[float | None], r: Sequence[float | None]) -> None:
    """Check that the limits agree, and that none is given where R gives none."""
    assert [limit is None for limit in ours] == [limit is None for limit in r]
    assert [limit for limit in ours if limit is not None] == same([limit for limit in r if limit is not None])


@pytest.fixture(scope="module")
def fitted() -> FittedModel:
    return load_artefact()


@pytest.fixture(scope="module")
def document(fitted: FittedModel) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fitted.text)
    return found


@pytest.mark.parametrize("part", ["covariance", "within", "between"])
def test_covariance_of_the_coefficients(part: str, document: dict[str, Any], pooled_model: dict[str, float]) -> None:
    sii, both, afp = (pooled_model[f"{part}_{name}"] for name in ("sii", "sii_afp", "afp"))
    (first, second), (third, fourth) = document["coefficients"][part]
    assert [first, second, third, fourth] == same([sii, both, both, afp])


def test_coefficients(fitted: FittedModel, pooled_model: dict[str, float]) -> None:
    assert fitted.cox.coefficients == same((pooled_model["coefficient_sii"], pooled_model["coefficient_afp"]))


@pytest.mark.parametrize(("factor", "name"), [("sii", "sii"), ("afp", "afp"), ("combined", "both")])
def test_hazard_ratio_with_interval_and_p_value(
    factor: str, name: str, fitted: FittedModel, pooled_model: dict[str, float]
) -> None:
    ours = fitted.cox.hazard_ratio(factor)
    ratio, lower, upper, p = (pooled_model[f"hazard_ratio_{name}{end}"] for end in ("", "_lower", "_upper", "_p"))
    assert math.log(ours.hazard_ratio) == same(math.log(ratio))
    assert [math.log(limit) for limit in ours.ci_95] == same([math.log(lower), math.log(upper)])
    assert ours.p_value == same(p)


def test_number_of_cohorts_and_discrimination(document: dict[str, Any], pooled_model: dict[str, float]) -> None:
    performance = document["performance"]
    assert document["provenance"]["cohorts"] == pooled_model["cohorts"]
    assert performance["gonen_heller"] == same(pooled_model["gonen_heller"])
    c_index = performance["c_index"]
    assert [c_index[end] for end in ("mean", "min", "max")] == same(
        [pooled_model[f"c_index_{end}"] for end in ("mean", "min", "max")]
    )
    assert c_index["ci_95"] == same([pooled_model[f"c_index_{end}"] for end in ("lower", "upper")])


@pytest.mark.parametrize("name", CURVES)
def test_kaplan_meier_curve_with_its_interval(name: str, fitted: FittedModel, pooled: Curves) -> None:
    ours, r = fitted.kaplan_meier[name], pooled[name]
    assert ours.band.months == same(tuple(r["time"]))
    assert ours.band.survival == same(tuple(r["survival"]))
    assert_same_limits(ours.band.ci_lower, r["lower"])
    assert_same_limits(ours.band.ci_upper, r["upper"])
    for months, share in ours.reconstruction_share.items():
        assert share == same(r["share"][10 * months])


@pytest.mark.parametrize("name", CURVES)
def test_size_events_at_risk_and_median_of_a_curve(
    name: str, document: dict[str, Any], pooled_curves: dict[str, dict[str, float | None]]
) -> None:
    ours, r = document["kaplan_meier"][name], pooled_curves[name]
    spread = ("min", "median", "max")
    assert ours["n"] == r["n"]
    assert ours["events"] == {end: r[f"events_{end}"] for end in spread}
    assert ours["at_risk"] == {
        end: [r[f"at_risk_{months}_{end}"] for months in document["at_risk_months"]] for end in spread
    }
    assert [ours["median_months"], *ours["median_ci_95"]] == [
        r["median_months"],
        r["median_lower"],
        r["median_upper"],
    ]


@pytest.mark.parametrize("cell", load_artefact().cells, ids=lambda cell: cell.id)
def test_cox_survival_of_a_cell_with_its_interval(cell: Cell, fitted: FittedModel, pooled: Curves) -> None:
    ours, r = fitted.cox.cells[cell.id], pooled[f"cox_{cell.id}"]
    assert ours.band.survival == same(tuple(r["survival"]))
    assert_same_limits(ours.band.ci_lower, r["lower"])
    assert_same_limits(ours.band.ci_upper, r["upper"])
    for months, share in ours.reconstruction_share.items():
        assert share == same(r["share"][10 * months])
