"""What was typed becomes a number, a unit and a comparator, as given; anything doubtful gets its own error."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.measurement import Comparator, Measurement, make_measurement, parse_measurement

COUNT = "Write the number and its unit, for example 4.2 10*9/L."
AFP = "Write the number and its unit, for example 620 ng/mL."
COMMA = "Write decimals with a point and no separators for thousands: 4.2 or 1210."


@pytest.mark.parametrize(
    ("text", "value", "unit", "comparator"),
    [
        ("620 ng/mL", "620", "ng/mL", None),
        ("620ng/mL", "620", "ng/mL", None),
        ("  620.50   ng/mL ", "620.50", "ng/mL", None),
        ("0.5 ug/mL", "0.5", "ug/mL", None),
        (".5 ug/mL", "0.5", "ug/mL", None),
        ("5. ug/mL", "5", "ug/mL", None),
        ("+620 ng/mL", "620", "ng/mL", None),
        (">1210 ng/mL", "1210", "ng/mL", Comparator.ABOVE),
        ("> 1210 ng/mL", "1210", "ng/mL", Comparator.ABOVE),
        (">=1210 ng/mL", "1210", "ng/mL", Comparator.AT_LEAST),
        ("≥1210 ng/mL", "1210", "ng/mL", Comparator.AT_LEAST),
        ("<0.8 ng/mL", "0.8", "ng/mL", Comparator.BELOW),
        ("<=0.8 ng/mL", "0.8", "ng/mL", Comparator.AT_MOST),
        ("≤ 0.8 ng/mL", "0.8", "ng/mL", Comparator.AT_MOST),
        ("620 [IU]/mL", "620", "[IU]/mL", None),
        ("0 ng/mL", "0", "ng/mL", None),
        ("-0 ng/mL", "0", "ng/mL", None),
    ],
)
def test_an_afp_is_read_as_printed(text: str, value: str, unit: str, comparator: Comparator | None) -> None:
    found = parse_measurement(Analyte.AFP, text)
    assert found == Measurement(Decimal(value), unit, comparator)
    assert str(found.value) == value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4.2 10*9/L", "4.2", "10*9/L"),
        ("4.2 ×10⁹/L", "4.2", "×10⁹/L"),
        ("4.2 10E9/L", "4.2", "10E9/L"),
        ("4200/uL", "4200", "/uL"),
        ("4200 {cells}/uL", "4200", "{cells}/uL"),
    ],
)
def test_a_count_is_read_as_printed(text: str, value: str, unit: str) -> None:
    assert parse_measurement(Analyte.NEUTROPHILS, text) == Measurement(Decimal(value), unit, None)


@pytest.mark.parametrize(
    ("analyte", "text", "code", "message", "hint"),
    [
        ("afp", "", "missing", "There is no number.", AFP),
        ("afp", "   ", "missing", "There is no number.", AFP),
        ("afp", ">", "missing", "There is no number.", AFP),
        ("platelets", "?", "not_a_number", "There is no number.", COUNT),
        ("platelets", "٤ 10*9/L", "not_a_number", "There is no number.", COUNT),
        ("platelets", "NaN 10*9/L", "not_finite", "The value is not a finite number.", COUNT),
        ("platelets", "Infinity 10*9/L", "not_finite", "The value is not a finite number.", COUNT),
        ("platelets", "many 10*9/L", "not_a_number", "The value is not a number.", COUNT),
        ("platelets", "1.2.3 10*9/L", "not_a_number", "The value is not a number.", COUNT),
        ("platelets", "4,2 10*9/L", "decimal_comma", "A comma can mean decimals or thousands.", COMMA),
        ("afp", "1,210 ng/mL", "decimal_comma", "A comma can mean decimals or thousands.", COMMA),
        ("platelets", "-145 10*9/L", "negative", "The value is negative.", "Check the number."),
        (
            "platelets",
            "1e400 10*9/L",
            "exponent",
            "Numbers with an exponent are not read.",
            "Write the number in full, for example 4200.",
        ),
        (
            "platelets",
            "1" * 21 + " 10*9/L",
            "too_long",
            "The number has more than 20 digits.",
            "Give it as the laboratory does.",
        ),
        ("platelets", "1" * 81, "too_long", "The entry has more than 80 characters.", COUNT),
        (
            "platelets",
            "145",
            "unit_missing",
            "The unit is missing.",
            "Give it with the value, for example 10*9/L or 10*3/uL or K/uL.",
        ),
        (
            "platelets",
            "<145 10*9/L",
            "comparator_on_count",
            "A count above or below a limit gives no index.",
            "Ask the laboratory for the number itself.",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_fix(analyte: str, text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte(analyte), text)
    error = caught.value
    assert (error.field, error.code, error.message, error.hint) == (analyte, code, message, hint)


def test_eighty_characters_and_twenty_digits_are_still_read() -> None:
    text = "12345678901234567890" + " " * 55 + "ng/mL"
    assert len(text) == 80
    assert parse_measurement(Analyte.AFP, text).value == Decimal(12345678901234567890)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4, "4"),
        (4.2, "4.2"),
        ("4.20", "4.20"),
        (" 4.2 ", "4.2"),
        (Decimal("4.20"), "4.20"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+20"), None),
        (Decimal("1E-20"), None),
        (Decimal("12E+18"), "12000000000000000000"),
    ],
)
def test_a_value_sent_by_a_program_keeps_its_decimals(value: object, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InputError, match="more than 20 digits"):
            make_measurement(Analyte.PLATELETS, value, "10*9/L")
    else:
        assert str(make_measurement(Analyte.PLATELETS, value, " 10*9/L ")) == str(
            Measurement(Decimal(expected), "10*9/L", None)
        )


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (None, "missing", "The value is missing."),
        ("", "missing", "The value is missing."),
        (True, "not_a_number", "The value is not a number."),
        ([4], "not_a_number", "The value is not a number."),
        (float("nan"), "not_finite", "The value is not a finite number."),
        (float("-inf"), "not_finite", "The value is not a finite number."),
        (Decimal("sNaN"), "not_finite", "The value is not a finite number."),
        (1e300, "exponent", "Numbers with an exponent are not read."),
        (Decimal("1E+400"), "too_long", "The number has more than 20 digits."),
        (-1, "negative", "The value is negative."),
    ],
)
def test_a_value_that_is_no_number_is_refused(value: object, code: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        make_measurement(Analyte.PLATELETS, value, "10*9/L")
    assert (caught.value.field, caught.value.code, caught.value.message) == ("platelets", code, message)


def test_a_comparator_may_stand_beside_the_value() -> None:
    assert make_measurement(Analyte.AFP, 1210, "ng/mL", ">").comparator is Comparator.ABOVE
    assert make_measurement(Analyte.AFP, 1210, "ng/mL", "≤").comparator is Comparator.AT_MOST
    assert make_measurement(Analyte.AFP, 1210, "ng/mL", "").comparator is None


@pytest.mark.parametrize(
    ("value", "comparator", "code", "message", "hint"),
    [
        (">1210", ">", "comparator_twice", "There are two comparators.", "Give one of them."),
        ("1210", "~", "comparator_unknown", "The comparator is not known.", "Use <, <=, >= or >."),
        (1210, "ad", "comparator_unknown", "The comparator is not known.", "Use <, <=, >= or >."),
    ],
)
def test_a_doubtful_comparator_is_refused(value: object, comparator: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        make_measurement(Analyte.AFP, value, "ng/mL", comparator)
    assert (caught.value.code, caught.value.message, caught.value.hint) == (code, message, hint)
