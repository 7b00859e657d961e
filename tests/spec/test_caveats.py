"""Which caveats an answer has, and that every interface says each of them.

SII by hand: 145 x 4.2 / 1.1 = 553.6, high from 340; AFP is high from 400 ng/mL.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from app.core.caveats import NEAR_CUT_OFF, PATIENT_DIFFERS, PATIENT_NOT_STATED, WARNING_LEVELS, Level
from app.presentation.model_caveats import OF_THE_MODEL
from tests.lib.caveats import (
    Given,
    by_card_detail,
    by_card_summary,
    by_command_line,
    by_copied_text,
    by_letter,
    by_operation,
    by_page,
    by_pdf,
    by_print,
    by_risk_assessment,
    by_suggested_resource,
    caveats_of,
    line,
    printed,
)
from tests.lib.clients import site

FIRST, BESIDE, ABOUT = (level.value for level in Level)
# Level, code, what it says, and a patient whose answer has it.
CAVEATS: list[tuple[str, str, str, Given]] = [
    (FIRST, "newer_results", "newer results were not used", Given(newer="144")),
    (FIRST, "near_cut_off", "SII is near its cut-off", Given("3.4", "1", "100")),
    (FIRST, "near_cut_off", "AFP is near its cut-off", Given(afp="399.99")),
    (FIRST, "near_cut_off", "both are", Given("3.39999", "1.0", "100", "399.99")),
    (FIRST, "patient_differs", "the patient is not like the study", Given(population={"child_pugh_class": "B"})),
    (FIRST, "unusual", "a value is unusual", Given(platelets="10")),
    (FIRST, "nlr_unusual", "so is the ratio of the counts", Given("1", "5")),
    (FIRST, "sii_unusual", "so is SII", Given("15", "1", "900")),
    (FIRST, "sample_outdated", "a sample is more than 90 days old", Given(day="2025-09-01")),
    (BESIDE, "study_population", "who was studied, and from when survival counts", Given()),
    (BESIDE, "other_studies", "what other studies of this treatment found", Given()),
    (BESIDE, "hardly_any_at_risk", "almost nobody of the group was followed for 12 months", Given()),
    (BESIDE, "patient_not_stated", "whether the patient is like the study is not stated", Given()),
    (BESIDE, "sample_old", "a sample is more than 30 days old", Given(day="2025-12-01")),
    (BESIDE, "samples_apart", "the samples are more than 90 days apart", Given(day="2025-09-01", afp_day="2026-01-02")),
    (BESIDE, "read_as", "a typed number was read as another text", Given("4,2", day="")),
    (BESIDE, "afp_converted", "AFP was converted from international units", Given(afp="620", afp_unit="[IU]/mL")),
    (BESIDE, "afp_near_cutoff", "AFP may have been converted with a wrong factor", Given(afp="470")),
    (ABOUT, "groups_not_published", "the paper does not define the risk groups", Given()),
    (ABOUT, "combined_ratio_not_published", "the paper does not print the ratio of both factors", Given()),
    (ABOUT, "method", "the cohorts are reconstructed", Given()),
    (ABOUT, "limit", "each limit of the model", Given()),
]
# How the summary of a card names what comes first.
MARKS = {
    "newer_results": "newer results",
    "near_cut_off": "close to",
    "unusual": "unusual values",
    "nlr_unusual": "unusual values",
    "sii_unusual": "unusual values",
}
# What cannot come about: without a record nothing is newer than what is sent; the results of a record are at most 90
# days old, unless the site allows more; only text has several readings; and for a card nothing is known of the
# patient beyond the results.
ONLY_IN_A_RECORD = {"newer_results"}
ONLY_TYPED = {"read_as"}
NOT_IN_A_RECORD = {"sample_outdated", "samples_apart", *ONLY_TYPED}
NOT_ON_A_CARD = {"patient_differs", *NOT_IN_A_RECORD}
# The interfaces that say each caveat in full, and what cannot come about there.
LONG: dict[str, tuple[Callable[[TestClient, Given], str], set[str]]] = {
    "Page": (by_page, ONLY_IN_A_RECORD),
    "Print": (by_print, ONLY_IN_A_RECORD),
    "PDF": (by_pdf, ONLY_IN_A_RECORD),
    "Copied text": (by_copied_text, ONLY_IN_A_RECORD),
    "Command line": (by_command_line, ONLY_IN_A_RECORD),
    "FHIR RiskAssessment": (by_risk_assessment, NOT_IN_A_RECORD),
    "Card, detail": (by_card_detail, NOT_ON_A_CARD),
    "Card, suggested RiskAssessment": (by_suggested_resource, NOT_ON_A_CARD),
}
IDS = [f"{code}, {what}" for _, code, what, _ in CAVEATS]
_AGE = re.compile(r"\d+ days old")


@pytest.fixture(scope="module")
def accepting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a site that accepts AFP in international units from records too."""
    with site(tmp_path_factory.mktemp("site"), "accept_afp_units = true\n") as found:
        yield found


@pytest.mark.parametrize(("level", "code", "what", "given"), CAVEATS, ids=IDS)
def test_answer_has_caveat_in_order(accepting: TestClient, level: str, code: str, what: str, given: Given) -> None:
    found = caveats_of(accepting, given)
    assert (code, level) in [(one, of) for one, of, _ in found]
    levels = [of for _, of, _ in found]
    assert levels == sorted(levels, key=[FIRST, BESIDE, ABOUT].index)


@pytest.mark.parametrize(("level", "code", "what", "given"), CAVEATS, ids=IDS)
def test_operation_has_same_caveats(accepting: TestClient, level: str, code: str, what: str, given: Given) -> None:
    if code not in NOT_IN_A_RECORD:
        assert by_operation(accepting, given) == caveats_of(accepting, given)


@pytest.mark.parametrize("interface", LONG)
@pytest.mark.parametrize(("level", "code", "what", "given"), CAVEATS, ids=IDS)
def test_long_form_has_all_caveats_in_order(
    accepting: TestClient, interface: str, level: str, code: str, what: str, given: Given
) -> None:
    say, absent = LONG[interface]
    if code in absent:
        return
    shown = _comparable(say(accepting, given))
    places = []
    for one, of, text in caveats_of(accepting, given):
        # On the page the fit of the study has a place of its own, below the result, with a line for each criterion.
        if interface in ("Page", "Print", "PDF") and one == PATIENT_NOT_STATED:
            lead, *criteria = re.split(r"[:;] \(\d\) ", _comparable(text).rstrip("."))
            assert len(criteria) == 5
            for part in (lead.partition(". ")[0], *criteria):
                assert part in shown, part
        else:
            assert _comparable(text) in shown, one
            places.append((shown.index(_comparable(text)), of))
    levels = [of for _, of in sorted(places)]
    assert levels == sorted(levels, key=[FIRST, BESIDE, ABOUT].index)


@pytest.mark.parametrize(("level", "code", "what", "given"), CAVEATS, ids=IDS)
def test_letter_has_first_caveats_only(accepting: TestClient, level: str, code: str, what: str, given: Given) -> None:
    """Each as a paragraph that begins with what is so, after the three lines of the answer."""
    if code in ONLY_IN_A_RECORD:
        return
    _, *found = by_letter(accepting, given).split("Please note: ")
    leads = [_comparable(text).partition(". ")[0] for _, of, text in caveats_of(accepting, given) if of == FIRST]
    for text, lead in zip(found, leads, strict=True):
        assert _comparable(text).startswith(lead.rstrip("."))


@pytest.mark.parametrize(("level", "code", "what", "given"), CAVEATS, ids=IDS)
def test_summary_marks_first_caveats(accepting: TestClient, level: str, code: str, what: str, given: Given) -> None:
    if code in NOT_ON_A_CARD:
        return
    summary = by_card_summary(accepting, given)
    assert len(summary) < 140
    first = {one for one, of, _ in caveats_of(accepting, given) if of == FIRST}
    assert (code in first) == (level == FIRST)
    assert {mark for mark in MARKS.values() if mark in summary} == {MARKS[one] for one in first}


def test_every_caveat_code_is_in_the_table() -> None:
    others = {NEAR_CUT_OFF, PATIENT_DIFFERS, PATIENT_NOT_STATED}
    of_a_record = {"newer_result", "sample_too_old", "manual_count"}  # tests/http/smart, tests/http/fhir
    assert {code for _, code, _, _ in CAVEATS} | of_a_record == OF_THE_MODEL | others | set(WARNING_LEVELS)


def _comparable(text: str) -> str:
    """Return a text with printed units and without ages, which depend on the clock."""
    return _AGE.sub("days old", line(printed(text)))
