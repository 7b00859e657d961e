"""Small screens, zoom, dark colours, and the size of a first visit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lib.layout import layout_defects, space_text, unfold, widths_that_scroll
from tests.lib.report_texts import TEXTS
from tests.lib.visitor import HIGH, LONGEST, WRONG, Patient, assess, fill

FIRST_LOAD_BYTES = 20_000


@pytest.mark.parametrize("width", [320, 640], ids=["phone", "1280 at 200 %"])
@pytest.mark.parametrize("path", ["/", "/report", "/evidence", "/instructions", "/api", "/problems", "/nothing/here"])
def test_no_page_scrolls_sideways(page: Page, width: int, path: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 640], ids=["phone", "1280 at 200 %"])
@pytest.mark.parametrize("patient", [HIGH, LONGEST, WRONG], ids=["result", "longest result", "errors"])
def test_no_answer_scrolls_sideways(page: Page, width: int, patient: Patient) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assess(page, patient)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_form_fits_a_desktop_screen(any_page: Page) -> None:
    any_page.set_viewport_size({"width": 1280, "height": 720})
    any_page.goto("/")
    assert _bottom(any_page, ".primary") <= 720
    fill(any_page, LONGEST)
    any_page.click(".more summary")
    assert _bottom(any_page, ".primary") <= 720


def test_first_field_is_on_the_first_screen_of_a_phone(any_page: Page) -> None:
    any_page.set_viewport_size({"width": 390, "height": 844})
    any_page.goto("/")
    assert _bottom(any_page, "#neutrophils") <= 844


@pytest.mark.parametrize("width", range(320, 1441, 160))
def test_study_basis_is_above_the_fields(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    above = page.locator(".intro")
    for said in (
        "HCC before regorafenib, after sorafenib",
        "58 patients, one hospital",
        "simulated",
        "never validated",
    ):
        expect(above).to_contain_text(said)
    expect(above).to_contain_text("Child-Pugh A, ECOG 0–1 only. Who it is for")
    assert _bottom(page, ".intro") <= (page.locator(".labs").bounding_box() or {"y": 0})["y"]


@pytest.mark.parametrize("width", range(320, 1441, 80))
def test_no_field_overlaps_another(page: Page, width: int) -> None:
    """With every message at once, at each width, and with the text spacing of WCAG 1.4.12."""
    page.set_viewport_size({"width": width, "height": 800})
    fill(page, LONGEST)
    page.fill("#platelets", "145000")
    page.press("#platelets", "Tab")
    expect(page.locator("#platelets-live")).to_contain_text("It would be usual")
    for is_spaced in (False, True):
        space_text(page, is_spaced=is_spaced)
        assert layout_defects(page) == []


@pytest.mark.parametrize("width", [320, 560, 900, 1280])
@pytest.mark.parametrize("patient", [HIGH, LONGEST], ids=["high", "longest"])
def test_no_text_of_a_result_is_cut_or_covered(page: Page, patient: Patient, width: int) -> None:
    """In each part, as it is and with the text spacing of WCAG 1.4.12; `scripts/widths` checks every page and width."""
    page.set_viewport_size({"width": width, "height": 720})
    assess(page, patient)
    for is_spaced in (False, True):
        space_text(page, is_spaced=is_spaced)
        for part in page.locator(".tabs label").all():
            part.click()
            unfold(page)
            assert layout_defects(page) == []


@pytest.mark.parametrize("width", [320, 900, 1280])
def test_no_text_of_a_report_is_cut_or_covered(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    page.goto("/report")
    assert layout_defects(page) == []
    page.fill("#report", TEXTS["australia-cumulative"])
    page.click("text=Read the report")
    expect(page.locator(".read-page")).to_be_visible()
    for is_spaced in (False, True):
        space_text(page, is_spaced=is_spaced)
        unfold(page)
        assert layout_defects(page) == []


@pytest.fixture
def free_page(browser: Browser, site: str) -> Iterator[Page]:
    """Open the form without the content security policy, which forbids styles in elements and frames."""
    context = browser.new_context(base_url=site, bypass_csp=True)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def test_defects_of_a_layout_are_found(free_page: Page) -> None:
    """Of each kind: text that is cut, spills, is covered or is outside its drawing, and a page that is too wide."""
    free_page.evaluate("""() => document.querySelector("main").innerHTML = `
      <p style="overflow: hidden; white-space: nowrap; width: 3em">This text is cut at its end</p>
      <p style="white-space: nowrap; width: 3em">This text spills</p>
      <p style="height: 1em; margin: 0">This is covered</p><p style="margin-top: -1em">by this paragraph</p>
      <select id="narrow" style="width: 4em"><option>A long choice</option></select>
      <svg viewBox="0 0 400 20" width="200"><text x="390" y="15">outside</text></svg>
      <div style="width: 200vw">wide</div>`""")
    found = layout_defects(free_page)
    for words in ("is cut", "spills", "overlaps", "is cut: #narrow", "outside its drawing", "scrolls sideways"):
        assert any(words in defect for defect in found), words


def test_every_width_that_scrolls_is_found(free_page: Page) -> None:
    assert widths_that_scroll(free_page, range(320, 420)) == []
    free_page.evaluate("document.body.style.minWidth = '400px'")
    assert widths_that_scroll(free_page, range(320, 420)) == list(range(320, 400))


def _bottom(page: Page, part: str) -> float:
    box = page.locator(part).bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_charts_fit_the_screen(page: Page) -> None:
    assess(page, HIGH)
    for width, shown, hidden in ((1280, "wide", "narrow"), (390, "narrow", "wide")):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator(".tabs label", has_text="Hazard ratios").click()
        for figure in (".curve", ".hazard"):
            expect(page.locator(f"{figure} .drawing-{shown}")).to_be_visible()
            expect(page.locator(f"{figure} .drawing-{hidden}")).to_be_hidden()


def test_dark_screen_gets_a_dark_page(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 22, 28)"
    assess(page, HIGH)
    light, dark = "rgb(58, 26, 94)", "rgb(234, 220, 255)"
    curve = "getComputedStyle(document.querySelector('.line.focus')).stroke"
    assert page.evaluate(curve) == dark
    page.emulate_media(color_scheme="light")
    assert page.evaluate(curve) == light


def test_first_visit_is_small_and_local(browser: Browser, site: str) -> None:
    """As sent, headers included, up to the load event; the icon is not counted."""
    context = browser.new_context(base_url=site)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    kinds: dict[str, str] = {}
    received: dict[str, float] = {}
    asked: list[str] = []
    tools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    tools.on("Network.loadingFinished", lambda event: received.update({event["requestId"]: event["encodedDataLength"]}))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/", wait_until="load")
    assert all(address.startswith(site) for address in asked)
    sizes = [size for request, size in received.items() if kinds[request] in ("Document", "Stylesheet", "Script")]
    assert len(sizes) >= 7
    assert sum(sizes) <= FIRST_LOAD_BYTES
    context.close()
