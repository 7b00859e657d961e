"""A measurement becomes a laboratory value: converted exactly, checked for plausibility, compared with the cut-off."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.errors import InputError, Notice
from app.core.measurement import Comparator, Measurement
from app.core.units import NG_PER_IU_HIGHEST, UNITS, Unit, find_unit

# AFP near the cut-off may have been converted from IU with a wrong factor: 400 IU/mL is 484 ng/mL.
_AFP_DOUBTFUL_NG = (Decimal(400), Decimal(484))


@dataclass(frozen=True, slots=True)
class Lab:
    """A measurement with its value in the canonical unit of the analyte, and what the reader should know of it."""

    analyte: Analyte
    given: Measurement
    canonical: Decimal
    unit: Unit
    notices: tuple[Notice, ...] = ()


def to_lab(analyte: Analyte, given: Measurement) -> Lab:
    """Convert to the canonical unit, exactly. Raises InputError if the value is impossible; questions an unusual one.

    The likely slip of the unit is named, never corrected.
    """
    unit = find_unit(analyte, given.unit)
    canonical = given.value * unit.factor
    low, high = PLAUSIBLE[analyte].possible
    if canonical == 0 and analyte.is_count:
        raise InputError(
            analyte.value,
            "zero",
            "The count is zero" + (": nothing can be divided by it." if analyte is Analyte.LYMPHOCYTES else "."),
            "Check the result; a count below the limit of the analyser gives no index.",
        )
    if not low <= canonical <= high:
        raise InputError(
            analyte.value,
            "implausible",
            f"{given.value:f} {given.unit} is {'below' if canonical < low else 'above'} what is possible for "
            f"{analyte.label} ({low:f} to {high:f} {analyte.canonical_unit}).",
            _likely_slip(analyte, given, unit),
        )
    return Lab(analyte, given, canonical, unit, _notices(analyte, canonical, unit))


def afp_is_high(lab: Lab, cutoff: Decimal) -> bool:
    """Return whether AFP is at or above the cut-off (ng/mL), exactly.

    Raises InputError where the result does not settle it: a comparator that leaves both sides open, or international
    units whose side depends on the conversion factor.
    """
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
            f"{comparator.value} {lab.given.value:f} {lab.given.unit} does not say on which side of {cutoff:f} ng/mL "
            "the value lies.",
            "Ask the laboratory for the number itself, after dilution if need be.",
        )
    if lab.unit.is_international and _is_undecided(lab, cutoff):
        raise InputError(
            lab.analyte.value,
            "unit_undecided",
            "From 312 to 331 IU/mL the side of the cut-off depends on the conversion factor, which is itself uncertain "
            "(1.21 to 1.28 ng per IU).",
            "Confirm in ng/mL with the laboratory.",
        )
    return high


def _is_undecided(lab: Lab, cutoff: Decimal) -> bool:
    """Whether the two factors disagree, rounded outward to whole units: 312 to 331 IU/mL at a cut-off of 400 ng/mL."""
    lowest = (cutoff / NG_PER_IU_HIGHEST).to_integral_value(ROUND_FLOOR)
    highest = (cutoff / lab.unit.factor).to_integral_value(ROUND_CEILING)
    return lowest <= lab.given.value <= highest


def _likely_slip(analyte: Analyte, given: Measurement, unit: Unit) -> str:
    low, high = PLAUSIBLE[analyte].usual
    for other in UNITS[analyte]:
        if other.factor != unit.factor and low <= given.value * other.factor <= high:
            return f"It would be usual in {other.code}: check the unit that the laboratory printed."
    return "Check the number and the unit that the laboratory printed."


def _notices(analyte: Analyte, canonical: Decimal, unit: Unit) -> tuple[Notice, ...]:
    low, high = PLAUSIBLE[analyte].usual
    notices = []
    if not low <= canonical <= high:
        notices.append(
            Notice(
                "unusual",
                f"{analyte.label} of {canonical.normalize():f} {analyte.canonical_unit} is unusual "
                f"(usually {low:f} to {high:f}): check the value and its unit.",
                analyte.value,
            )
        )
    if unit.is_international:
        notices.append(
            Notice("afp_converted", "AFP was converted with 1 IU = 1.21 ng; laboratories differ.", analyte.value)
        )
    elif analyte is Analyte.AFP and _AFP_DOUBTFUL_NG[0] <= canonical <= _AFP_DOUBTFUL_NG[1]:
        notices.append(
            Notice(
                "afp_near_cutoff",
                "If this AFP was converted from IU, check the factor: 1 IU is about 1.21 ng.",
                analyte.value,
            )
        )
    return tuple(notices)
