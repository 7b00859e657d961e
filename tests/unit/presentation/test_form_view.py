"""The form: units on offer, hints, kept text, and links from errors."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.fitted_model import FittedModel
from app.core.labs import Lab, parse_lab
from app.presentation.pages.form import form_page, number, target_of
from app.presentation.pages.live_check import live_check
from app.presentation.pages.record import Prefill, RecordView
from app.presentation.templating import render


def test_empty_form_has_nothing_chosen(fitted: FittedModel) -> None:
    page = form_page(fitted)
    assert [lab.name for lab in page.labs] == ["neutrophils", "lymphocytes", "platelets", "afp"]
    assert not any(unit.is_chosen for lab in page.labs for unit in lab.units)
    assert not any(choice.is_chosen for question in page.questions for choice in question.choices)
    assert not any(unit.is_chosen for unit in page.count_unit.units)
    assert not page.are_dates_open
    assert page.problems == ()


def test_hints_give_the_usual_range(fitted: FittedModel) -> None:
    hints = {lab.name: lab.hint for lab in form_page(fitted).labs}
    assert hints["neutrophils"] == "The absolute count, not the percentage; usually 1 to 20 × 10⁹/L."
    assert hints["platelets"] == ("Usually 20 to 1\u202f000 × 10⁹/L; if the report prints × 10⁴/µL, choose that unit.")


def test_unit_outside_the_list_is_kept(fitted: FittedModel) -> None:
    afp = form_page(fitted, {"afp_unit": "mg/L"}).labs[3]
    assert [unit.value for unit in afp.units if unit.is_chosen] == ["mg/L"]


@pytest.mark.parametrize(
    ("field", "code", "target"),
    [
        ("afp", "missing", "afp"),
        ("afp", "unit_missing", "afp_unit"),
        ("sampled_on.blood_count", "not_a_date", "blood_count_date"),
        ("sampled_on.afp", "in_the_future", "afp_date"),
        ("population.ecog", "out_of_range", "ecog"),
    ],
)
def test_error_links_to_its_field(fitted: FittedModel, field: str, code: str, target: str) -> None:
    case = "afp" if code == "in_the_future" else ""
    error = InputError(field, code, case, offered=("ng/mL",), number="620", unit="ng/mL", highest=5)
    assert target_of(error) == target
    page = form_page(fitted, {}, (error,))
    assert [problem.target for problem in page.problems] == [target]
    assert page.problems[0].label
    assert page.are_dates_open == target.endswith("_date")


def test_unit_error_is_at_the_unit(fitted: FittedModel) -> None:
    page = form_page(fitted, {}, (InputError("afp", "unit_missing", offered=("ng/mL",)),))
    assert (page.labs[3].value_problem, page.labs[3].unit_problem) == (None, page.problems[0])


def test_thousands_have_narrow_spaces() -> None:
    assert number(Decimal(2000000)) == "2\u202f000\u202f000"
    assert number(Decimal("0.5")) == "0.5"


def _check(fitted: FittedModel, **typed: tuple[str, str]) -> dict[str, str]:
    measured: dict[Analyte, Lab | InputError] = {}
    for analyte in Analyte:
        value, unit = typed.get(analyte.value, ("", ""))
        try:
            measured[analyte] = parse_lab(analyte, value, unit)
        except InputError as error:
            measured[analyte] = error
    return live_check(fitted, measured)


def test_unfinished_value_has_no_message(fitted: FittedModel) -> None:
    said = _check(fitted, neutrophils=("4.2", ""), lymphocytes=("", "10*9/L"))
    assert set(said.values()) == {""}


def test_three_counts_give_the_working(fitted: FittedModel) -> None:
    giga = "10*9/L"
    said = _check(fitted, neutrophils=("3.4", giga), lymphocytes=("1", giga), platelets=("100", giga))
    assert said["working"].endswith("100 × 3.4 ÷ 1 = 340.0 × 10⁹/L: high (340 or more)")


def test_only_the_doubtful_value_is_questioned(fitted: FittedModel) -> None:
    said = _check(fitted, neutrophils=("4200", "10*9/L"), afp=("350", "IU/mL"))
    assert "It would be usual in /µL" in said["neutrophils"]
    assert said["afp"] == "AFP was converted with 1 IU = 1.21 ng; laboratories differ."
    assert said["working"] == said["lymphocytes"] == said["platelets"] == ""


def test_form_of_a_record_has_no_link_to_paste(fitted: FittedModel) -> None:
    link = 'href="./report"'
    assert link in render(form_page(fitted))
    assert link in render(form_page(fitted, record=RecordView(prefill=Prefill("Not read", "", "", (), {}))))
    assert link not in render(form_page(fitted, record=RecordView("a-handle")))
