"""Answers match the golden files, and the figures in these files agree with a new calculation from the model."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lib.fhir.golden_answers import bodies, comparable, file_of, golden
from tests.lib.fhir.operation import all_of, answered, one_of
from tests.lib.golden import check

MODEL: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "model" / "hong2021" / "artefact.json").read_text("utf-8")
)
MONTHS = (3, 6, 12)
# Kaplan-Meier survival at 3, 6 and 12 months, and death in percent by hand: 100 x (1 - 0.6738441) = 32.61559.
DEATH = {
    "low": ((0.9487976, 5.12024), (0.866116, 13.3884), (0.6999697, 30.00303)),
    "high": ((0.6738441, 32.61559), (0.3573031, 64.26969), (0.060284, 93.9716)),
}
# Low is the cell with no factor high, high the cell with both.
CELLS = {"low": "neither", "high": "both"}
GROUPS = ("low", "high")


def at(curve: list[float], months: int) -> float:
    month: int = MODEL["grid_months"].index(months)
    return curve[month]


def part(extension: dict[str, Any], url: str) -> Any:
    """Return the value of the extension's part of this name."""
    (found,) = (one for one in extension["extension"] if one["url"] == url)
    return next(value for name, value in found.items() if name != "url")


def limits(extension: dict[str, Any]) -> tuple[float, float]:
    interval = part(extension, "ci95")
    return interval["low"]["value"], interval["high"]["value"]


def extensions(element: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in element["extension"] if one["url"].endswith(f"/StructureDefinition/{name}")]


@pytest.mark.parametrize("group", GROUPS)
def test_answer_matches_the_golden_file(client: TestClient, group: str) -> None:
    check(file_of(group), comparable(answered(client, bodies()[group])))


@pytest.mark.parametrize("group", GROUPS)
def test_death_is_one_minus_group_survival(group: str) -> None:
    curve = MODEL["kaplan_meier"][group]
    predictions = one_of(golden(group), "riskAssessment")["prediction"]
    for months, (survival, death), found in zip(MONTHS, DEATH[group], predictions, strict=True):
        assert at(curve["survival"], months) == survival
        assert found["probabilityDecimal"] == pytest.approx(death, abs=1e-9)
        assert found["outcome"]["text"] == f"Death from any cause within {months} months of the start of regorafenib"
        assert "whenPeriod" not in found
        assert found["qualitativeRisk"]["coding"][0]["code"] == group
        observed, _ = extensions(found, "survival-interval")
        assert part(observed, "estimator") == "kaplan-meier"
        assert part(observed, "probability") == pytest.approx(death, abs=1e-9)
        least, most = 100 * (1 - at(curve["ci_upper"], months)), 100 * (1 - at(curve["ci_lower"], months))
        assert limits(observed) == pytest.approx((least, most), abs=1e-9)


@pytest.mark.parametrize("group", GROUPS)
def test_predicted_death_is_that_of_the_cell(group: str) -> None:
    cell, baseline = (MODEL["cox"]["cells"][name] for name in (CELLS[group], "neither"))
    # S(t) = S0(t) to the power of exp(b1 + b2) if both factors are high, of exp(0) = 1 if neither is.
    power = math.exp(sum(MODEL["coefficients"]["estimate"])) if group == "high" else 1.0
    for months, found in zip(MONTHS, one_of(golden(group), "riskAssessment")["prediction"], strict=True):
        _, predicted = extensions(found, "survival-interval")
        assert part(predicted, "estimator") == "cox-predicted"
        death = 100 * (1 - at(cell["survival"], months))
        assert part(predicted, "probability") == pytest.approx(death, abs=1e-9)
        assert death == pytest.approx(100 * (1 - at(baseline["survival"], months) ** power), abs=5e-5)
        least, most = 100 * (1 - at(cell["ci_upper"], months)), 100 * (1 - at(cell["ci_lower"], months))
        assert limits(predicted) == pytest.approx((least, most), abs=1e-9)


@pytest.mark.parametrize("group", GROUPS)
def test_hazard_ratios_are_those_of_the_model(group: str) -> None:
    sii, afp = MODEL["coefficients"]["estimate"]
    (var_sii, covariance), (_, var_afp) = MODEL["coefficients"]["covariance"]
    # The sum of both coefficients varies by both variances and twice their covariance.
    expected = {
        "sii": (sii, math.sqrt(var_sii)),
        "afp": (afp, math.sqrt(var_afp)),
        "combined": (sii + afp, math.sqrt(var_sii + var_afp + 2 * covariance)),
    }
    # By hand: exp(0.7933) = 2.211, exp(1.0117) = 2.750, exp(1.8050) = 6.080.
    rounded = {"sii": 2.211, "afp": 2.75, "combined": 6.08}
    found = extensions(one_of(golden(group), "riskAssessment"), "hazard-ratio")
    assert [part(one, "factor") for one in found] == list(expected)
    for one in found:
        factor = part(one, "factor")
        log_ratio, error = expected[factor]
        assert round(float(part(one, "value")), 3) == rounded[factor]
        stated = MODEL["cox"]["hazard_ratios"][factor]
        assert (part(one, "value"), *limits(one)) == (stated["hazard_ratio"], *stated["ci_95"])
        # The file holds seven digits of each number.
        assert part(one, "value") == pytest.approx(math.exp(log_ratio), rel=2e-6)
        span = 1.959963984540054 * error
        assert limits(one) == pytest.approx((math.exp(log_ratio - span), math.exp(log_ratio + span)), rel=2e-6)
        assert part(one, "present") is (group == "high")


def test_sii_observation_and_its_notes() -> None:
    high, low = golden("high"), golden("low")
    # By hand: 145 x 4.2 / 1.1 = 553.63636..., and 150 x 3.0 / 1.5 = 300.
    assert one_of(high, "sii")["valueQuantity"]["value"] == 553.6363636
    assert one_of(low, "sii")["valueQuantity"]["value"] == 300
    assert (one_of(high, "applicability"), one_of(low, "applicability")) == ("not-stated", "matches")
    label = "Lymphocytes: the unit K/uL was read as a printed label, not as UCUM."
    assert (all_of(high, "unitLabel"), all_of(low, "unitLabel")) == ([], [label])
    assert [parts[0]["valueString"] for parts in all_of(high, "rejected")] == ["Observation/afp-cancelled"]
    for answer in (high, low):
        assert one_of(answer, "model") == f"hong2021-sii-afp {MODEL['version']} {MODEL['digest']}"
