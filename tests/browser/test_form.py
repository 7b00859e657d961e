"""The form in a real browser: units, errors, kept text, the keyboard, with and without scripts."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.lib.visitor import FIELDS, HIGH, WRONG, assess, fill, send


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
    any_page.click("summary")
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


def test_working_is_shown_while_typing(page: Page) -> None:
    fill(page, HIGH)
    expect(page.locator("#working")).to_have_text(
        "SII = platelets × neutrophils ÷ lymphocytes = 145 × 4.2 ÷ 1.1 ≈ 553.6 × 10⁹/L: high (high from 340)"
    )


def test_doubtful_unit_is_questioned_while_typing(page: Page) -> None:
    fill(page, HIGH)
    page.fill("#platelets", "145000")
    expect(page.locator("#platelets-live")).to_contain_text("It would be usual in /µL")
    expect(page.locator("#working")).to_be_empty()
    page.select_option("#platelets_unit", "/uL")
    expect(page.locator("#platelets-live")).to_be_empty()
    expect(page.locator("#working")).to_contain_text("≈ 553.6")


def test_edit_removes_message_of_old_value(page: Page) -> None:
    fill(page, HIGH)
    expect(page.locator("#working")).to_contain_text("≈ 553.6")
    page.route("**/check", lambda route: route.abort())
    page.fill("#platelets", "150")
    expect(page.locator("#working")).to_be_empty()
    page.unroute("**/check")
    page.route("**/check", lambda route: route.fulfill(status=503))
    with page.expect_response("**/check"):
        page.fill("#platelets", "145")
    expect(page.locator("#working")).to_be_empty()


def test_answer_for_old_value_is_not_shown(page: Page) -> None:
    fill(page, HIGH)
    expect(page.locator("#working")).to_contain_text("≈ 553.6")
    held: list[Route] = []
    page.route("**/check", lambda route: hold(held, route))
    with page.expect_request("**/check"):
        page.fill("#platelets", "150")
    page.fill("#platelets", "145")
    for route in held:
        route.continue_()
    page.unroute("**/check")
    expect(page.locator("#working")).to_contain_text("145 × 4.2")
    assert "150" not in str(page.locator("#working").text_content())


def hold(held: list[Route], route: Route) -> None:
    """Leave a request without an answer."""
    held.append(route)


def test_unfinished_field_gets_no_message(page: Page) -> None:
    page.fill("#lymphocytes", "1.1")
    page.select_option("#lymphocytes_unit", "10*9/L")
    page.fill("#platelets", "145")
    with page.expect_response("**/check"):
        page.fill("#neutrophils", "4.2")
    assert page.locator(".live").all_text_contents() == ["", "", "", ""]


def test_one_click_sets_the_unit_of_all_counts(page: Page) -> None:
    page.select_option("#neutrophils_unit", "10*3/uL")
    page.click("text=Use × 10³/µL for all three counts")
    expect(page.locator("#platelets_unit")).to_have_value("10*3/uL")
    expect(page.locator("#lymphocytes_unit")).to_have_value("10*3/uL")
    expect(page.locator("#afp_unit")).to_have_value("")


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
    press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    press("Enter")
    neutrophils, lymphocytes, platelets, afp = HIGH.values
    press("Tab")
    page.keyboard.type(neutrophils)
    press("Tab")
    press("ArrowDown")
    press("Tab")
    press("Enter")  # the same unit for all three counts
    page.keyboard.type(lymphocytes)
    press("Tab")
    press("Tab")
    page.keyboard.type(platelets)
    press("Tab")
    press("Tab")
    page.keyboard.type(afp)
    press("Tab")
    press("ArrowDown")
    expect(page.locator("#afp_unit")).to_have_value("ng/mL")
    press("Tab")
    press("Enter")
    expect(page.locator("#blood_count_date")).to_be_visible()
    page.locator("[name=ecog]").first.focus()
    press("ArrowRight")
    expect(page.locator("[name=ecog][value='0']")).to_be_checked()
    press("Tab")
    press("Enter")
    expect(page.locator("h1")).to_have_text("Higher-risk group (of three)")
