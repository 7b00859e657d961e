"""What was typed becomes a number, a unit and a comparator, as given; anything doubtful gets its own error."""

from decimal import Decimal

import pytest

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.entries import spelled
from app.core.errors import InputError
from app.core.measurement import Comparator, Measurement, make_measurement, parse_measurement
from app.core.units.conversion import OFFERED, find_unit


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


# Texts of platelets with the unit chosen beside them -> the number read. What is left out is a flag or a range.
READ = [
    ("145,5", "10*9/L", "145.5"),
    ("145.000", "10*9/L", "145"),
    ("145,000", "10*9/L", "145"),
    ("145.000", "/uL", "145000"),
    ("145,000", "/uL", "145000"),
    ("1,45,000", "/uL", "145000"),
    ("1.145.000", "/uL", "1145000"),
    ("1,145,000", "/uL", "1145000"),
    ("145 000", "/uL", "145000"),
    ("145\u2009000", "/uL", "145000"),
    ("145\u202f000", "/uL", "145000"),
    ("145\u00a0000", "/uL", "145000"),
    ("145'000", "/uL", "145000"),
    ("145\u2019000", "/uL", "145000"),
    ("145\u066c000", "/uL", "145000"),
    ("145,000.0", "/uL", "145000"),
    ("145.000,0", "/uL", "145000"),
    ("145 000,0", "/uL", "145000"),
    ("145\u00b75", "10*9/L", "145.5"),
    ("145\u066b5", "10*9/L", "145.5"),
    ("\u0661\u0664\u0665", "10*9/L", "145"),
    ("\u06f1\u06f4\u06f5", "10*9/L", "145"),
    ("\u0967\u096a\u096b", "10*9/L", "145"),
    ("\uff11\uff14\uff15\uff0e\uff15", "10*9/L", "145.5"),
    ("1.45e2", "10*9/L", "145"),
    ("1.45E+2", "10*9/L", "145"),
    ("1450e-1", "10*9/L", "145"),
    ("1,45E5", "/uL", "145000"),
    ("145 x 10^3", "/uL", "145000"),
    ("145 \u00d7 10\u00b3", "/uL", "145000"),
    ("145*10*3", "/uL", "145000"),
    ("145 H", "10*9/L", "145"),
    ("145H", "10*9/L", "145"),
    ("145*", "10*9/L", "145"),
    ("145 (L)", "10*9/L", "145"),
    ("145 \u2193", "10*9/L", "145"),
    ("L 145", "10*9/L", "145"),
    ("145 (150-400)", "10*9/L", "145"),
    ("145 L (150 - 400)", "10*9/L", "145"),
    ("145 [>150]", "10*9/L", "145"),
    ("145 10*9/L H", "10*9/L", "145"),
    ("145 10*9/L (150-400) L", "10*9/L", "145"),
]


@pytest.mark.parametrize(("text", "unit", "number"), READ)
def test_a_number_is_read_as_it_is_written(text: str, unit: str, number: str) -> None:
    found = parse_measurement(Analyte.PLATELETS, text, unit)
    assert (found.value, found.unit.code) == (Decimal(number), unit)
    assert found.read_from == text.strip()


@pytest.mark.parametrize(
    "text", ["145", " 145 ", "\u200e145\u200f", "145.0", "0145", "+145", "145.", "145 10*9/L", "145 \u00d7 10\u2079/L"]
)
def test_a_plain_number_needs_no_echo(text: str) -> None:
    chosen = "" if "/" in text else "10*9/L"
    assert parse_measurement(Analyte.PLATELETS, text, chosen).read_from is None


# Both readings are possible for the analyte, so that the reader must choose. Each choice can be read in one way only.
@pytest.mark.parametrize(
    ("analyte", "text", "unit", "readings"),
    [
        ("afp", "1.310", "ng/mL", ("1.31", "1310")),
        ("afp", "1,310", "ng/mL", ("1.31", "1310")),
        ("afp", ">1.310", "ng/mL", ("> 1.31", "> 1310")),
        ("afp", "1.234 ug/L", "", ("1.2340 ug/L", "1234 ug/L")),
        ("afp", "399.999", "ng/mL", ("399.9990", "399999")),
        ("platelets", "1.250", "10*9/L", ("1.25", "1250")),
    ],
)
def test_two_possible_readings_are_both_offered(analyte: str, text: str, unit: str, readings: tuple[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte(analyte), text, unit)
    assert (caught.value.code, caught.value.parameters["readings"]) == ("two_readings", readings)
    chosen = [parse_measurement(Analyte(analyte), one, unit) for one in readings]
    assert chosen[0].value * 1000 == chosen[1].value


@pytest.mark.parametrize(
    ("analyte", "text", "code", "case"),
    [
        ("afp", "", "missing", "with_unit"),
        ("afp", "   ", "missing", "with_unit"),
        ("afp", ">", "missing", ""),
        ("platelets", "?", "not_a_number", "words"),
        ("platelets", "NaN 10*9/L", "not_finite", ""),
        ("platelets", "Infinity 10*9/L", "not_finite", ""),
        ("platelets", "neg", "not_a_number", "words"),
        ("afp", "neg", "not_a_number", "words_afp"),
        ("platelets", "many 10*9/L", "not_a_number", ""),
        ("platelets", "~145 10*9/L", "not_a_number", "approximate"),
        ("platelets", "ca. 145 10*9/L", "not_a_number", "approximate"),
        ("platelets", "145?", "not_a_number", "approximate"),
        ("platelets", "2+", "not_a_number", "approximate"),
        ("platelets", "145 ++", "not_a_number", "approximate"),
        ("platelets", "140-150 10*9/L", "not_a_number", "range"),
        ("platelets", "140 to 150 10*9/L", "not_a_number", "range"),
        ("platelets", "1.2.3 10*9/L", "not_a_number", ""),
        ("platelets", "14 104/µl", "not_a_number", "lost_power"),
        ("platelets", "145 103 /uL", "not_a_number", "lost_power"),
        ("platelets", "145,,5 10*9/L", "not_a_number", ""),
        ("platelets", "145. 10*9/L,", "unit_unknown", ""),
        ("platelets", "4.2 145 10*9/L", "not_a_number", ""),
        ("platelets", "0.145.000 /uL", "not_a_number", ""),
        ("platelets", "= 145 10*9/L", "not_a_number", ""),
        ("platelets", "-145 10*9/L", "negative", ""),
        ("platelets", "\u2212145 10*9/L", "negative", ""),
        ("platelets", "1e400 10*9/L", "too_long", ""),
        ("platelets", "1" * 26 + " 10*9/L", "too_long", ""),
        ("platelets", "1" * 81, "too_long", "entry"),
        ("platelets", "145", "unit_missing", ""),
        ("platelets", "62 %", "unit_percent", ""),
        ("platelets", "145 /", "unit_unknown", ""),
        ("platelets", "<145 10*9/L", "comparator_on_count", ""),
    ],
)
def test_unreadable_text_is_refused_by_code(analyte: str, text: str, code: str, case: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte(analyte), text)
    error = caught.value
    assert (error.field, error.code, error.case) == (analyte, code, case)


def test_a_unit_may_be_typed_and_chosen_alike() -> None:
    found = parse_measurement(Analyte.PLATELETS, "145 K/uL", "10*9/L")
    assert (found.value, found.unit.code, found.unit_text) == (Decimal(145), "K/uL", "K/uL")


@pytest.mark.parametrize(
    ("analyte", "text", "chosen"), [("platelets", "145 10*9/L", "/uL"), ("afp", "620 IU/mL", "ng/mL")]
)
def test_a_typed_unit_other_than_the_chosen_is_refused(analyte: str, text: str, chosen: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte(analyte), text, chosen)
    assert (caught.value.code, caught.value.parameters["chosen_unit"]) == ("unit_differs", chosen)


def test_a_missing_value_asks_for_the_unit_only_if_it_is_missing() -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte.PLATELETS, "", "10*9/L")
    assert (caught.value.code, caught.value.case) == ("missing", "number")


@pytest.mark.parametrize(("analyte", "code"), [(one, code) for one in Analyte for code in ("", *OFFERED[one])])
def test_example_of_a_missing_value_is_usual_in_its_unit(analyte: Analyte, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(analyte, "", code)
    number, unit = (str(caught.value.parameters[name]) for name in ("number", "unit"))
    assert unit == code or not code
    example = parse_measurement(analyte, f"{number} {unit}")
    low, high = PLAUSIBLE[analyte].usual
    assert low < example.value * example.unit.factor < high


@pytest.mark.parametrize(
    ("analyte", "code", "number"),
    [("lymphocytes", "/uL", "1500"), ("platelets", "10*4/uL", "15"), ("afp", "kU/L", "510"), ("afp", "ug/mL", "0.62")],
)
def test_example_is_in_the_unit_that_was_chosen(analyte: str, code: str, number: str) -> None:
    """By hand: 150 x 10^9 = 15 x 10^4 x 10^6 per litre; 620 ng / 1.21 = 512 IU, in two digits."""
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte(analyte), "", code)
    assert caught.value.parameters["number"] == number


def test_example_has_a_unit_if_the_chosen_one_is_not_read() -> None:
    with pytest.raises(InputError) as caught:
        parse_measurement(Analyte.PLATELETS, "", "furlong")
    assert (caught.value.code, caught.value.case) == ("missing", "")
    assert caught.value.parameters == {"number": "150", "unit": "10*9/L"}


def test_eighty_characters_and_25_digits_are_read() -> None:
    text = "1234567890123456789012345" + " " * 50 + "ng/mL"
    assert len(text) == 80
    assert parse_measurement(Analyte.AFP, text).value == Decimal(1234567890123456789012345)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4, "4"),
        (4.2, "4.2"),
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
        ("4.2", "not_a_number"),
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
        (Decimal(1210), "~", "comparator_unknown"),
        (1210, "ad", "comparator_unknown"),
    ],
)
def test_a_doubtful_comparator_is_refused(value: object, comparator: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        make_measurement(Analyte.AFP, value, "ng/mL", comparator)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("number", "text"), [("4.20", "4.20"), ("4.200", "4.2"), ("1.310", "1.31"), ("1.234", "1.2340"), ("0.123", "0.123")]
)
def test_a_number_of_a_program_is_spelled_for_the_form(number: str, text: str) -> None:
    assert spelled(Decimal(number)) == text
    assert parse_measurement(Analyte.AFP, text, "ng/mL").value == Decimal(number)
