"""The numbers that a text can mean: groups of thousands, exponents, and what is no number."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.entries import read_entry
from app.core.errors import InputError
from app.core.labs import make_lab, parse_lab


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("145 000", ("145000",)),
        ("145.000.000", ("145000000",)),
        ("1,45,000", ("145000",)),  # India
        ("12,45,000", ("1245000",)),
        ("1,234,567.5", ("1234567.5",)),
        ("1 234 567,5", ("1234567.5",)),
        ("1450,000", ("1450.000",)),
        ("1.234E3", ("1234",)),
    ],
)
def test_groups_of_thousands_are_read(text: str, readings: tuple[str, ...]) -> None:
    found = read_entry(Analyte.PLATELETS, f"{text} /uL")
    assert tuple(map(str, found.readings)) == readings
    assert found.unit == "/uL"


@pytest.mark.parametrize("text", ["1.310", "1,310"])
def test_three_digits_after_one_mark_have_two_meanings(text: str) -> None:
    assert set(read_entry(Analyte.AFP, text).readings) == {Decimal("1.310"), Decimal(1310)}


@pytest.mark.parametrize(
    "text",
    [
        *("145,00,000", "123,45,000", "1,45.000", "1.45.000", "1.45,000,000", "1,450,00", "1.450,00,000", "0,145,000"),
        *("1'234,567.5", "1450.000.000", "620..5", "620.,5", "620,,5"),
    ],
)
def test_mixed_groups_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_entry(Analyte.PLATELETS, f"{text} /uL")
    assert caught.value.code == "not_a_number"


@pytest.mark.parametrize(("text", "number"), [("1.2 x 10³", "1200"), ("620 x 10⁻²", "6.20"), ("1.2 x 10⁺³", "1200")])
def test_raised_exponent_is_read(text: str, number: str) -> None:
    (reading,) = read_entry(Analyte.AFP, text).readings
    assert str(reading) == number


@pytest.mark.parametrize("power", ["⁹⁹⁹", "⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹", "⁻³²⁻", "³⁺", "⁻⁻", "⁺"])
def test_raised_power_that_is_no_exponent_belongs_to_the_unit(power: str) -> None:
    found = read_entry(Analyte.AFP, f"1 x 10{power}")
    assert (found.readings, found.unit) == ((Decimal(1),), f"x 10{power}")


@pytest.mark.parametrize(
    ("value", "code"), [(10**25, "too_long"), (-(10**25), "too_long"), (10**25 - 1, "implausible")]
)
def test_whole_number_has_25_digits_at_most(value: int, code: str) -> None:
    with pytest.raises(InputError) as caught:
        make_lab(Analyte.AFP, value, "ng/mL")
    assert caught.value.code == code
    assert code != "too_long" or caught.value.parameters["limit"] == 25


def test_two_units_that_differ_are_both_named() -> None:
    with pytest.raises(InputError) as caught:
        parse_lab(Analyte.PLATELETS, "145 K/uL", "/uL")
    error = caught.value
    assert (error.field, error.code) == ("platelets", "unit_differs")
    assert dict(error.parameters) == {"typed_unit": "K/uL", "chosen_unit": "/uL"}


@pytest.mark.parametrize("number", ["1.000 K/uL", "3.000 K/uL"])
def test_limits_of_possible_values_count_as_possible(number: str) -> None:
    """Of one and three thousand platelets, and 1.000 and 3.000, both ends of the range can be meant."""
    with pytest.raises(InputError) as caught:
        parse_lab(Analyte.PLATELETS, number)
    assert caught.value.code == "two_readings"
