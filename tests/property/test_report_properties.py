"""Properties of the reader of reports that hold for every text."""

import re
import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.analytes import Analyte
from app.reports.reader import read_report
from app.reports.results import Finding, Reason
from tests.lib.report_texts import TEXTS

NAMES = (
    "Platelets",
    "PLT",
    "Neutrophils",
    "ANC",
    "Lymphocytes abs",
    "AFP",
    "AFP-L3",
    "MPV",
    "Hb",
    "血小板数",
    "호중구",
)
NUMBERS = ("88", "3.4", "3,4", "1.204", "1,204.5", "12 500", "<0.6", ">1000", "66 %", "150-400", "O.9", "2 - 6,9")
UNITS = ("x10^9/L", "K/uL", "/mm3", "ng/mL", "kU/L", "%", "lakhs/cumm", "xlOE3/uL", "fL", "")
OTHERS = ("Collected 2026-05-04", "Ascites", "Blood", "previous", "->", "H", "(", ")", "|", "\t", "   ", "\n", ";", ",")
PIECES = st.sampled_from(NAMES + NUMBERS + UNITS + OTHERS)
MADE_UP = st.lists(st.tuples(PIECES, st.sampled_from((" ", "", "  ", "\t", "\n"))), max_size=60).map(
    lambda pieces: "".join(piece + gap for piece, gap in pieces)
)
DISTRACTORS = (
    "MPV 10.2 fL",
    "AFP-L3 12 %",
    "CD4+ lymphocytes 410 /uL",
    "Large platelets 14 x10^9/L",
    "Neutrophil-lymphocyte ratio 3.1",
    "Band neutrophils 0.4 x10^9/L",
    "Alpha-1-antitrypsin 1.4 g/L",
    "Ferritin 120 ug/L",
    "Printed 01/02/2026",
    "Urine neutrophils 30 /uL",
)


def readings(text: str) -> Mapping[Analyte, Finding]:
    return {analyte: one for analyte, one in read_report(text).findings.items() if one.reading}


def digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(one, "")) for one in text)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=400), MADE_UP))
def test_any_text_has_a_finding_for_each_analyte(text: str) -> None:
    report = read_report(text)
    assert set(report.findings) == set(Analyte)
    assert all((finding.reading is None) == (finding.reason is not None) for finding in report.findings.values())


@settings(max_examples=150, deadline=None)
@given(MADE_UP)
def test_the_span_of_a_reading_holds_its_digits(text: str) -> None:
    for finding in readings(text).values():
        assert finding.reading is not None
        start, end = finding.reading.span
        assert digits(text[start:end]) == digits(finding.reading.number)
        if finding.reading.unit_span:
            first, last = finding.reading.unit_span
            assert text[first:last] == finding.reading.unit


@pytest.mark.parametrize("shape", TEXTS)
def test_the_spans_of_a_shape_hold_what_was_read(shape: str) -> None:
    text = TEXTS[shape]
    for finding in read_report(text).findings.values():
        found = [(finding.reading.span, finding.reading.number)] if finding.reading else []
        found += [(candidate.span, candidate.printed) for candidate in finding.candidates]
        assert all(digits(text[start:end]) == digits(printed) for (start, end), printed in found)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.lists(st.sampled_from(DISTRACTORS), min_size=1, max_size=4))
def test_lines_of_other_tests_change_no_value(shape: str, lines: list[str]) -> None:
    before = readings(TEXTS[shape])
    for analyte, finding in readings("\n".join([TEXTS[shape].rstrip("\n"), *lines, ""])).items():
        assert finding.reading is not None
        assert before[analyte].reading == finding.reading


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(("Neutrophils", "Lymphocytes", "Platelets", "AFP")), min_size=1, max_size=6))
def test_nothing_is_read_below_another_specimen(names: list[str]) -> None:
    lines = [f"{name} {number}.5 {'ng/mL' if name == 'AFP' else 'x10^9/L'}" for number, name in enumerate(names, 2)]
    assert not readings("\n".join(["Pleural fluid", *lines]))


@settings(max_examples=100, deadline=None)
@given(MADE_UP)
def test_a_text_pasted_twice_gives_no_other_value(text: str) -> None:
    once, twice = readings(text), readings(f"{text}\n{text}")
    for analyte in once.keys() & twice.keys():
        first, second = once[analyte].reading, twice[analyte].reading
        assert first is not None
        assert second is not None
        assert (first.value, first.unit) == (second.value, second.unit)


def test_an_empty_text_has_nothing() -> None:
    assert {finding.reason for finding in read_report("").findings.values()} == {Reason.NOT_FOUND}


def test_candidates_are_in_the_order_of_the_text() -> None:
    for text in TEXTS.values():
        for finding in read_report(text).findings.values():
            spans = [candidate.span for candidate in finding.candidates]
            assert spans == sorted(spans)
            assert not any(re.search(r"\n", candidate.printed) for candidate in finding.candidates)
