"""Write drawings as files: a group's Kaplan-Meier chart as SVG and PNG with its source, others as they are on pages."""

import re
from contextlib import nullcontext
from threading import Lock
from typing import NamedTuple

import resvg_py

from app.core.fitted_model import FittedModel
from app.core.risk_groups import Cell, RiskGroup
from app.presentation.charts.kaplan_meier import km_chart
from app.presentation.charts.text_lines import text_lines
from app.presentation.model_texts import in_language
from app.presentation.templating import environment, resource_folder
from app.presentation.translation import ENGLISH_TEXTS, language, language_tag, once_per_model_and_language, using
from app.presentation.translation import gettext as _

PNG_WIDTH = 1440
_DRAWING = Lock()
_SIZES = {"title": 17.0, "below": 12.0, "source": 10.5}
_LINE = 1.4  # the height of a line, as a multiple of the font size
_GAP = 14
# The font of the images has the letters of Europe.
_NOT_DRAWN = ("ar", "ja", "ko", "zh-Hans")
_FONTS = ("DejaVuSans-chart.ttf", "DejaVuSans-Bold-chart.ttf")


class _Text(NamedTuple):
    """A line of text above or below the drawing: its baseline, its font size, and whether it is part of the title."""

    text: str
    y: float
    size: float
    is_title: bool


def curve_file_name(fitted: FittedModel, group: RiskGroup, form: str, cell: Cell | None = None) -> str:
    """Return a name for a file of the chart: 'hcc-regorafenib-after-sorafenib-sii-afp-higher-risk-group.png'."""
    named = [
        "hcc",
        fitted.population.treatment.removeprefix("on "),
        *(factor.id for factor in fitted.factors),
        group.label,
        *(["cox", cell.label] if cell else []),
    ]
    return "-".join(re.findall(r"[a-z0-9]+", " ".join(named).lower())) + f".{form}"


def curve_svg(fitted: FittedModel, group: RiskGroup, cell: Cell | None = None) -> str:
    """Return the chart of a risk group as an SVG document with its title and source.

    With `cell`, the Cox-predicted survival of that cell is a thin line in it. Raises ValueError if the cell is not in
    the group.
    """
    return _svg(fitted, group, cell)


def curve_png(fitted: FittedModel, group: RiskGroup, cell: Cell | None = None) -> bytes:
    """Return the same chart as a PNG image, 1440 pixels wide; in English if its font lacks letters of the language.

    It is drawn once. Threads that ask for one at the same time wait for each other, because drawing takes 0.2 s in
    which other threads hardly run.
    """
    with _DRAWING:
        return _png(fitted, group, cell)


@once_per_model_and_language
def _svg(model: FittedModel, of: RiskGroup, with_cell: Cell | None) -> str:
    fitted = in_language(model)
    group = next(one for one in fitted.risk_groups if one.id == of.id)
    cell = next((one for one in fitted.cells if with_cell and one.id == with_cell.id), None)
    chart = km_chart(fitted, group, cell)
    titles = (
        _("Hepatocellular carcinoma {treatment}").format(treatment=fitted.population.treatment),
        _("Overall survival: {group} ({meaning})").format(group=group.label, meaning=group.meaning),
    )
    about = _(
        "From {study_size} patients of one centre. Kaplan-Meier with 95 % interval, pooled over {cohorts} "
        "reconstructed cohorts."
    ).format(study_size=fitted.population.n, cohorts=fitted.provenance.cohorts)
    source = (
        _("A group’s curve, not a forecast for one person. No individual data were published: cohorts are synthetic."),
        f"{fitted.provenance.citation} doi:{fitted.provenance.doi}",
        _("Model {model}, {digest}").format(model=f"{fitted.id} {fitted.version}", digest=fitted.digest),
    )
    room = chart.layout.width
    above = _set([*(("title", text) for text in titles), ("below", about)], room, 0)
    top = above[-1].y + _GAP
    below = _set([("source", text) for text in source], room, top + chart.height + _GAP / 2)
    return (
        environment(language())
        .get_template("curve.svg.jinja")
        .render(chart=chart, title=". ".join(titles), texts=(*above, *below), top=top, height=below[-1].y + _GAP)
    )


def _set(texts: list[tuple[str, str]], room: float, y: float) -> list[_Text]:
    """Return texts in lines, one below the other from `y`; each text is with the name of its size."""
    found = []
    for kind, text in texts:
        size, is_title = _SIZES[kind], kind == "title"
        for line in text_lines(text, room, size, bold=is_title):
            y += _LINE * size
            found.append(_Text(line, round(y, 1), size, is_title))
    return found


@once_per_model_and_language
def _png(fitted: FittedModel, group: RiskGroup, cell: Cell | None) -> bytes:
    with using(ENGLISH_TEXTS) if language_tag() in _NOT_DRAWN else nullcontext():
        return svg_to_png(curve_svg(fitted, group, cell), PNG_WIDTH)


def svg_to_png(svg: str, width: int) -> bytes:
    """Return a PNG of an SVG on white, `width` pixels wide, in the font that comes with this software."""
    folder = resource_folder("static") / "fonts"
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(folder / name) for name in _FONTS],
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
    )
