"""The pages where the reader chose a few colours for everything, as in the contrast themes of Windows."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.lib.forced_colours import hidden_texts
from tests.lib.visitor import HIGH, LONGEST, LOW, WRONG, Patient, assess, more

# A point of a mark of the scale, and one on the bar beside the mark, in pixels of the page.
_ON_AND_BESIDE = """part => [0, 8].map(beside => {
  const end = part.getPointAtLength(part.getTotalLength());
  const place = new DOMPoint(end.x + beside, 29).matrixTransform(part.getScreenCTM());
  return { x: Math.round(place.x) - 1, y: Math.round(place.y) + scrollY, width: 1, height: 1 };
})"""


@pytest.fixture(params=["light", "dark"])
def forced(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """Open the form with forced colours on a light and on a dark ground, without the content security policy."""
    context = browser.new_context(
        base_url=site, service_workers="block", bypass_csp=True, forced_colors="active", color_scheme=request.param
    )
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def test_chosen_answer_is_marked(forced: Page) -> None:
    forced.check("[name=ecog][value='1']")
    background = "getComputedStyle(document.querySelector(`[name=ecog][value='{}'] + span`)).backgroundColor"
    assert forced.evaluate(background.format("1")) != forced.evaluate(background.format("2"))


@pytest.mark.parametrize("patient", [HIGH, LOW, LONGEST, WRONG], ids=["high", "low", "longest", "errors"])
def test_no_text_of_an_answer_is_hidden(forced: Page, patient: Patient) -> None:
    assess(forced, patient)
    for part in [None, *forced.locator(".tabs label").all()]:
        if part:
            part.click()
        assert hidden_texts(forced) == []


def test_no_text_of_other_pages_is_hidden(forced: Page) -> None:
    assess(forced, HIGH)
    forced.click("text=For the patient")
    forced.locator(".for-patient").wait_for()
    assert hidden_texts(forced) == []
    for path in ("/report", "/evidence", "/instructions", "/nothing"):
        forced.goto(path)
        assert hidden_texts(forced) == []


def test_no_text_of_a_comparison_is_hidden(forced: Page) -> None:
    assess(forced, HIGH)
    more(forced, "Compare")
    assert hidden_texts(forced) == []
    assess(forced, LOW)
    assert hidden_texts(forced) == []


def test_hidden_text_is_found(forced: Page) -> None:
    forced.evaluate("""() => document.querySelector("main").innerHTML = `
      <p style="background: LinkText; color: Canvas">on the ground of the page</p>
      <p style="background: LinkText; color: LinkText; forced-color-adjust: none">on its own ground</p>
      <p style="background: LinkText; color: Canvas; forced-color-adjust: none">seen</p>`""")
    assert hidden_texts(forced) == ["on the ground of the page", "on its own ground"]


@pytest.mark.parametrize("mark", [".cutoff", ".axis"])
def test_marks_are_seen_on_the_bar_of_the_population(forced: Page, mark: str) -> None:
    """The cut-off, and the mean at the end of the path of the axis."""
    assess(forced, LOW)
    on, beside = forced.locator(f".scale {mark}").evaluate(_ON_AND_BESIDE)
    assert forced.screenshot(clip=on, full_page=True) != forced.screenshot(clip=beside, full_page=True)
