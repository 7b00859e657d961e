"""Small screens, zoom, dark and forced colours, and the size of a first visit."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lib.visitor import HIGH, LONGEST, WRONG, Patient, assess, fill

FIRST_LOAD_BYTES = 20_000
_TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }
"""
# Pairs of parts of the form that share more than a pixel, and parts whose text is wider or higher than they are.
_OVERLAPS = """() => {
  const parts = [...document.querySelectorAll(
    ".basis, .labs > legend, .labs > .paste, .labs label:not(.visually-hidden), .labs input:not([type=hidden]), " +
    ".labs select, .help, .indices, .questions > legend, .question > legend, .choices label, .more > summary, .date, " +
    ".primary, .actions > a"
  )].map(part => [part, part.getBoundingClientRect()]);
  const name = part => part.id || part.className || part.textContent.trim().slice(0, 30);
  const found = [];
  for (const [one, a] of parts) {
    if (one.scrollWidth > one.clientWidth + 1 && !one.matches("input, select")) found.push(`${name(one)} is cut`);
    for (const [other, b] of parts) {
      const shared = [
        Math.min(a.right, b.right) - Math.max(a.left, b.left),
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
      ];
      if (one !== other && Math.min(...shared) > 1 && !one.contains(other) && !other.contains(one))
        found.push(`${name(one)} / ${name(other)}`);
    }
  }
  return found;
}"""


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
def test_what_it_rests_on_is_above_the_fields(page: Page, width: int) -> None:
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
    for style in ("", _TEXT_SPACING):
        page.evaluate(
            "s => { const sheet = new CSSStyleSheet(); sheet.replaceSync(s); document.adoptedStyleSheets = [sheet]; }",
            style,
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(_OVERLAPS) == []


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


def test_forced_colours_show_the_chosen_answer(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.check("[name=ecog][value='1']")
    background = "getComputedStyle(document.querySelector(`[name=ecog][value='{}'] + span`)).backgroundColor"
    assert page.evaluate(background.format("1")) != page.evaluate(background.format("2"))


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
