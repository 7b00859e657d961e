"""The figures of the study are drawn from the curves of the artefact."""

import itertools
from dataclasses import replace

import pytest

from app.artefact.store import load_model
from app.core.fitted_model import FittedModel
from app.presentation.charts.kaplan_meier import SMALL
from app.presentation.charts.study_figures import StudyFigure, study_figures

STUDY = load_model().files["study"]
CURVES = {
    "fig-1a": {"low": "sii_low", "high": "sii_high"},
    "fig-1b": {"low": "pfs_sii_low", "high": "pfs_sii_high"},
    "fig-2": {"low": "low", "intermediate": "intermediate", "high": "high"},
}


def figures_of(fitted: FittedModel) -> dict[str, StudyFigure]:
    return {figure.id: figure for figure in study_figures(fitted, STUDY)}


def test_each_figure_has_its_curves_and_bands(fitted: FittedModel) -> None:
    figures = figures_of(fitted)
    assert list(figures) == list(CURVES)
    for name, curves in CURVES.items():
        chart = figures[name].chart
        assert chart is not None
        assert [line.key for line in chart.lines] == [band.key for band in chart.bands] == list(curves)
        assert {line.kind for line in chart.lines} == {"equal"}
        for line, band in zip(chart.lines, chart.bands, strict=True):
            survival = fitted.kaplan_meier[curves[line.key]].band.survival[-1]
            assert line.end_y == pytest.approx(SMALL.bottom - survival * SMALL.plot_height, abs=0.06)
            assert band.path


def test_numbers_at_risk_are_those_of_the_curves(fitted: FittedModel) -> None:
    for name, curves in CURVES.items():
        chart = figures_of(fitted)[name].chart
        assert chart is not None
        for row in chart.at_risk:
            held = fitted.kaplan_meier[curves[row.key]].at_risk.numbers
            assert row.numbers == tuple(str(spread.median) for spread in held)


def test_labels_of_a_figure_do_not_overlap(fitted: FittedModel) -> None:
    for figure in figures_of(fitted).values():
        assert figure.chart is not None
        places = sorted(line.label_y for line in figure.chart.lines)
        assert all(later - before >= SMALL.font_size for before, later in itertools.pairwise(places))
        assert places[-1] <= SMALL.bottom


def test_caption_says_reconstructed_and_the_printed_p(fitted: FittedModel) -> None:
    for name, p in (("fig-1a", "p = 0.013"), ("fig-1b", "p = 0.743"), ("fig-2", "p = 0.001")):
        caption = figures_of(fitted)[name].caption
        assert "320 reconstructed cohorts" in caption
        assert p in caption
    assert "does not define the groups" in figures_of(fitted)["fig-2"].caption


def test_published_groups_need_no_excuse(fitted: FittedModel) -> None:
    figure = figures_of(replace(fitted, risk_groups_published=True))["fig-2"]
    assert "does not define" not in figure.caption


@pytest.mark.parametrize(("removed", "drawn"), [({"pfs_sii_low"}, ["high"]), ({"pfs_sii_low", "pfs_sii_high"}, [])])
def test_missing_curve_is_named(fitted: FittedModel, removed: set[str], drawn: list[str]) -> None:
    kept = {name: curve for name, curve in fitted.kaplan_meier.items() if name not in removed}
    figure = figures_of(replace(fitted, kaplan_meier=kept))["fig-1b"]
    assert [line.key for line in figure.chart.lines] == drawn if figure.chart else drawn == []
    assert "no curve of SII low" in figure.caption
    assert ("reconstructed cohorts" in figure.caption) == bool(drawn)
