"""Turn a measurement into a laboratory value: convert it exactly, and check it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.core.analytes import PLAUSIBLE, Analyte
from app.core.errors import InputError, InputWarning
from app.core.measurement import Measurement, make_measurement, parse_measurement
from app.core.units.conversion import NG_PER_IU, UNITS, UnitReader, find_unit

# AFP near the cut-off may have been converted from IU with a wrong factor: 400 IU/mL is 484 ng/mL.
_AFP_DOUBTFUL_NG = (Decimal(400), Decimal(484))


@dataclass(frozen=True, slots=True)
class Lab:
    """A measurement with its value in the canonical unit of the analyte, and what the reader should know of it."""

    analyte: Analyte
    given: Measurement
    canonical: Decimal
    warnings: tuple[InputWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class UnusedResult:
    """A result that was not used although it may matter, with the reason: code, case and parameters as in InputError.

    The code is empty if the warning or the error that lists the result gives the reason.

    None marks what is not known: `analyte` if it may be any of the four, `lab` if the value cannot be read, `day` of
    the sample, `reference` to the result.
    """

    analyte: Analyte | None
    lab: Lab | None
    day: date | None
    reference: str | None
    code: str
    case: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)


def make_lab(
    analyte: Analyte,
    value: object,
    unit: str | None,
    comparator: str | None = None,
    read_unit: UnitReader = find_unit,
) -> Lab:
    """Return the laboratory value that a program sends. Raises InputError; see make_measurement."""
    return to_lab(analyte, make_measurement(analyte, value, unit, comparator, read_unit))


def parse_lab(analyte: Analyte, text: str, chosen_unit: str = "", read_unit: UnitReader = find_unit) -> Lab:
    """Return the laboratory value of a text such as ">1210 ng/mL". Raises InputError; see parse_measurement."""
    return to_lab(analyte, parse_measurement(analyte, text, chosen_unit, read_unit))


def to_lab(analyte: Analyte, given: Measurement) -> Lab:
    """Convert to the canonical unit, exactly: canonical = value x factor of the unit.

    Raises InputError for a count of zero and outside the possible range; warns outside the usual range. `PLAUSIBLE` in
    app.core.analytes has both ranges and their sources. The error names a unit in which the number would be usual; the
    unit is never corrected.
    """
    canonical = given.value * given.unit.factor
    low, high = PLAUSIBLE[analyte].possible
    if canonical == 0 and analyte.is_count:
        raise InputError(analyte.value, "zero", "divisor" if analyte is Analyte.LYMPHOCYTES else "")
    if not low <= canonical <= high:
        usual_unit = _likely_unit(analyte, given)
        side = "below" if canonical < low else "above"
        raise InputError(
            analyte.value,
            "implausible",
            f"{side}_other_unit" if usual_unit else side,
            value=given.value,
            unit=given.unit_text,
            analyte=analyte,
            low=low,
            high=high,
            canonical_unit=analyte.canonical_unit,
            usual_unit=usual_unit,
        )
    return Lab(analyte, given, canonical, _warnings(analyte, canonical, given))


def _likely_unit(analyte: Analyte, given: Measurement) -> str | None:
    """Return the unit in which the number would be usual, if there is one."""
    low, high = PLAUSIBLE[analyte].usual
    for other in UNITS[analyte]:
        if other.factor != given.unit.factor and low <= given.value * other.factor <= high:
            return other.code
    return None


def _warnings(analyte: Analyte, canonical: Decimal, given: Measurement) -> tuple[InputWarning, ...]:
    low, high = PLAUSIBLE[analyte].usual
    warnings = []
    if given.read_from is not None:
        read = {
            "text": given.read_from,
            "comparator": given.comparator.value if given.comparator else None,
            "value": given.value.normalize(),
            "unit": given.unit_text,
        }
        warnings.append(InputWarning(analyte.value, "read_as", parameters=read))
    if analyte is Analyte.AFP and canonical == 0:
        warnings.append(InputWarning(analyte.value, "unusual", "zero", {"analyte": analyte}))
    elif not low <= canonical <= high:
        parameters = {
            "analyte": analyte,
            "value": canonical.normalize(),
            "unit": analyte.canonical_unit,
            "low": low,
            "high": high,
        }
        warnings.append(InputWarning(analyte.value, "unusual", parameters=parameters))
    if given.unit.is_international:
        warnings.append(InputWarning(analyte.value, "afp_converted", parameters={"factor": NG_PER_IU}))
    elif analyte is Analyte.AFP and _AFP_DOUBTFUL_NG[0] <= canonical <= _AFP_DOUBTFUL_NG[1]:
        warnings.append(InputWarning(analyte.value, "afp_near_cutoff", parameters={"factor": NG_PER_IU}))
    return tuple(warnings)
