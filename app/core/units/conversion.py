"""Units of the four analytes and their exact factors to the canonical unit. A unit is part of a value, never guessed.

UCUM codes are read by their structure, and printed labels from a table; `is_label` tells them apart, because a label
such as K/uL means something else (kelvin) when it is declared to be UCUM.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units.printed import normalised, two_meanings, ucum_of_afp, ucum_of_count
from app.core.units.ucum import MAXIMUM_LENGTH, UcumTerm, parse_ucum

# AFP: laboratory ceilings of 121,000 and 60,500 ng/mL are 100,000 and 50,000 IU/mL exactly, hence 1.21 ng per IU. The
# original calibration of the WHO standard 72/225 gave 80.7 ug per 63.0 kIU, 1.28 ng per IU
# (10.1016/s0009-9120(80)80010-5).
NG_PER_IU = Decimal("1.21")
NG_PER_IU_HIGHEST = Decimal("1.28")
_SHOWN_CHARACTERS = 20
# A number of 25 digits times a factor of three is exact in the 28 digits of Python's decimal arithmetic.
_MOST_FACTOR_DIGITS = 3
_MOST_FACTOR_EXPONENT = 15
_OF_COUNT = "1 uL = 1 mm3 = 10*-6 L"
_OF_MASS = "SI prefixes"
_OF_IU = "1 IU = 1.21 ng: laboratory ceilings of 100,000 and 50,000 IU/mL read 121,000 and 60,500 ng/mL"
# In 1/m3, g/m3 and international units per m3.
_CANONICAL_COUNT = Fraction(10) ** 12
_CANONICAL_AFP = Fraction(1, 1000)
_ONE_IU_PER_ML = Fraction(10) ** 6
# Annotations that name what is counted, in small letters, without underscores and a final point.
_ANY_CELLS = frozenset({"cell", "cells", "count", "counts", "#", "number"})
_CELLS = {
    Analyte.NEUTROPHILS: _ANY_CELLS | {"neutrophil", "neutrophils", "neut", "neuts", "neu", "pmn", "pmns", "anc"},
    Analyte.LYMPHOCYTES: _ANY_CELLS | {"lymphocyte", "lymphocytes", "lymph", "lymphs", "lym", "alc"},
    Analyte.PLATELETS: _ANY_CELLS | {"platelet", "platelets", "plt", "plts", "thrombocyte", "thrombocytes"},
    Analyte.AFP: frozenset[str](),
}
# In a usual code, blanks and the micro sign are read as if it were written as UCUM has it.
_BARE = str.maketrans({" ": "", "\u00a0": "", "\u202f": "", "µ": "u", "μ": "u"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its UCUM code or printed label, the exact factor to the canonical unit, and where the factor is from."""

    code: str
    factor: Decimal
    source: str
    is_label: bool = False
    is_international: bool = False


UnitReader = Callable[[Analyte, str], Unit]


def _of_code(analyte: Analyte, code: str) -> Unit | None:
    """Return the unit of a UCUM code if the analyte can be given in it; None otherwise, and for an unusual factor."""
    term = parse_ucum(code)
    if term is None or not _names_cells_of(analyte, term) or _has_odd_integers(term):
        return None
    kind = (term.gram, term.international_unit, term.metre, analyte.is_count)
    if kind == (0, 0, -3, True):
        factor, source = _decimal(term.value / _CANONICAL_COUNT), _OF_COUNT
    elif kind == (1, 0, -3, False):
        factor, source = _decimal(term.value / _CANONICAL_AFP), _OF_MASS
    elif kind == (0, 1, -3, False):
        factor, source = _decimal(term.value / _ONE_IU_PER_ML * Fraction(NG_PER_IU)), _OF_IU
    else:
        return None
    return None if factor is None else Unit(code, factor, source, is_international=source == _OF_IU)


def _names_cells_of(analyte: Analyte, term: UcumTerm) -> bool:
    return all("".join(text.lower().split("_")).rstrip(".") in _CELLS[analyte] for text in term.annotations)


def _has_odd_integers(term: UcumTerm) -> bool:
    """Return whether numbers make a meaning doubtful: 10.3 and 103 may be 10*3, and 3/uL is printed for /(3.uL)."""
    if len(term.integers) > 1:
        return True
    return any(str(number).strip("0") != "1" and not (number < 10 and term.has_power) for number in term.integers)


def _decimal(factor: Fraction) -> Decimal | None:
    """Return an exact factor; None if it has more than three digits or is beyond what any laboratory uses."""
    found = (Decimal(factor.numerator) / Decimal(factor.denominator)).normalize()
    is_exact = Fraction(found) == factor and len(found.as_tuple().digits) <= _MOST_FACTOR_DIGITS
    return Decimal(f"{found:f}") if is_exact and abs(found.adjusted()) <= _MOST_FACTOR_EXPONENT else None


def _units(analyte: Analyte, codes: str) -> tuple[Unit, ...]:
    return tuple(unit for code in codes.split() if (unit := _of_code(analyte, code)))


# The usual codes; many more are read. A unit in which a number would be usual is looked for in this order.
UNITS: dict[Analyte, tuple[Unit, ...]] = {
    **{
        analyte: _units(analyte, "10*9/L 10*3/uL 10*3/mm3 /uL {cells}/uL /mm3 10*6/L")
        for analyte in (Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS)
    },
    Analyte.AFP: _units(Analyte.AFP, "ng/mL ug/L pg/mL ng/L ug/mL mg/L [IU]/mL k[IU]/L [iU]/mL"),
}
_OFFERED_FOR_COUNTS = ("10*9/L", "10*3/uL", "K/uL", "G/L", "/uL", "/mm3", "10*6/L")
# What a person is offered first.
OFFERED: dict[Analyte, tuple[str, ...]] = {
    **dict.fromkeys((Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES), _OFFERED_FOR_COUNTS),
    Analyte.PLATELETS: (*_OFFERED_FOR_COUNTS, "10*4/uL"),  # many Asian reports print platelets so
    Analyte.AFP: ("ng/mL", "ug/L", "IU/mL", "kU/L", "pg/mL", "ug/mL"),
}
_BY_CODE = {analyte: {unit.code: unit for unit in units} for analyte, units in UNITS.items()}


def find_unit(analyte: Analyte, given: str) -> Unit:
    """Return the unit that `given` names for the analyte. Raises InputError: missing, refused by name, or unknown."""
    wanted = given.strip()
    if not wanted:
        raise InputError(analyte.value, "unit_missing", offered=_offer(analyte))
    found = _BY_CODE[analyte].get(wanted) or _known(analyte, wanted)
    if found is None:
        raise _refusal_by_name(analyte, wanted)
    return found


def shown(text: str) -> str:
    """Return a text as an error repeats it: its beginning, in printable characters."""
    beginning = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
    return "".join(character if character.isprintable() else "?" for character in beginning)


def _known(analyte: Analyte, wanted: str) -> Unit | None:
    return _read(analyte, wanted) if len(wanted) <= MAXIMUM_LENGTH else None


@lru_cache(maxsize=1024)
def _read(analyte: Analyte, wanted: str) -> Unit | None:
    """Return the unit that a text names: a UCUM code, or else a printed label. No text has both meanings."""
    usual = wanted.translate(_BARE).replace("l", "L").replace("mm³", "mm3")
    if declared := _BY_CODE[analyte].get(usual) or _of_code(analyte, wanted):
        return declared
    label = normalised(wanted)
    code = ucum_of_count(label) if analyte.is_count else ucum_of_afp(label)
    unit = _of_code(analyte, code or label)
    return replace(unit, code=label, is_label=True) if unit else None


def _refusal_by_name(analyte: Analyte, given: str) -> InputError:
    unit, offered = shown(given), _offer(analyte)
    if "%" in normalised(given):
        return InputError(analyte.value, "unit_percent", offered=offered)
    if "mol" in given.lower():
        return InputError(analyte.value, "unit_molar", offered=offered)
    if analyte.is_count and (meanings := two_meanings(normalised(given))):
        return InputError(analyte.value, "unit_unknown", "two_meanings", unit=unit, meanings=meanings, offered=offered)
    if _known(Analyte.NEUTROPHILS if analyte is Analyte.AFP else Analyte.AFP, given):
        case = "count" if analyte is Analyte.AFP else "afp"
        return InputError(analyte.value, "unit_of_another_analyte", case, unit=unit, analyte=analyte, offered=offered)
    return InputError(analyte.value, "unit_unknown", unit=unit, analyte=analyte, offered=offered)


def _offer(analyte: Analyte) -> tuple[str, ...]:
    return OFFERED[analyte][:3]
