"""Read the value of a laboratory result: a FHIR Quantity, or a text with a number and its unit."""

from functools import partial
from typing import Any

from app.core.analytes import Analyte
from app.core.clinical_codes import UcumCode, system_named
from app.core.errors import InputError
from app.core.labs import Lab, parse_lab, to_lab
from app.core.measurement import make_measurement
from app.core.units.conversion import Unit, find_unit
from app.core.units.local import LocalUnits

_TEXTS = ("unit", "system", "code", "comparator")


def read_quantity(analyte: Analyte, quantity: Any, units: LocalUnits) -> tuple[Lab, bool]:
    """Return the laboratory value of a FHIR Quantity, and whether its unit is not declared as UCUM. Raises InputError.

    A unit declared as UCUM must be a UCUM code; without a system the printed unit is taken as a label; a unit of
    another system is read if the site has it among its `units`.
    """
    if not isinstance(quantity, dict):
        raise InputError(analyte.value, "no_quantity")
    for name, text in quantity.items():
        if not isinstance(text, str) and name in _TEXTS and text is not None:
            raise InputError(analyte.value, "not_a_text", name=name)
    value, system, code, label = (
        quantity.get("value"),
        quantity.get("system"),
        quantity.get("code"),
        quantity.get("unit"),
    )
    if isinstance(value, str):
        raise InputError(analyte.value, "not_a_number", "text")
    written = code if code is not None else label
    is_declared = system is not None and system_named(system) == UcumCode.system
    if is_declared:
        if code is None:
            raise InputError(analyte.value, "unit_missing", "code")
        read_unit = find_unit
    else:
        read_unit = units.find if system is None else partial(units.find_in, system)
    measurement = make_measurement(analyte, value, written, quantity.get("comparator"), read_unit)
    unit = measurement.unit
    if is_declared and unit.is_label:
        raise InputError(analyte.value, "unit_not_ucum", canonical_unit=analyte.canonical_unit)
    if code is not None and label not in (None, code) and _contradicts(analyte, label, unit, units):
        raise InputError(analyte.value, "unit_contradiction")
    return to_lab(analyte, measurement), not is_declared


def read_text_value(analyte: Analyte, text: Any, units: LocalUnits) -> Lab:
    """Return the laboratory value of a text such as `>75000 ng/mL`; its unit is a printed label. Raises InputError."""
    if not isinstance(text, str) or not any(map(str.isdigit, text)):
        raise InputError(analyte.value, "not_a_number", "text_without_number")
    return parse_lab(analyte, text, read_unit=units.find)


def _contradicts(analyte: Analyte, label: str, unit: Unit, units: LocalUnits) -> bool:
    """Return whether the printed unit differs from the declared unit. An unknown label is ignored."""
    try:
        return units.find(analyte, label).factor != unit.factor
    except InputError as error:
        return error.code not in ("unit_unknown", "unit_missing")
