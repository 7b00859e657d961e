"""The chart as a file: an SVG with description and source, and a readable PNG."""

import itertools
import struct
from xml.etree import ElementTree as ET

import pytest

from app.artefact.reader import load_artefact
from app.core.fitted_model import FittedModel
from app.core.risk_groups import RiskGroup
from app.presentation.charts.export import curve_file_name, curve_png, curve_svg, svg_to_png

CELLS, RISK_GROUPS = load_artefact().cells, load_artefact().risk_groups
SVG = "{http://www.w3.org/2000/svg}"


def _parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


@pytest.mark.parametrize("group", RISK_GROUPS)
def test_svg_has_title_and_source(fitted: FittedModel, group: RiskGroup) -> None:
    root = _parsed(curve_svg(fitted, group))
    title, description = root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")
    assert title == (
        f"Hepatocellular carcinoma on regorafenib after sorafenib. Overall survival: {group.label} ({group.meaning})"
    )
    assert description is not None
    assert "reconstructed" in description
    text = " ".join(root.itertext())
    for said in ("From 58 patients of one centre", "reconstructed cohorts", "BMC Cancer", fitted.digest[:23]):
        assert said in text
    assert "not a forecast for one person" in text


def test_svg_is_self_contained(fitted: FittedModel) -> None:
    svg = curve_svg(fitted, RISK_GROUPS[0], CELLS[0])
    root = _parsed(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "rect", "g", "path", "text", "tspan")
    }
    assert not any("style" in element.attrib or "href" in element.attrib for element in root.iter())


def test_lines_differ_by_dash_not_only_colour(fitted: FittedModel) -> None:
    root = _parsed(curve_svg(fitted, RISK_GROUPS[2], CELLS[3]))
    paths = [path for path in root.iter(f"{SVG}path") if path.get("class", "").startswith("line")]
    lines = list({path.get("class"): path for path in paths}.values())
    assert len(lines) == 4
    assert len({line.get("stroke-dasharray") for line in lines}) == 4
    assert len({line.get("stroke") for line in lines}) == 4


def test_texts_of_a_file_do_not_overlap(fitted: FittedModel) -> None:
    root = _parsed(curve_svg(fitted, RISK_GROUPS[2], CELLS[3]))
    lines = [(float(text.get("y", 0)), float(text.get("font-size", 0))) for text in root.findall(f"{SVG}text")]
    assert len(lines) >= 6
    for (above, _size), (below, size) in itertools.pairwise(lines):
        assert below - above >= 1.2 * size
    assert lines[-1][0] < float(root.get("height", 0)) - 8


@pytest.mark.parametrize("group", RISK_GROUPS)
def test_file_name_says_what_the_chart_shows(fitted: FittedModel, group: RiskGroup) -> None:
    start = f"hcc-regorafenib-after-sorafenib-sii-afp-{group.label.lower().replace(' ', '-')}"
    assert curve_file_name(fitted, group, "png") == f"{start}.png"
    cell = next(cell for cell in CELLS if cell.id in group.cells)
    levels = cell.label.lower().replace(",", "").replace(" ", "-")
    assert curve_file_name(fitted, group, "svg", cell) == f"{start}-cox-{levels}.svg"


def test_png_has_the_requested_size(fitted: FittedModel) -> None:
    png = curve_png(fitted, RISK_GROUPS[1])
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", png[16:20]) == (1440,)


def test_text_uses_the_shipped_font() -> None:
    empty = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 20">{}</svg>'
    text = '<text y="15" font-family="system-ui, sans-serif"{}>Higher-risk group ≥ 340 × 10⁹/L, 5–15 %</text>'
    blank, plain, bold = (
        svg_to_png(empty.format(inside), 400) for inside in ("", text.format(""), text.format(' font-weight="bold"'))
    )
    assert len(blank) < len(plain)
    assert plain != bold


def test_every_character_of_a_chart_is_in_the_font(fitted: FittedModel) -> None:
    # A character that the font lacks is not drawn, so its picture equals that of an empty text.
    empty = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><text y="15">{}</text></svg>'
    used = {
        character
        for cell, group in ((CELLS[0], 0), (CELLS[1], 1), (CELLS[2], 1), (CELLS[3], 2))
        for element in _parsed(curve_svg(fitted, RISK_GROUPS[group], cell)).iter()
        if element.tag in (f"{SVG}text", f"{SVG}tspan")
        for character in "".join(element.itertext())
    }
    blank = svg_to_png(empty.format(""), 40)
    missing = {c for c in used if not c.isspace() and svg_to_png(empty.format(c.replace("<", "&lt;")), 40) == blank}
    assert missing == set()
