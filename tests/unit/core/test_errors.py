"""One error describes one field; several errors are collected and raised together."""

import pytest

from app.core.analytes import Analyte
from app.core.errors import DataFileError, DataProblem, InputError, InputErrors, attempt
from app.core.labs import make_lab
from app.core.measurement import make_measurement, parse_measurement


def test_input_error_reads_as_field_and_code() -> None:
    error = InputError("afp", "too_long", "entry", limit=80)
    assert (error.field, error.code, error.case, error.parameters) == ("afp", "too_long", "entry", {"limit": 80})
    assert str(error) == "afp: too_long"


def test_several_errors_read_one_per_line() -> None:
    first, second = InputError("a", "zero"), InputError("b", "negative")
    errors = InputErrors((first, second))
    assert errors.errors == (first, second)
    assert str(errors) == "a: zero\nb: negative"


def test_attempt_returns_the_answer_or_the_error() -> None:
    found = attempt(make_measurement, Analyte.AFP, 1210, "ng/mL", comparator=">")
    assert found == make_measurement(Analyte.AFP, 1210, "ng/mL", ">")
    refused = attempt(parse_measurement, Analyte.AFP, "much")
    assert isinstance(refused, InputError)
    assert refused.field == "afp"


def test_attempt_does_not_hide_other_errors() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 // 0)


# The slip is named where the other unit gives a usual value, its limits (1 to 20 for neutrophils) included.
@pytest.mark.parametrize(("given", "named"), [(1000, True), (20000, True), (999, False), (20001, False), (4200, True)])
def test_likely_unit_is_named_within_usual_limits(given: int, *, named: bool) -> None:
    error = attempt(make_lab, Analyte.NEUTROPHILS, given, "10*9/L")
    assert isinstance(error, InputError)
    assert (error.parameters["usual_unit"] == "/uL") is named


def test_every_problem_of_a_file_is_one_line_with_its_place() -> None:
    problems = (
        DataProblem("curves.csv", 1, "", "columns", "The columns are others."),
        DataProblem("curves.csv", 4, "survival", "rises", "Survival rises."),
    )
    error = DataFileError(problems)
    assert error.problems == problems
    assert str(error).splitlines() == [
        "curves.csv, line 1: The columns are others. [columns]",
        "curves.csv, line 4, column survival: Survival rises. [rises]",
    ]
