"""Write what was read of a record as JSON, and read it back, so that another process can show it.

Only the classes named here are read back. Of an Observation, the parts are kept that pages and filed resources need.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from app.core.analytes import Analyte
from app.core.dates import SampleDates
from app.core.errors import InputError, InputWarning
from app.core.labs import Lab, UnusedResult
from app.core.measurement import Comparator, Measurement
from app.core.units.conversion import Unit
from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.criteria import StatedCriterion
from app.ehr.fhir.reading.lab_results import LabReading
from app.ehr.fhir.reading.observations import Rejection, Result
from app.ehr.fhir.reading.references import Reference
from app.ehr.fhir.reading.subjects import Unresolved
from app.ehr.fhir.reading.times import EffectiveTime
from app.ehr.smart.patient_identity import PatientIdentity

_CLASSES: dict[str, type[Any]] = {
    one.__name__: one
    for one in (
        *(EffectiveTime, Found, InputWarning, Lab, LabReading, Measurement, PatientIdentity, Reference, Rejection),
        *(Result, SampleDates, StatedCriterion, Unit, UnusedResult, Unresolved),
    )
}
_ENUMS: dict[str, type[Enum]] = {one.__name__: one for one in (Analyte, Comparator)}
# What only the answer to the call that was read needs: where in its body a result is.
_NOT_KEPT = ((Rejection, "resource"), (LabReading, "refused"))
_KEPT_OF_RESOURCE = ("resourceType", "id", "status")
_SIMPLE: dict[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def dumps(*values: Any) -> bytes:
    """Return values as bytes. Raises TypeError for a value of another class than those named here."""
    return json.dumps([_written(value) for value in values], separators=(",", ":")).encode()


def loads(content: bytes) -> tuple[Any, ...]:
    """Return the values of `dumps`. Raises KeyError or TypeError if another version of the software wrote them."""
    reader = _Reader()
    return tuple(reader.read(value) for value in json.loads(content))


def _written(value: Any) -> Any:
    """Return a value as JSON: a text, a number, a truth value or null itself, anything else as [kind, content]."""
    written: Any
    match value:
        case Enum():
            written = [_ENUMS[type(value).__name__].__name__, value.value]
        case None | bool() | int() | float() | str():
            written = value
        case Decimal():
            written = ["decimal", str(value)]
        case datetime():
            written = ["datetime", value.isoformat()]
        case date():
            written = ["date", value.isoformat()]
        case tuple():
            written = ["tuple", [_written(item) for item in value]]
        case list():
            written = ["list", [_written(item) for item in value]]
        case Mapping():
            written = ["mapping", [[_written(key), _written(item)] for key, item in value.items()]]
        case InputError():
            parts = (value.field, value.code, value.case, dict(value.parameters))
            written = ["error", [_written(part) for part in parts]]
        case Found():
            kept = {name: value.resource[name] for name in _KEPT_OF_RESOURCE if name in value.resource}
            written = ["Found", {"resource": _written(kept), "base": value.base, "key": value.key}]
        case _ if type(value).__name__ in _CLASSES:
            names = [one.name for one in dataclasses.fields(value) if (type(value), one.name) not in _NOT_KEPT]
            written = [type(value).__name__, {name: _written(getattr(value, name)) for name in names}]
        case _:
            raise TypeError(f"{type(value).__name__} is not written")
    return written


class _Reader:
    """Reads values back. One error of several analytes, such as the three counts, is one error again."""

    def __init__(self) -> None:
        self._errors: dict[str, InputError] = {}

    def read(self, written: Any) -> Any:
        if not isinstance(written, list):
            return written
        kind, content = written
        found: Any
        match kind:
            case "tuple":
                found = tuple(self.read(item) for item in content)
            case "list":
                found = [self.read(item) for item in content]
            case "mapping":
                found = {self.read(key): self.read(value) for key, value in content}
            case "error":
                found = self._errors.setdefault(json.dumps(content), self._error(content))
            case _ if kind in _SIMPLE:
                found = _SIMPLE[kind](content)
            case _ if kind in _ENUMS:
                found = _ENUMS[kind](content)
            case _:
                found = _CLASSES[kind](**{name: self.read(value) for name, value in content.items()})
        return found

    def _error(self, content: list[Any]) -> InputError:
        field, code, case, parameters = (self.read(part) for part in content)
        return InputError(field, code, case, **parameters)
