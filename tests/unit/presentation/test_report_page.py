"""The page of a pasted text: what is marked, and how a line is shown."""

from datetime import date

from app.core.analytes import Analyte
from app.core.fitted_model import FittedModel
from app.presentation.pages.report.pages import read_page
from app.presentation.pages.report.values import ReportValue, unpacked
from app.reports.results import Candidate, Finding, Reading, Reason, Report, Span


def _reading(number: Span, unit: Span | None, text: str) -> Finding:
    printed = text[slice(*unit)] if unit else None
    return Finding(Reading("", text[slice(*number)], printed, date(2026, 1, 2), number, unit), None)


def _report(**findings: Finding) -> Report:
    none = Finding(None, Reason.NOT_FOUND)
    return Report(None, {analyte: findings.get(analyte.value, none) for analyte in Analyte})


def test_unit_in_a_title_has_the_names_of_all_values(fitted: FittedModel) -> None:
    text = "Result K/uL\nANC 3\nPLT 88"
    report = _report(neutrophils=_reading((16, 17), (7, 11), text), platelets=_reading((22, 24), (7, 11), text))
    page = read_page(fitted, text, report)
    assert [(part.text, part.name, part.is_beside) for part in page.parts if part.name] == [
        ("K/uL", "Neutrophils, Platelets", False),
        ("3", "Neutrophils", False),
        ("88", "Platelets", False),
    ]
    assert "".join(part.text for part in page.parts) == text


def test_overlapping_places_are_marked_once(fitted: FittedModel) -> None:
    text = "ANC 3 8/uL"
    report = _report(neutrophils=_reading((4, 5), (6, 10), text), platelets=_reading((6, 7), None, text))
    page = read_page(fitted, text, report)
    assert [part.text for part in page.parts] == ["ANC ", "3 8/uL"]


def test_line_of_a_number_is_cut_and_the_list_ends(fitted: FittedModel) -> None:
    text = f"{'a ' * 100}PLT 97{' b' * 100}"
    span = (text.index("97"), text.index("97") + 2)
    candidate = Candidate("97", None, None, span, Reason.SEVERAL_VALUES)
    finding = Finding(None, Reason.SEVERAL_VALUES, (candidate,) * 20)
    row = read_page(fitted, text, _report(platelets=finding)).findings[2]
    assert (len(row.options), row.more) == (12, 8)
    place = row.options[0].place
    assert (place.number, len(place.before), len(place.after)) == ("97", 61, 61)
    assert not any(option.is_read for option in row.options)


def test_packed_value_is_read_again() -> None:
    value = ReportValue(">1210", "x 10^9/L", "2026-01-02")
    assert unpacked(value.packed) == value
    assert unpacked("3.4") == ReportValue("3.4", "", "")
    assert unpacked("3.4\tK/uL\tyesterday\tmore") == ReportValue("3.4", "K/uL", "")
    assert unpacked("") is None
