"""Read one laboratory Observation: as a result that may be used, or as a rejection with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.analytes import Analyte
from app.core.clinical_codes import Coding
from app.core.errors import InputError
from app.core.labs import Lab
from app.core.units.local import LocalUnits
from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.codes import Coded
from app.ehr.fhir.reading.quantities import read_quantity, read_text_value
from app.ehr.fhir.reading.resources import Resource, is_modified, is_test_data, reference_of
from app.ehr.fhir.reading.subjects import Mismatch, Subject
from app.ehr.fhir.reading.times import EffectiveTime, latest_possible, time_fault

_USABLE_STATUS = ("final", "amended", "corrected")
_NO_RESULT_STATUS = ("registered", "cancelled", "entered-in-error")
_OTHER_STATUS = (*_NO_RESULT_STATUS, "preliminary", "unknown")


@dataclass(frozen=True, slots=True)
class Result:
    """A usable result: the measurement with its source and its subject.

    `is_label`: the unit was printed text, not declared UCUM.

    `others` are results of the same analyte and time with other values; `is_contradicted` if no difference of method
    explains them.
    """

    analyte: Analyte
    lab: Lab
    code: Coding
    effective: EffectiveTime
    reference: str | None
    is_label: bool
    found: Found
    subject: Subject
    others: tuple["Result", ...] = ()
    is_contradicted: bool = False

    @property
    def status(self) -> str:
        """The status of the Observation."""
        return str(self.found.resource["status"])


@dataclass(frozen=True, slots=True)
class Rejection:
    """An Observation that was not used, with the reason: a stable code, a case and parameters as in InputError.

    `is_result`: it may be a result of this patient, and so may be newer than one that is used. Then `latest` is the
    latest moment at which its sample can have been taken, None if that is not known; and `lab` its value, None if it
    cannot be read or must not be relied on. `resource` is the Observation as it was sent.
    """

    reference: str | None
    code: str
    case: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)
    analyte: Analyte | None = None
    is_result: bool = False
    latest: datetime | None = None
    effective: EffectiveTime | None = None
    lab: Lab | None = None
    resource: Resource | None = field(default=None, compare=False, repr=False)


class _RejectedError(Exception):
    def __init__(
        self, code: str, case: str = "", parameters: Mapping[str, object] | None = None, *, is_result: bool = True
    ) -> None:
        super().__init__(code)
        self.code = code
        self.case = case
        self.parameters = parameters or {}
        self.is_result = is_result


def read_observation(
    found: Found,
    coded: Coded,
    known: EffectiveTime | None,
    subject: Subject,
    mismatch: Mismatch | None,
    now: datetime,
    units: LocalUnits,
) -> Result | Rejection:
    """Return the result of an Observation, or why it cannot be used. `now` is aware.

    `coded` is the meaning of its code, `known` its effective time, and `mismatch` why it may not be about the patient,
    although it names `subject`. `units` are those of the site.
    """
    resource, reference = found.resource, found.container or reference_of(found.resource)
    try:
        analyte, code = _analyte(coded)
        effective = _checked_time(found, known, now, mismatch)
        lab, is_label = _lab(analyte, resource, units)
        if resource.get("status") in _USABLE_STATUS:
            return Result(analyte, lab, code, effective, reference, is_label, found, subject)
        why, value = _status_error(resource), lab
    except _RejectedError as error:
        why, value = error, None
    except InputError as error:
        why, value = _RejectedError(error.code, error.case, error.parameters), None
    latest = latest_possible(resource, known)
    reason = why.code, why.case, why.parameters
    return Rejection(reference, *reason, coded.analyte, why.is_result, latest, known, value, resource)


def checked_time(
    found: Found, known: EffectiveTime | None, now: datetime, mismatch: Mismatch | None
) -> EffectiveTime | Rejection:
    """Return the time of an Observation that belongs to the patient and can be relied on, or why it cannot be used.

    It does not check whether the status is that of a usable result, or whether the value can be read.
    """
    try:
        return _checked_time(found, known, now, mismatch)
    except _RejectedError as why:
        latest = latest_possible(found.resource, known)
        return Rejection(reference_of(found.resource), why.code, why.case, why.parameters, None, why.is_result, latest)


def rejection_of(result: Result, code: str, **parameters: object) -> Rejection:
    """Return why a result that could be read was not used."""
    return Rejection(
        result.reference,
        code,
        parameters=parameters,
        analyte=result.analyte,
        latest=result.effective.latest,
        effective=result.effective,
        resource=result.found.resource,
    )


def standing_of(resource: Resource) -> str:
    """Return by status whether an Observation is `usable`, counts only as `newer`, or is no result: `none`."""
    status = resource.get("status")
    if status in _USABLE_STATUS:
        return "usable"
    return "none" if status in _NO_RESULT_STATUS else "newer"


def _checked_time(found: Found, known: EffectiveTime | None, now: datetime, mismatch: Mismatch | None) -> EffectiveTime:
    """Return the time of an Observation. Raises _RejectedError for the first reason that forbids to rely on it."""
    resource = found.resource
    if mismatch is not None:
        raise _RejectedError("subject", mismatch.case, is_result=not mismatch.is_certain)
    if found.is_disputed:
        raise _RejectedError("versions")
    # These three are not results and will not become one.
    if resource.get("status") in _NO_RESULT_STATUS:
        raise _status_error(resource, is_result=False)
    if is_test_data(resource):
        raise _RejectedError("test_data", is_result=False)
    if isinstance(resource.get("dataAbsentReason"), dict):
        raise _RejectedError("no_value", "marked_absent", is_result=False)
    if known is None:
        raise _RejectedError("no_time", time_fault(resource))
    if known.is_future(now):
        raise _RejectedError("in_the_future")
    if found.container is not None:
        raise _RejectedError("contained")
    if is_modified(resource):
        raise _RejectedError("modified")
    if resource.get("dataAbsentReason") is not None:
        raise _RejectedError("no_value", "unreadable_absent_reason")
    return known


def _analyte(coded: Coded) -> tuple[Analyte, Coding]:
    if coded.analyte is None or coded.code is None:
        raise _RejectedError(coded.fault, coded.case, coded.parameters, is_result=coded.is_result)
    return coded.analyte, coded.code


def _status_error(resource: Resource, *, is_result: bool = True) -> _RejectedError:
    status = resource.get("status")
    if status in _OTHER_STATUS:
        return _RejectedError("status", parameters={"status": status}, is_result=is_result)
    return _RejectedError("status", "not_known", is_result=is_result)


def _lab(analyte: Analyte, resource: Resource, units: LocalUnits) -> tuple[Lab, bool]:
    kinds = [name for name in resource if name.startswith("value")]
    value: Any = resource[kinds[0]] if kinds else None
    match kinds:
        case ["valueQuantity"]:
            return read_quantity(analyte, value, units)
        case ["valueString"]:
            return read_text_value(analyte, value, units), True
        case []:
            raise _RejectedError("no_value")
        case [_]:
            raise _RejectedError("no_value", "not_a_quantity")
        case _:
            raise _RejectedError("no_value", "several_values")
