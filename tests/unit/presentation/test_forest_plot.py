"""The forest plot: order, a log axis that covers every interval, and rows that do not overlap."""

import itertools
import math

import pytest

from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.presentation.charts.forest_plot import (
    FOREST_NARROW,
    FOREST_WIDE,
    ForestEntry,
    ForestLayout,
    estimates,
    forest_plot,
)


def answer(fitted: FittedModel, *high: str) -> CellAnswer:
    return fitted.answers[frozenset(high)]


def test_other_studies_are_below_the_study(fitted: FittedModel) -> None:
    rows = estimates(fitted, answer(fitted, "sii", "afp"))
    assert [(row.kind, row.factor) for row in rows] == [
        ("heading", "sii"),
        ("study", "sii"),
        *[("external", "sii")] * 4,
        ("heading", "afp"),
        ("study", "afp"),
        ("external", "afp"),
        ("heading", "combined"),
        ("study", "combined"),
    ]


def test_headings_name_comparison_and_patient(fitted: FittedModel) -> None:
    rows = estimates(fitted, answer(fitted, "sii"))
    assert [row.label.replace("\u00a0", " ") for row in rows if row.kind == "heading"] == [
        "SII ≥ 340 × 10⁹/L (this patient) against SII < 340 × 10⁹/L",
        "AFP ≥ 400 ng/mL against AFP < 400 ng/mL",
        "Both factors high against neither",
    ]


@pytest.mark.parametrize("layout", [FOREST_WIDE, FOREST_NARROW])
def test_equal_ratios_are_equal_distances(layout: ForestLayout) -> None:
    rows = (ForestEntry("study", "sii", "one", 1.0, (0.5, 2.0)), ForestEntry("study", "sii", "two", 2.0, (1.0, 4.0)))
    plot = forest_plot(rows, layout)
    one, two = plot.rows
    assert one.x - one.lower == pytest.approx(one.upper - one.x, abs=0.11)
    assert two.x == pytest.approx(one.upper, abs=0.01)
    assert plot.no_effect_x == one.x


@pytest.mark.parametrize("layout", [FOREST_WIDE, FOREST_NARROW])
def test_axis_covers_every_interval(fitted: FittedModel, layout: ForestLayout) -> None:
    plot = forest_plot(estimates(fitted, answer(fitted)), layout)
    left, right = layout.plot
    for row in plot.rows:
        if row.kind != "heading":
            assert left <= row.lower < row.x < row.upper <= right
    places = [row.y for row in plot.rows]
    assert all(later - earlier >= layout.line_height - 0.01 for earlier, later in itertools.pairwise(places))
    assert places[-1] < plot.axis_y < plot.height


def test_ticks_are_those_within_the_axis(fitted: FittedModel) -> None:
    plot = forest_plot(estimates(fitted, answer(fitted)))
    assert [label for _, label in plot.ticks] == ["1", "2", "5", "10"]
    one, two, five, ten = (place for place, _ in plot.ticks)
    assert (two - one) / (ten - one) == pytest.approx(math.log10(2), abs=0.002)
    assert (five - one) / (ten - one) == pytest.approx(math.log10(5), abs=0.002)


def test_row_of_study_has_printed_limits(fitted: FittedModel) -> None:
    """Printed: 2.211 (1.089 to 4.489) and 2.750 (1.259 to 6.010); the paper prints no ratio of both."""
    rows = forest_plot(estimates(fitted, answer(fitted, "sii", "afp"))).rows
    shown = {row.label: row.numbers for row in rows if row.kind == "study"}
    of_study = [row.numbers for row in rows if row.label == ("This study, 58 patients",)]
    assert of_study == ["2.21 (1.09 to 4.49)", "2.75 (1.26 to 6.01)"]
    combined = fitted.cox.hazard_ratio("combined")
    assert shown[("Product of this study’s hazard ratios; not in the paper",)] == (
        f"{combined.hazard_ratio:.2f} ({combined.ci_95[0]:.2f} to {combined.ci_95[1]:.1f})"
    )
    assert rows[2].numbers == "1.64 (1.45 to 1.85)"
