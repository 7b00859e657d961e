"""The result in a real browser: risk group, figures with intervals, charts, and the print-out."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.lib.visitor import HIGH, INTERMEDIATE, LONGEST, LOW, NEAR_BOTH, UNLIKE, Patient, assess

A4_INSIDE = 718  # pixels: 210 mm less two margins of 10 mm, at 96 per inch


@pytest.mark.parametrize(
    ("patient", "group", "meaning", "words"),
    [
        (HIGH, "Higher-risk group", "Both factors high: SII high, AFP high", ["high", "high"]),
        (INTERMEDIATE, "Middle-risk group", "One factor high: SII high, AFP low", ["high", "low"]),
        (LOW, "Lower-risk group", "Neither factor high: SII low, AFP low", ["low", "low"]),
    ],
)
def test_each_risk_group_is_named_in_words(
    any_page: Page, patient: Patient, group: str, meaning: str, words: list[str]
) -> None:
    assess(any_page, patient)
    expect(any_page.locator("h1")).to_have_text(f"{group} (of three)")
    expect(any_page.locator(".meaning")).to_have_text(meaning)
    assert any_page.locator(".factor .word").all_text_contents() == words


def test_study_size_is_beside_the_risk_group(page: Page) -> None:
    assess(page, HIGH)
    source = page.locator(".verdict .source")
    expect(source).to_contain_text("From 58 patients of one centre; curves from reconstructed cohorts.")
    expect(source).to_contain_text("17 of the 58 patients were in this group")
    assert (source.bounding_box() or {"y": 9999})["y"] < 300


def test_every_survival_has_its_interval(page: Page) -> None:
    assess(page, HIGH)
    for cells in [row.locator("td").all_text_contents() for row in page.locator(".survival-words tbody tr").all()]:
        for survival in cells[:2]:
            assert re.search(r"\d+ % +(under )?\d+ % to \d+ %", survival), survival
    for sentence in page.locator(".headline, .sentences p").all_text_contents():
        assert re.match(
            r"Of 100 patients in this group, .* \(95 % interval: (fewer than )?\d+ to \d+ alive\)", sentence
        ), sentence
    expect(page.locator(".verdict")).to_contain_text("95 % interval")


def test_alternatives_open_beside_the_published_survival(page: Page) -> None:
    """The adjusted survival is one line until it is opened; the headline stays that of the model."""
    assess(page, HIGH)
    part = page.locator(".alternatives")
    expect(part.locator("summary")).to_have_text(
        "Adjusted for larger studies: 41 % (21 % to 61 %) alive after 6 months"
    )
    table = part.get_by_role("table")
    expect(table).to_be_hidden()
    part.locator("summary").click()
    rows = [row.locator("td").nth(1).inner_text() for row in table.locator("tbody tr").all()]
    assert rows == ["36 % (10 % to 64 %)", "41 % (21 % to 61 %)", "56 % (36 % to 72 %)"]
    expect(page.locator(".headline")).to_contain_text("about 36 would be alive after 6 months")


def test_cox_predicted_survival_is_behind_a_switch(plain_page: Page) -> None:
    """It works without scripts; by default there is one survival curve of the group."""
    assess(plain_page, HIGH)
    shown = (".survival .drawing-wide .line.cox", ".survival-words td.cox >> nth=0")
    for selector in shown:
        expect(plain_page.locator(selector)).to_be_hidden()
    plain_page.get_by_role("checkbox", name="Show the Cox model").check()
    for selector in shown:
        expect(plain_page.locator(selector)).to_be_visible()
    expect(plain_page.locator(shown[1])).to_contain_text("68 %")


def test_figure_without_followed_patients_is_grey(page: Page) -> None:
    assess(page, HIGH)
    thin = page.locator(".survival-words tr.thin")
    assert thin.locator("th").all_inner_texts() == ["12"]
    ink, muted = (
        page.evaluate(f"getComputedStyle(document.body).getPropertyValue('--{name}')") for name in ("ink", "muted")
    )
    assert ink != muted
    colours = [
        page.locator(selector).evaluate("one => getComputedStyle(one).color")
        for selector in (".survival-words tr:not(.thin) strong >> nth=0", ".survival-words tr.thin strong")
    ]
    assert colours[0] != colours[1]


def test_median_of_patients_like_this_one_is_marked(page: Page) -> None:
    assess(page, HIGH)
    expect(page.locator(".others")).to_contain_text("median 9.6 months (AFP ≥ 400 ng/mL; as this patient)")


def test_other_hazard_ratios_are_below_the_studys(page: Page) -> None:
    assess(page, HIGH)
    drawn = page.locator(".drawing-wide .row").all_text_contents()
    texts = [" ".join(text.split()) for text in drawn]
    study = next(k for k, text in enumerate(texts) if text.startswith("This study, 58 patients"))
    assert "2.21 (1.09 to 4.49)" in texts[study]
    assert "1.64 (1.45 to 1.85)" in texts[study + 1]


def test_difference_from_study_is_above_risk_group(any_page: Page) -> None:
    assess(any_page, Patient(HIGH.values, answers=UNLIKE))
    notice = any_page.locator(".notice.strong")
    expect(notice).to_contain_text("This patient does not meet every study criterion.")
    expect(notice.locator("li")).to_have_count(5)
    notice_box, title_box = notice.bounding_box(), any_page.locator("h1").bounding_box()
    assert notice_box is not None
    assert title_box is not None
    assert notice_box["y"] < title_box["y"]


def test_warnings_are_shown_with_the_result(page: Page) -> None:
    assess(page, LONGEST)
    expect(page.locator(".first-caveats li")).to_have_count(4)
    expect(page.locator(".beside")).to_contain_text("AFP was converted with 1 IU = 1.21 ng")
    assert page.locator("main").inner_text().count("Check the decimal point") == 3
    expect(page.locator(".inputs")).to_contain_text("0.121 ng/mL")


def test_first_caveats_are_above_fold_and_printed(any_page: Page) -> None:
    """SII 339.999 and AFP 399.99 ng/mL: 340 and 400 would be high."""
    any_page.set_viewport_size({"width": 1280, "height": 720})
    assess(any_page, NEAR_BOTH)
    caveats = any_page.locator(".verdict .first-caveats li")
    expect(caveats).to_have_count(2)
    for text in ("SII is close to its cut-off of 340", "AFP is close to its cut-off of 400", "from 10 to 99 of 100"):
        expect(any_page.locator(".first-caveats")).to_contain_text(text)
    box = any_page.locator(".first-caveats").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720
    expect(any_page.locator(".firmness")).to_have_count(0)
    any_page.emulate_media(media="print")
    for caveat in caveats.all():
        assert caveat.is_visible()


def test_values_far_from_cut_offs_have_no_notice(page: Page) -> None:
    assess(page, Patient(("1.5", "1.1", "110", "20")))  # SII 110 x 1.5 / 1.1 = 150
    expect(page.locator(".first-caveats")).to_have_count(0)


def test_limits_are_on_screen_and_print_out(page: Page) -> None:
    assess(page, HIGH)
    for medium in ("screen", "print"):
        page.emulate_media(media="screen" if medium == "screen" else "print")
        limits = page.locator(".limits li")
        assert limits.count() >= 6
        for limit in limits.all():
            assert limit.is_visible()
        expect(limits.last).to_contain_text("cannot say who should or should not receive regorafenib")


@pytest.mark.parametrize(
    "patient",
    [HIGH, INTERMEDIATE, LOW, NEAR_BOTH, Patient(NEAR_BOTH.values, answers=UNLIKE), LONGEST],
    ids=["high", "intermediate", "low", "near both", "near both and unlike", "longest"],
)
def test_result_prints_on_one_page(page: Page, patient: Patient) -> None:
    assess(page, patient)
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_INSIDE, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_INSIDE  # or it would be shrunk to fit
    for part in ("h1", ".source", ".inputs", ".survival .drawing-wide", ".hazard .drawing-wide", ".provenance"):
        expect(page.locator(part)).to_be_visible()
    expect(page.locator(".sign")).to_contain_text("Patient:")


def test_text_can_be_copied(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    assess(page, HIGH)
    page.click("text=Copy as text")
    expect(page.locator(".copied")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("HIGHER-RISK GROUP: both factors high")
    assert copied == page.locator("#plain-text").text_content()


def test_text_is_selected_if_copying_is_forbidden(page: Page) -> None:
    assess(page, HIGH)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    page.click("text=Copy as text")
    expect(page.locator(".copied")).to_contain_text("copy it with your keyboard")
    expect(page.locator("#plain-text")).to_be_focused()
    assert page.evaluate("getSelection().toString()").startswith("HIGHER-RISK GROUP")


def test_text_is_shown_without_scripts(plain_page: Page) -> None:
    assess(plain_page, LOW)
    plain_page.click("text=The whole answer as plain text")
    expect(plain_page.locator("#plain-text")).to_contain_text("LOWER-RISK GROUP: neither factor high")


def test_chart_can_be_saved_as_an_image(page: Page) -> None:
    assess(page, HIGH)
    with page.expect_download() as saved:
        page.click("text=Chart as image")
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_chart_has_title_description_and_table(page: Page) -> None:
    assess(page, HIGH)
    chart = page.get_by_role("img", name="Overall survival: Higher-risk group")
    expect(chart).to_be_visible()
    described = chart.get_attribute("aria-describedby")
    expect(page.locator(f"[id='{described}']")).to_contain_text("Survival at 6 months: 36 % (10 % to 64 %)")
    expect(page.get_by_role("table", name="Overall survival (95 % interval)")).to_be_visible()
