"""Survival adjusted for larger studies, and the scenario, agree with R's bisection and numerical differentiation."""

import math
from typing import Any

import pytest

from app.core.fitted_model import FittedModel

Curves = dict[tuple[str, str], dict[str, list[float | None]]]


def same(expected: object) -> Any:
    return pytest.approx(expected, rel=0, abs=1e-6)


def test_every_curve_and_limit_agrees(fitted: FittedModel, alternatives: Curves) -> None:
    assert set(alternatives) == {(one.id, group.id) for one in fitted.alternatives for group in fitted.risk_groups}
    for one in fitted.alternatives:
        for name, curve in one.groups.items():
            r = alternatives[one.id, name]
            assert curve.band.months == same(tuple(r["time"]))
            assert curve.band.survival == same(tuple(r["survival"]))
            for ours, theirs in ((curve.band.ci_lower, r["lower"]), (curve.band.ci_upper, r["upper"])):
                assert [limit is None for limit in ours] == [limit is None for limit in theirs]
                assert [limit for limit in ours if limit is not None] == same(
                    [limit for limit in theirs if limit is not None]
                )


def test_hazard_ratios_agree_for_every_tau(fitted: FittedModel, alternative_ratios: list[dict[str, str]]) -> None:
    found = {
        (f"{row.tau['sii']:g}", f"{row.tau['afp']:g}", factor): ratio
        for row in fitted.adjustment_sensitivity
        for factor, ratio in row.hazard_ratios.items()
    }
    assert len(alternative_ratios) == len(found) == 18
    for row in alternative_ratios:
        ours = found[row["tau_sii"], row["tau_afp"], row["factor"]]
        values = (ours.hazard_ratio, *ours.ci_95)
        theirs = (row["hazard_ratio"], row["lower"], row["upper"])
        assert [math.log(value) for value in values] == same([math.log(float(value)) for value in theirs])
