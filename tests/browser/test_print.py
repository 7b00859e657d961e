"""The print-out of a result, in A4 and Letter: two pages, with all that is needed to read the answer on the first."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.lib.assessments import UNLIKE
from tests.lib.layout import layout_defects
from tests.lib.pdf import printed_pages_of, sizes_of
from tests.lib.visitor import FULL, HIGH, INTERMEDIATE, LONGEST, LOW, NEAR_BOTH, Patient, assess

PAPERS = {"A4": 210, "Letter": 216}  # with a width in millimetres, of which 20 are margins
PATIENTS = {
    "high": HIGH,
    "intermediate": INTERMEDIATE,
    "low": LOW,
    "near both": NEAR_BOTH,
    "near both and unlike": Patient(NEAR_BOTH.values, answers=UNLIKE),
    "longest": LONGEST,
    **FULL,
}
# The sizes in points of the texts that are printed, drawings aside.
_SIZES = """() => {
  const sizes = new Set();
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || parent.closest("svg") || !parent.checkVisibility()) continue;
    sizes.add(parseFloat(getComputedStyle(parent).fontSize) * 3 / 4);
  }
  return [...sizes];
}"""


def said_in(page: Page, selector: str) -> list[str]:
    """Return the texts of the elements that are printed, as the text of a document has them."""
    texts = page.locator(f"{selector}:visible").all_inner_texts()
    return [" ".join(re.sub(r"(?<=[-–/])\n", "", text).split()) for text in texts]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", PATIENTS)
def test_result_prints_on_two_pages(page: Page, name: str, paper: str) -> None:
    """Each caveat to read first or beside the answer is on the first; text has 9 points, in drawings 7."""
    assess(page, PATIENTS[name])
    printed = page.pdf(format=paper)
    page.emulate_media(media="print")
    first, details = printed_pages_of(printed)
    for selector in (".strong li", ".first-caveats li", ".beside li", ".source", ".curve figcaption", ".paper-title"):
        for text in said_in(page, selector):
            assert text in first, text
    for selector in (".limits > ul > li", ".hazard figcaption", ".provenance"):
        found = said_in(page, selector)
        assert found
        for text in found:
            assert text in details, text
    for text in ("Patient:", "Date of birth:", "Read by:", "Research software, not a medical device.", " UTC"):
        assert text in first
    assert min(sizes_of(printed)) >= 7
    assert min(page.evaluate(_SIZES)) >= 9 - 0.01


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", ["high", "low", "longest", "neither", "both"])
def test_nothing_is_cut_on_paper(page: Page, name: str, paper: str) -> None:
    """Nothing is wider than the page, which would be shrunk to fit, and no text or drawing leaves it."""
    assess(page, PATIENTS[name])
    page.emulate_media(media="print")
    width = int((PAPERS[paper] - 20) / 25.4 * 96)
    page.set_viewport_size({"width": width, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.locator("main :visible").evaluate_all(
        "(all, width) => all.filter(one => one.getBoundingClientRect().right > width + 1).map(one => one.outerHTML)",
        width,
    )
    assert beyond == []
    assert layout_defects(page) == []
    for part in ("h1", ".inputs", ".curve .drawing-wide", ".hazard .drawing-wide"):
        expect(page.locator(part)).to_be_visible()


def test_cox_predicted_curve_is_printed_if_it_is_shown(page: Page) -> None:
    assess(page, HIGH)
    assert "Cox-predicted SII high" not in printed_pages_of(page.pdf(format="A4"))[0]
    page.get_by_role("checkbox", name="Show the Cox model").check()
    assert "Cox-predicted SII high" in printed_pages_of(page.pdf(format="A4"))[0]


def test_high_is_legible_without_printed_backgrounds(page: Page) -> None:
    assess(page, HIGH)
    page.emulate_media(media="print")
    word = page.locator(".factor .word").first
    assert word.evaluate("one => [getComputedStyle(one).color, getComputedStyle(one).borderTopWidth]") == [
        "rgb(0, 0, 0)",
        "2px",
    ]
    assert "SII 553.6 × 10⁹/L HIGH" in printed_pages_of(page.pdf(format="A4", print_background=False))[0]
