"""Every language in a real browser: nothing is cut, axe finds nothing, and a change of language loses no value."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.config.settings import Settings
from app.presentation.languages import NAMES
from tests.lib.accessibility import violations
from tests.lib.layout import layout_defects, unfold
from tests.lib.serving import served
from tests.lib.visitor import HIGH, LONGEST, NEAR_BOTH, WRONG, assess, fill

LANGUAGES = tuple(tag for tag in NAMES if tag != "en")


@pytest.fixture(scope="module")
def many() -> Iterator[str]:
    """Serve the application with every language."""
    with served(Settings(languages=LANGUAGES)) as address:
        yield address


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, browser: Browser, many: str) -> Iterator[Page]:
    """Open the form in a language; an error of a script fails the test."""
    yield from _opened(browser, many, request.param)


@pytest.fixture(params=["scripts", "no scripts"])
def any_page(request: pytest.FixtureRequest, browser: Browser, many: str) -> Iterator[Page]:
    """Open the form in German, with scripts and without."""
    yield from _opened(browser, many, "de", scripts=request.param == "scripts")


def _opened(browser: Browser, address: str, tag: str, *, scripts: bool = True) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, service_workers="block", locale=tag, java_script_enabled=scripts, bypass_csp=True
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto("/")
    yield page
    context.close()
    assert failures == []


def _tag(page: Page) -> str | None:
    return page.locator("html").get_attribute("lang")


def test_nothing_is_cut_or_covered(page: Page) -> None:
    for patient in (WRONG, LONGEST, HIGH):
        page.goto("/")
        assess(page, patient)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 720})
            assert layout_defects(page) == []
    for part in ("numbers", "ratios"):
        page.check(f"[name=part][value={part}]")
        assert layout_defects(page) == []


def test_pages_are_accessible(page: Page, axe: str) -> None:
    for patient in (WRONG, LONGEST, HIGH):
        page.goto("/")
        assess(page, patient)
        unfold(page)
        assert violations(page, axe) == []
    page.locator("form[action$=patient] button").click()
    page.wait_for_selector(".for-patient")
    unfold(page)
    assert violations(page, axe) == []
    page.goto("/evidence")
    assert violations(page, axe) == []


def test_drawings_are_left_to_right(page: Page) -> None:
    assess(page, HIGH)
    first, last = (page.locator(".drawing-wide .tick text").get_by_text(text, exact=True).first for text in ("0", "12"))
    places = [(one.bounding_box() or {"x": 0})["x"] for one in (first, last)]
    assert places == sorted(places)


def test_change_of_language_keeps_what_was_typed(any_page: Page) -> None:
    fill(any_page, HIGH)
    any_page.get_by_role("button", name="한국어").click()
    expect(any_page.locator("html")).to_have_attribute("lang", "ko")
    assert [any_page.input_value(f"#{name}") for name in ("neutrophils", "afp")] == ["4.2", "620"]
    assert any_page.input_value("#afp_unit") == "ng/mL"


def test_change_of_language_keeps_the_result(any_page: Page) -> None:
    assess(any_page, HIGH)
    alive = any_page.locator(".alive td strong").all_inner_texts()
    any_page.get_by_role("button", name="العربية").click()
    expect(any_page.locator("html")).to_have_attribute("dir", "rtl")
    assert any_page.locator(".alive td strong").all_inner_texts()[:3] == alive[:3]
    any_page.locator("#change button").click()
    expect(any_page.locator("#neutrophils")).to_have_value("4.2")
    assert _tag(any_page) == "ar"


def test_language_stays_for_the_next_page(any_page: Page) -> None:
    any_page.get_by_role("button", name="日本語").click()
    any_page.goto("/evidence")
    expect(any_page.locator("html")).to_have_attribute("lang", "ja")
    any_page.get_by_role("link", name="English").click()
    expect(any_page.locator("html")).to_have_attribute("lang", "en")


def test_translation_has_the_english_marked_beside_it(any_page: Page) -> None:
    assess(any_page, NEAR_BOTH)
    english = any_page.locator(".first-caveats .english")
    assert english.count() >= 2
    assert {one.get_attribute("lang") for one in english.all()} == {"en"}
    expect(english.first).to_contain_text("[English: SII is close to its cut-off of 340")
    expect(any_page.locator(".translation .english")).to_contain_text("No clinician has reviewed this translation")
