"""Round the numbers that are computed for one patient, to the same digits everywhere and never across a cut-off.

A number is rounded when it is computed, so every interface prints the same digits. Comparisons with a cut-off are made
before, on exact numbers.
"""

import math
from decimal import Decimal

from app.core.cutoffs import side_of

SIGNIFICANT_DIGITS = 10
_NEAR = 1e-8  # relative; at a greater distance, rounding to ten digits cannot reach the cut-off
_MOST_DIGITS = 17  # enough for any float


def to_printed_digits(numerator: int, denominator: int, cutoff: Decimal | None = None) -> float:
    """Return a quotient of positive whole numbers, rounded to 10 significant digits.

    If that would move it onto or across `cutoff`, it keeps as many digits as it needs to stay on its side; if no
    float is close enough, it is the float next to the cut-off. Division and rounding are the same on every processor.
    """
    value = numerator / denominator
    rounded = significant(value)
    if cutoff is None or abs(rounded - float(cutoff)) > _NEAR * rounded:
        return rounded
    side = side_of(numerator, denominator, cutoff)
    for digits in range(SIGNIFICANT_DIGITS, _MOST_DIGITS + 1):
        rounded = significant(value, digits)
        if side_of(*Decimal(repr(rounded)).as_integer_ratio(), cutoff) == side:
            return rounded
    return math.nextafter(float(cutoff), side * math.inf)


def significant(value: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """Return a number rounded to significant digits: the float that prints them."""
    return float(f"{value:.{digits}g}")


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
