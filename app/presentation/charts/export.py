"""Write a group's Kaplan-Meier chart as an SVG file that names its source, and as a PNG of this file."""

import textwrap

import resvg_py

from app.core.fitted_model import FittedModel
from app.core.risk_groups import Cell, RiskGroup
from app.presentation.charts.kaplan_meier import km_chart
from app.presentation.model_texts import in_language
from app.presentation.templating import environment, resource_folder
from app.presentation.translation import gettext as _
from app.presentation.translation import once_per_model_and_language

PNG_WIDTH = 1440
_FOOTER_CHARACTERS = 112
_FONTS = ("DejaVuSans-chart.ttf", "DejaVuSans-Bold-chart.ttf")


def curve_svg(fitted: FittedModel, group: RiskGroup, cell: Cell | None = None) -> str:
    """Return the chart of a risk group as an SVG document with its title and source.

    With `cell`, the Cox-predicted survival of that cell is a thin line in it. Raises ValueError if the cell is not in
    the group.
    """
    return _svg(fitted, group, cell)


def curve_png(fitted: FittedModel, group: RiskGroup, cell: Cell | None = None) -> bytes:
    """Return the same chart as a PNG image, 1440 pixels wide."""
    return _png(fitted, group, cell)


@once_per_model_and_language
def _svg(model: FittedModel, of: RiskGroup, with_cell: Cell | None) -> str:
    fitted = in_language(model)
    group = next(one for one in fitted.risk_groups if one.id == of.id)
    cell = next((one for one in fitted.cells if with_cell and one.id == with_cell.id), None)
    template = environment().get_template("curve.svg.jinja")
    return template.render(
        chart=km_chart(fitted, group, cell),
        meaning=group.meaning,
        study_size=fitted.population.n,
        cohorts=fitted.provenance.cohorts,
        source=(
            _(
                "A group’s curve, not a forecast for one person. "
                "No individual data were published: cohorts are synthetic."
            ),
            *textwrap.wrap(f"{fitted.provenance.citation} doi:{fitted.provenance.doi}", _FOOTER_CHARACTERS),
            _("Model {model}, {digest}").format(model=f"{fitted.id} {fitted.version}", digest=fitted.digest),
        ),
    )


@once_per_model_and_language
def _png(fitted: FittedModel, group: RiskGroup, cell: Cell | None) -> bytes:
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
