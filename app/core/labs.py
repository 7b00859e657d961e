"""Turn a measurement into a laboratory value: convert it exactly, check it, compare it with the cut-off."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.errors import InputError, InputWarning
from app.core.measurement import Comparator, Measurement
from app.core.units import NG_PER_IU, NG_PER_IU_HIGHEST, UNITS, Unit, find_unit

# AFP near the cut-off may have been converted from IU with a wrong factor: 400 IU/mL is 484 ng/mL.
_AFP_DOUBTFUL_NG = (Decimal(400), Decimal(484))


@dataclass(frozen=True, slots=True)
class Lab:
    """A measurement with its value in the canonical unit of the analyte, and what the reader should know of it."""

    analyte: Analyte
    given: Measurement
    canonical: Decimal
    unit: Unit
    warnings: tuple[InputWarning, ...] = ()


def to_lab(analyte: Analyte, given: Measurement) -> Lab:
    """Convert to the canonical unit, exactly. Raises InputError if the value is impossible; questions an unusual one.

    A unit in which the number would be usual is named in the error; the unit is never corrected.
    """
    unit = find_unit(analyte, given.unit)
    canonical = given.value * unit.factor
    low, high = PLAUSIBLE[analyte].possible
    if canonical == 0 and analyte.is_count:
        raise InputError(analyte.value, "zero", "divisor" if analyte is Analyte.LYMPHOCYTES else "")
    if not low <= canonical <= high:
        usual_unit = _likely_unit(analyte, given, unit)
        side = "below" if canonical < low else "above"
        raise InputError(
            analyte.value,
            "implausible",
            f"{side}_other_unit" if usual_unit else side,
            value=given.value,
            unit=given.unit,
            analyte=analyte,
            low=low,
            high=high,
            canonical_unit=analyte.canonical_unit,
            usual_unit=usual_unit,
        )
    return Lab(analyte, given, canonical, unit, _warnings(analyte, canonical, unit))


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
            comparator=comparator.value,
            value=lab.given.value,
            unit=lab.given.unit,
            cutoff=cutoff,
            cutoff_unit=lab.analyte.canonical_unit,
        )
    if lab.unit.is_international:
        _check_both_factors_agree(lab, cutoff)
    return high


def _check_both_factors_agree(lab: Lab, cutoff: Decimal) -> None:
    """Raise InputError where the two factors from international units put AFP on different sides of the cut-off.

    The range is rounded outward to whole units: 312 to 331 IU/mL at a cut-off of 400 ng/mL.
    """
    lowest = (cutoff / NG_PER_IU_HIGHEST).to_integral_value(ROUND_FLOOR)
    highest = (cutoff / lab.unit.factor).to_integral_value(ROUND_CEILING)
    if lowest <= lab.given.value <= highest:
        raise InputError(
            lab.analyte.value,
            "unit_undecided",
            lowest=lowest,
            highest=highest,
            factor=lab.unit.factor,
            highest_factor=NG_PER_IU_HIGHEST,
        )


def _likely_unit(analyte: Analyte, given: Measurement, unit: Unit) -> str | None:
    """Return the unit in which the number would be usual, if there is one."""
    low, high = PLAUSIBLE[analyte].usual
    for other in UNITS[analyte]:
        if other.factor != unit.factor and low <= given.value * other.factor <= high:
            return other.code
    return None


def _warnings(analyte: Analyte, canonical: Decimal, unit: Unit) -> tuple[InputWarning, ...]:
    low, high = PLAUSIBLE[analyte].usual
    warnings = []
    if not low <= canonical <= high:
        parameters = {
            "analyte": analyte,
            "value": canonical.normalize(),
            "unit": analyte.canonical_unit,
            "low": low,
            "high": high,
        }
        warnings.append(InputWarning(analyte.value, "unusual", parameters=parameters))
    if unit.is_international:
        warnings.append(InputWarning(analyte.value, "afp_converted", parameters={"factor": unit.factor}))
    elif analyte is Analyte.AFP and _AFP_DOUBTFUL_NG[0] <= canonical <= _AFP_DOUBTFUL_NG[1]:
        warnings.append(InputWarning(analyte.value, "afp_near_cutoff", parameters={"factor": NG_PER_IU}))
    return tuple(warnings)
