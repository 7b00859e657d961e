"""Compare a measure with its cut-off, exactly: a value at the cut-off is high. Nothing else compares them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.labs import Lab
from app.core.measurement import Comparator
from app.core.units.conversion import NG_PER_IU, NG_PER_IU_HIGHEST


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The value at or above which a measure is high, exact, with its unit."""

    value: Decimal
    unit: str


def side_of(numerator: int, denominator: int, cutoff: Decimal) -> int:
    """Return -1 below the cut-off, 0 at it, 1 above it: the only comparison of an index with a cut-off.

    It compares numerator x scale with cut x denominator, exactly. The denominator must be above 0.
    """
    cut, scale = cutoff.as_integer_ratio()
    left, right = numerator * scale, cut * denominator
    return (left > right) - (left < right)


def index_is_high(numerator: int, denominator: int, cutoff: Decimal) -> bool:
    """Return whether an index, as an exact quotient, is at or above its cut-off."""
    return side_of(numerator, denominator, cutoff) >= 0


def afp_is_high(lab: Lab, cutoffs: Mapping[str, Cutoff]) -> bool:
    """Return whether AFP is at or above its cut-off (ng/mL), exactly; where it has none, it is no factor and not high.

    Raises InputError where the result does not settle it: a comparator that leaves both sides open, or international
    units whose side depends on the conversion factor.
    """
    if Analyte.AFP not in cutoffs:
        return False
    cutoff = cutoffs[Analyte.AFP].value
    value, comparator = lab.canonical, lab.given.comparator
    if comparator is None:
        high = value >= cutoff
    elif comparator in (Comparator.ABOVE, Comparator.AT_LEAST) and value >= cutoff:
        high = True
    elif (comparator is Comparator.BELOW and value <= cutoff) or (comparator is Comparator.AT_MOST and value < cutoff):
        high = False
    else:
        raise InputError(
            lab.analyte.value,
            "comparator_undecided",
            comparator=comparator.value,
            value=lab.given.value,
            unit=lab.given.unit_text,
            cutoff=cutoff,
            cutoff_unit=lab.analyte.canonical_unit,
        )
    if lab.given.unit.is_international:
        _check_both_factors_agree(lab, cutoff)
    return high


def _check_both_factors_agree(lab: Lab, cutoff: Decimal) -> None:
    """Raise InputError where the two factors from international units put AFP on different sides of the cut-off.

    The range is rounded outward to whole units: 312 to 331 IU/mL at a cut-off of 400 ng/mL.
    """
    lowest = (cutoff / NG_PER_IU_HIGHEST).to_integral_value(ROUND_FLOOR)
    highest = (cutoff / NG_PER_IU).to_integral_value(ROUND_CEILING)
    if lowest <= lab.canonical / NG_PER_IU <= highest:
        raise InputError(
            lab.analyte.value,
            "unit_undecided",
            lowest=lowest,
            highest=highest,
            factor=NG_PER_IU,
            highest_factor=NG_PER_IU_HIGHEST,
        )
