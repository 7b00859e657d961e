"""Read what was typed or sent into a Measurement: number, unit and comparator, as given, and nothing guessed."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units import OFFERED, Unit, find_unit

# A number of 25 digits times a factor of three is exact in the 28 digits of Python's decimal arithmetic.
MAXIMUM_DIGITS = 25
MAXIMUM_EXPONENT = 30
MAXIMUM_LENGTH = 80
_BEYOND = 10**MAXIMUM_DIGITS
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]*\.?[0-9]+[eE][+-]?[0-9]+")
_COMPARATORS = {"<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "<": "<", ">": ">"}
_TEXT = re.compile(r"(?P<value>[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+(?![0-9]*/))?|[^\W\d_]+)(?P<unit>.*)", re.DOTALL)


class Comparator(StrEnum):
    """How a result beyond the measuring range is printed."""

    BELOW = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    ABOVE = ">"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value as given: exact decimal, unit with its text as written, comparator if any."""

    value: Decimal
    unit: Unit
    unit_text: str
    comparator: Comparator | None = None


def parse_measurement(analyte: Analyte, text: str) -> Measurement:
    """Read "4.2 10*9/L" or ">1210 ng/mL". Raises InputError that says what could not be read."""
    if len(text) > MAXIMUM_LENGTH:
        _refuse(analyte, "too_long", "entry", limit=MAXIMUM_LENGTH)
    comparator, rest = _split_comparator(text.strip())
    match = _TEXT.fullmatch(rest)
    if match is None or not rest:
        _refuse(analyte, "not_a_number" if rest else "missing", "no_number")
    return make_measurement(analyte, match["value"], match["unit"], comparator)


def make_measurement(analyte: Analyte, value: object, unit: str | None, comparator: str | None = None) -> Measurement:
    """Return the measurement of a value (text, int or Decimal; a float as it prints) with its unit. Raises InputError.

    A text may begin with its comparator, as laboratories print it (">1210").
    """
    if isinstance(value, str):
        found, value = _split_comparator(value.strip())
        if found and comparator:
            _refuse(analyte, "comparator_twice")
        comparator = found or comparator
    number = _number(analyte, value)
    if comparator and comparator not in _COMPARATORS:
        _refuse(analyte, "comparator_unknown")
    written = (unit or "").strip()
    found_unit = find_unit(analyte, written)
    if comparator and analyte.is_count:
        _refuse(analyte, "comparator_on_count")
    return Measurement(number, found_unit, written, Comparator(_COMPARATORS[comparator]) if comparator else None)


def _number(analyte: Analyte, value: object) -> Decimal:
    """Return a number, exact and not negative. Its size is checked before any arithmetic."""
    match value:
        case None | "":
            _refuse(analyte, "missing")
        case bool():
            _refuse(analyte, "not_a_number")
        case int():
            if not -_BEYOND < value < _BEYOND:
                _refuse(analyte, "too_long", limit=MAXIMUM_DIGITS)
            number = Decimal(value)
        case Decimal():
            number = value
        case float():
            number = Decimal(str(value))
        case str() if _NUMBER.fullmatch(value):
            number = Decimal(value)
        case str():
            _refuse_text(analyte, value)
        case _:
            _refuse(analyte, "not_a_number")
    if not number.is_finite():
        _refuse(analyte, "not_finite")
    if len(number.as_tuple().digits) > MAXIMUM_DIGITS or abs(number.adjusted()) > MAXIMUM_EXPONENT:
        _refuse(analyte, "too_long", limit=MAXIMUM_DIGITS)
    if number.is_signed() and number != 0:
        _refuse(analyte, "negative")
    return abs(number)


def _refuse_text(analyte: Analyte, text: str) -> NoReturn:
    """Say what keeps a text from being a number."""
    if text.lower().lstrip("+-") in ("nan", "snan", "inf", "infinity"):
        _refuse(analyte, "not_finite")
    if "," in text:
        _refuse(analyte, "decimal_comma")
    if _SCIENTIFIC.fullmatch(text):
        _refuse(analyte, "exponent")
    _refuse(analyte, "not_a_number")


def _split_comparator(text: str) -> tuple[str | None, str]:
    for sign in _COMPARATORS:
        if text.startswith(sign):
            return sign, text[len(sign) :].strip()
    return None, text


def _refuse(analyte: Analyte, code: str, case: str = "", *, limit: int | None = None) -> NoReturn:
    example = ("620" if analyte is Analyte.AFP else "4.2", OFFERED[analyte][0])
    raise InputError(analyte.value, code, case, number=example[0], unit=example[1], limit=limit)
