"""One laboratory Observation becomes a result that may be used, or a rejection that says why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core.analytes import Analyte
from app.core.errors import InputError
from app.core.labs import Measurement, to_lab
from app.core.parsing import make_measurement
from app.core.units import Unit, find_unit
from app.ehr.canonical import UCUM
from app.ehr.effective_time import EffectiveTime, effective_time
from app.ehr.laboratory_codes import Code, LaboratoryCodes, codes_in

_USABLE_STATUS = ("final", "amended", "corrected")
_TEXTS = ("unit", "system", "code", "comparator")
_NO_PATIENTS = ("Device", "Group", "Location")
_OTHER_STATUS = ("registered", "preliminary", "cancelled", "entered-in-error", "unknown")


@dataclass(frozen=True, slots=True)
class Result:
    """A usable result: the measurement with its source. `is_label`: the unit was printed text, not declared UCUM."""

    analyte: Analyte
    measurement: Measurement
    canonical: Decimal
    code: Code
    effective: EffectiveTime
    reference: str | None
    is_label: bool
    status: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """An Observation that was not used: which, a stable code, and the reason in words."""

    reference: str | None
    code: str
    reason: str
    analyte: Analyte | None = None


class _RejectedError(Exception):
    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


def read_observation(
    resource: Mapping[str, Any], reference: str | None, codes: LaboratoryCodes, now: datetime
) -> Result | Rejection:
    """Return the result of an Observation, or why it cannot be used. `now` is aware."""
    analyte: Analyte | None = None
    try:
        code, analyte = _analyte(resource, codes)
        _check_state(resource)
        effective = _effective(resource, now)
        measurement, is_label = read_quantity(analyte, resource.get("valueQuantity"))
        lab = to_lab(analyte, measurement)
    except _RejectedError as why:
        return Rejection(reference, why.code, why.reason, analyte)
    except InputError as error:
        return Rejection(reference, error.code, f"{error.message} {error.hint}", analyte)
    return Result(analyte, measurement, lab.canonical, code, effective, reference, is_label, resource["status"])


def read_quantity(analyte: Analyte, quantity: Any) -> tuple[Measurement, bool]:
    """Return the measurement of a FHIR Quantity, and whether its unit is a bare label. Raises InputError.

    A unit declared as UCUM must be a UCUM code; without a system the printed unit is taken as a label.
    """
    if not isinstance(quantity, dict):
        raise InputError(analyte.value, "no_quantity", "There is no quantity.", "Send value, unit, system and code.")
    for name, text in quantity.items():
        if name in _TEXTS and text is not None and not isinstance(text, str):
            raise InputError(analyte.value, "not_a_text", f"The quantity's {name} is not a text.", "See FHIR Quantity.")
    value, system, code, label = (quantity.get(name) for name in ("value", "system", "code", "unit"))
    if isinstance(value, str):
        raise InputError(analyte.value, "not_a_number", "The value is a text.", "Send a JSON number.")
    written = code if code is not None else label
    if system is not None and system != UCUM:
        raise InputError(analyte.value, "unit_system", "The unit is not in UCUM.", f"Use the system {UCUM}.")
    if system == UCUM and code is None:
        raise InputError(analyte.value, "unit_missing", "The UCUM code is missing.", "Send the code with the system.")
    measurement = make_measurement(analyte, value, written, quantity.get("comparator"))
    unit = find_unit(analyte, written)
    if system == UCUM and unit.is_label:
        raise InputError(
            analyte.value,
            "unit_not_ucum",
            "The unit is declared as UCUM, where it means something else or nothing.",
            f"Send {analyte.canonical_unit}, or the printed unit without a system.",
        )
    if code is not None and label not in (None, code) and _contradicts(analyte, label, unit):
        raise InputError(
            analyte.value, "unit_contradiction", "Unit and code of the quantity differ.", "Ask which is right."
        )
    return measurement, system is None


def subject_of(resource: Mapping[str, Any]) -> str | None:
    """Return the reference to whom a resource is about."""
    subject = resource.get("subject")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    return reference if isinstance(reference, str) else None


def patient_of(resource: Mapping[str, Any]) -> str | None:
    """Return the id in `Patient/p1`, or in an absolute reference that ends so, with or without a version."""
    parts = (unversioned(subject_of(resource)) or "").split("/")
    return parts[-1] if len(parts) >= 2 and parts[-2] == "Patient" else None


def unversioned(reference: str | None) -> str | None:
    """Return a reference to the resource itself, whichever version was meant."""
    return reference.partition("/_history/")[0] if reference else None


def whom(resource: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what tells one subject from another: its reference, or without one its identifier and name.

    A subject that is contained in the resource, or cannot be read, is that of no other resource.
    """
    subject = resource.get("subject")
    if subject is None:
        return ()
    reference = unversioned(subject_of(resource))
    if reference and not reference.startswith("#"):
        return (reference,)
    said = subject if isinstance(subject, dict) and not reference else {}
    identifier = said.get("identifier")
    number = identifier if isinstance(identifier, dict) else {}
    texts = (number.get("system"), number.get("value"), said.get("display"))
    found = tuple(text if isinstance(text, str) else None for text in texts)
    return found if any(found) else (id(resource),)


def _contradicts(analyte: Analyte, label: str, unit: Unit) -> bool:
    """Whether the printed unit is another than the declared one; a label that is not known says nothing."""
    try:
        return find_unit(analyte, label).factor != unit.factor
    except InputError as error:
        return error.code not in ("unit_unknown", "unit_missing")


def _analyte(resource: Mapping[str, Any], codes: LaboratoryCodes) -> tuple[Code, Analyte]:
    found = codes_in(resource.get("code"))
    for code in found:
        if code in codes.refused:
            raise _RejectedError("code_refused", f"Its code {code[1]} {codes.refused[code]}.")
    accepted = [(code, codes.accepted[code]) for code in found if code in codes.accepted]
    if not accepted:
        raise _RejectedError("not_an_analyte", "Its code is none of the four laboratory values that are read here.")
    if len({analyte for _, analyte in accepted}) > 1:
        raise _RejectedError("code_ambiguous", "Its codes name more than one laboratory value.")
    return accepted[0]


def _check_state(resource: Mapping[str, Any]) -> None:
    status = resource.get("status")
    if status not in _USABLE_STATUS:
        shown = status if status in _OTHER_STATUS else "missing or unknown"
        raise _RejectedError("status", f"Its status is {shown}; only {', '.join(_USABLE_STATUS)} results are used.")
    if (unversioned(subject_of(resource)) or "").rpartition("/")[0].rpartition("/")[2] in _NO_PATIENTS:
        raise _RejectedError("subject", "It is not a result of a patient.")
    if "modifierExtension" in resource or "implicitRules" in resource:
        raise _RejectedError("modified", "It says that its meaning is changed by a rule that is not known here.")
    if resource.get("dataAbsentReason") is not None:
        raise _RejectedError("no_value", "It says that its value is absent.")
    if "valueQuantity" not in resource:
        kind = next((name for name in resource if name.startswith("value")), None)
        what = "It has no value." if kind is None else "Its value is not a quantity."
        raise _RejectedError("no_value", what)


def _effective(resource: Mapping[str, Any], now: datetime) -> EffectiveTime:
    effective = effective_time(resource)
    if effective is None:
        raise _RejectedError("no_time", "It does not say on which day the sample was taken.")
    if effective.is_future(now):
        raise _RejectedError("in_the_future", "Its sample was taken in the future.")
    return effective
