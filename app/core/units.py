"""Units of the four analytes and their exact factors to the canonical unit. A unit is part of a value, never guessed.

UCUM codes and the labels that laboratories print are both known; `is_label` tells them apart, because a label such as
K/uL means something else (kelvin) when it is declared to be UCUM.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.core.analytes import Analyte
from app.core.errors import InputError

# AFP: laboratory ceilings of 121,000 and 60,500 ng/mL are 100,000 and 50,000 IU/mL exactly, hence 1.21 ng per IU. The
# original calibration of the WHO standard 72/225 gave 80.7 ug per 63.0 kIU, 1.28 ng per IU
# (10.1016/s0009-9120(80)80010-5).
NG_PER_IU = Decimal("1.21")
NG_PER_IU_HIGHEST = Decimal("1.28")
_ONE = Decimal(1)
_THOUSANDTH = Decimal("0.001")
_SHOWN_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its UCUM code or printed label, the exact factor to the canonical unit, and where the factor is from."""

    code: str
    factor: Decimal
    source: str
    is_label: bool = False
    is_international: bool = False


def _units(factor: Decimal, source: str, codes: str, labels: str, *, international: bool = False) -> tuple[Unit, ...]:
    return tuple(
        Unit(code, factor, source, is_label, international)
        for is_label, names in ((False, codes), (True, labels))
        for code in names.split()
    )


_COUNT_UNITS = (
    *_units(
        _ONE,
        "1 uL = 1 mm3 = 10*-6 L",
        "10*9/L 10*3/uL 10*3/mm3",
        "10^9/L x10^9/L 10E9/L 10e9/L 10^3/uL x10^3/uL x10*3/uL x10*9/L 10E3/uL 10e3/uL 10^3/mm3 x10^3/mm3 K/uL k/uL "
        "K/mm3 G/L Giga/L thou/uL Thousand/uL",
    ),
    *_units(
        _THOUSANDTH, "1 uL = 1 mm3 = 10*-6 L", "/uL {cells}/uL /mm3 10*6/L", "cells/uL cells/mm3 10^6/L x10^6/L 1/uL"
    ),
)
_AFP_UNITS = (
    *_units(_ONE, "SI prefixes", "ng/mL ug/L", "mcg/L ng/ml"),
    *_units(_THOUSANDTH, "SI prefixes", "pg/mL ng/L", "pg/ml"),
    *_units(Decimal(1000), "SI prefixes", "ug/mL mg/L", "mcg/mL"),
    *_units(
        NG_PER_IU,
        "1 IU = 1.21 ng: laboratory ceilings of 100,000 and 50,000 IU/mL read 121,000 and 60,500 ng/mL",
        "[IU]/mL k[IU]/L [iU]/mL",
        "IU/mL IU/ml kIU/L kU/L",
        international=True,
    ),
)
UNITS: dict[Analyte, tuple[Unit, ...]] = {
    Analyte.NEUTROPHILS: _COUNT_UNITS,
    Analyte.LYMPHOCYTES: _COUNT_UNITS,
    Analyte.PLATELETS: _COUNT_UNITS,
    Analyte.AFP: _AFP_UNITS,
}
# What a person is offered first; everything in UNITS is understood.
OFFERED: dict[Analyte, tuple[str, ...]] = {
    **dict.fromkeys(
        (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS),
        ("10*9/L", "10*3/uL", "K/uL", "G/L", "/uL", "/mm3", "10*6/L"),
    ),
    Analyte.AFP: ("ng/mL", "ug/L", "IU/mL", "kU/L", "pg/mL", "ug/mL"),
}
# Spellings that differ in form only. The case of letters is never changed: it carries meaning (mg and Mg).
_SAME = str.maketrans(
    {
        "µ": "u", "μ": "u", "×": "x", "·": "", " ": "", "\u00a0": "", "\u202f": "", "−": "-",
        "⁰": "^0", "³": "^3", "⁶": "^6", "⁹": "^9", "l": "L",
    }
)  # fmt: skip


def _normalised(text: str) -> str:
    return text.translate(_SAME).replace("mm^3", "mm3").replace("^^", "^")


# The first of two spellings of one name is kept: codes stand before labels.
_BY_NAME: dict[Analyte, dict[str, Unit]] = {
    analyte: {_normalised(unit.code): unit for unit in reversed(units)} for analyte, units in UNITS.items()
}


def find_unit(analyte: Analyte, given: str) -> Unit:
    """Return the unit that `given` names for the analyte. Raises InputError: missing, refused by name, or unknown."""
    wanted = given.strip()
    if not wanted:
        raise InputError(analyte.value, "unit_missing", offered=_offer(analyte))
    units = _BY_NAME[analyte]
    found = units.get(wanted) or units.get(_normalised(wanted))
    if found is None:
        raise _refusal_by_name(analyte, wanted)
    return found


def _refusal_by_name(analyte: Analyte, given: str) -> InputError:
    wanted = _normalised(given)
    shown = given if len(given) <= _SHOWN_CHARACTERS else given[:_SHOWN_CHARACTERS] + "…"
    shown = "".join(character if character.isprintable() else "?" for character in shown)
    offered = _offer(analyte)
    if "%" in wanted:
        return InputError(analyte.value, "unit_percent", offered=offered)
    if "mol" in given.lower():
        return InputError(analyte.value, "unit_molar", offered=offered)
    others = Analyte.NEUTROPHILS if analyte is Analyte.AFP else Analyte.AFP
    if wanted in _BY_NAME[others]:
        case = "count" if analyte is Analyte.AFP else "afp"
        return InputError(analyte.value, "unit_of_another_analyte", case, unit=shown, analyte=analyte, offered=offered)
    return InputError(analyte.value, "unit_unknown", unit=shown, analyte=analyte, offered=offered)


def _offer(analyte: Analyte) -> tuple[str, ...]:
    return OFFERED[analyte][:3]
