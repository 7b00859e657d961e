"""Lay out the forest plot: the hazard ratios of the model and of other studies, on a log axis."""

import math
from dataclasses import dataclass

from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.presentation import ratio_wording, wording
from app.presentation.charts.text_lines import text_lines
from app.presentation.translation import gettext as _

_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class ForestLayout:
    """Sizes: text left of the plot (wide) or above its line (narrow), with the room for it; numbers right of it."""

    name: str
    width: float
    plot: tuple[float, float]
    numbers_x: float
    font_size: float
    line_height: float
    heading_room: float
    label_room: float
    is_stacked: bool


FOREST_WIDE = ForestLayout("wide", 960, (420, 760), 776, 13, 18, 740, 404, is_stacked=False)
FOREST_DOCUMENT = ForestLayout("document", 632, (276, 494), 508, 13, 16, 268, 258, is_stacked=False)
FOREST_NARROW = ForestLayout("narrow", 340, (8, 192), 202, 12, 16, 340, 340, is_stacked=True)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One line: a heading, or an estimate with `kind` study or external; pixels for the marks, text beside."""

    kind: str
    factor: str
    label: tuple[str, ...]
    y: float
    label_y: float
    x: float = 0.0
    lower: float = 0.0
    upper: float = 0.0
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class ForestPlot:
    """All parts that the macro draws."""

    id: str
    layout: ForestLayout
    title: str
    description: str
    rows: tuple[ForestRow, ...]
    ticks: tuple[tuple[float, str], ...]
    no_effect_x: float
    axis_y: float
    height: float


@dataclass(frozen=True, slots=True)
class ForestEntry:
    """A heading or one hazard ratio to draw; a heading has no ratio, so it keeps the default of 1."""

    kind: str
    factor: str
    label: str
    hazard_ratio: float = 1.0
    ci_95: tuple[float, float] = (1.0, 1.0)


def estimates(fitted: FittedModel, answer: CellAnswer) -> tuple[ForestEntry, ...]:
    """Return headings and hazard ratios in the order shown: per factor the study, then others."""
    rows = []
    for ratio in answer.hazard_ratios:
        rows.append(ForestEntry("heading", ratio.factor, ratio_wording.ratio_comparison(ratio)))
        label, shown = ratio_wording.ratio_source(fitted, ratio), ratio_wording.study_ratio(fitted, ratio)
        rows.append(ForestEntry("study", ratio.factor, label, shown.hazard_ratio, shown.ci_95))
        rows += [
            ForestEntry("external", found.factor, found.label, found.hazard_ratio, found.ci_95)
            for found in fitted.external_hazard_ratios
            if found.factor == ratio.factor
        ]
    return tuple(rows)


def forest_plot(shown: tuple[ForestEntry, ...], layout: ForestLayout = FOREST_WIDE) -> ForestPlot:
    """Return the forest plot of these estimates. The axis is logarithmic and holds every interval and 1."""
    ends = [limit for row in shown if row.kind != "heading" for limit in row.ci_95]
    low, high = min(*ends, 1.0) / 1.08, max(*ends, 1.0) * 1.08
    rows: list[ForestRow] = []
    y = 6.0
    for row in shown:
        is_heading = row.kind == "heading"
        room = layout.heading_room if is_heading else layout.label_room
        label = text_lines(row.label, room, layout.font_size, bold=is_heading)
        if is_heading and rows:
            y += 0.5 * layout.line_height
        label_y = y + layout.line_height / 2
        stacked = layout.is_stacked and not is_heading
        y += layout.line_height * (len(label) + stacked) + 4 * stacked
        rows.append(
            ForestRow(
                kind=row.kind,
                factor=row.factor,
                label=label,
                y=y - 4 - layout.line_height / 2 if stacked else label_y,
                label_y=label_y,
                x=_place(row.hazard_ratio, low, high, layout),
                lower=_place(row.ci_95[0], low, high, layout),
                upper=_place(row.ci_95[1], low, high, layout),
                numbers="" if is_heading else wording.ratio_with_interval(row.hazard_ratio, row.ci_95),
            )
        )
    y += 8
    return ForestPlot(
        id=f"forest-{layout.name}",
        layout=layout,
        title=_("Hazard ratios of death with 95 % intervals"),
        description=_(
            "Forest plot on a logarithmic axis: for each factor the estimate of this study, then those of other "
            "studies. The table below it gives the numbers."
        ),
        rows=tuple(rows),
        ticks=tuple((_place(tick, low, high, layout), f"{tick:g}") for tick in _TICKS if low <= tick <= high),
        no_effect_x=_place(1.0, low, high, layout),
        axis_y=y,
        height=y + 4 * layout.font_size + 8,
    )


def _place(ratio: float, low: float, high: float, layout: ForestLayout) -> float:
    left, right = layout.plot
    share = (math.log(ratio) - math.log(low)) / (math.log(high) - math.log(low))
    return round(left + share * (right - left), 1)
