"""The evidence page: its first screen, drawings, and parts that a link unfolds; the instructions for use on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

PARTS = ("use", "study", "reconstruction", "external", "limits", "errata", "hazards", "provenance", "versions")


def test_first_screen_answers_and_draws(any_page: Page) -> None:
    any_page.set_viewport_size({"width": 1280, "height": 720})
    any_page.goto("/evidence")
    answers = any_page.locator(".answers h2").all_inner_texts()
    assert answers == ["How sure is this?", "What do others find?", "Who is it for?"]
    drawings = any_page.locator(".multiples .drawing")
    expect(drawings).to_have_count(3)
    tops = set()
    for drawing in drawings.all():
        box = drawing.bounding_box()
        assert box is not None
        tops.add(round(box["y"]))
        assert box["y"] + box["height"] <= 725  # beyond it is only the lower margin
    assert len(tops) == 1


def test_drawings_are_stacked_on_a_phone(any_page: Page) -> None:
    any_page.set_viewport_size({"width": 390, "height": 844})
    any_page.goto("/evidence")
    lefts = {drawing.bounding_box()["x"] for drawing in any_page.locator(".multiples .drawing").all()}  # type: ignore[index]
    assert len(lefts) == 1


@pytest.mark.parametrize("width", [*range(320, 1441, 160), 1440])
def test_no_part_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/evidence")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("part", [*PARTS, "H1"])
def test_link_unfolds_its_part(any_page: Page, part: str) -> None:
    any_page.goto("/evidence")
    expect(any_page.locator(f"#{part}")).to_be_hidden()
    any_page.goto(f"/evidence#{part}")
    expect(any_page.locator(f"#{part}")).to_be_in_viewport()


def test_link_within_the_page_unfolds_its_part(any_page: Page) -> None:
    any_page.goto("/evidence")
    any_page.click("text=All limits")
    expect(any_page.locator("#limits")).to_be_in_viewport()


def test_heading_of_the_linked_part_is_seen(any_page: Page) -> None:
    any_page.goto("/")
    any_page.click("footer >> text=Hazard log")
    any_page.wait_for_url(re.compile("evidence#hazards"))
    expect(any_page.locator("#hazards-title")).to_be_in_viewport()


def test_folded_parts_are_printed(any_page: Page) -> None:
    any_page.goto("/evidence")
    any_page.emulate_media(media="print")
    for part in PARTS:
        box = any_page.locator(f"#{part}").bounding_box()
        assert box is not None, part
        assert box["height"] > 20


def test_instructions_print_on_one_page(page: Page) -> None:
    page.click("nav >> text=Instructions")
    expect(page.locator("h1")).to_have_text("Instructions for use")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
