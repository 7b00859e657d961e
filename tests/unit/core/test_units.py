"""A unit is found by its name, never guessed; what cannot be used is refused by name."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units import OFFERED, UNITS, find_unit

COUNTS = (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS)


@pytest.mark.parametrize("analyte", COUNTS)
@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("10*9/L", "1"),
        ("10*3/uL", "1"),
        ("10*3/mm3", "1"),
        ("10^9/L", "1"),
        ("x10^9/L", "1"),
        ("×10⁹/L", "1"),
        (" 10*9/L ", "1"),
        ("10E9/L", "1"),
        ("10e9/L", "1"),
        ("10³/µL", "1"),
        ("10^3/μL", "1"),
        ("x10^3/uL", "1"),
        ("x10*3/uL", "1"),
        ("x10*9/L", "1"),
        ("10E3/uL", "1"),
        ("10e3/uL", "1"),
        ("10^3/mm³", "1"),
        ("x10^3/mm3", "1"),
        ("K/uL", "1"),
        ("k/uL", "1"),
        ("K/mm3", "1"),
        ("G/L", "1"),
        ("G/l", "1"),
        ("Giga/L", "1"),
        ("thou/uL", "1"),
        ("Thousand/uL", "1"),
        ("/uL", "0.001"),
        ("{cells}/uL", "0.001"),
        ("/mm3", "0.001"),
        ("/mm³", "0.001"),
        ("10*6/L", "0.001"),
        ("cells/uL", "0.001"),
        ("cells/µl", "0.001"),
        ("cells/mm3", "0.001"),
        ("10⁶/L", "0.001"),
        ("x10^6/L", "0.001"),
        ("1/uL", "0.001"),
    ],
)
def test_a_count_is_converted_to_10_9_per_litre(analyte: Analyte, unit: str, factor: str) -> None:
    assert find_unit(analyte, unit).factor == Decimal(factor)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("ng/mL", "1"),
        ("ng/ml", "1"),
        ("ug/L", "1"),
        ("µg/L", "1"),
        ("mcg/L", "1"),
        ("pg/mL", "0.001"),
        ("pg/ml", "0.001"),
        ("ng/L", "0.001"),
        ("ug/mL", "1000"),
        ("mcg/mL", "1000"),
        ("mg/L", "1000"),
        ("[IU]/mL", "1.21"),
        ("[iU]/mL", "1.21"),
        ("k[IU]/L", "1.21"),
        ("IU/mL", "1.21"),
        ("IU/ml", "1.21"),
        ("kIU/L", "1.21"),
        ("kU/L", "1.21"),
    ],
)
def test_afp_is_converted_to_ng_per_ml(unit: str, factor: str) -> None:
    found = find_unit(Analyte.AFP, unit)
    assert found.factor == Decimal(factor)
    assert found.is_international is (factor == "1.21")


@pytest.mark.parametrize("unit", ["K/uL", "G/L", "10^9/L", "kU/L", "IU/mL", "mcg/L"])
def test_a_printed_label_is_told_from_a_ucum_code(unit: str) -> None:
    analyte = Analyte.AFP if unit in ("kU/L", "IU/mL", "mcg/L") else Analyte.PLATELETS
    assert find_unit(analyte, unit).is_label


@pytest.mark.parametrize("unit", ["10*9/L", "/uL", "10*3/mm3"])
def test_a_ucum_code_is_not_a_label(unit: str) -> None:
    assert not find_unit(Analyte.PLATELETS, unit).is_label


@pytest.mark.parametrize("unit", ["ng/mL", "[IU]/mL", "ug/L"])
def test_a_ucum_code_of_afp_is_not_a_label(unit: str) -> None:
    assert not find_unit(Analyte.AFP, unit).is_label


def test_every_unit_says_where_its_factor_is_from() -> None:
    sources = {unit.source for units in UNITS.values() for unit in units}
    assert sources == {
        "1 uL = 1 mm3 = 10*-6 L",
        "SI prefixes",
        "1 IU = 1.21 ng: laboratory ceilings of 100,000 and 50,000 IU/mL read 121,000 and 60,500 ng/mL",
    }


@pytest.mark.parametrize("analyte", list(Analyte))
def test_what_is_offered_is_understood_and_the_canonical_unit_comes_first(analyte: Analyte) -> None:
    assert OFFERED[analyte][0] == analyte.canonical_unit
    for unit in OFFERED[analyte]:
        assert find_unit(analyte, unit).code == unit


@pytest.mark.parametrize(
    ("analyte", "unit", "code"),
    [
        ("platelets", "", "unit_missing"),
        ("afp", "  ", "unit_missing"),
        ("neutrophils", "%", "unit_percent"),
        ("afp", "nmol/L", "unit_molar"),
        ("platelets", "MMOL/L", "unit_molar"),
        ("afp", "10*9/L", "unit_of_another_analyte"),
        ("platelets", "ng/mL", "unit_of_another_analyte"),
        ("platelets", "10*12/L", "unit_unknown"),
        ("afp", "mIU/mL", "unit_unknown"),
        ("afp", "NG/ML", "unit_unknown"),
        ("afp", "x" * 20, "unit_unknown"),
        ("afp", "x" * 21, "unit_unknown"),
        ("afp", "a\x00b", "unit_unknown"),
    ],
)
def test_a_unit_that_cannot_be_used_is_refused_by_name(analyte: str, unit: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        find_unit(Analyte(analyte), unit)
    error = caught.value
    assert (error.field, error.code) == (analyte, code)
