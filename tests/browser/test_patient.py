"""The page for the patient in a real browser: numbers after a click, the way back, one printed page, any screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.config.settings import Settings
from tests.lib.accessibility import violations
from tests.lib.assessments import UNLIKE
from tests.lib.clients import site_file
from tests.lib.layout import broken_words, layout_defects, scrolls_sideways, space_text
from tests.lib.serving import served
from tests.lib.visitor import ALIKE, FIELDS, HIGH, LONGEST, LOW, NEAR_BOTH, Patient, assess

BUTTON = "For the patient"
# The longest page: three groups, every sentence that only some patients see, and a contact.
FULLEST = Patient(NEAR_BOTH.values, dates=("2025-01-02", "2025-08-02"))
STATES = {"one group": HIGH, "three groups": NEAR_BOTH, "no numbers": LONGEST}
SMALLEST = 20  # pixels
_SIZES = """() => [...document.querySelectorAll("main *, header *")]
  .filter(one => one.checkVisibility() && [...one.childNodes].some(part => part.nodeType === 3 && part.data.trim()))
  .map(one => parseFloat(getComputedStyle(one).fontSize))"""
_COLOURS = """() => [...document.querySelectorAll("main *, header *")].flatMap(one => {
  const style = getComputedStyle(one);
  return [style.color, style.backgroundColor, style.borderTopColor, style.stroke, style.fill];
}).map(text => text.match(/[0-9.]+/g)).filter(Boolean).map(parts => parts.map(Number))"""


def open_page(page: Page, patient: Patient, *, with_numbers: bool = False) -> None:
    assess(page, patient)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator(".for-patient")).to_be_visible()
    page.wait_for_load_state()
    if with_numbers and page.locator(".numbers").count():
        page.locator(".numbers > summary").click()
        expect(page.locator(".people").first).to_be_visible()


def pages_of(printed: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", printed))


@pytest.fixture(scope="module")
def site_with_contact(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = site_file(tmp_path_factory.mktemp("contact"), 'contact = "https://hospital.example/oncology/calculator"')
    with served(Settings(integration_file=file)) as address:
        yield address


@pytest.fixture(scope="module")
def site_in_languages() -> Iterator[str]:
    with served(Settings(languages=("de", "ar"))) as address:
        yield address


@pytest.mark.parametrize("patient", [HIGH, NEAR_BOTH, ALIKE], ids=["one", "three", "alike"])
def test_no_number_is_visible_before_the_second_click(any_page: Page, patient: Patient) -> None:
    open_page(any_page, patient)
    before = any_page.locator("main").inner_text()
    assert not re.search(r"\d|hundred|percent|%", before)
    assert any_page.locator(".people:visible").count() == 0
    any_page.get_by_text("Show the numbers").click()
    assert re.search(r"Of 100 people in this group, about \d+", any_page.locator("main").inner_text())
    any_page.get_by_text("Show the numbers").click()
    assert any_page.locator("main").inner_text() == before


def test_numbers_are_unfolded_by_keyboard(page: Page) -> None:
    open_page(page, HIGH)
    page.locator(".numbers > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".key .people")).to_have_count(3)
    expect(page.locator(".group .main")).to_contain_text("about 36 would be alive after 6 months")


def test_patient_unlike_the_study_finds_no_numbers(any_page: Page) -> None:
    open_page(any_page, Patient(HIGH.values, answers=UNLIKE))
    expect(any_page.locator(".numbers, .people")).to_have_count(0)
    expect(any_page.locator(".reasons")).to_contain_text("The people in the study were not like you")


def test_way_back_keeps_the_values(any_page: Page) -> None:
    open_page(any_page, ALIKE)
    any_page.get_by_role("button", name="Back to the result").click()
    expect(any_page.locator("h1")).to_contain_text("Higher-risk group")
    any_page.click("text=Change the values")
    for name, value, unit in zip(FIELDS, ALIKE.values, ALIKE.units, strict=True):
        expect(any_page.locator(f"#{name}")).to_have_value(value)
        expect(any_page.locator(f"#{name}_unit")).to_have_value(unit)
    for name, answer in ALIKE.answers.items():
        expect(any_page.locator(f"[name={name}][value='{answer}']")).to_be_checked()


def test_page_leads_nowhere_but_back(page: Page) -> None:
    """A patient who holds the tablet opens neither the result nor another page by a link."""
    open_page(page, HIGH)
    assert page.locator("a:not(.skip)").count() == 0
    assert page.locator("button").all_inner_texts() == ["Back to the result"]
    assert page.url.endswith("/patient")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("state", STATES)
def test_page_is_accessible_and_legible(page: Page, axe: str, state: str, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    open_page(page, STATES[state], with_numbers=True)
    page.set_viewport_size({"width": width, "height": 800})
    assert violations(page, axe) == []
    assert layout_defects(page) == []
    assert min(page.evaluate(_SIZES)) >= SMALLEST
    reds = [one for one in page.evaluate(_COLOURS) if one[0] > 150 and one[0] > 1.6 * max(one[1], one[2])]
    assert reds == []


def test_every_width_fits(page: Page) -> None:
    """Also with the text spacing of WCAG 1.4.12. The table of one group is the widest part."""
    open_page(page, HIGH, with_numbers=True)
    for is_spaced in (False, True):
        space_text(page, is_spaced=is_spaced)
        for width in range(320, 1441, 32):
            page.set_viewport_size({"width": width, "height": 800})
            assert not scrolls_sideways(page), width


@pytest.mark.parametrize("width", [320, 360, 576, 577])
@pytest.mark.parametrize("tag", ["en", "de", "ar"])
def test_no_word_is_broken(browser: Browser, site_in_languages: str, tag: str, width: int) -> None:
    """The table is one of lists where its columns do not fit."""
    page = browser.new_page(base_url=site_in_languages, locale=tag, viewport={"width": width, "height": 800})
    page.goto("/")
    assess(page, HIGH)
    page.click("form[action$=patient] button")
    page.locator(".numbers > summary").click()
    for is_spaced in (False, True):
        space_text(page, is_spaced=is_spaced)
        assert broken_words(page) == []
        assert layout_defects(page) == []
    page.close()


def test_table_of_a_narrow_screen_is_still_a_table(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    open_page(page, HIGH, with_numbers=True)
    table = page.get_by_role("table")
    assert table.get_by_role("columnheader").all_text_contents() == ["After", "Alive", "Died", "Alive could be"]
    row = table.get_by_role("row").nth(1)
    expect(row.get_by_role("rowheader")).to_have_text("3 months")
    assert [cell.inner_text() for cell in row.get_by_role("cell").all()] == [
        *("Alive\n67", "Died\n33", "Alive could be\n32 to 93"),
    ]
    expect(row.get_by_role("cell", name="67", exact=True)).to_be_visible()  # without the name of the column twice


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("patient", [HIGH, LOW, FULLEST, LONGEST], ids=["high", "low", "fullest", "no numbers"])
def test_page_prints_on_one_sheet(browser: Browser, site_with_contact: str, patient: Patient, paper: str) -> None:
    page = browser.new_page(base_url=site_with_contact)
    page.goto("/")
    open_page(page, patient)
    page.emulate_media(media="print")
    expect(page.locator(".numbers-part:visible")).to_have_count(0)  # what is folded is not printed
    expect(page.locator(".sign, .patient").first).to_be_visible()
    expect(page.locator(".team p")).to_contain_text("sha256:")
    assert pages_of(page.pdf(format=paper)) == 1
    page.emulate_media(media="screen")
    if page.locator(".numbers").count():
        page.locator(".numbers > summary").click()
        page.emulate_media(media="print")
        expect(page.locator(".numbers .people").first).to_be_visible()
        assert pages_of(page.pdf(format=paper)) == 1
    page.close()


def test_contact_is_named(browser: Browser, site_with_contact: str, tmp_path: Path) -> None:
    page = browser.new_page(base_url=site_with_contact)
    page.goto("/")
    open_page(page, HIGH)
    expect(page.get_by_role("link", name="https://hospital.example/oncology/calculator")).to_be_visible()
    page.close()
