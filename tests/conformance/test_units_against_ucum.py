"""Compare the unit table with the UCUM implementation of the National Library of Medicine."""

from decimal import Decimal

import pytest

from app.core.analytes import Analyte
from app.core.units import UNITS, Unit
from tests.lib.validators.gate import Ucum

_CODES = [(analyte, unit) for analyte, units in UNITS.items() for unit in units if not unit.is_label]
_CONVERTIBLE = [pytest.param(*row, id=f"{row[0]} {row[1].code}") for row in _CODES if not row[1].is_international]
_INTERNATIONAL = sorted({unit.code for _, unit in _CODES if unit.is_international})
# It computes with floats: 1 10*3/uL gives 0.9999999999999999.
_TOLERANCE = Decimal("1e-12")


@pytest.mark.parametrize(("analyte", "unit"), _CONVERTIBLE)
def test_ucum_code_converts_by_our_factor(analyte: Analyte, unit: Unit, ucum: Ucum) -> None:
    converted = ucum.convert(1, unit.code, analyte.canonical_unit)
    assert converted is not None
    assert -_TOLERANCE <= converted / unit.factor - 1 <= _TOLERANCE


def test_every_analyte_has_codes_to_convert() -> None:
    assert {analyte for analyte, unit in _CODES if not unit.is_international} == set(Analyte)
    assert _INTERNATIONAL == ["[IU]/mL", "[iU]/mL", "k[IU]/L"]


@pytest.mark.parametrize("code", _INTERNATIONAL)
@pytest.mark.parametrize("to", ["ng/mL", "ug/L", "10*9/L"])
def test_ucum_does_not_convert_international_units(code: str, to: str, ucum: Ucum) -> None:
    assert ucum.convert(1, code, to) is None


@pytest.mark.parametrize(
    ("label", "is_to_ucum"),
    [("K/uL", "K/L"), ("K/mm3", "K/L"), ("G/L", "T/L"), ("kU/L", "U/L")],
    ids=["kelvin", "kelvin per cubic millimetre", "gauss", "enzyme unit"],
)
def test_label_read_as_ucum_is_another_quantity(label: str, is_to_ucum: str, ucum: Ucum) -> None:
    assert any(unit.is_label for units in UNITS.values() for unit in units if unit.code == label)
    assert ucum.convert(1, label, is_to_ucum) is not None
    assert ucum.convert(1, label, "10*9/L") is None
    assert ucum.convert(1, label, "ng/mL") is None


@pytest.mark.parametrize(
    "label", ["k/uL", "thou/uL", "Thousand/uL", "Giga/L", "10E9/L", "x10^9/L", "x10^3/uL", "cells/uL"]
)
def test_label_unknown_to_ucum_does_not_convert(label: str, ucum: Ucum) -> None:
    assert any(unit.is_label for units in UNITS.values() for unit in units if unit.code == label)
    assert ucum.convert(1, label, "10*9/L") is None
