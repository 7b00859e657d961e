"""Lay out Kaplan-Meier charts: a patient's group before the other groups, or curves of equal weight.

A chart shows survival from 0 to 100 % against months as steps, with labels at the curves, and below them the numbers at
risk, each the median over the reconstructed cohorts. A macro of templates/parts/charts.svg.jinja draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.fitted_model import FittedModel
from app.core.kaplan_meier import KaplanMeierCurve
from app.core.risk_groups import Cell, RiskGroup
from app.presentation import wording
from app.presentation.charts.geometry import Scale, band_path, spread, step_path
from app.presentation.charts.text_lines import text_lines
from app.presentation.translation import gettext as _
from app.presentation.translation import ngettext

_MOST_LINES = 2  # of a label: four labels of two lines fit beside the curves
_LABEL_GAP = 12  # from the right edge of the plot to the labels


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes of the drawing in its own units: outer width, margins of the plot, its height, and of the text."""

    name: str
    width: float
    left: float
    right: float
    top: float
    plot_height: float
    font_size: float
    row_height: float
    has_other_rows: bool
    """Whether the numbers at risk of the other groups are shown too; a phone has room for those of one group only."""

    @property
    def x(self) -> tuple[float, float]:
        """Left and right edge of the plot."""
        return (self.left, self.width - self.right)

    @property
    def bottom(self) -> float:
        """Lower edge of the plot."""
        return self.top + self.plot_height


WIDE = Layout(
    "wide", width=640, left=100, right=160, top=12, plot_height=208, font_size=13, row_height=18, has_other_rows=True
)
NARROW = Layout(
    "narrow", width=340, left=46, right=96, top=12, plot_height=180, font_size=12, row_height=17, has_other_rows=False
)
SMALL = Layout(
    "small", width=340, left=88, right=78, top=10, plot_height=116, font_size=12, row_height=16, has_other_rows=True
)
DOCUMENT = Layout(
    "document", width=362, left=88, right=100, top=10, plot_height=116, font_size=12, row_height=16, has_other_rows=True
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: its pixel and its label."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One curve with its label at the right end. `kind` is focus, other, cox or equal; `key` names its colour.

    `faded` is the path of the part where few are at risk; it is empty if there is none.
    """

    key: str
    kind: str
    path: str
    faded: str
    label: tuple[str, ...]
    end_y: float
    label_y: float


class _Drawn(NamedTuple):
    """A curve before it is laid out; `few` is the place on the grid from which few are at risk, or the last place."""

    key: str
    kind: str
    survival: tuple[float, ...]
    few: int
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BandPaths:
    """The band of one curve and the part of it where few are at risk, which is empty if there is none."""

    key: str
    path: str
    faded: str


@dataclass(frozen=True, slots=True)
class NamedCurve:
    """A Kaplan-Meier curve of a chart of equal curves: `key` names its colour."""

    key: str
    label: str
    curve: KaplanMeierCurve


@dataclass(frozen=True, slots=True)
class AtRiskRow:
    """Numbers at risk of one group, one text for each month: the median over the cohorts.

    `label` is empty where this is the only row.
    """

    key: str
    label: str
    y: float
    numbers: tuple[str, ...]
    is_focus: bool


@dataclass(frozen=True, slots=True)
class KmChart:
    """All parts that the macro draws."""

    id: str
    layout: Layout
    key: str
    title: str
    description: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_title: str
    bands: tuple[BandPaths, ...]
    lines: tuple[Line, ...]
    at_risk: tuple[AtRiskRow, ...]
    height: float


def km_chart(fitted: FittedModel, group: RiskGroup, cell: Cell | None = None, layout: Layout = WIDE) -> KmChart:
    """Return the chart of a risk group; with `cell`, the Cox-predicted survival of that cell as a thin line too."""
    shown = fitted.risk_groups if layout.has_other_rows else (group,)
    return _chart(
        fitted,
        f"{group.id}-{layout.name}",
        (
            _("Overall survival: {group}").format(group=group.label),
            _description(group, fitted.kaplan_meier[group.id], fitted.horizons_months),
        ),
        layout,
        _drawn(fitted, group, cell, layout),
        [NamedCurve(one.id, one.short_label, fitted.kaplan_meier[one.id]) for one in shown],
        focus=group.id,
    )


def equal_chart(name: str, title: str, description: str, fitted: FittedModel, curves: Sequence[NamedCurve]) -> KmChart:
    """Return a small chart of curves of equal weight, each with its band; `name` tells its elements apart."""
    drawn = [_Drawn(one.key, "equal", one.curve.band.survival, _first_few(one.curve), (one.label,)) for one in curves]
    return _chart(fitted, name, (title, description), SMALL, drawn, curves)


def _chart(
    fitted: FittedModel,
    name: str,
    texts: tuple[str, str],
    layout: Layout,
    drawn: Sequence[_Drawn],
    rows: Sequence[NamedCurve],
    focus: str = "",
) -> KmChart:
    """Return a chart with its title and description, which are `texts`.

    `rows` are the curves whose numbers at risk are shown; one in focus is the only one with a band.
    """
    title, description = texts
    first = rows[0].curve
    x = Scale((first.band.months[0], first.band.months[-1]), layout.x)
    y = Scale((0, 1), (layout.bottom, layout.top))
    xs = [x(month) for month in first.band.months]
    at_risk = _at_risk_rows(rows, focus, layout)
    return KmChart(
        id=f"km-{name}",
        layout=layout,
        key=focus,
        title=title,
        description=description,
        x_ticks=tuple(Tick(x(month), str(month)) for month in first.at_risk.months),
        y_ticks=tuple(Tick(y(share / 4), str(25 * share)) for share in range(5)),
        x_title=_("Months since {time_zero}").format(time_zero=fitted.population.time_zero),
        bands=tuple(BandPaths(row.key, *_bands(row.curve, xs, y)) for row in rows if focus in ("", row.key)),
        lines=_lines(drawn, xs, y, layout),
        at_risk=at_risk,
        height=at_risk[-1].y + layout.font_size / 2,
    )


def _bands(curve: KaplanMeierCurve, xs: list[float], y: Scale) -> tuple[str, str]:
    """Return the path of the band, from the first month with an interval, and that of its part with few at risk."""
    limits = (curve.band.ci_lower, curve.band.ci_upper)
    lower, upper = ([y(limit) for limit in values if limit is not None] for values in limits)
    places = xs[-len(lower) :]
    at = min(max(_first_few(curve) - (len(xs) - len(places)), 0), len(places) - 1)
    return (
        band_path(places[: at + 1], lower[: at + 1], upper[: at + 1]),
        band_path(places[at:], lower[at:], upper[at:]) if at < len(places) - 1 else "",
    )


def _first_few(curve: KaplanMeierCurve) -> int:
    """Return the place on the grid from which few are at risk, or the last place."""
    months = curve.band.months
    return len(months) - 1 if curve.few_from is None else months.index(curve.few_from)


def _drawn(fitted: FittedModel, group: RiskGroup, cell: Cell | None, layout: Layout) -> list[_Drawn]:
    """Return the curves of a group's chart, the group last, so that it is drawn over the others."""
    curves = [_observed(fitted, other, "other", layout) for other in fitted.risk_groups if other != group]
    if cell is not None:
        if cell.id not in group.cells:
            raise ValueError(f"The cell {cell.id} is not part of the group {group.id}.")
        last = len(fitted.kaplan_meier[group.id].band.months) - 1
        label = _label(_("Cox-predicted"), cell.label, layout)
        curves.append(_Drawn("cox", "cox", fitted.cox.curve_of(cell), last, label))
    return [*curves, _observed(fitted, group, "focus", layout)]


def _lines(curves: Sequence[_Drawn], xs: list[float], y: Scale, layout: Layout) -> tuple[Line, ...]:
    ends = [y(drawn.survival[-1]) for drawn in curves]
    most = max(len(drawn.label) for drawn in curves)
    bottom = layout.bottom - 1.2 * layout.font_size * (most - 1)
    places = spread(ends, gap=1.3 * most * layout.font_size, bottom=bottom)
    return tuple(
        Line(drawn.key, drawn.kind, *_parts(xs, [y(s) for s in drawn.survival], drawn.few), drawn.label, end, place)
        for drawn, end, place in zip(curves, ends, places, strict=True)
    )


def _observed(fitted: FittedModel, group: RiskGroup, kind: str, layout: Layout) -> _Drawn:
    """Return the Kaplan-Meier curve of a group."""
    curve = fitted.kaplan_meier[group.id]
    return _Drawn(group.id, kind, curve.band.survival, _first_few(curve), _label(group.label, group.meaning, layout))


def _parts(xs: list[float], ys: list[float], few: int) -> tuple[str, str]:
    """Return the path of a curve up to a place on the grid, and that of the rest."""
    rest = step_path(xs[few:], ys[few:]) if few < len(xs) - 1 else ""
    return step_path(xs[: few + 1], ys[: few + 1]), rest


def _label(name: str, meaning: str, layout: Layout) -> tuple[str, ...]:
    """Return the lines of a curve's label: name and meaning, or only the name where these do not fit two lines."""
    room = layout.right - _LABEL_GAP
    of_name, of_meaning = (text_lines(text, room, layout.font_size, bold=True) for text in (name, meaning))
    is_wide = layout is WIDE and len(of_name) + len(of_meaning) <= _MOST_LINES
    return (*of_name, *of_meaning) if is_wide else of_name


def _at_risk_rows(rows: Sequence[NamedCurve], focus: str, layout: Layout) -> tuple[AtRiskRow, ...]:
    first = layout.bottom + 6 * layout.font_size
    return tuple(
        AtRiskRow(
            key=row.key,
            label=row.label if layout.has_other_rows else "",
            y=first + k * layout.row_height,
            numbers=tuple(str(spread.median) for spread in row.curve.at_risk.numbers),
            is_focus=row.key == focus,
        )
        for k, row in enumerate(rows)
    )


def _description(group: RiskGroup, curve: KaplanMeierCurve, horizons: tuple[int, ...]) -> str:
    survival = [
        ngettext("Survival at {months} month: {survival}.", "Survival at {months} months: {survival}.", months).format(
            months=months, survival=wording.percent_with_interval(curve.band.at(months))
        )
        for months in horizons
    ]
    sentences = (
        _(
            "Kaplan-Meier curve with 95 % interval, from reconstructed cohorts: {group}, {meaning}, {n} of the study's "
            "patients."
        ).format(group=group.label, meaning=group.meaning, n=curve.n),
        *survival,
        _("Median survival: {median}.").format(median=wording.median_with_interval(curve)),
        _("The curves of the other risk groups are drawn faintly behind it."),
        _("The table beside it gives the numbers."),
    )
    return " ".join(sentences)
