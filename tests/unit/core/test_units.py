"""A unit is found by its name, never guessed; what cannot be used is refused by name."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units.conversion import OFFERED, UNITS, find_unit, shown

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


@pytest.mark.parametrize("unit", ["K/uL", "G/L", "x10^9/L", "10⁹/L", "kU/L", "IU/mL", "mcg/L"])
def test_a_printed_label_is_told_from_a_ucum_code(unit: str) -> None:
    analyte = Analyte.AFP if unit in ("kU/L", "IU/mL", "mcg/L") else Analyte.PLATELETS
    assert find_unit(analyte, unit).is_label


@pytest.mark.parametrize("unit", ["10*9/L", "/uL", "10*3/mm3", "10^9/L", "10*9 /l", "/µL", "1000/uL", "10*3{Cells}/uL"])
def test_a_ucum_code_is_not_a_label(unit: str) -> None:
    assert not find_unit(Analyte.PLATELETS, unit).is_label


@pytest.mark.parametrize("unit", ["ng/mL", "[IU]/mL", "ug/L", "µg/l", "ng/dL", "k[iU]/L"])
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
        ("platelets", "T/L", "unit_unknown"),
        ("platelets", "g/L", "unit_of_another_analyte"),
        ("afp", "10^4/uL", "unit_of_another_analyte"),
        ("afp", "M/uL", "unit_unknown"),
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


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("/nL", "1"),
        ("10*4/uL", "10"),
        ("10*3.uL-1", "1"),
        ("10*3{cells}/uL", "1"),
        ("{Cells}/uL", "0.001"),
        ("10*12/L", "1000"),
        ("/L", "1E-9"),
        ("10*3/(uL)", "1"),
        ("5.10*3/uL", "5"),
        ("100/uL", "0.1"),
        ("10*6/mL", "1"),
    ],
)
def test_ucum_code_of_a_count_is_read_by_structure(unit: str, factor: str) -> None:
    assert find_unit(Analyte.PLATELETS, unit).factor == Decimal(factor)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("ng/dL", "0.01"), ("fg/uL", "0.001"), ("g/m3", "1000"), ("[IU]/L", "0.00121"), ("M[IU]/L", "1210")],
)
def test_ucum_code_of_afp_is_read_by_structure(unit: str, factor: str) -> None:
    assert find_unit(Analyte.AFP, unit).factor == Decimal(factor)


@pytest.mark.parametrize(
    "unit",
    [
        *("/uL2", "10*3", "ng/uL/mL", "m/L", "10*30/L", "10*-9/L", "/aL.m0/mL", "7.10*3.3/uL", "3/uL", "12.10*3/uL"),
        *("10*3/uL/3", "10*3/uL/7.10*3", "10.3/uL", "10*3", "10*/uL", "x" * 41),
    ],
)
def test_ucum_code_of_no_exact_usual_factor_is_unknown(unit: str) -> None:
    with pytest.raises(InputError, match="unit_unknown"):
        find_unit(Analyte.PLATELETS, unit)


@pytest.mark.parametrize(
    ("analyte", "annotation"),
    [
        *(("neutrophils", text) for text in ("cells", "Neutrophils", "NEUT", "PMN", "pmns.", "Count", "#")),
        *(("lymphocytes", text) for text in ("Cell", "lymphocytes", "Lymphs", "lym")),
        *(("platelets", text) for text in ("cells", "PLT", "platelets", "Thrombocytes")),
    ],
)
def test_annotation_of_the_cells_is_read(analyte: str, annotation: str) -> None:
    assert find_unit(Analyte(analyte), f"10*3{{{annotation}}}/uL").factor == 1


@pytest.mark.parametrize(
    ("analyte", "unit"),
    [
        *(("lymphocytes", f"{{{text}}}/uL") for text in ("neutrophils", "PLT", "WBC", "RBC", "CD4", "", "cells}{x")),
        ("platelets", "10*3{lymphs}/uL"),
        ("neutrophils", "10*3/uL/{cells}"),
        ("afp", "ng/mL{AFP}"),
        ("afp", "ng/{cells}/mL"),
    ],
)
def test_annotation_of_anything_else_is_refused(analyte: str, unit: str) -> None:
    with pytest.raises(InputError, match="unit_unknown"):
        find_unit(Analyte(analyte), unit)


def test_factor_keeps_25_digits_exact() -> None:
    number = Decimal("1." + "1" * 24)
    assert number * find_unit(Analyte.AFP, "M[IU]/L").factor / 1210 == number


@pytest.mark.parametrize(
    ("unit", "meanings"),
    [
        ("m/uL", ("10*6/uL", "10*3/uL")),
        ("mil/mm³", ("10*3/mm3", "10*6/mm3")),
        ("10·9/L", ("10*9/L", "109/L")),
        ("{10*3}/uL", ("10*3/uL", "/uL")),
    ],
)
def test_unit_of_two_meanings_names_both(unit: str, meanings: tuple[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        find_unit(Analyte.PLATELETS, unit)
    assert (caught.value.code, caught.value.case) == ("unit_unknown", "two_meanings")
    assert caught.value.parameters["meanings"] == meanings


def test_text_in_an_error_is_short_and_printable() -> None:
    assert shown("a\x00b") == "a?b"
    assert shown("x" * 21) == "x" * 20 + "…"
