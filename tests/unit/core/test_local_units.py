"""A site's own labels and unit systems add to what is read, and change the meaning of nothing."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units.local import LocalUnit, LocalUnits

SYSTEM = "https://lab.example.org/units"


def refusal(units: LocalUnits, analyte: Analyte, given: str, system: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        units.find_in(system, analyte, given) if system else units.find(analyte, given)
    return caught.value.code


def test_label_is_read_for_each_analyte_of_its_unit() -> None:
    units = LocalUnits([LocalUnit("Tys/µL", "10*3/uL"), LocalUnit("E/mL", "[IU]/mL")])
    found = units.find(Analyte.PLATELETS, "Tys / μL")
    assert (found.code, found.factor, found.is_label) == ("Tys/µL", Decimal(1), True)
    assert units.find(Analyte.LYMPHOCYTES, "Tys/µL").factor == 1
    assert units.find(Analyte.AFP, "E/mL").is_international
    assert refusal(units, Analyte.AFP, "Tys/µL") == "unit_unknown"


def test_label_of_one_analyte_is_not_read_for_another() -> None:
    units = LocalUnits([LocalUnit("m/uL", "10*3/uL", Analyte.PLATELETS)])
    assert units.find(Analyte.PLATELETS, "m/uL").factor == 1
    assert refusal(units, Analyte.NEUTROPHILS, "m/uL") == "unit_unknown"


def test_code_of_a_system_is_read_in_that_system_alone() -> None:
    units = LocalUnits([LocalUnit("7", "10*9/L", system=SYSTEM), LocalUnit("K/uL", "10*3/uL", system=SYSTEM)])
    assert units.find_in(SYSTEM, Analyte.PLATELETS, "7").factor == Decimal(1)
    assert units.find_in(SYSTEM, Analyte.PLATELETS, "K/uL").factor == Decimal(1)
    assert refusal(units, Analyte.PLATELETS, "7") == "unit_unknown"
    assert refusal(units, Analyte.PLATELETS, "7", "https://other.example/units") == "unit_system"
    assert refusal(units, Analyte.PLATELETS, "10*9/L", SYSTEM) == "unit_system"
    assert refusal(units, Analyte.PLATELETS, "", SYSTEM) == "unit_missing"


def test_unit_that_is_read_everywhere_stays_as_it_is() -> None:
    units = LocalUnits([LocalUnit("K/uL", "10*9/L")])
    assert units.find(Analyte.PLATELETS, "K/uL").source == "1 uL = 1 mm3 = 10*-6 L"
    assert refusal(units, Analyte.PLATELETS, " ") == "unit_missing"


@pytest.mark.parametrize(
    ("label", "code", "analyte", "system"),
    [
        ("Tys", "K/uL", None, None),
        ("Tys", "mmol/L", None, None),
        ("Tys", "ng/mL", Analyte.PLATELETS, None),
        ("Tys", "10*3/uL", None, "http://unitsofmeasure.org"),
        ("K/uL", "/uL", None, None),
        ("K/uL", "/uL", None, SYSTEM),
        ("ng/mL", "10*9/L", None, None),
        ("10*9/L", "ng/mL", Analyte.AFP, None),
        ("%", "10*9/L", None, None),
        ("nmol/L", "ng/mL", None, None),
        (" ", "ng/mL", None, None),
    ],
)
def test_unit_of_no_or_another_meaning_is_refused(
    label: str, code: str, analyte: Analyte | None, system: str | None
) -> None:
    with pytest.raises(ValueError, match=r"UCUM|already read|is no unit"):
        LocalUnit(label, code, analyte, system)


def test_two_entries_that_contradict_are_refused() -> None:
    LocalUnits([LocalUnit("Tys", "10*3/uL"), LocalUnit("Tys", "10*9/L"), LocalUnit("Tys", "/uL", system=SYSTEM)])
    with pytest.raises(ValueError, match="two meanings"):
        LocalUnits([LocalUnit("Tys", "10*3/uL"), LocalUnit(" Tys", "/uL", Analyte.PLATELETS)])
