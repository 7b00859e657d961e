"""Small screens, zoom, dark and forced colours, and the size of a first visit."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lib.visitor import HIGH, LONGEST, WRONG, Patient, assess

FIRST_LOAD_BYTES = 30_000


@pytest.mark.parametrize("width", [320, 640], ids=["phone", "1280 at 200 %"])
@pytest.mark.parametrize("path", ["/", "/evidence", "/api", "/problems", "/nothing/here"])
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


def test_charts_fit_the_screen(page: Page) -> None:
    assess(page, HIGH)
    for width, shown, hidden in ((1280, "wide", "narrow"), (390, "narrow", "wide")):
        page.set_viewport_size({"width": width, "height": 800})
        expect(page.locator(f".drawing-{shown}")).to_have_count(2)
        assert all(drawing.is_visible() for drawing in page.locator(f".drawing-{shown}").all())
        assert not any(drawing.is_visible() for drawing in page.locator(f".drawing-{hidden}").all())


def test_dark_screen_gets_a_dark_page(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 22, 28)"
    assess(page, HIGH)
    light, dark = "rgb(155, 23, 72)", "rgb(245, 143, 182)"
    curve = "getComputedStyle(document.querySelector('.line.focus')).stroke"
    assert page.evaluate(curve) == dark
    page.emulate_media(color_scheme="light")
    assert page.evaluate(curve) == light


def test_forced_colours_show_the_chosen_answer(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.click("summary")
    page.check("[name=ecog][value='1']")
    background = "getComputedStyle(document.querySelector(`[name=ecog][value='{}'] + span`)).backgroundColor"
    assert page.evaluate(background.format("1")) != page.evaluate(background.format("2"))


def test_first_visit_is_small_and_local(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    received: list[float] = []
    asked: list[str] = []
    tools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/", wait_until="networkidle")
    assert all(address.startswith(site) for address in asked)
    assert len(received) >= 4
    assert sum(received) <= FIRST_LOAD_BYTES
    context.close()
