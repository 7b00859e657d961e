"""Paste a report, confirm what was read, and find it in the form; sample patients; with and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.lib.visitor import FIELDS, HIGH, Patient, fill, send

REPORT = """Collected 2026-01-02
Neutrophils %            62     %
Neutrophils (absolute)   4.2    x10^9/L   1.5-7.5
Lymphocytes (absolute)   1.1    x10^9/L   1.0-4.0
Platelets                145    x10^9/L   150-400
PLT (citrate)            151    x10^9/L   150-400
AFP                      620    ng/mL     <7
"""
READ = REPORT.replace("PLT (citrate)            151    x10^9/L   150-400\n", "")
KEY = "sii-afp.entries"


def read(page: Page, text: str) -> None:
    page.click("text=Paste a report")
    page.fill("#report", text)
    page.click("text=Read the report")
    expect(page.locator(".read-page, .error-summary")).to_be_visible()
    page.wait_for_load_state()


def confirm(page: Page) -> None:
    page.click("text=Use these values")
    expect(page.locator("#calculator")).to_be_visible()
    page.wait_for_load_state()


def expect_values(page: Page, wanted: list[str]) -> None:
    """Expect these values in the form; a script may put them there after the page is loaded."""
    for name, value in zip(FIELDS, wanted, strict=True):
        expect(page.locator(f"#{name}")).to_have_value(value)


def test_report_fills_in_the_form_and_gives_the_result(any_page: Page) -> None:
    read(any_page, READ)
    expect(any_page.locator("mark")).to_have_count(8)
    confirm(any_page)
    expect_values(any_page, ["4.2", "1.1", "145", "620"])
    assert [any_page.input_value(f"#{name}_unit") for name in FIELDS] == ["10*9/L", "10*9/L", "10*9/L", "ng/mL"]
    expect(any_page.locator(".from-record")).to_have_count(4)
    expect(any_page.locator("#blood_count_date")).to_have_value("2026-01-02")
    expect(any_page.locator("#blood_count_date")).to_be_visible()
    send(any_page)
    expect(any_page.locator(".verdict")).to_contain_text("Higher-risk group")
    any_page.click("text=Change the values")
    expect(any_page.locator(".from-record")).to_have_count(4)


def test_ambiguous_value_has_to_be_chosen(any_page: Page) -> None:
    read(any_page, "PLT 97 K/uL\nPLT 103 K/uL\nAFP 12")
    assert any_page.locator("[name=platelets_report]:checked").input_value() == ""
    confirm(any_page)
    expect_values(any_page, ["", "", "", "12"])
    any_page.goto("/")
    read(any_page, "PLT 97 K/uL\nPLT 103 K/uL\nAFP 12")
    any_page.get_by_label("103 K/uL").check()
    confirm(any_page)
    expect_values(any_page, ["", "", "103", "12"])
    assert any_page.input_value("#afp_unit") == ""
    expect(any_page.locator("#afp-source")).to_contain_text("No unit was read")


def test_report_can_be_confirmed_by_keyboard(page: Page) -> None:
    read(page, READ)
    page.locator("[name=platelets_report]:checked").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=platelets_report]:checked").input_value() == ""
    page.keyboard.press("Enter")
    expect(page.locator("#calculator")).to_be_visible()
    expect_values(page, ["4.2", "1.1", "", "620"])


def test_refused_text_stays_and_the_reason_has_the_focus(page: Page) -> None:
    read(page, "PLT 88\n" * 401)
    expect(page.locator(".error-summary")).to_be_focused()
    assert page.input_value("#report").count("PLT 88") == 401


def test_names_over_the_marks_do_not_move_the_columns(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    read(page, READ)
    lefts = [
        page.locator("mark", has_text=number).first.evaluate("m => m.getBoundingClientRect().x")
        for number in ("4.2", "1.1", "145", "620")
    ]
    assert max(lefts) - min(lefts) < 1


def test_text_is_kept_nowhere_in_the_browser(page: Page) -> None:
    read(page, f"Name: Mustermann\n{READ}")
    confirm(page)
    kept = page.evaluate(
        "JSON.stringify([sessionStorage, localStorage, history.state, location.href, document.cookie])"
    )
    assert "Mustermann" not in kept
    assert "report" not in page.url
    assert page.context.cookies() == []


def test_typed_values_are_there_after_the_paste_page(page: Page) -> None:
    fill(page, Patient(HIGH.values, answers={"ecog": "1"}))
    for way_back in ("text=Back to the form", "nav >> text=Calculator", ""):
        page.click("text=Paste a report")
        expect(page.locator("#report")).to_be_visible()
        if way_back:
            page.click(way_back)
        else:
            page.go_back()
        expect(page.locator("#neutrophils")).to_have_value("4.2")
        expect_values(page, list(HIGH.values))
        expect(page.locator("[name=ecog][value='1']")).to_be_checked()


def test_confirmed_values_replace_the_typed_ones_and_are_kept(page: Page) -> None:
    fill(page, Patient(("9", "9", "9", "9"), answers={"ecog": "1"}))
    read(page, READ.replace("ng/mL", "ng/ml").replace("x10^9/L", "/nl"))
    confirm(page)
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.get_by_role("link", name="Calculator", exact=True).click()
    expect(page.locator("#neutrophils")).to_have_value("4.2")
    expect_values(page, ["4.2", "1.1", "145", "620"])
    assert [page.input_value(f"#{name}_unit") for name in FIELDS] == ["/nl", "/nl", "/nl", "ng/ml"]
    expect(page.locator("[name=ecog]:checked")).to_have_count(0)


def test_clear_removes_the_marks_of_the_report(page: Page) -> None:
    read(page, READ)
    confirm(page)
    page.click("text=Clear all")
    expect_values(page, ["", "", "", ""])
    expect(page.locator(".from-record, .notice.record, [name$=_report]")).to_have_count(0)
    assert page.evaluate("Object.keys(sessionStorage)") == []
    page.click("text=Undo")
    expect_values(page, ["4.2", "1.1", "145", "620"])
    fill(page, HIGH)
    send(page)
    expect(page.locator(".verdict")).to_be_visible()


def test_sample_is_called_fictional_up_to_the_result(any_page: Page) -> None:
    any_page.click("text=Paste a report")
    any_page.get_by_role("button", name="Fictional: SII high, AFP high").click()
    banner = any_page.get_by_role("note")
    expect(banner).to_contain_text("Fictional sample patient")
    for name in FIELDS:
        expect(any_page.locator(f"#{name}")).not_to_have_value("")
    send(any_page)
    expect(any_page.locator(".verdict")).to_contain_text("Higher-risk group")
    expect(banner).to_contain_text("Fictional sample patient")
    any_page.emulate_media(media="print")
    expect(banner).to_be_visible()
    any_page.emulate_media(media="screen")
    any_page.click("text=Change the values")
    expect(banner).to_contain_text("Fictional sample patient")
    any_page.click("text=Clear all")
    expect(any_page.locator("#neutrophils")).to_have_value("")
    expect(banner).to_have_count(0)


def test_sample_neither_replaces_nor_becomes_what_is_kept(page: Page) -> None:
    fill(page, HIGH)
    page.click("text=Paste a report")
    page.locator("[name=sample]").last.click()
    expect(page.get_by_role("note")).to_be_visible()
    page.fill("#afp", "7")
    page.get_by_role("link", name="Calculator", exact=True).click()
    expect(page.get_by_role("note")).to_have_count(0)
    expect_values(page, list(HIGH.values))


@pytest.mark.parametrize("width", range(320, 1441, 160))
def test_no_report_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    wide = READ + "PLT " + "x" * 300 + "\n" + "Neutrophils 3.4 K/uL " * 20 + "\nPLT 9 K/uL" + " " * 150 + "a"
    for text in ("", READ, REPORT, wide, "PLT 88\n" * 401):
        page.goto("/")
        read(page, text)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if page.locator("text=Use these values").count():
            confirm(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
