"""The limits of a curve may be null at its first months, both together, and nowhere else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from app.artefact.reader import parse_artefact, seal
from app.core.errors import ArtefactError
from tests.lib.models import with_every_interval, without_first_intervals

TEXT = without_first_intervals()
MISSING = 7  # the months 0.0 to 0.6
FIRST_HORIZON, LAST = 30, 120  # 3 and 12 months
CURVES = [("kaplan_meier", "low"), ("kaplan_meier", "overall"), ("cox", "cells", "both")]
Limits = Mapping[tuple[str, int], float | None]


def changed(path: tuple[str, ...], limits: Limits) -> str:
    """Return the artefact without first intervals, with other limits of one curve, by name and place."""
    document = json.loads(TEXT)
    curve: Any = document
    for step in path:
        curve = curve[step]
    for (name, place), limit in limits.items():
        curve[name][place] = limit
    return seal(json.dumps(document))


def both(place: int, limit: float | None) -> Limits:
    return {("ci_lower", place): limit, ("ci_upper", place): limit}


def none_before(place: int) -> Limits:
    return {key: None for early in range(place) for key in both(early, None)}


def refusal(text: str) -> str:
    with pytest.raises(ArtefactError) as caught:
        parse_artefact(text)
    assert str(caught.value).startswith(f"The artefact is not usable: {caught.value.place} ")
    return str(caught.value).removeprefix("The artefact is not usable: ")


def test_curves_without_first_intervals_are_read() -> None:
    fitted, found = parse_artefact(with_every_interval()), parse_artefact(TEXT)
    bands = [(curve.band, fitted.kaplan_meier[name].band) for name, curve in found.kaplan_meier.items()]
    bands += [(cell.band, fitted.cox.cells[name].band) for name, cell in found.cox.cells.items()]
    for band, whole in bands:
        assert band.survival == whole.survival
        assert band.ci_lower == (None,) * MISSING + whole.ci_lower[MISSING:]
        assert band.ci_upper == (None,) * MISSING + whole.ci_upper[MISSING:]
    assert [answer.survival for answer in found.answers.values()] == [
        answer.survival for answer in fitted.answers.values()
    ]


@pytest.mark.parametrize("path", CURVES, ids=".".join)
def test_null_limits_after_an_interval_are_refused(path: tuple[str, ...]) -> None:
    expected = f"{'.'.join(path)} has no interval at a month after one with an interval."
    assert refusal(changed(path, both(0, 1))) == expected
    assert refusal(changed(path, both(FIRST_HORIZON, None))) == expected
    assert refusal(changed(path, both(LAST, None))) == expected


@pytest.mark.parametrize("path", CURVES, ids=".".join)
@pytest.mark.parametrize(
    ("name", "place"), [("ci_lower", FIRST_HORIZON - 1), ("ci_upper", FIRST_HORIZON - 1), ("ci_upper", LAST)]
)
def test_null_in_one_limit_only_is_refused(path: tuple[str, ...], name: str, place: int) -> None:
    assert refusal(changed(path, {(name, place): None})) == (
        f"{'.'.join(path)} has one limit of an interval without the other."
    )


@pytest.mark.parametrize("path", CURVES, ids=".".join)
def test_null_limits_at_the_first_horizon_are_refused(path: tuple[str, ...]) -> None:
    expected = f"{'.'.join(path)} has no interval at 3 months, the first horizon."
    assert refusal(changed(path, none_before(FIRST_HORIZON + 1))) == expected
    assert refusal(changed(path, none_before(LAST + 1))) == expected
    assert parse_artefact(changed(path, none_before(FIRST_HORIZON))).horizons_months[0] == 3


@pytest.mark.parametrize("path", CURVES, ids=".".join)
def test_null_survival_is_refused(path: tuple[str, ...]) -> None:
    assert refusal(changed(path, {("survival", 0): None})).startswith(f"{'.'.join(path)}.survival[0] is refused")


def test_first_given_interval_must_contain_its_estimate() -> None:
    limits = json.loads(TEXT)["kaplan_meier"]["high"]["ci_lower"]
    first = next(place for place, limit in enumerate(limits) if limit is not None)
    assert refusal(changed(("kaplan_meier", "high"), {("ci_lower", first): 1})) == (
        "kaplan_meier.high has an interval that does not hold its estimate."
    )


def test_median_is_where_a_given_limit_reaches_one_half() -> None:
    document = json.loads(TEXT)
    place = document["grid_months"].index(document["kaplan_meier"]["high"]["median_ci_95"][0])
    assert place < FIRST_HORIZON
    assert refusal(changed(("kaplan_meier", "high"), none_before(place + 1))) == (
        "kaplan_meier.high.median_ci_95[0] is not where its curve first reaches one half."
    )
