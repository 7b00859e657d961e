"""What was typed becomes a number, a unit and a comparator, as given; anything doubtful gets its own error."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.measurement import Comparator, Measurement, make_measurement, parse_measurement
from app.core.units import find_unit


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
    assert found == Measurement(Decimal(value), find_unit(Analyte.AFP, unit), unit, comparator)
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
    assert parse_measurement(Analyte.NEUTROPHILS, text) == Measurement(
        Decimal(value), find_unit(Analyte.NEUTROPHILS, unit), unit
    )


@pytest.mark.parametrize(
    ("analyte", "text", "code"),
    [
        ("afp", "", "missing"),
        ("afp", "   ", "missing"),
        ("afp", ">", "missing"),
        ("platelets", "?", "not_a_number"),
        ("platelets", "٤ 10*9/L", "not_a_number"),
        ("platelets", "NaN 10*9/L", "not_finite"),
        ("platelets", "Infinity 10*9/L", "not_finite"),
        ("platelets", "many 10*9/L", "not_a_number"),
        ("platelets", "1.2.3 10*9/L", "not_a_number"),
        ("platelets", "4,2 10*9/L", "decimal_comma"),
        ("afp", "1,210 ng/mL", "decimal_comma"),
        ("platelets", "-145 10*9/L", "negative"),
        ("platelets", "1e400 10*9/L", "exponent"),
        ("platelets", "1" * 26 + " 10*9/L", "too_long"),
        ("platelets", "1" * 81, "too_long"),
        ("platelets", "145", "unit_missing"),
        ("platelets", "<145 10*9/L", "comparator_on_count"),
    ],
)
def test_unreadable_text_is_refused_by_code(analyte: str, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte(analyte), text)
    error = caught.value
    assert (error.field, error.code) == (analyte, code)


def test_eighty_characters_and_25_digits_are_read() -> None:
    text = "1234567890123456789012345" + " " * 50 + "ng/mL"
    assert len(text) == 80
    assert parse_measurement(Analyte.AFP, text).value == Decimal(1234567890123456789012345)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4, "4"),
        (4.2, "4.2"),
        ("4.20", "4.20"),
        (" 4.2 ", "4.2"),
        (Decimal("4.20"), "4.20"),
        (Decimal("1E+3"), "1E+3"),
        (Decimal("1E+30"), "1E+30"),
        (Decimal("1E-30"), "1E-30"),
        (Decimal("1E+31"), None),
        (Decimal("1E-31"), None),
        (int("1" * 25), "1" * 25),
        (int("1" * 26), None),
        (-int("1" * 26), None),
        (Decimal("4." + "2" * 24), "4." + "2" * 24),
        (Decimal("4." + "2" * 25), None),
    ],
)
def test_a_value_sent_by_a_program_keeps_its_decimals(value: object, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InputError, match="too_long"):
            make_measurement(Analyte.PLATELETS, value, "10*9/L")
    else:
        found = make_measurement(Analyte.PLATELETS, value, " 10*9/L ")
        assert (str(found.value), found.unit.code, found.unit_text) == (expected, "10*9/L", "10*9/L")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "missing"),
        ("", "missing"),
        (True, "not_a_number"),
        ([4], "not_a_number"),
        (float("nan"), "not_finite"),
        (float("-inf"), "not_finite"),
        (Decimal("sNaN"), "not_finite"),
        (1e300, "too_long"),
        (Decimal("1E+400"), "too_long"),
        (-1, "negative"),
    ],
)
def test_a_value_that_is_no_number_is_refused(value: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        make_measurement(Analyte.PLATELETS, value, "10*9/L")
    assert (caught.value.field, caught.value.code) == ("platelets", code)


def test_a_comparator_may_stand_beside_the_value() -> None:
    assert make_measurement(Analyte.AFP, 1210, "ng/mL", ">").comparator is Comparator.ABOVE
    assert make_measurement(Analyte.AFP, 1210, "ng/mL", "≤").comparator is Comparator.AT_MOST
    assert make_measurement(Analyte.AFP, 1210, "ng/mL", "").comparator is None


@pytest.mark.parametrize(
    ("value", "comparator", "code"),
    [
        (">1210", ">", "comparator_twice"),
        ("1210", "~", "comparator_unknown"),
        (1210, "ad", "comparator_unknown"),
    ],
)
def test_a_doubtful_comparator_is_refused(value: object, comparator: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        make_measurement(Analyte.AFP, value, "ng/mL", comparator)
    assert caught.value.code == code
