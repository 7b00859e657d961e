"""The scale of an index shows the patient's value, the cut-off and the general population at their places."""

import math
from datetime import UTC, datetime

import pytest

from app.artefact.reader import load_artefact
from app.core.analytes import Analyte
from app.core.assessment import assess
from app.core.errors import InputError
from app.core.labs import Lab, parse_lab
from app.presentation.charts.index_scale import WIDTH, IndexScale, index_scale

FITTED = load_artefact()
NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
# The axis is logarithmic, from a quarter of the lowest mark to four times the highest: 189 / 4 to 1168 x 4.
LOWEST, HIGHEST = 189 / 4, 1168 * 4


def scale(neutrophils: str, lymphocytes: str, platelets: str) -> IndexScale:
    texts = (neutrophils, lymphocytes, platelets)
    labs: dict[Analyte, Lab | InputError] = {
        analyte: parse_lab(analyte, f"{text} 10*9/L") for analyte, text in zip(Analyte, texts, strict=False)
    }
    labs[Analyte.AFP] = parse_lab(Analyte.AFP, "620 ng/mL")
    return index_scale(assess(FITTED, labs, computed_at=NOW).indices.sii, FITTED.reference_ranges["sii"])


def place(value: float, found: IndexScale) -> float:
    """Return the pixel of a value by hand."""
    left, right = found.axis
    return left + (right - left) * math.log(value / LOWEST) / math.log(HIGHEST / LOWEST)


def test_marks_are_at_their_places() -> None:
    """SII by hand: 145 x 4.2 / 1.1 = 553.6."""
    found = scale("4.2", "1.1", "145")
    marks = (found.population[0], found.mean_x, found.population[1], found.cutoff_x, found.value_x)
    wanted = [place(value, found) for value in (189, 459, 1168, 340, 145 * 4.2 / 1.1)]
    assert marks == pytest.approx(wanted, abs=0.06)
    assert found.arrow == ""
    for number in ("553.6", "340", "459", "189 to 1168"):
        assert number in found.description


@pytest.mark.parametrize(
    ("values", "arrow", "end"),
    [(("1", "4", "20"), "←", 0), (("18", "0.5", "800"), "→", 1)],
    ids=["5", "28800"],
)
def test_value_beyond_the_axis_is_at_its_end(values: tuple[str, str, str], arrow: str, end: int) -> None:
    found = scale(*values)
    assert (found.arrow, found.value_x) == (arrow, found.axis[end])
    assert 0 < found.label_x < WIDTH
