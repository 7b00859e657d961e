"""One laboratory Observation becomes a result that may be used, or a rejection that says why not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.analytes import Analyte
from app.core.clinical_codes import Coding
from app.core.errors import InputError
from app.core.labs import Lab
from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.codes import Coded
from app.ehr.fhir.reading.quantities import read_quantity, read_text_value
from app.ehr.fhir.reading.resources import Resource, reference_of
from app.ehr.fhir.reading.subjects import Mismatch, is_test_data
from app.ehr.fhir.reading.times import EffectiveTime, latest_possible, why_no_time
from app.presentation.messages import error_message

_USABLE_STATUS = ("final", "amended", "corrected")
_NO_RESULT_STATUS = ("registered", "cancelled", "entered-in-error")
_OTHER_STATUS = (*_NO_RESULT_STATUS, "preliminary", "unknown")


@dataclass(frozen=True, slots=True)
class Result:
    """A usable result: the measurement with its source. `is_label`: the unit was printed text, not declared UCUM."""

    analyte: Analyte
    lab: Lab
    code: Coding
    effective: EffectiveTime
    reference: str | None
    is_label: bool
    found: Found

    @property
    def status(self) -> str:
        """The status that the record gives it."""
        return str(self.found.resource["status"])


@dataclass(frozen=True, slots=True)
class Rejection:
    """An Observation that was not used: which, a stable code, and the reason in words.

    `is_result`: it may be a result of this patient, and so be newer than one that is used. Then `latest` is the latest
    moment at which its sample can have been taken, None if nothing says; and `lab` its value, None if it cannot be
    read or must not be relied on.
    """

    reference: str | None
    code: str
    reason: str
    analyte: Analyte | None = None
    is_result: bool = False
    latest: datetime | None = None
    effective: EffectiveTime | None = None
    lab: Lab | None = None


class _RejectedError(Exception):
    def __init__(self, code: str, reason: str, *, is_result: bool = True) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.is_result = is_result


def read_observation(
    found: Found, coded: Coded, known: EffectiveTime | None, now: datetime, mismatch: Mismatch | None = None
) -> Result | Rejection:
    """Return the result of an Observation, or why it cannot be used. `now` is aware.

    `coded` is what its code says, `known` its effective time, and `mismatch` why it is not certain to be about the
    patient.
    """
    resource, reference = found.resource, reference_of(found.resource)
    try:
        analyte, code = _analyte(coded)
        _check_identity(found, mismatch)
        _check_is_result(resource)
        effective = _effective(resource, known, now)
        _check_meaning(resource)
        lab, is_label = _lab(analyte, resource)
        if resource.get("status") in _USABLE_STATUS:
            return Result(analyte, lab, code, effective, reference, is_label, found)
        why, value = _RejectedError("status", _about_status(resource)), lab
    except _RejectedError as error:
        why, value = error, None
    except InputError as error:
        why, value = _RejectedError(error.code, str(error_message(error))), None
    latest = latest_possible(resource, known)
    return Rejection(reference, why.code, why.reason, coded.analyte, why.is_result, latest, known, value)


def standing_of(resource: Resource) -> str:
    """Return whether an Observation is by its status a result, may count as newer, or is none: a word for each."""
    status = resource.get("status")
    if status in _USABLE_STATUS:
        return "usable"
    return "none" if status in _NO_RESULT_STATUS else "newer"


def _analyte(coded: Coded) -> tuple[Analyte, Coding]:
    if coded.analyte is None or coded.code is None:
        raise _RejectedError(coded.fault, coded.reason, is_result=coded.is_result)
    return coded.analyte, coded.code


def _check_identity(found: Found, mismatch: Mismatch | None) -> None:
    if mismatch is not None:
        raise _RejectedError("subject", mismatch.reason, is_result=not mismatch.is_certain)
    if found.is_disputed:
        raise _RejectedError("versions", "There is another version of it; which one is newer is not known.")


def _check_is_result(resource: Resource) -> None:
    """Raise _RejectedError for what is no result at all, now or ever."""
    status = resource.get("status")
    if status in _NO_RESULT_STATUS:
        raise _RejectedError("status", _about_status(resource), is_result=False)
    if is_test_data(resource):
        raise _RejectedError("test_data", "It is labelled as test data (HTEST).", is_result=False)
    if isinstance(resource.get("dataAbsentReason"), dict):
        raise _RejectedError("no_value", "It says that its value is absent.", is_result=False)


def _about_status(resource: Resource) -> str:
    status = resource.get("status")
    shown = status if status in _OTHER_STATUS else "missing or unknown"
    return f"Its status is {shown}; only {', '.join(_USABLE_STATUS)} results are used."


def _effective(resource: Resource, known: EffectiveTime | None, now: datetime) -> EffectiveTime:
    if known is None:
        raise _RejectedError("no_time", why_no_time(resource))
    if known.is_future(now):
        raise _RejectedError("in_the_future", "Its sample was taken in the future.")
    return known


def _check_meaning(resource: Resource) -> None:
    if "modifierExtension" in resource or "implicitRules" in resource:
        raise _RejectedError("modified", "It says that its meaning is changed by a rule that is not known here.")
    if resource.get("dataAbsentReason") is not None:
        raise _RejectedError("no_value", "Its dataAbsentReason cannot be read.")


def _lab(analyte: Analyte, resource: Resource) -> tuple[Lab, bool]:
    kinds = [name for name in resource if name.startswith("value")]
    value: Any = resource[kinds[0]] if kinds else None
    match kinds:
        case ["valueQuantity"]:
            return read_quantity(analyte, value)
        case ["valueString"]:
            return read_text_value(analyte, value), True
        case []:
            raise _RejectedError("no_value", "It has no value.")
        case [_]:
            raise _RejectedError("no_value", "Its value is not a quantity.")
        case _:
            raise _RejectedError("no_value", "It has more than one value.")
