"""Decide what a printed number means: 1.356 and 1,356 by the text's own way to write decimals."""

import re
from collections.abc import Iterable
from decimal import Decimal

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.entries import read_entry
from app.core.errors import InputError
from app.core.units.conversion import Unit
from app.reports.results import Reason

# One or two digits behind a mark are decimals; 1,42,000 and dates are not such numbers.
_DECIMALS = re.compile(r"[0-9]+(?:[.,'][0-9]{3})*([.,])[0-9]{1,2}")
_MOST_DIGITS = 30


def decimal_mark(printed: Iterable[str]) -> str | None:
    """Return the mark of decimals that the numbers of a text prove; None if none does, or two disagree."""
    marks = {match[1] for number in printed if (match := _DECIMALS.fullmatch(number))}
    return marks.pop() if len(marks) == 1 else None


def number_of(analyte: Analyte, printed: str, unit: Unit | None, mark: str | None) -> str | Reason:
    """Return the number in plain digits, or the reason why it is not certain.

    Where the text does not say what a mark means, the unit decides if only one of the two values is possible. With a
    unit, an impossible value is refused.
    """
    if len(printed) > _MOST_DIGITS:
        return Reason.DAMAGED
    try:
        readings = read_entry(analyte, printed).readings
    except InputError:
        return Reason.DAMAGED
    if len(readings) > 1 and mark is not None:
        readings = readings[:1] if mark in printed else readings[1:]
    possible = [value for value in readings if unit is None or _is_possible(analyte, value, unit)]
    if not possible:
        return Reason.IMPOSSIBLE
    return f"{possible[0]:f}" if len(possible) == 1 else Reason.TWO_READINGS


def is_zero(printed: str) -> bool:
    """Return whether a printed number has no digit but zero: 0, 0.0 and 0,00."""
    return not printed.strip("0.,")


def _is_possible(analyte: Analyte, value: Decimal, unit: Unit) -> bool:
    low, high = PLAUSIBLE[analyte].possible
    return low <= value * unit.factor <= high
