"""Make a Measurement of what was typed or sent: number, unit and comparator, as given, and nothing guessed."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.entries import COMPARATORS, read_entry, refuse, spelled
from app.core.errors import InputError
from app.core.units.conversion import Unit, UnitReader, find_unit

# A number of 25 digits times a factor of three is exact in the 28 digits of Python's decimal arithmetic.
MAXIMUM_DIGITS = 25
MAXIMUM_EXPONENT = 30
_BEYOND = 10**MAXIMUM_DIGITS


class Comparator(StrEnum):
    """How a result beyond the measuring range is printed."""

    BELOW = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    ABOVE = ">"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value as given: exact decimal, unit with its text as written, comparator if any.

    `read_from` is the text that was typed, where the number was read from another spelling or something beside it was
    left out; otherwise None.
    """

    value: Decimal
    unit: Unit
    unit_text: str
    comparator: Comparator | None = None
    read_from: str | None = None


def parse_measurement(
    analyte: Analyte, text: str, chosen_unit: str = "", read_unit: UnitReader = find_unit
) -> Measurement:
    """Read "4.2 10*9/L", ">1210 ng/mL" or "4,2"; the unit is in the text, or chosen beside it, or both alike.

    Of the numbers that the text can mean, those that are impossible for the analyte are left out. Raises InputError
    that says what could not be read, or names the two numbers of which one must be chosen. `read_unit` may know a
    site's own units.
    """
    if not text.strip():
        _refuse_empty(analyte, chosen_unit.strip(), read_unit)
    entry = read_entry(analyte, text)
    unit, unit_text = _unit(analyte, entry.unit, chosen_unit.strip(), read_unit)
    readings = [_exact(analyte, value) for value in entry.readings]
    low, high = PLAUSIBLE[analyte].possible
    possible = [value for value in readings if low <= value * unit.factor <= high]
    if len(possible) > 1:
        readable = tuple(" ".join(filter(None, (entry.comparator, spelled(value), entry.unit))) for value in possible)
        refuse(analyte, "two_readings", readings=readable)
    value = (possible or readings)[0]
    comparator = _comparator(analyte, entry.comparator) if entry.comparator else None
    return Measurement(value, unit, unit_text, comparator, None if entry.is_plain else text.strip())


def make_measurement(
    analyte: Analyte,
    value: object,
    unit: str | None,
    comparator: str | None = None,
    read_unit: UnitReader = find_unit,
) -> Measurement:
    """Return the measurement of a number (int or Decimal; a float as it prints) with its unit. Raises InputError."""
    number = _exact(analyte, value)
    if comparator and comparator not in COMPARATORS:
        refuse(analyte, "comparator_unknown")
    written = (unit or "").strip()
    found = read_unit(analyte, written)
    return Measurement(number, found, written, _comparator(analyte, comparator) if comparator else None)


def _comparator(analyte: Analyte, sign: str) -> Comparator:
    """Return the comparator of one of the signs in COMPARATORS. Raises InputError for a blood count."""
    if analyte.is_count:
        refuse(analyte, "comparator_on_count")
    return Comparator(COMPARATORS[sign])


def _refuse_empty(analyte: Analyte, chosen: str, read_unit: UnitReader) -> NoReturn:
    """Refuse an empty text. If value and unit are missing, one error names both."""
    if not chosen:
        refuse(analyte, "missing", "with_unit")
    try:
        unit = read_unit(analyte, chosen)
    except InputError:
        refuse(analyte, "missing")
    refuse(analyte, "missing", "number", unit=unit)


def _unit(analyte: Analyte, typed: str, chosen: str, read_unit: UnitReader) -> tuple[Unit, str]:
    """Return the unit, with its text, that was typed with the number or chosen beside it."""
    if not typed:
        return read_unit(analyte, chosen), chosen
    unit = read_unit(analyte, typed)
    if chosen:
        other = read_unit(analyte, chosen)
        if (other.factor, other.is_international) != (unit.factor, unit.is_international):
            raise InputError(analyte.value, "unit_differs", typed_unit=unit.code, chosen_unit=other.code)
    return unit, typed


def _exact(analyte: Analyte, value: object) -> Decimal:
    """Return an int or Decimal, or a float as it prints, as a Decimal that arithmetic keeps exact.

    Its size is checked before any arithmetic. Raises InputError.
    """
    match value:
        case Decimal():
            number = value
        case None:
            refuse(analyte, "missing")
        case bool():
            refuse(analyte, "not_a_number")
        case int():
            if not -_BEYOND < value < _BEYOND:
                refuse(analyte, "too_long", limit=MAXIMUM_DIGITS)
            number = Decimal(value)
        case float():
            number = Decimal(str(value))
        case _:
            refuse(analyte, "not_a_number")
    if not number.is_finite():
        refuse(analyte, "not_finite")
    if len(number.as_tuple().digits) > MAXIMUM_DIGITS or abs(number.adjusted()) > MAXIMUM_EXPONENT:
        refuse(analyte, "too_long", limit=MAXIMUM_DIGITS)
    if number < 0:
        refuse(analyte, "negative")
    return abs(number)  # zero has no sign
