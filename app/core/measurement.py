"""From what was typed or sent to a Measurement: number, unit and comparator, as given, and nothing guessed."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.units import OFFERED, find_unit

MAXIMUM_DIGITS = 20
MAXIMUM_LENGTH = 80
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]*\.?[0-9]+[eE][+-]?[0-9]+")
_NUMERIC = (str, int, float, Decimal)
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
    """A value as given: exact decimal, unit as written, comparator if any."""

    value: Decimal
    unit: str
    comparator: Comparator | None = None


def parse_measurement(analyte: Analyte, text: str) -> Measurement:
    """Read "4.2 10*9/L" or ">1210 ng/mL". Raises InputError that says what could not be read and how to write it."""
    if len(text) > MAXIMUM_LENGTH:
        _refuse(analyte, "too_long", "entry", limit=MAXIMUM_LENGTH)
    comparator, rest = _split_comparator(text.strip())
    match = _TEXT.fullmatch(rest)
    if match is None or not rest:
        _refuse(analyte, "not_a_number" if rest else "missing", "no_number")
    return make_measurement(analyte, match["value"], match["unit"].strip(), comparator)


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
    find_unit(analyte, unit)
    sign = Comparator(_COMPARATORS[comparator]) if comparator else None
    if sign and analyte.is_count:
        _refuse(analyte, "comparator_on_count")
    return Measurement(number, (unit or "").strip(), sign)


def _number(analyte: Analyte, value: object) -> Decimal:
    if value is None:
        _refuse(analyte, "missing")
    if isinstance(value, bool) or not isinstance(value, _NUMERIC):
        _refuse(analyte, "not_a_number")
    text = _plain(analyte, value) if isinstance(value, Decimal) else str(value)
    if not _NUMBER.fullmatch(text):
        _refuse_text(analyte, text)
    if len(text) > MAXIMUM_DIGITS and sum(character.isdigit() for character in text) > MAXIMUM_DIGITS:
        _refuse(analyte, "too_long", limit=MAXIMUM_DIGITS)
    number = Decimal(text)
    if number.is_signed() and number != 0:
        _refuse(analyte, "negative")
    return abs(number)


def _refuse_text(analyte: Analyte, text: str) -> NoReturn:
    """Say what keeps a text from being a number."""
    if not text:
        _refuse(analyte, "missing")
    if text.lower().lstrip("+-") in ("nan", "snan", "inf", "infinity"):
        _refuse(analyte, "not_finite")
    if "," in text:
        _refuse(analyte, "decimal_comma")
    if _SCIENTIFIC.fullmatch(text):
        _refuse(analyte, "exponent")
    _refuse(analyte, "not_a_number")


def _plain(analyte: Analyte, value: Decimal) -> str:
    """Write a decimal without exponent, unless that would be absurdly long."""
    if not value.is_finite():
        return "nan"
    if abs(value.adjusted()) > MAXIMUM_DIGITS:
        _refuse(analyte, "too_long", limit=MAXIMUM_DIGITS)
    return format(value, "f")


def _split_comparator(text: str) -> tuple[str | None, str]:
    for sign in _COMPARATORS:
        if text.startswith(sign):
            return sign, text[len(sign) :].strip()
    return None, text


def _refuse(analyte: Analyte, code: str, case: str = "", *, limit: int | None = None) -> NoReturn:
    example = ("620" if analyte is Analyte.AFP else "4.2", OFFERED[analyte][0])
    raise InputError(analyte.value, code, case, number=example[0], unit=example[1], limit=limit)
