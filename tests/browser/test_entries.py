"""Nothing typed is lost: it is kept for this tab until it is cleared, and clearing can be undone."""

import pytest
from playwright.sync_api import Error, Page, expect

from tests.lib.assessments import UNLIKE
from tests.lib.visitor import FIELDS, HIGH, WRONG, Patient, assess, fill

FULL = Patient(HIGH.values, answers=UNLIKE, dates=("2026-01-02", "2026-01-03"))
KEY = "sii-afp.entries"


def is_there(page: Page) -> None:
    for name, value, unit in zip(FIELDS, FULL.values, FULL.units, strict=True):
        expect(page.locator(f"#{name}")).to_have_value(value)
        expect(page.locator(f"#{name}_unit")).to_have_value(unit)
    for name, answer in FULL.answers.items():
        expect(page.locator(f"[name={name}][value='{answer}']")).to_be_checked()
    expect(page.locator("#blood_count_date")).to_have_value(FULL.dates[0])
    expect(page.locator("#afp_date")).to_have_value(FULL.dates[1])
    expect(page.locator("#afp_date")).to_be_visible()


def is_empty(page: Page) -> None:
    for name in FIELDS:
        expect(page.locator(f"#{name}")).to_have_value("")
    assert page.locator("main input:checked").count() == 0
    expect(page.locator("#afp_date")).to_have_value("")


def test_evidence_and_back_keep_what_was_typed(page: Page) -> None:
    fill(page, FULL)
    page.click("text=See the evidence")
    expect(page.locator("h1")).to_contain_text("Evidence")
    page.go_back()
    is_there(page)
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.get_by_role("link", name="Calculator", exact=True).click()
    is_there(page)
    expect(page.locator(".kept")).to_contain_text("For another patient, clear them.")
    expect(page.locator("#working")).to_contain_text("553.6")


def test_reload_keeps_what_was_typed(page: Page) -> None:
    fill(page, FULL)
    page.reload()
    is_there(page)


def test_evidence_after_the_result_keeps_the_values(page: Page) -> None:
    assess(page, FULL)
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.go_back()
    is_there(page)


def test_dropped_connection_keeps_what_was_typed(page: Page) -> None:
    fill(page, FULL)
    page.route("**/*", lambda route: route.abort())
    with pytest.raises(Error):
        page.reload()
    page.unroute("**/*")
    page.goto("/")
    is_there(page)


def test_wrong_values_are_kept_too(page: Page) -> None:
    assess(page, WRONG)
    page.reload()
    for name, value, unit in zip(FIELDS, WRONG.values, WRONG.units, strict=True):
        expect(page.locator(f"#{name}")).to_have_value(value)
        expect(page.locator(f"#{name}_unit")).to_have_value(unit)


def test_values_are_kept_for_this_tab_only(page: Page) -> None:
    fill(page, FULL)
    page.reload()
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate("Object.keys(sessionStorage)") == [KEY]
    assert page.evaluate("JSON.stringify(history.state)") == '{"view":0}'
    assert page.context.cookies() == []
    other = page.context.new_page()
    other.goto("/")
    is_empty(other)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Calculator", exact=True).click(modifiers=["ControlOrMeta"])
    is_empty(opened.value)


def test_cleared_values_are_forgotten_or_brought_back(page: Page) -> None:
    fill(page, FULL)
    page.click("text=Clear all")
    is_empty(page)
    expect(page.locator("#neutrophils")).to_be_focused()
    assert page.evaluate("Object.keys(sessionStorage)") == []
    expect(page.locator("#working")).to_be_empty()
    page.click("text=Undo")
    is_there(page)
    expect(page.locator("#working")).to_contain_text("553.6")
    page.reload()
    is_there(page)
    page.click("text=Clear all")
    page.reload()
    is_empty(page)
    expect(page.locator(".kept")).to_be_empty()


def test_second_clear_does_not_lose_the_undo(page: Page) -> None:
    fill(page, FULL)
    page.click("text=Clear all")
    page.click("text=Clear all")
    page.click("text=Undo")
    is_there(page)


def test_clear_removes_the_problems_too(page: Page) -> None:
    assess(page, WRONG)
    page.click("text=Clear all")
    is_empty(page)
    expect(page.locator(".error-summary, [aria-invalid], .is-wrong, .readings")).to_have_count(0)
    assert not page.title().startswith("Error:")
    expect(page.locator("#neutrophils-hint")).to_be_visible()
    fill(page, FULL)
    page.click("text=Show result")
    expect(page.locator(".verdict")).to_be_visible()


def test_typing_ends_the_undo(page: Page) -> None:
    fill(page, FULL)
    page.click("text=Clear all")
    page.keyboard.type("7")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_new_patient_forgets_what_was_typed(page: Page) -> None:
    assess(page, FULL)
    page.click("text=New patient")
    is_empty(page)
    expect(page.locator(".kept")).to_be_empty()
    page.reload()
    is_empty(page)


def test_clear_works_without_scripts(plain_page: Page) -> None:
    fill(plain_page, FULL)
    plain_page.click("text=Clear all")
    is_empty(plain_page)
