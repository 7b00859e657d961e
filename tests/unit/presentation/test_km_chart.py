"""The Kaplan-Meier chart draws the curves of the artefact."""

import dataclasses
import itertools
import re

import pytest

from app.artefact.reader import load_artefact, parse_artefact
from app.core.fitted_model import FittedModel
from app.core.risk_groups import Cell, RiskGroup
from app.presentation.charts.kaplan_meier import NARROW, WIDE, Layout, km_chart
from tests.lib.models import FIRST_INTERVAL, with_every_interval, without_first_intervals

CELLS, RISK_GROUPS = load_artefact().cells, load_artefact().risk_groups
LOW, INTERMEDIATE, HIGH = RISK_GROUPS
BOTH = CELLS[3]


def test_axes_show_100_percent_and_12_months(fitted: FittedModel) -> None:
    chart = km_chart(fitted, HIGH)
    assert [tick.label for tick in chart.x_ticks] == ["0", "3", "6", "9", "12"]
    assert [tick.label for tick in chart.y_ticks] == ["0", "25", "50", "75", "100"]
    assert (chart.x_ticks[0].place, chart.x_ticks[-1].place) == WIDE.x
    assert (chart.y_ticks[0].place, chart.y_ticks[-1].place) == (WIDE.bottom, WIDE.top)


@pytest.mark.parametrize("layout", [WIDE, NARROW])
@pytest.mark.parametrize("group", RISK_GROUPS)
def test_curve_ends_where_the_artefact_says(fitted: FittedModel, group: RiskGroup, layout: Layout) -> None:
    focus = next(line for line in km_chart(fitted, group, layout=layout).lines if line.kind == "focus")
    survival = fitted.kaplan_meier[group.id].band.survival[-1]
    assert focus.end_y == pytest.approx(layout.bottom - survival * layout.plot_height, abs=0.06)
    assert focus.path.startswith(f"M{layout.left:g} {layout.top:g}H")


def test_curve_is_made_of_steps(fitted: FittedModel) -> None:
    for line in km_chart(fitted, HIGH, BOTH).lines:
        assert re.fullmatch(r"M[\d.]+ [\d.]+([HV][\d.]+)+", line.path)


def test_curve_never_rises(fitted: FittedModel) -> None:
    for line in km_chart(fitted, LOW).lines:
        levels = [float(level) for level in re.findall(r"V([\d.]+)", line.path)]
        assert levels == sorted(levels)


def test_patients_group_is_drawn_on_top(fitted: FittedModel) -> None:
    chart = km_chart(fitted, INTERMEDIATE)
    assert [(line.key, line.kind) for line in chart.lines] == [
        ("low", "other"),
        ("high", "other"),
        ("intermediate", "focus"),
    ]
    assert chart.key == "intermediate"


def test_cox_predicted_curve_has_its_own_name(fitted: FittedModel) -> None:
    chart = km_chart(fitted, HIGH, BOTH)
    names = {line.kind: line.label for line in chart.lines}
    assert names["cox"] == ("Cox-predicted", "SII high, AFP high")
    assert names["focus"] == ("Higher-risk group", "both factors high")


def test_cell_of_another_group_is_refused(fitted: FittedModel) -> None:
    with pytest.raises(ValueError, match="not part of the group low"):
        km_chart(fitted, LOW, BOTH)


@pytest.mark.parametrize("layout", [WIDE, NARROW])
@pytest.mark.parametrize("cell", CELLS)
def test_labels_stay_apart_and_in_the_plot(fitted: FittedModel, cell: Cell, layout: Layout) -> None:
    group = fitted.answers[frozenset(cell.factors)].risk_group
    places = sorted(line.label_y for line in km_chart(fitted, group, cell, layout).lines)
    two_lines = 2.2 * layout.font_size
    assert all(later - earlier >= two_lines for earlier, later in itertools.pairwise(places))
    assert places[0] >= layout.top - layout.font_size
    assert places[-1] <= layout.bottom


@pytest.mark.parametrize("group", RISK_GROUPS)
def test_at_risk_rows_keep_their_order(fitted: FittedModel, group: RiskGroup) -> None:
    rows = km_chart(fitted, group).at_risk
    assert [(row.label, row.is_focus) for row in rows] == [
        ("Lower-risk", group is LOW),
        ("Middle-risk", group is INTERMEDIATE),
        ("Higher-risk", group is HIGH),
    ]


def test_numbers_at_risk_are_medians_over_cohorts(fitted: FittedModel) -> None:
    """Of the higher-risk group all 17 are at risk at first; the medians are those of the artefact."""
    numbers = km_chart(fitted, HIGH).at_risk[-1].numbers
    assert numbers[0] == "17"
    assert numbers == tuple(str(spread.median) for spread in fitted.kaplan_meier["high"].at_risk.numbers)


def corners(path: str) -> list[tuple[float, float]]:
    """Return the points of a closed path of horizontal and vertical lines, its start first."""
    x, y = map(float, re.findall(r"[\d.]+", path.partition("H")[0]))
    found = [(x, y)]
    for axis, value in re.findall(r"([HV])([\d.]+)", path):
        x, y = (float(value), y) if axis == "H" else (x, float(value))
        found.append((x, y))
    return found


@pytest.mark.parametrize("layout", [WIDE, NARROW])
@pytest.mark.parametrize("group", RISK_GROUPS)
def test_band_starts_at_the_first_interval(fitted: FittedModel, group: RiskGroup, layout: Layout) -> None:
    without = parse_artefact(without_first_intervals())
    for model, earliest in ((fitted, 0.0), (without, FIRST_INTERVAL)):
        band = model.kaplan_meier[group.id].band
        first = next(month for month in band.months if band.point(month).lower is not None)
        assert first >= earliest
        drawn = corners(km_chart(model, group, layout=layout).bands[0].path)
        start = layout.left + first / 12 * (layout.x[1] - layout.left)
        assert min(x for x, _ in drawn) == drawn[0][0] == drawn[-1][0] == pytest.approx(start, abs=0.06)
        few = model.kaplan_meier[group.id].few_from
        end = layout.x[1] if few is None else layout.left + few / 12 * (layout.x[1] - layout.left)
        assert max(x for x, _ in drawn) == pytest.approx(end, abs=0.06)
        # It begins at the upper limit and ends at the lower one, from where the path closes upwards.
        limits = [layout.bottom - limit * layout.plot_height for limit in (band.at(first).upper, band.at(first).lower)]
        assert [drawn[0][1], drawn[-1][1]] == pytest.approx(limits, abs=0.06)


@pytest.mark.parametrize("group", RISK_GROUPS)
def test_missing_intervals_change_the_band_only(group: RiskGroup) -> None:
    chart, whole = (
        km_chart(parse_artefact(text), group) for text in (without_first_intervals(), with_every_interval())
    )
    assert chart.bands[0].path != whole.bands[0].path
    assert chart.bands[0].faded == whole.bands[0].faded
    assert dataclasses.replace(chart, bands=()) == dataclasses.replace(whole, bands=())


@pytest.mark.parametrize("group", RISK_GROUPS)
def test_curve_and_band_fade_where_few_are_at_risk(fitted: FittedModel, group: RiskGroup) -> None:
    """Fewer than five of the group, by the median over the cohorts; the two parts meet and reach the last month."""
    chart, curve = km_chart(fitted, group), fitted.kaplan_meier[group.id]
    (line,), (band,) = (line for line in chart.lines if line.kind == "focus"), chart.bands
    numbers = zip(curve.band.months, curve.median_at_risk, strict=True)
    few = [months for months, number in numbers if number < 5]
    if not few:
        assert (line.faded, band.faded) == ("", "")
        return
    start = pytest.approx(WIDE.left + few[0] / 12 * (WIDE.x[1] - WIDE.left), abs=0.06)
    for path, faded in ((line.path, line.faded), (band.path, band.faded)):
        assert max(x for x, _ in corners(path)) == start
        assert min(x for x, _ in corners(faded)) == start
        assert max(x for x, _ in corners(faded)) == WIDE.x[1]
    assert corners(line.path)[-1] == corners(line.faded)[0]


def test_higher_group_fades_before_12_months(fitted: FittedModel) -> None:
    at_risk = fitted.kaplan_meier["high"]
    assert 3 < (at_risk.few_from or 0) <= 9  # the median at risk is at least 5 at 3 months and below it at 9


def test_description_describes_the_chart(fitted: FittedModel) -> None:
    described = km_chart(fitted, HIGH).description
    for said in (
        "17 of the study's patients",
        "reconstructed cohorts",
        "Survival at 6 months: 36 % (10 % to 64 %).",
        "4.6 months",
    ):
        assert said in described
