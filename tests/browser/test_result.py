"""The result in a real browser: risk group, figures with intervals, charts, and the print-out."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.lib.assessments import UNLIKE
from tests.lib.visitor import ALIKE, HIGH, INTERMEDIATE, LONGEST, LOW, NEAR_BOTH, Patient, assess, more

PARTS = ("Numbers", "Icons", "Hazard ratios", "Larger studies", "Limits", "About this result")


def show(page: Page, part: str) -> None:
    """Choose a part of the result by its name."""
    page.locator(".tabs label", has_text=part).click()


def _box(page: Page, part: str) -> dict[str, float]:
    box = page.locator(part).first.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


@pytest.mark.parametrize(
    ("patient", "group", "meaning", "words"),
    [
        (HIGH, "Higher-risk group", "Both factors high: SII high, AFP high. 17 of the 58", ["high", "high"]),
        (INTERMEDIATE, "Middle-risk group", "One factor high: SII high, AFP low. 27 of the 58", ["high", "low"]),
        (LOW, "Lower-risk group", "Neither factor high: SII low, AFP low. 14 of the 58", ["low", "low"]),
    ],
)
def test_each_risk_group_is_named_in_words(
    any_page: Page, patient: Patient, group: str, meaning: str, words: list[str]
) -> None:
    assess(any_page, patient)
    expect(any_page.locator("h1")).to_have_text(f"{group} (of three)")
    expect(any_page.locator(".meaning")).to_contain_text(meaning)
    assert any_page.locator(".factor .word").all_text_contents() == words


def test_study_and_its_limits_are_above_the_group(page: Page) -> None:
    assess(page, HIGH)
    source = page.locator(".source")
    for said in ("One hospital, simulated", "never validated", "regorafenib", "(58 patients)"):
        expect(source).to_contain_text(said)
    assert _box(page, ".source")["y"] < _box(page, "h1")["y"]


def test_every_survival_has_its_interval(page: Page) -> None:
    assess(page, HIGH)
    verdict = [row.locator("td").all_inner_texts() for row in page.locator(".alive tbody tr").all()]
    assert verdict == [
        ["67", "32 to 93"],
        ["36", "10 to 64"],
        ["6", "fewer than 1 to 32"],
        ["4.6 months", "1.7 to 8.2"],
    ]
    show(page, "Numbers")
    for cells in [row.locator("td").all_inner_texts() for row in page.locator(".survival tbody tr").all()]:
        for survival in cells[:2]:
            assert re.fullmatch(r"\d+ % \((under )?\d+ % to \d+ %\)", survival), survival
    show(page, "Icons")
    for sentence in page.locator(".sentences p").all_inner_texts():
        assert re.match(
            r"Of 100 patients in this group, .* \(95 % interval: (fewer than )?\d+ to \d+ alive\)", sentence
        ), sentence


def test_rarer_actions_are_unfolded(any_page: Page) -> None:
    """With scripts and without, by the keyboard too, which leaves out those that need scripts."""
    assess(any_page, HIGH)
    folded = any_page.locator(".others [open]")
    expect(folded).to_have_count(0)
    any_page.locator(".tools summary").press("Enter")
    expect(folded).to_have_count(1)
    shown = any_page.locator(".others li :is(button, a):visible").all_inner_texts()
    has_scripts = any_page.evaluate("matchMedia('(scripting)').matches")
    copied = ["Copy all", "Copy link"] * has_scripts
    assert shown == ["Compare", "PDF", *copied, "Save chart as PNG", "Save chart as SVG"]


@pytest.mark.parametrize("patient", [HIGH, INTERMEDIATE, LOW, ALIKE], ids=["high", "intermediate", "low", "alike"])
def test_answer_fits_one_desktop_screen(any_page: Page, patient: Patient) -> None:
    """From the heading to the actions, at 1280 by 720, in at most 350 words outside the drawing."""
    any_page.set_viewport_size({"width": 1280, "height": 720})
    assess(any_page, patient)
    tools = _box(any_page, ".tools")
    assert tools["y"] + tools["height"] <= 720
    assert _box(any_page, ".curve")["x"] > _box(any_page, ".verdict")["x"] + _box(any_page, ".verdict")["width"]
    any_page.locator("main svg").evaluate_all("drawings => drawings.forEach(one => one.remove())")
    assert len(any_page.locator("main").inner_text().split()) <= 350


def test_curve_is_on_the_second_screen_of_a_phone(page: Page) -> None:
    """The answer comes first; the curve begins on the first screen and the actions end on the second."""
    page.set_viewport_size({"width": 390, "height": 844})
    assess(page, HIGH)
    assert _box(page, ".curve")["y"] < 844
    tools = _box(page, ".tools")
    assert tools["y"] + tools["height"] <= 2 * 844


def test_one_part_is_shown_at_a_time_without_scripts(plain_page: Page) -> None:
    assess(plain_page, HIGH)
    parts = plain_page.locator(".part")
    assert [part.is_visible() for part in parts.all()] == [False] * 6
    for place, name in enumerate(PARTS):
        show(plain_page, name)
        assert [part.is_visible() for part in parts.all()] == [place == other for other in range(6)]


def test_shown_part_is_remembered_for_the_next_result(page: Page) -> None:
    assess(page, HIGH)
    show(page, "Hazard ratios")
    page.click("text=New patient")
    assess(page, LOW)
    expect(page.locator(".part.hazard")).to_be_visible()
    assert page.evaluate("Object.entries(localStorage)") == [["sii-afp.part", "ratios"]]


def test_alternatives_are_beside_the_published_survival(page: Page) -> None:
    """The headline stays that of the model."""
    assess(page, HIGH)
    show(page, "Larger studies")
    part = page.locator(".larger")
    expect(part).to_contain_text("Adjusted for larger studies: 41 % (21 % to 61 %) alive after 6 months")
    table = part.get_by_role("table", name="Survival of this risk group (95 % interval)")
    rows = [row.locator("td").nth(1).inner_text() for row in table.locator("tbody tr").all()]
    texts = ["36 % (10 % to 64 %)", "41 % (21 % to 61 %)", "56 % (36 % to 72 %)"]
    assert rows == [text.replace(" %", "\u00a0%") for text in texts]  # no line breaks before a percent sign
    assert page.locator(".alive tbody tr").nth(1).locator("td").all_inner_texts() == ["36", "10 to 64"]


def test_cox_predicted_survival_is_behind_a_switch(plain_page: Page) -> None:
    """It works without scripts; by default there is one survival curve of the group."""
    assess(plain_page, HIGH)
    shown = (".curve .drawing-wide .line.cox", ".curve .why")
    for selector in shown:
        expect(plain_page.locator(selector)).to_be_hidden()
    plain_page.get_by_role("checkbox", name="Show the Cox model").check()
    for selector in shown:
        expect(plain_page.locator(selector)).to_be_visible()
    expect(plain_page.locator(".why")).to_contain_text("It differs, because it uses all 58 patients")


def test_figure_without_followed_patients_is_grey(page: Page) -> None:
    assess(page, HIGH)
    thin = page.locator(".alive tr.thin")
    assert thin.locator("th").all_inner_texts() == ["12 months"]
    ink, muted = (
        page.evaluate(f"getComputedStyle(document.body).getPropertyValue('--{name}')") for name in ("ink", "muted")
    )
    assert ink != muted
    colours = [
        page.locator(selector).evaluate("one => getComputedStyle(one).color")
        for selector in (".alive tr:not(.thin) strong >> nth=0", ".alive tr.thin strong")
    ]
    assert colours[0] != colours[1]


def test_median_of_patients_like_this_one_is_marked(page: Page) -> None:
    assess(page, HIGH)
    show(page, "Larger studies")
    expect(page.locator(".larger")).to_contain_text("median 9.6 months (AFP ≥ 400 ng/mL; as this patient)")


def test_other_hazard_ratios_are_below_the_studys(page: Page) -> None:
    assess(page, HIGH)
    show(page, "Hazard ratios")
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
    expect(page.locator(".first-caveats li")).to_have_count(6)  # two of them for the age of the samples
    expect(page.locator(".beside")).to_contain_text("AFP was converted with 1 IU = 1.21 ng")
    assert page.locator("main").inner_text().count("Check the decimal point") == 3
    show(page, "Numbers")
    expect(page.locator(".inputs")).to_contain_text("0.121 ng/mL")


def test_answers_are_shown_with_the_result(page: Page) -> None:
    assess(page, ALIKE)
    assert page.locator(".fit span.matches").all_inner_texts() == [
        "sorafenib failed;",
        "regorafenib starts with these values;",
        "Child-Pugh class A;",
        "ECOG 1;",
        "sorafenib was tolerated",
    ]


def test_questions_can_be_answered_from_the_result(any_page: Page) -> None:
    assess(any_page, HIGH)
    any_page.click("text=Answer the questions")
    expect(any_page.locator("#afp")).to_have_value("620")


def test_first_caveats_are_above_fold_and_printed(any_page: Page) -> None:
    """SII 339.999 and AFP 399.99 ng/mL: 340 and 400 would be high."""
    any_page.set_viewport_size({"width": 1280, "height": 720})
    assess(any_page, NEAR_BOTH)
    caveats = any_page.locator(".first-caveats li")
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
    show(page, "Limits")
    for medium in ("screen", "print"):
        page.emulate_media(media="screen" if medium == "screen" else "print")
        limits = page.locator(".limits > ul:not(.reasons) > li")
        assert limits.count() >= 6
        for limit in limits.all():
            assert limit.is_visible()
        expect(limits.last).to_contain_text("cannot say who should or should not receive regorafenib")


def test_result_is_saved_as_a_document(any_page: Page) -> None:
    assess(any_page, HIGH)
    with any_page.expect_download() as saved:
        more(any_page, "PDF")
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
    assert re.fullmatch(r"sii-afp-result-\d{4}-\d\d-\d\d\.pdf", saved.value.suggested_filename)
    expect(any_page.locator("h1")).to_contain_text("Higher-risk group")


def test_text_can_be_copied(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    assess(page, HIGH)
    more(page, "Copy all")
    expect(page.locator("[data-from=plain-text] + .copied")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[1].startswith("HIGHER-RISK GROUP: both factors high")
    assert copied == page.locator("#plain-text").text_content()


def test_letter_can_be_copied(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    assess(page, HIGH)
    page.click("text=Copy for the letter")
    expect(page.locator("[data-from=letter-text] + .copied")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert len(copied.splitlines()) == 3
    assert copied == page.locator("#letter-text").text_content()


def test_letter_is_selected_if_copying_is_forbidden(page: Page) -> None:
    assess(page, NEAR_BOTH)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    page.click("text=Copy for the letter")
    expect(page.locator("#letter-text")).to_be_focused()
    assert len(page.evaluate("getSelection().toString()").strip().splitlines()) == 5


def test_letter_is_shown_without_scripts(plain_page: Page) -> None:
    assess(plain_page, LOW)
    show(plain_page, "About this result")
    plain_page.click("text=The answer in three lines")
    expect(plain_page.locator("#letter-text")).to_contain_text("Hepatocellular carcinoma")


def test_text_is_selected_if_copying_is_forbidden(page: Page) -> None:
    assess(page, HIGH)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    more(page, "Copy all")
    expect(page.locator("[data-from=plain-text] + .copied")).to_contain_text("copy it with your keyboard")
    expect(page.locator("#plain-text")).to_be_focused()
    assert page.evaluate("getSelection().toString()").splitlines()[1].startswith("HIGHER-RISK GROUP")


def test_text_is_shown_without_scripts(plain_page: Page) -> None:
    assess(plain_page, LOW)
    show(plain_page, "About this result")
    plain_page.click("text=The whole answer as plain text")
    expect(plain_page.locator("#plain-text")).to_contain_text("LOWER-RISK GROUP: neither factor high")


@pytest.mark.parametrize(("form", "start"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")], ids=["PNG", "SVG"])
def test_chart_is_saved_as_it_is_shown(any_page: Page, form: str, start: bytes) -> None:
    """With the Cox model's curve if the reader has switched it on, under a name that says what it shows."""
    assess(any_page, HIGH)
    name = "hcc-regorafenib-after-sorafenib-sii-afp-higher-risk-group"
    for cox in ("", "-cox-sii-high-afp-high"):
        if cox:
            any_page.get_by_role("checkbox", name="Show the Cox model").check()
        else:
            any_page.locator(".tools summary").click()
        with any_page.expect_download() as saved:
            any_page.get_by_role("link", name=f"Save chart as {form}").click()
        assert saved.value.suggested_filename == f"{name}{cox}.{form.lower()}"
        content = saved.value.path().read_bytes()
        assert content.startswith(start)
        if form == "SVG":
            assert (b"Cox-predicted" in content) == bool(cox)


def test_chart_has_title_description_and_table(page: Page) -> None:
    assess(page, HIGH)
    chart = page.get_by_role("img", name="Overall survival: Higher-risk group")
    expect(chart).to_be_visible()
    described = chart.get_attribute("aria-describedby")
    expect(page.locator(f"[id='{described}']")).to_contain_text("Survival at 6 months: 36 % (10 % to 64 %)")
    expect(page.get_by_role("table", name="Survival of this risk group")).to_be_visible()
