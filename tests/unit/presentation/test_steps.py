"""Step paths, bands, scales, and labels that do not overlap."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presentation.charts.geometry import Scale, band_path, spread, step_path


def test_scale_maps_its_ends_in_both_directions() -> None:
    x, y = Scale((0, 12), (100, 220)), Scale((0, 1), (300, 20))
    assert [x(0), x(3), x(12)] == [100, 130, 220]
    assert [y(0), y(0.25), y(1)] == [300, 230, 20]


def test_step_path_is_level_until_the_next_point() -> None:
    assert step_path([0, 10, 20, 30], [5, 8, 8, 9]) == "M0 5H10V8H30V9"
    assert step_path([0, 10, 20], [5, 8, 8]) == "M0 5H10V8H20"


def test_level_curve_is_one_line() -> None:
    assert step_path([0, 10, 20], [5, 5, 5]) == "M0 5H20"


def test_band_follows_upper_then_lower_steps() -> None:
    assert band_path([0, 10, 20], lower=[6, 9, 9], upper=[5, 7, 8]) == "M0 5H10V7H20V8V9H10V6H0Z"


def test_labels_without_collision_stay() -> None:
    assert spread([10, 50, 90], gap=12, bottom=100) == (10, 50, 90)


def test_colliding_labels_are_pushed_apart() -> None:
    assert spread([50, 10, 52], gap=12, bottom=100) == (50, 10, 62)
    assert spread([95, 99], gap=12, bottom=100) == (88, 100)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=5), st.floats(5, 40))
def test_spread_labels_keep_distance_and_order(wanted: list[float], gap: float) -> None:
    places = spread(wanted, gap, bottom=300)
    ordered = [place for _, place in sorted(zip(wanted, places, strict=True))]
    assert all(later - earlier >= gap - 0.11 for earlier, later in itertools.pairwise(ordered))
    assert max(places) <= 300


_levels = st.lists(st.integers(0, 100), min_size=2, max_size=30)


@given(_levels)
def test_step_path_contains_every_level(levels: list[int]) -> None:
    xs = [float(k) for k in range(len(levels))]
    assert _levels_along(step_path(xs, levels), xs) == levels


def _levels_along(path: str, xs: list[float]) -> list[float]:
    """Follow M, H and V; return the last level at each x: steps are right-continuous."""
    start, *moves = path.replace("H", " H").replace("V", " V").split(" ")[1:] or [""]
    x, y = float(path[1:].split(" ", maxsplit=1)[0]), float(start)
    reached = {x: y}
    for move in moves:
        if move.startswith("H"):
            before, x = x, float(move[1:])
            reached |= {between: y for between in xs if before < between <= x}
        else:
            y = float(move[1:])
        reached[x] = y
    return [reached[at] for at in xs]


def test_points_must_match() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        step_path([0, 10], [5, 6, 7])
