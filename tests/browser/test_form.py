"""The form in a real browser: units, errors, kept text, the keyboard, with and without scripts."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.lib.visitor import FIELDS, HIGH, QUESTIONS, WRONG, assess, fill, send


def test_no_unit_is_preselected(any_page: Page) -> None:
    for name in FIELDS:
        expect(any_page.locator(f"#{name}_unit")).to_have_value("")
    any_page.fill("#neutrophils", "4.2")
    send(any_page)
    expect(any_page.locator(".error-summary")).to_contain_text("Neutrophils: The unit is missing.")
    expect(any_page.locator("#neutrophils_unit")).to_have_value("")


@pytest.mark.parametrize(("name", "first"), [("neutrophils", "× 10⁹/L"), ("platelets", "× 10⁹/L"), ("afp", "ng/mL")])
def test_canonical_unit_is_offered_first(page: Page, name: str, first: str) -> None:
    options = page.locator(f"#{name}_unit option").all_text_contents()
    assert options[:2] == ["choose unit", first]


def test_form_works_without_scripts(plain_page: Page) -> None:
    assess(plain_page, HIGH)
    expect(plain_page.locator("h1")).to_have_text("Higher-risk group (of three)")
    assert plain_page.locator("text=Print one page").is_hidden()


def test_values_are_never_in_an_address(any_page: Page) -> None:
    seen: list[str] = []
    any_page.on("request", lambda request: seen.append(request.url))
    assess(any_page, HIGH)
    assert len(seen) > 0
    for address in [*seen, any_page.url]:
        query = urlsplit(address).query
        assert re.fullmatch(r"(v=[0-9a-f]{12})?", query), address


def test_errors_are_listed_and_typed_text_kept(any_page: Page) -> None:
    assess(any_page, WRONG)
    assert any_page.title().startswith("Error: ")
    expect(any_page.locator(".error-summary h2")).to_have_text("There are 4 problems")
    for name, value, unit in zip(FIELDS, WRONG.values, WRONG.units, strict=True):
        expect(any_page.locator(f"#{name}")).to_have_value(value)
        expect(any_page.locator(f"#{name}_unit")).to_have_value(unit)
        described = any_page.locator(f"#{name}").get_attribute("aria-describedby") or ""
        expect(any_page.locator(f"#{name}")).to_have_attribute("aria-invalid", "true")
        assert f"{name}-problem" in described.split()
        expect(any_page.locator(f"#{name}-problem")).to_be_visible()
    expect(any_page.locator("[name=ecog][value='1']")).to_be_checked()
    expect(any_page.locator("#neutrophils-problem")).to_contain_text("It would be usual in /µL")


def test_error_summary_takes_focus_and_links_fields(page: Page) -> None:
    assess(page, WRONG)
    expect(page.locator(".error-summary")).to_be_focused()
    page.click(".error-summary a >> nth=1")
    expect(page.locator("#lymphocytes")).to_be_focused()


def test_error_in_optional_part_opens_it(any_page: Page) -> None:
    fill(any_page, HIGH)
    any_page.click(".more summary")
    any_page.fill("#blood_count_date", "2999-01-01")
    send(any_page)
    expect(any_page.locator("#blood_count_date")).to_be_visible()
    expect(any_page.locator("#blood_count_date-problem")).to_contain_text("in the future")
    assert any_page.locator(".error-summary a").get_attribute("href") == "#blood_count_date"


def test_reader_chooses_one_of_two_readings(any_page: Page) -> None:
    fill(any_page, HIGH)
    any_page.fill("#afp", "1.310")
    send(any_page)
    readings = any_page.locator("button[name=afp_reading]")
    assert readings.all_text_contents() == ["1.31", "1310"]
    any_page.click("button[name=afp_reading] >> nth=1")
    expect(any_page.locator("table.inputs")).to_contain_text("1310 ng/mL")


@pytest.mark.parametrize("is_chosen", [True, False], ids=["reading chosen", "value retyped"])
def test_no_problem_remains_once_a_result_followed(any_page: Page, *, is_chosen: bool) -> None:
    """Of two readings one is chosen or typed: the form that the result leads back to has that value and no problem."""
    title = any_page.title()
    fill(any_page, HIGH)
    any_page.fill("#afp", "1,210")
    send(any_page)
    assert any_page.title() == f"Error: {title}"
    if is_chosen:
        any_page.click("button[name=afp_reading] >> nth=1")
    else:
        any_page.fill("#afp", "1210")
        any_page.click(".actions .primary")
    any_page.locator(".verdict").wait_for()
    any_page.click("text=Change the values")
    expect(any_page.locator("#afp")).to_have_value("1210")
    expect(any_page.locator(".error-summary, [aria-invalid], .is-wrong, .readings, .problem strong")).to_have_count(0)
    assert any_page.title() == title


def test_chosen_reading_is_kept_for_this_tab(page: Page) -> None:
    fill(page, HIGH)
    page.fill("#afp", "1,210")
    send(page)
    page.click("button[name=afp_reading] >> nth=1")
    page.locator(".verdict").wait_for()
    page.goto("/")
    expect(page.locator("#afp")).to_have_value("1210")


def test_enter_chooses_no_reading(any_page: Page) -> None:
    fill(any_page, HIGH)
    any_page.fill("#afp", "1.310")
    send(any_page)
    any_page.press("#afp", "Enter")
    expect(any_page.locator("#afp-problem")).to_be_visible()
    expect(any_page.locator("#afp")).to_have_value("1.310")


def test_decimal_comma_is_shown_beside_what_was_read(any_page: Page) -> None:
    fill(any_page, HIGH)
    any_page.fill("#neutrophils", "4,2")
    send(any_page)
    expect(any_page.locator("table.inputs tbody tr >> nth=0")).to_contain_text("4,2, read as 4.2")


def test_values_can_be_changed_without_loss(any_page: Page) -> None:
    assess(any_page, HIGH)
    any_page.click("text=Change the values")
    expect(any_page.locator("#platelets")).to_have_value("145")
    expect(any_page.locator("#afp_unit")).to_have_value("ng/mL")
    any_page.fill("#afp", "12")
    send(any_page)
    expect(any_page.locator("h1")).to_have_text("Middle-risk group (of three)")


def test_result_replaces_form_and_takes_focus(page: Page) -> None:
    page.evaluate("window.stayed = true")
    assess(page, HIGH)
    expect(page.locator("h1")).to_be_focused()
    assert page.title().startswith("Higher-risk group")
    assert page.evaluate("window.stayed && scrollY") == 0


def test_back_and_forward_move_between_form_and_result(page: Page) -> None:
    assess(page, HIGH)
    page.go_back()
    expect(page.locator("#platelets")).to_have_value("145")
    assert page.title().startswith("Enter four laboratory values")
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Higher-risk group (of three)")
    assert page.evaluate("JSON.stringify(history.state)") == '{"view":1}'


def test_lost_server_loses_no_typed_text(page: Page) -> None:
    fill(page, HIGH)
    page.route("**/*", lambda route: route.abort())
    page.click("text=Show result")
    expect(page.locator(".send-problem")).to_contain_text("Nothing that you typed is lost")
    expect(page.locator("#platelets")).to_have_value("145")
    page.unroute("**/*")
    send(page)
    expect(page.locator("h1")).to_have_text("Higher-risk group (of three)")


def test_new_patient_starts_from_an_empty_form(any_page: Page) -> None:
    assess(any_page, HIGH)
    any_page.click("text=New patient")
    for name in FIELDS:
        expect(any_page.locator(f"#{name}")).to_have_value("")
        expect(any_page.locator(f"#{name}_unit")).to_have_value("")


def test_form_works_by_keyboard(page: Page) -> None:
    press = page.keyboard.press
    expect(page.locator("#neutrophils")).to_be_focused()
    page.locator(".skip").focus()
    press("Enter")
    expect(page.locator("main")).to_be_focused()
    press("Tab")
    expect(page.get_by_role("link", name="Who it is for")).to_be_focused()
    press("Tab")
    expect(page.get_by_role("link", name="Paste a report")).to_be_focused()
    press("Tab")
    press("ArrowDown")
    for name in FIELDS[:3]:
        press("Tab")
        expect(page.locator(f"#{name}_unit")).to_be_focused()
        expect(page.locator(f"#{name}_unit")).to_have_value("10*9/L")
    for name, value in zip(FIELDS, HIGH.values, strict=True):
        press("Tab")
        expect(page.locator(f"#{name}")).to_be_focused()
        page.keyboard.type(value)
    press("Tab")
    press("ArrowDown")
    expect(page.locator("#afp_unit")).to_have_value("ng/mL")
    for name in QUESTIONS:
        press("Tab")
        press("Space")
        expect(page.locator(f"[name={name}]").first).to_be_checked()
    press("ArrowLeft")
    expect(page.locator("[name=sorafenib_tolerated][value=unknown]")).to_be_checked()
    press("Tab")
    press("Enter")
    expect(page.locator("#blood_count_date")).to_be_visible()
    page.locator("[name=ecog]").first.focus()
    press("Enter")
    expect(page.locator("h1")).to_have_text("Higher-risk group (of three)")


def test_first_field_has_focus_only_in_a_new_form(any_page: Page) -> None:
    expect(any_page.locator("#neutrophils")).to_be_focused()
    assess(any_page, WRONG)
    expect(any_page.locator("#neutrophils")).not_to_be_focused()


def test_every_question_is_answered_by_one_tap(any_page: Page) -> None:
    """Nothing is chosen at first, and every question has "not known"."""
    for name in QUESTIONS:
        answers = any_page.locator(f"[name={name}]")
        assert not any(answer.is_checked() for answer in answers.all())
        group = any_page.locator(f"fieldset#{name}")
        group.get_by_role("radio", name="Not known").click()
        expect(group.get_by_role("radio", name="Not known")).to_be_checked()
    fill(any_page, HIGH)
    send(any_page)
    expect(any_page.locator(".fit-not_stated")).to_be_visible()
    any_page.click("text=Change the values")
    for name in QUESTIONS:
        expect(any_page.locator(f"[name={name}][value=unknown]")).to_be_checked()


def test_every_input_has_a_sentence_of_help(any_page: Page) -> None:
    any_page.click(".more summary")
    for field in any_page.locator("main input[type=text], #count_unit, main input[type=date]").all():
        described = str(field.get_attribute("aria-describedby")).split()
        help_text = any_page.locator(f"#{described[0]}")
        expect(help_text).to_be_visible()
        assert str(help_text.text_content()).strip().endswith(".")
    expect(any_page.locator(".indices")).to_contain_text(
        "SII, systemic immune-inflammation index = platelets × neutrophils ÷ lymphocytes"
    )


def test_link_within_the_page_leaves_focus_alone(page: Page) -> None:
    fill(page, HIGH)
    page.click("text=Who it is for")
    expect(page.locator("#about-title")).to_be_in_viewport()
    expect(page.locator("#neutrophils")).not_to_be_focused()
    expect(page.locator("#platelets")).to_have_value("145")
