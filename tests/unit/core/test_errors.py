"""One error says everything about one field; several are gathered, not raised one by one."""

from collections.abc import Callable
from decimal import Decimal

import pytest

import app.core.errors
from app.core.analytes import Analyte
from app.core.errors import InputError, InputErrors, SiiAfpError, attempt
from app.core.labs import to_lab
from app.core.measurement import Measurement, make_measurement, parse_measurement


def test_every_error_that_is_raised_on_purpose_has_one_base() -> None:
    errors = [item for item in vars(app.core.errors).values() if isinstance(item, type) and issubclass(item, Exception)]
    assert {error.__name__ for error in errors if issubclass(error, SiiAfpError)} == {
        "SiiAfpError",
        "InputError",
        "InputErrors",
        "ArtefactError",
        "BeyondEvidenceError",
    }
    assert all(issubclass(error, SiiAfpError) for error in errors)


def test_an_input_error_reads_as_field_message_and_hint() -> None:
    error = InputError("afp", "missing", "The value is missing.", "Give it.")
    assert (error.field, error.code, error.message, error.hint) == (
        "afp",
        "missing",
        "The value is missing.",
        "Give it.",
    )
    assert str(error) == "afp: The value is missing. Give it."


def test_several_errors_read_one_per_line() -> None:
    first, second = InputError("a", "c", "First.", "Fix."), InputError("b", "c", "Second.", "Mend.")
    errors = InputErrors((first, second))
    assert errors.errors == (first, second)
    assert str(errors) == "a: First. Fix.\nb: Second. Mend."


def test_an_attempt_gives_the_answer_or_the_error() -> None:
    found = attempt(make_measurement, Analyte.AFP, 1210, "ng/mL", comparator=">")
    assert found == make_measurement(Analyte.AFP, 1210, "ng/mL", ">")
    refused = attempt(parse_measurement, Analyte.AFP, "much")
    assert isinstance(refused, InputError)
    assert refused.field == "afp"


def test_an_attempt_does_not_hide_any_other_error() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 // 0)


@pytest.mark.parametrize(
    ("refused", "code", "hint"),
    [
        (
            lambda: make_measurement(Analyte.PLATELETS, None, "10*9/L"),
            "missing",
            "Write the number and its unit, for example 4.2 10*9/L.",
        ),
        (
            lambda: make_measurement(Analyte.AFP, [4], "ng/mL"),
            "not_a_number",
            "Write the number and its unit, for example 620 ng/mL.",
        ),
        (
            lambda: make_measurement(Analyte.AFP, "sNaN", "ng/mL"),
            "not_finite",
            "Write the number and its unit, for example 620 ng/mL.",
        ),
        (lambda: make_measurement(Analyte.AFP, Decimal("1E+400"), "ng/mL"), "too_long", "Check the number."),
        (
            lambda: make_measurement(Analyte.AFP, Decimal("1E+20"), "ng/mL"),
            "too_long",
            "Give it as the laboratory does.",
        ),
    ],
)
def test_a_refused_value_comes_with_a_hint(refused: Callable[[], Measurement], code: str, hint: str) -> None:
    error = attempt(refused)
    assert isinstance(error, InputError)
    assert (error.code, error.hint) == (code, hint)


# The slip is named where the other unit gives a usual value, its limits (0.5 to 50 for neutrophils) included.
@pytest.mark.parametrize(
    ("given", "named"), [("500", True), ("50000", True), ("499.9", False), ("50001", False), ("4200", True)]
)
def test_a_likely_slip_of_the_unit_is_named_up_to_the_limits_of_the_usual(given: str, *, named: bool) -> None:
    error = attempt(to_lab, Analyte.NEUTROPHILS, Measurement(Decimal(given), "10*9/L"))
    assert isinstance(error, InputError)
    assert ("It would be usual in /uL" in error.hint) is named
