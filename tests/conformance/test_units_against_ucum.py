"""The units that are read against the UCUM implementation of the National Library of Medicine.

The rule, set before the comparison: a code is read if and only if that implementation converts it to the canonical
unit without a remark, and the two factors are equal when they are written with ten significant digits. It computes with
floats: 1 10*3/uL comes out as 0.9999999999999999. It converts no international units, so that these are compared as
grams, and asked for their validity. What is left unread on purpose is listed with the reason.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import product

import pytest

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units.conversion import NG_PER_IU, UNITS, Unit, find_unit
from tests.lib.validators.gate import Ucum

_PREFIXES = ("", "h", "da", "d", "c", "m", "u", "n", "k")
_VOLUMES = (
    *(f"{prefix}L" for prefix in (*_PREFIXES, "p", "f")),
    *("l", "ml", "ul", "nl", "dal"),
    *(f"{prefix}m3" for prefix in ("", "d", "c", "m", "da")),
    *("UL", "uLL", "mcL", "ML3", "cumm", "cmm", "µL", "Ul", "lm", "mm", "mm2", "mm^3", "mm*3", "mmm3", "u L"),
)
_NUMBERS = (
    *("10*3", "10^3", "10*9", "10*4", "10*-3", "10*+4", "10*06", "10*0", "1", "100", "1000", "5.10*3", "10*3.10*2"),
    *("10*3{cells}", "{cells}", "{Cells}", "1{cells}", "(10*3)", "(10*3{Cells})", "10*3.{cells}", "((10*3).10)"),
    *("", "K", "k", "G", "M", "m", "thou", "x10*3", "10E3", "10e3", "10(3)", "10+3", "10x3", "*10*3", "010*3", "10**3"),
    *("{cells}10*3", "10*3{cells", "10*3}", "10*3{c s}", "10*3.", "10 *3", "10*3..1", "()", "(10*3", "10*3)"),
)
_MASSES = (
    *(f"{prefix}g" for prefix in (*_PREFIXES, "p", "f")),
    *("mcg", "NG", "ngm", "gr", "ug.1", "10*3.pg", "1000.pg", "(ng)", "gg", "n g", "µg", "Kg", "[g]"),
)
_INTERNATIONAL = (
    *(f"{prefix}{unit}" for prefix, unit in product(("", "k", "m", "u", "M"), ("[IU]", "[iU]"))),
    *("[iu]", "[Iu]", "IU", "UI", "U", "K[IU]", "[IU", "[IU]]", "[ IU]", "10*3.[IU]"),
)
_LOOKS = ("{0}/{1}", "{0}/({1})", "({0})/{1}", "{0}.{1}-1", "{0}//{1}", "{0}/{1}/", "{0}{1}", "/{1}.{0}")
# What UCUM defines and is not read, and why.
_UNREAD = {
    "103/uL": "may be 10*3/uL that lost its superscript",
    "10.3/uL": "may be 10*3/uL",
    "3/uL": "is printed for a count in 3 uL",
    "10*/uL": "may have lost its exponent",
    "/am3": "no laboratory reports so much",
    "10*-30/uL": "no laboratory reports so little",
    "1234.10*3/uL": "the product with 25 digits would not be exact",
    "10*3{WBC}/uL": "names other cells",
    "10*3{}/uL": "names no cells",
    "10*3/uL/{cells}": "is per cell",
    "KiL-1": "a prefix of a power of two",
    "%/uL": "a percentage is not a count",
}


def _codes(parts: Iterable[str], looks: tuple[str, ...] = _LOOKS) -> list[str]:
    """Return every way to write each part over each volume, with its inverse where that is an exponent."""
    return sorted({look.format(*both) for both in product(parts, _VOLUMES) for look in looks})


def _read(analyte: Analyte, code: str) -> Unit | None:
    """Return the unit if the text is a UCUM code that can be declared."""
    try:
        found = find_unit(analyte, code)
    except InputError:
        return None
    return None if found.is_label or found.code not in (code, code.replace("l", "L")) else found


def _digits(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.9e}"


def _usual(factor: Decimal | None) -> Decimal | None:
    """Return a factor between 10*-15 and 10*15, and None for what no laboratory uses."""
    return factor if factor is not None and Decimal("9e-16") < factor < Decimal("2e15") else None


def test_codes_and_factors_of_counts_agree(ucum: Ucum) -> None:
    codes = _codes(_NUMBERS)
    expected = {code: _digits(_usual(ucum.convert(1, code, "10*9/L"))) for code in codes}
    found = {code: _read(Analyte.PLATELETS, code) for code in codes}
    assert {code: _digits(unit.factor) if unit else None for code, unit in found.items()} == expected
    assert sum(factor is not None for factor in expected.values()) > 900
    assert sum(factor is None for factor in expected.values()) > 3000


def test_codes_and_factors_of_masses_agree(ucum: Ucum) -> None:
    codes = _codes(_MASSES)
    expected = {code: _digits(_usual(ucum.convert(1, code, "ng/mL"))) for code in codes}
    found = {code: _read(Analyte.AFP, code) for code in codes}
    assert {code: _digits(unit.factor) if unit else None for code, unit in found.items()} == expected
    assert sum(factor is not None for factor in expected.values()) > 900
    assert sum(factor is None for factor in expected.values()) > 2000


def test_codes_and_factors_of_international_units_agree(ucum: Ucum) -> None:
    codes = _codes(_INTERNATIONAL)
    as_grams = {code: code.replace("[IU]", "g").replace("[iU]", "g") for code in codes}
    factors = {
        code: ucum.convert(1, gram, "g/mL") if gram != code and ucum.is_code(code) else None
        for code, gram in as_grams.items()
    }
    expected = {code: _digits(_usual(factor and factor * NG_PER_IU)) for code, factor in factors.items()}
    found = {code: _read(Analyte.AFP, code) for code in codes}
    assert {code: _digits(unit.factor) if unit else None for code, unit in found.items()} == expected
    assert sum(factor is not None for factor in expected.values()) > 700
    assert all(unit.is_international for unit in found.values() if unit)


@pytest.mark.parametrize("code", _UNREAD)
def test_a_code_that_is_not_read_on_purpose_is_ucum(code: str, ucum: Ucum) -> None:
    assert ucum.is_code(code)
    assert _read(Analyte.PLATELETS, code) is None


def test_every_usual_code_is_ucum(ucum: Ucum) -> None:
    codes = {unit.code for units in UNITS.values() for unit in units}
    assert {code for code in codes if not ucum.is_code(code)} == set()


@pytest.mark.parametrize("code", ["[IU]/mL", "[iU]/mL", "k[IU]/L"])
@pytest.mark.parametrize("to", ["ng/mL", "ug/L", "10*9/L"])
def test_ucum_does_not_convert_international_units(code: str, to: str, ucum: Ucum) -> None:
    assert ucum.convert(1, code, to) is None


@pytest.mark.parametrize(
    ("analyte", "label", "is_to_ucum"),
    [
        ("platelets", "K/uL", "K/L"),
        ("platelets", "K/mm3", "K/L"),
        ("platelets", "G/L", "T/L"),
        ("afp", "kU/L", "U/L"),
        ("afp", "U/mL", "U/L"),
    ],
    ids=["kelvin", "kelvin per cubic millimetre", "gauss", "enzyme unit", "enzyme unit per millilitre"],
)
def test_label_declared_as_ucum_is_another_quantity(analyte: str, label: str, is_to_ucum: str, ucum: Ucum) -> None:
    assert find_unit(Analyte(analyte), label).is_label
    assert ucum.convert(1, label, is_to_ucum) is not None
    assert ucum.convert(1, label, "10*9/L") is None
    assert ucum.convert(1, label, "ng/mL") is None


@pytest.mark.parametrize(
    "label",
    [
        *("k/uL", "thou/uL", "Thousand/uL", "Giga/L", "10E9/L", "x10^9/L", "x10^3/uL", "cells/uL"),
        *("10+3/ul", "#/uL", "Tsd./ul", "lakhs/cumm", "Gpt/L", "bil/L", "10(3)/uL", "10x3/uL", "K/mcL"),
    ],
)
def test_a_label_that_ucum_does_not_know_converts_to_nothing(label: str, ucum: Ucum) -> None:
    assert find_unit(Analyte.PLATELETS, label).is_label
    assert ucum.convert(1, label, "10*9/L") is None
