"""Read the value of a laboratory result: a FHIR Quantity, or a text with a number and its unit."""

from typing import Any

from app.core.analytes import Analyte
from app.core.clinical_codes import UcumCode
from app.core.errors import InputError
from app.core.labs import Lab, parse_lab, to_lab
from app.core.measurement import make_measurement
from app.core.units import Unit, find_unit

_TEXTS = ("unit", "system", "code", "comparator")


def read_quantity(analyte: Analyte, quantity: Any) -> tuple[Lab, bool]:
    """Return the laboratory value of a FHIR Quantity, and whether its unit is a printed label. Raises InputError.

    A unit declared as UCUM must be a UCUM code; without a system the printed unit is taken as a label.
    """
    if not isinstance(quantity, dict):
        raise InputError(analyte.value, "no_quantity")
    for name, text in quantity.items():
        if name in _TEXTS and text is not None and not isinstance(text, str):
            raise InputError(analyte.value, "not_a_text", name=name)
    value, system, code, label = (quantity.get(name) for name in ("value", "system", "code", "unit"))
    if isinstance(value, str):
        raise InputError(analyte.value, "not_a_number", "text")
    written = code if code is not None else label
    if system is not None and system != UcumCode.system:
        raise InputError(analyte.value, "unit_system", system=UcumCode.system)
    if system == UcumCode.system and code is None:
        raise InputError(analyte.value, "unit_missing", "code")
    measurement = make_measurement(analyte, value, written, quantity.get("comparator"))
    unit = measurement.unit
    if system == UcumCode.system and unit.is_label:
        raise InputError(analyte.value, "unit_not_ucum", canonical_unit=analyte.canonical_unit)
    if code is not None and label not in (None, code) and _contradicts(analyte, label, unit):
        raise InputError(analyte.value, "unit_contradiction")
    return to_lab(analyte, measurement), system is None


def read_text_value(analyte: Analyte, text: Any) -> Lab:
    """Return the laboratory value of a text such as `>75000 ng/mL`; its unit is a printed label. Raises InputError."""
    if not isinstance(text, str) or not any(map(str.isdigit, text)):
        raise InputError(analyte.value, "not_a_number", "text_without_number")
    return parse_lab(analyte, text)


def _contradicts(analyte: Analyte, label: str, unit: Unit) -> bool:
    """Return whether the printed unit differs from the declared unit. An unknown label is ignored."""
    try:
        return find_unit(analyte, label).factor != unit.factor
    except InputError as error:
        return error.code not in ("unit_unknown", "unit_missing")
