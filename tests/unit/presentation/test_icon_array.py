"""The icon array has a hundred dots, divided by the estimate and its interval."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.kaplan_meier import Estimate
from app.presentation.charts.icon_array import icon_array


@pytest.mark.parametrize(
    ("estimate", "counts"),
    [
        (Estimate(0.36, 0.11, 0.64), (11, 25, 28, 36)),
        (Estimate(0.08, 0.004, 0.34), (0, 8, 26, 66)),
        (Estimate(1.0, 1.0, 1.0), (100, 0, 0, 0)),
        (Estimate(0.0, 0.0, 0.0), (0, 0, 0, 100)),
    ],
)
def test_dots_agree_with_the_sentence(estimate: Estimate, counts: tuple[int, ...]) -> None:
    shown = icon_array(estimate, 6)
    paths = (shown.alive, shown.alive_if_estimate, shown.alive_at_best, shown.died)
    assert tuple(path.count("M") for path in paths) == counts


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_every_place_holds_one_dot(limits: list[float]) -> None:
    shown = icon_array(Estimate(limits[1], limits[0], limits[2]), 3)
    dots = re.findall(r"M(\d+) (\d+)h0", shown.alive + shown.alive_if_estimate + shown.alive_at_best + shown.died)
    assert dots == [(str(5 + 10 * x), str(5 + 10 * y)) for y in range(10) for x in range(10)]
