"""What is said while the form is filled in: when it is asked for, and that nothing moves."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.lib.visitor import FIELDS, GIGA, HIGH, fill

PAUSE_MS = 1000
TYPING_MS = 500  # between two keys


@pytest.fixture
def typing(page: Page) -> list[str]:
    """Stop the clock of the page; return the list of its checks, which goes on growing."""
    page.clock.install()
    page.goto("/")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if sent.url.endswith("/check") else None)
    return asked


def type_slowly(page: Page, text: str) -> None:
    """Press the keys one at a time; nothing may be said before the text is complete."""
    for key in text:
        page.keyboard.press(key)
        page.clock.run_for(TYPING_MS)
        assert page.locator(".live").all_text_contents() == [""] * len(FIELDS)


def test_no_alarm_while_a_number_is_typed(page: Page, typing: list[str]) -> None:
    with page.expect_response("**/check"):
        page.select_option("#count_unit", "/uL")
    page.focus("#platelets")
    typing.clear()
    type_slowly(page, "145000")
    assert typing == []
    with page.expect_response("**/check"):
        page.clock.run_for(PAUSE_MS)
    assert page.locator(".live").all_text_contents() == [""] * len(FIELDS)


def test_value_is_checked_after_a_pause(page: Page, typing: list[str]) -> None:
    with page.expect_response("**/check"):
        page.select_option("#count_unit", GIGA)
    page.focus("#platelets")
    typing.clear()
    type_slowly(page, "145000")
    assert typing == []
    page.clock.run_for(PAUSE_MS - TYPING_MS)
    expect(page.locator("#platelets-live")).to_contain_text("It would be usual in /µL")
    assert len(typing) == 1


def test_value_is_checked_when_its_field_is_left(page: Page, typing: list[str]) -> None:
    with page.expect_response("**/check"):
        page.select_option("#count_unit", GIGA)
    page.focus("#platelets")
    page.keyboard.type("145000")
    page.keyboard.press("Tab")
    expect(page.locator("#platelets-live")).to_contain_text("It would be usual in /µL")
    page.keyboard.press("Tab")
    page.clock.run_for(2 * PAUSE_MS)
    assert len(typing) == 2  # a value that did not change is not checked again


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_nothing_moves_while_typing(page: Page, width: int) -> None:
    """Alarms at all three counts, the note on AFP, and the working of SII come and go."""
    page.set_viewport_size({"width": width, "height": 800})
    page.reload()
    page.evaluate(
        """() => {
          window.moved = [];
          const seen = list => moved.push(...list.getEntries().map(entry => entry.value));
          new PerformanceObserver(seen).observe({ type: "layout-shift" });
        }"""
    )
    places = _places(page)
    page.select_option("#count_unit", GIGA)
    for name, value in zip(FIELDS, ("4200", "1100", "145000", "430"), strict=True):
        page.fill(f"#{name}", value)
    page.select_option("#afp_unit", "ng/mL")
    for name in FIELDS:
        expect(page.locator(f"#{name}-live")).not_to_be_empty()
    assert [new for new in _places(page) if new not in places] == []
    for name, value in zip(FIELDS, HIGH.values, strict=True):
        page.fill(f"#{name}", value)
    page.press("#afp", "Tab")
    expect(page.locator("#working")).to_contain_text("553.6")
    assert [new for new in _places(page) if new not in places] == []
    page.check("[name=ecog][value='1']")
    assert [new for new in _places(page) if new not in places] == []
    assert page.evaluate("moved") == []


def _places(page: Page) -> list[object]:
    """Return where each field, label, help and button is, from the top of the page."""
    parts = ".labs input:not([type=hidden]), .labs select, .help, .indices, .question, .choices label, .primary, .about"
    found: list[object] = page.evaluate(
        """parts => [...document.querySelectorAll(parts)].map(part => {
          const box = part.getBoundingClientRect();
          return [box.x + scrollX, box.y + scrollY, box.width, box.height].map(Math.round);
        })""",
        parts,
    )
    return found


def test_working_is_shown_while_typing(page: Page) -> None:
    fill(page, HIGH)
    expect(page.locator("#working")).to_have_text("SII = 145 × 4.2 ÷ 1.1 ≈ 553.6 × 10⁹/L: high (340 or more)")


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
