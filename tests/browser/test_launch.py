"""A launch from a real EHR in a real browser: the filled form, the result and filing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.lib.fhir.patient_records import OTHER_PATIENT, PATIENT
from tests.lib.forced_colours import hidden_texts
from tests.lib.peers.start import Peer
from tests.lib.smart_site import TYPED, Site, launched_from

BANNER = "Patient: Maria A. <Test>, born 5 April 1961"


@dataclass(frozen=True)
class Opened:
    """The page after the launch, its site, and every request that it made."""

    page: Page
    site: Site
    requests: list[str]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Peer]]:
    with launched_from(tmp_path_factory.mktemp("launch"), write_back=True) as found:
        yield found


@pytest.fixture(params=["scripts", "no scripts"])
def opened(request: pytest.FixtureRequest, browser: Browser, pair: tuple[Site, Peer]) -> Iterator[Opened]:
    """Open the calculator from the record, with scripts and without."""
    site, ehr = pair
    context = browser.new_context(java_script_enabled=request.param == "scripts")
    context.set_default_timeout(10_000)
    page = context.new_page()
    requests: list[str] = []
    failures: list[str] = []
    page.on("request", lambda sent: requests.append(f"{sent.method} {sent.url.removeprefix(site.url)}"))
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(_launch_of(site, ehr), wait_until="networkidle")
    yield Opened(page, site, requests)
    context.close()
    assert failures == []


def test_filled_form_computes_nothing_before_click(opened: Opened) -> None:
    page = opened.page
    _is_filled_in(page)
    expect(page.get_by_role("heading", name="These values come from the record")).to_be_visible()
    expect(page.locator(".patient")).to_contain_text(BANNER)
    expect(page.locator("#neutrophils-source")).to_contain_text("Observation/neut")
    expect(page.locator("#neutrophils")).to_have_accessible_description(
        "The absolute count, not the percentage; usually 1 to 20 × 10⁹/L. "
        "From the record: 4.2 × 10³/µL, 2 January 2026, Observation/neut"
    )
    assert [sent for sent in opened.requests if sent.startswith("POST")] == []
    expect(page.locator(".actions .hint")).not_to_contain_text("Copy link")
    expect(page.locator("#working")).to_be_empty()


def test_forced_colours_show_the_patient(opened: Opened) -> None:
    opened.page.emulate_media(forced_colors="active")
    assert hidden_texts(opened.page) == []


def test_record_never_meets_values_typed_before(opened: Opened, pair: tuple[Site, Peer]) -> None:
    page, (site, ehr) = opened.page, pair
    page.goto(site.url)
    page.fill("#neutrophils", "7")
    page.fill("#afp", "1")
    page.goto(_launch_of(site, ehr))
    _is_filled_in(page)
    page.goto(site.url)
    for name in TYPED:
        expect(page.locator(f"#{name}")).to_have_value("")


def test_failed_launch_never_meets_values_typed_before(page: Page, tmp_path: Path) -> None:
    other = ECKey.generate_key("P-384", {"use": "sig", "alg": "ES384"})
    with launched_from(tmp_path, key_set={"keys": [other.as_dict(private=False)]}) as (site, ehr):
        page.goto(site.url)
        page.fill("#neutrophils", "7")
        page.goto(_launch_of(site, ehr))
        expect(page.get_by_role("heading", name="The values could not be read from the record")).to_be_visible()
        expect(page.locator("#neutrophils")).to_have_value("")
        assert page.evaluate("sessionStorage.length") == 0


def test_browser_asks_before_edited_values_are_lost(opened: Opened) -> None:
    page = opened.page
    has_scripts = page.evaluate("document.documentElement.classList.contains('scripted')")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.fill("#afp", "12")
    page.get_by_role("link", name="Evidence", exact=True).click(no_wait_after=True)
    if has_scripts:
        expect(page.locator("#afp")).to_have_value("12")
        assert asked == ["beforeunload"]
        page.click("text=Show result")
        expect(page.locator(".verdict")).to_be_visible()
        page.get_by_role("link", name="Evidence", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Evidence")
    assert asked == ["beforeunload"] * has_scripts


def test_result_leads_back_to_the_values(opened: Opened) -> None:
    page, url = opened.page, opened.site.url
    page.click("text=Show result")
    expect(page.locator(".verdict")).to_be_visible()
    assert page.url == f"{url}/"
    page.locator(".tools summary").click()
    for text, path in {"Save chart as PNG": "/api/v1/", "New patient": "/", "Evidence": "/evidence"}.items():
        link = page.get_by_role("link", name=text, exact=True)
        assert link.evaluate("link => link.href").startswith(url + path)
    page.click("text=Change the values")
    expect(page.locator("#afp")).to_have_value(">1210")
    page.fill("#afp", "12")
    page.click("text=Show result")
    expect(page.locator(".factor").nth(1)).to_contain_text("AFP 12 ng/mL low")


def test_result_is_filed_on_a_click(opened: Opened, pair: tuple[Site, Peer]) -> None:
    page, ehr = opened.page, pair[1]
    before = len(ehr.stored("RiskAssessment"))
    page.click("text=Show result")
    page.click("text=File for Maria A. <Test> (1961)")
    expect(page.get_by_role("heading", name="Filed in the record")).to_be_visible()
    expect(page.locator(".patient")).to_contain_text(BANNER)
    assert page.url == f"{opened.site.url}/smart/file"
    assert len(ehr.stored("RiskAssessment")) == before + 1


def test_wrong_value_is_shown_and_form_still_works(opened: Opened) -> None:
    page = opened.page
    page.fill("#lymphocytes", "")
    page.click("text=Show result")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator(".patient")).to_be_in_viewport()
    expect(page.locator("#neutrophils-source")).to_contain_text("Observation/neut")
    page.fill("#lymphocytes", "1.1")
    page.click("text=Show result")
    expect(page.locator(".verdict")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_filled_form_and_filed_page_are_accessible(
    browser: Browser, pair: tuple[Site, Peer], axe: str, width: int, scheme: str
) -> None:
    site, ehr = pair
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(_launch_of(site, ehr))
    _is_filled_in(page)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = _violations(page, axe)
    page.fill("#neutrophils", "20")
    page.click("text=Show result")
    page.check("text=The changed values belong to Maria")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found += _violations(page, axe)
    page.click("text=File for Maria")
    expect(page.get_by_role("heading", name="Filed in the record")).to_be_visible()
    found += _violations(page, axe)
    context.close()
    assert found == []


def test_changed_values_must_be_confirmed(opened: Opened, pair: tuple[Site, Peer]) -> None:
    page, ehr = opened.page, pair[1]
    before = len(ehr.stored("RiskAssessment"))
    page.fill("#neutrophils", "20")
    page.click("text=Show result")
    expect(page.locator(".changed li")).to_have_count(1)
    page.click("text=File for Maria")
    assert page.locator("[name=confirmed]").evaluate("box => box.validity.valueMissing")
    assert len(ehr.stored("RiskAssessment")) == before
    page.locator(".filing").evaluate("form => { form.noValidate = true }")
    page.click("text=File for Maria")
    expect(page.locator("[name=confirmed]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=confirmed]")).to_be_focused()
    expect(page.locator(".patient")).to_contain_text(BANNER)
    page.check("[name=confirmed]")
    page.click("text=File for Maria")
    expect(page.get_by_role("heading", name="Filed in the record")).to_be_visible()
    assert len(ehr.stored("RiskAssessment")) == before + 1


def test_old_tab_cannot_file_after_another_launch(opened: Opened, pair: tuple[Site, Peer]) -> None:
    page, (site, ehr) = opened.page, pair
    page.click("text=Show result")
    expect(page.get_by_role("button", name="File for Maria")).to_be_visible()
    with page.context.expect_page() as next_tab:
        page.evaluate("address => { open(address, '_blank') }", _launch_of(site, ehr, OTHER_PATIENT))
    expect(next_tab.value.locator(".patient")).to_contain_text("Max Muster, born 1 January 1950")
    before = len(ehr.stored("RiskAssessment"))
    page.click("text=File for Maria")
    expect(page.get_by_role("heading", name="Not filed")).to_be_visible()
    expect(page.locator(".patient")).to_contain_text(BANNER)
    assert len(ehr.stored("RiskAssessment")) == before


def test_empty_form_is_detached_from_the_record(opened: Opened) -> None:
    page = opened.page
    page.click("text=Start with an empty form")
    expect(page.locator("#neutrophils")).to_have_value("")
    assert page.url == f"{opened.site.url}/"
    assert page.locator("[name=record], .patient").count() == 0


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["desktop", "phone"])
def test_patient_stays_in_view(browser: Browser, pair: tuple[Site, Peer], size: tuple[int, int]) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(_launch_of(*pair))
    for button in ("Show result", "File for Maria"):
        expect(page.locator(".patient strong")).to_be_in_viewport(ratio=1)
        page.get_by_role("button", name=button).scroll_into_view_if_needed()
        expect(page.locator(".patient strong")).to_be_in_viewport(ratio=1)
        page.get_by_role("button", name=button).click()
    context.close()


def test_patient_and_changes_are_printed(opened: Opened) -> None:
    page = opened.page
    for name, value in (("neutrophils", "20"), ("lymphocytes", "21"), ("platelets", "1"), ("afp", "5000")):
        page.fill(f"#{name}", value)
    page.click("text=Show result")
    expect(page.locator(".verdict")).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", print_background=True))) <= 2
    page.emulate_media(media="print")
    expect(page.locator(".patient strong")).to_be_visible()
    expect(page.locator(".changed li")).to_have_count(4)
    expect(page.locator(".changed li").last).to_be_visible()
    expect(page.locator(".sign")).not_to_contain_text("Patient:")


def _launch_of(site: Site, ehr: Peer, patient: str = PATIENT) -> str:
    return f"{site.url}/smart/launch?iss={ehr.base_url}&launch={ehr.launch(patient)}"


def _is_filled_in(page: Page) -> None:
    for name, value in TYPED.items():
        expect(page.locator(f"#{name}")).to_have_value(value)


def _violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]
