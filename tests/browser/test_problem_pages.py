"""Problems in a browser: the entered values are kept, the way back works, and the pages are accessible."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.lib.accessibility import violations
from tests.lib.visitor import HIGH, fill


def send_too_much(page: Page) -> None:
    """Send the form with a value longer than the calculator accepts."""
    fill(page, HIGH)
    page.fill("#afp", "6" * 20_000)
    page.click("text=Show result")
    expect(page.locator("h1")).to_have_text("Too much was sent")


def test_values_are_kept_after_a_refusal(page: Page) -> None:
    send_too_much(page)
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("main")).to_contain_text("Values that you entered are kept in this tab.")
    page.go_back()
    expect(page.locator("#neutrophils")).to_have_value("4.2")


def test_calculator_opened_from_a_refusal_has_the_values(page: Page) -> None:
    send_too_much(page)
    page.click("main .button")
    expect(page.locator("#neutrophils")).to_have_value("4.2")


def test_without_scripts_nothing_is_promised(plain_page: Page) -> None:
    send_too_much(plain_page)
    expect(plain_page.locator("text=If the form is empty, enter them again.")).to_be_visible()
    expect(plain_page.locator("text=Values that you entered are kept in this tab.")).to_be_hidden()


def test_missing_page_leads_to_the_calculator(any_page: Page) -> None:
    any_page.goto("/no/such/page")
    any_page.click("main .button")
    any_page.wait_for_url(re.compile(r"//[^/]+/$"))
    expect(any_page.locator("#calculator")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_refusal_fits_every_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    send_too_much(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refusal_is_accessible(page: Page, axe: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    send_too_much(page)
    assert violations(page, axe) == []


@pytest.mark.parametrize("path", ["/", "/evidence"])
def test_page_of_a_service_out_of_order_is_accessible(page: Page, broken_site: str, axe: str, path: str) -> None:
    page.goto(f"{broken_site}{path}")
    expect(page.locator("h1")).to_have_text("The calculator is out of order")
    assert violations(page, axe) == []
    expect(page.locator("nav, main a")).to_have_count(0)
