"""Draw the charts of a document: in its own layouts, with the curves of the risk groups alone."""

from contextlib import nullcontext
from dataclasses import dataclass

from app.core.assessment import Assessment
from app.core.cell_answers import CellAnswer
from app.core.fitted_model import FittedModel
from app.presentation.charts.forest_plot import FOREST_DOCUMENT, ForestPlot, estimates, forest_plot
from app.presentation.charts.index_scale import IndexScale, index_scales
from app.presentation.charts.kaplan_meier import DOCUMENT, KmChart, km_chart
from app.presentation.model_texts import in_language
from app.presentation.pages.result_context import ResultPage
from app.presentation.templating import rendered
from app.presentation.translation import ENGLISH_TEXTS, once_per_model_and_language, using


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings of a result as SVG: the curve of the risk group, the hazard ratios, the scales of the indices."""

    curve: str
    forest: str
    scales: tuple[str, ...]


def drawings_of(assessment: Assessment, page: ResultPage) -> Drawings:
    """Return the drawings of a result; in English where people write from right to left.

    Typst places such texts in a drawing at other points than browsers do.
    """
    with using(ENGLISH_TEXTS) if page.site.direction == "rtl" else nullcontext():
        fitted = in_language(assessment.fitted)
        curve, forest = _of_cell(fitted, fitted.answers[frozenset(assessment.answer.cell.factors)])
        scales = tuple(_svg("index_scale", scale) for scale in index_scales(fitted, assessment.indices))
    return Drawings(curve, forest, scales)


@once_per_model_and_language
def _of_cell(fitted: FittedModel, answer: CellAnswer) -> tuple[str, str]:
    """Return the drawings that depend on the cell alone."""
    curve = km_chart(fitted, answer.risk_group, None, DOCUMENT)
    return _svg("km_chart", curve), _svg("forest", forest_plot(estimates(fitted, answer), FOREST_DOCUMENT))


def _svg(macro: str, drawing: KmChart | ForestPlot | IndexScale) -> str:
    return str(rendered("parts/charts.svg.jinja", macro, drawing))
