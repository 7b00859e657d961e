"""One unit for the three counts: chosen once, shown and changed beside each, remembered here or set by the site."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lib.visitor import FIELDS, GIGA, HIGH, LOW, Patient, assess, fill, send

COUNTS = FIELDS[:3]
IN_UL = ("4200", "1100", "145000", "620")


def units_of(page: Page) -> list[str]:
    return [page.locator(f"#{name}_unit").input_value() for name in FIELDS]


def enter(page: Page, values: tuple[str, ...]) -> None:
    for name, value in zip(FIELDS, values, strict=True):
        page.fill(f"#{name}", value)


def test_one_choice_sets_all_three_counts(any_page: Page) -> None:
    any_page.select_option("#count_unit", "/uL")
    enter(any_page, IN_UL)
    any_page.select_option("#afp_unit", "ng/mL")
    send(any_page)
    given = any_page.locator("table.inputs tbody td:nth-child(2)").all_text_contents()
    assert given == ["4200 /µL", "1100 /µL", "145000 /µL", "620 ng/mL"]


def test_unit_is_shown_beside_each_count(page: Page) -> None:
    page.select_option("#count_unit", "/uL")
    assert units_of(page) == ["/uL", "/uL", "/uL", ""]


def test_unit_can_be_changed_beside_a_count(any_page: Page) -> None:
    any_page.select_option("#count_unit", "/uL")
    any_page.select_option("#platelets_unit", "10*4/uL")
    enter(any_page, ("4200", "1100", "14.5", "620"))
    any_page.select_option("#afp_unit", "ng/mL")
    send(any_page)
    expect(any_page.locator("table.inputs tbody tr >> nth=2")).to_contain_text("14.5 × 10⁴/µL")
    expect(any_page.locator("table.inputs tbody tr >> nth=2")).to_contain_text("145 × 10⁹/L")


def test_later_choice_for_all_changes_all_without_scripts(plain_page: Page) -> None:
    plain_page.select_option("#count_unit", GIGA)
    enter(plain_page, ("4200", "1100", "14.5", ""))
    send(plain_page)
    assert units_of(plain_page) == [GIGA, GIGA, GIGA, ""]
    plain_page.select_option("#count_unit", "/uL")
    plain_page.select_option("#platelets_unit", "10*4/uL")
    plain_page.fill("#afp", "620")
    plain_page.select_option("#afp_unit", "ng/mL")
    send(plain_page)
    given = plain_page.locator("table.inputs tbody td:nth-child(2)").all_text_contents()
    assert given == ["4200 /µL", "1100 /µL", "14.5 × 10⁴/µL", "620 ng/mL"]


def test_choice_for_all_is_remembered_and_forgotten(page: Page) -> None:
    page.select_option("#count_unit", "10*3/uL")
    page.select_option("#platelets_unit", GIGA)
    page.select_option("#afp_unit", "IU/mL")
    page.goto("/")
    assert units_of(page) == ["10*3/uL"] * 3 + [""]
    other = page.context.new_page()
    other.goto("/")
    assert units_of(other) == ["10*3/uL"] * 3 + [""]
    assert other.evaluate("Object.entries(localStorage)") == [["sii-afp.count-unit", "10*3/uL"]]
    other.select_option("#count_unit", "")
    other.goto("/")
    assert units_of(other) == ["", "", "", ""]
    assert other.evaluate("Object.entries(localStorage)") == []


def test_remembered_unit_is_not_given_to_a_typed_value(page: Page) -> None:
    page.select_option("#count_unit", "/uL")
    page.goto("/")
    page.select_option("#platelets_unit", "")
    page.fill("#platelets", "145")
    page.reload()
    assert units_of(page) == ["/uL", "/uL", "", ""]
    expect(page.locator("#platelets")).to_have_value("145")


def test_unit_that_is_not_offered_is_not_remembered(page: Page) -> None:
    page.evaluate("localStorage.setItem('sii-afp.count-unit', 'furlong')")
    page.goto("/")
    assert units_of(page) == ["", "", "", ""]


def test_form_works_where_the_browser_keeps_nothing(page: Page) -> None:
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) "
        "Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto("/")
    page.select_option("#count_unit", GIGA)
    enter(page, HIGH.values)
    page.select_option("#afp_unit", "ng/mL")
    page.click("text=Clear all")
    page.click("text=Undo")
    send(page)
    expect(page.locator("h1")).to_have_text("Higher-risk group (of three)")
    page.click("text=New patient")
    assert units_of(page) == ["", "", "", ""]


def test_second_patient_takes_18_keystrokes(page: Page) -> None:
    page.select_option("#count_unit", GIGA)
    assess(page, LOW)
    page.click("text=New patient")
    expect(page.locator("#neutrophils")).to_be_focused()
    expect(page.locator("#neutrophils_unit")).to_have_value(GIGA)
    values = "\t".join(HIGH.values)
    keys = [*("Tab" if key == "\t" else key for key in values), "Tab", "n", "Enter"]
    assert len(keys) <= 18
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("h1")).to_have_text("Higher-risk group (of three)")
    expect(page.locator(".factor").nth(1)).to_contain_text("620 ng/mL")


@pytest.mark.parametrize(
    ("key", "unit"), [("n", "ng/mL"), ("u", "ug/L"), ("i", "IU/mL"), ("k", "kU/L"), ("p", "pg/mL")]
)
def test_one_key_chooses_the_unit_of_afp(page: Page, key: str, unit: str) -> None:
    page.focus("#afp_unit")
    page.keyboard.press(key)
    expect(page.locator("#afp_unit")).to_have_value(unit)


@pytest.fixture(params=["scripts", "no scripts"])
def preset_page(request: pytest.FixtureRequest, browser: Browser, preset_site: str) -> Iterator[Page]:
    """Open the form of a site that has chosen the units, with scripts and without."""
    context = browser.new_context(base_url=preset_site, java_script_enabled=request.param == "scripts")
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def test_units_of_the_site_are_chosen(preset_page: Page) -> None:
    preset = ["/uL", "/uL", "10*4/uL", "ng/mL"]
    assert units_of(preset_page) == preset
    preset_page.select_option("#count_unit", GIGA)
    fill(preset_page, Patient(HIGH.values, (GIGA, GIGA, GIGA, "IU/mL")))
    send(preset_page)
    expect(preset_page.locator("table.inputs")).to_contain_text("620 IU/mL")
    preset_page.click("text=New patient")
    assert units_of(preset_page) == preset
    enter(preset_page, ("4200", "1100", "14.5", "620"))
    send(preset_page)
    expect(preset_page.locator("h1")).to_have_text("Higher-risk group (of three)")
