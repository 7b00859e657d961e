"""Run axe-core on every page and state, light and dark, with WCAG 2.2 A and AA and axe's best practices."""

import pytest
from playwright.sync_api import Page, expect

from tests.lib.accessibility import violations
from tests.lib.visitor import HIGH, INTERMEDIATE, LONGEST, LOW, WRONG, Patient, assess, more

STATES: dict[str, str | Patient] = {
    "empty form": "/",
    "errors": WRONG,
    "high": HIGH,
    "intermediate": INTERMEDIATE,
    "low": LOW,
    "warnings": LONGEST,
    "evidence": "/evidence",
    "instructions": "/instructions",
    "api": "/api",
    "problems": "/problems",
    "not found": "/nothing",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_no_violation_on_any_page_and_state(page: Page, axe: str, state: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    wanted = STATES[state]
    if isinstance(wanted, str):
        page.goto(wanted)
    else:
        assess(page, wanted)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_violation_in_any_part_of_the_result(page: Page, axe: str, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assess(page, HIGH)
    for part in page.locator(".tabs label").all():
        part.click()
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        assert violations(page, axe) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_no_violation_in_a_comparison(page: Page, axe: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assess(page, HIGH)
    more(page, "Compare")
    assert violations(page, axe) == []
    assess(page, LOW)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", ["", "PLT 88 K/uL\nPLT 97 K/uL\nAFP 12\nANC 3.4 K/uL\nLymphocytes 20 %\n" + " x" * 90])
def test_no_violation_on_the_pages_of_a_report(page: Page, axe: str, text: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/report")
    assert violations(page, axe) == []
    page.fill("#report", text)
    page.click("text=Read the report")
    expect(page.locator(".read-page, .error-summary")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert violations(page, axe) == []
    if text:
        page.click("text=Use these values")
        expect(page.locator("#calculator")).to_be_visible()
        assert violations(page, axe) == []
    page.goto("/report")
    page.locator("[name=sample]").first.click()
    expect(page.locator("#calculator")).to_be_visible()
    assert violations(page, axe) == []


@pytest.mark.parametrize("width", [320, 390])
def test_no_violation_on_a_phone(page: Page, axe: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert violations(page, axe) == []
    assess(page, HIGH)
    assert violations(page, axe) == []
