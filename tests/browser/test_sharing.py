"""Compare two assessments, and share values by a link whose fragment holds them."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.lib.visitor import ALIKE, HIGH, LOW, Patient, assess, fill, more, send


def test_two_assessments_are_compared(any_page: Page) -> None:
    assess(any_page, HIGH)
    more(any_page, "Compare")
    expect(any_page.locator(".notice.record")).to_contain_text("The first assessment: higher-risk group")
    fill(any_page, LOW)
    any_page.click("text=Show result")
    expect(any_page.locator("h1")).to_have_text("Two assessments: higher-risk group and lower-risk group")
    row = any_page.locator("tr", has_text="Median survival of the group")
    assert row.locator("td").all_inner_texts() == [
        "4.6 months (95 % interval: 1.7 to 8.2)",
        "more than 12 months (95 % interval: 5.0 to more than 12)",
    ]
    assert any_page.locator("[data-action=print]").is_visible() is any_page.evaluate(
        "matchMedia('(scripting)').matches"
    )
    any_page.click("text=Change the second values")
    expect(any_page.locator("#afp")).to_have_value(LOW.values[3])


def copied_link(page: Page, site: str, patient: Patient) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    assess(page, patient)
    more(page, "Copy link")
    expect(page.locator("[data-action=share] + .copied")).to_contain_text("history of each browser")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_link_opens_the_form_and_computes_nothing(page: Page, site: str) -> None:
    link = copied_link(page, site, ALIKE)
    asked: list[str] = []
    other = page.context.browser.new_context() if page.context.browser else None
    assert other is not None
    opened = other.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(link)
    expect(opened.locator(".kept")).to_contain_text("These values came from a link: compare them")
    expect(opened.locator("#afp")).to_have_value("620")
    expect(opened.locator("#afp_unit")).to_have_value("ng/mL")
    expect(opened.locator("[name=child_pugh_class][value=A]")).to_be_checked()
    expect(opened.locator(".verdict")).to_have_count(0)
    assert "#" not in opened.url
    assert not any("620" in address for address in asked)  # a fragment is sent to no server
    send(opened)
    expect(opened.locator("h1")).to_contain_text("Higher-risk group")
    other.close()


def test_link_holds_values_and_model_but_no_day(page: Page, site: str) -> None:
    dated = Patient(HIGH.values, dates=("2026-11-01", "2026-11-02"))
    address = urlsplit(copied_link(page, site, dated))
    assert address.query == ""
    held = parse_qs(address.fragment.removeprefix("values?"))
    digest = page.locator("footer .digest").inner_text().removeprefix("sha256:")
    assert held == {
        **dict(zip(("neutrophils", "lymphocytes", "platelets", "afp"), map(list, zip(HIGH.values)), strict=True)),
        **{f"{name}_unit": ["10*9/L"] for name in ("neutrophils", "lymphocytes", "platelets")},
        "afp_unit": ["ng/mL"],
        "model": [digest[:12]],
    }


def test_form_says_that_a_link_holds_values(any_page: Page) -> None:
    """Beside the sentence that values never appear in an address. Without scripts no link can be made."""
    said = any_page.locator(".actions .hint")
    expect(said).to_contain_text("never appear in an address")
    has_scripts = any_page.evaluate("matchMedia('(scripting)').matches")
    assert ("a link that you make with “Copy link” holds the values" in said.inner_text()) is has_scripts


def test_link_of_another_model_says_so(page: Page) -> None:
    page.evaluate("location.hash = '#values?afp=620&afp_unit=ng/mL&model=000000000000'")
    expect(page.locator(".kept")).to_contain_text("another version of the model")
    expect(page.locator("#afp")).to_have_value("620")
    expect(page.locator("#neutrophils")).to_have_value("")


def test_link_replaces_all_values_of_the_tab(page: Page) -> None:
    """Values of two patients are never mixed."""
    fill(page, ALIKE)
    page.evaluate("location.hash = '#values?platelets=90&platelets_unit=10*9/L'")
    expect(page.locator(".kept")).to_contain_text("came from a link")
    expect(page.locator("#platelets")).to_have_value("90")
    for name in ("neutrophils", "lymphocytes", "afp"):
        expect(page.locator(f"#{name}")).to_have_value("")
    expect(page.locator("[name=child_pugh_class]:checked")).to_have_count(0)


def test_link_is_shown_if_copying_is_forbidden(page: Page) -> None:
    assess(page, HIGH)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    more(page, "Copy link")
    expect(page.locator("[data-action=share] + .copied")).to_contain_text("#values?neutrophils=4.2")
