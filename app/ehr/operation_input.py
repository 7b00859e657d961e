"""What a caller of `$hcc-risk` sent: Parameters with four quantities, with Observations, or a Bundle of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.errors import InputError
from app.core.labs import Measurement
from app.core.sampling import SampleDates
from app.ehr.effective_time import calendar_day
from app.ehr.lab_reading import LabReading, ReadingRules, read_labs
from app.ehr.observations import read_quantity
from app.ehr.outcome import FhirError, Issue
from app.ehr.resources import Resource, observations_in, reference_of
from app.ehr.risk_assessment import Patient

_PATIENT = re.compile(r"(?:https?://[^\s]+/)?Patient/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?")
_POPULATION = {
    "sorafenibFailed": ("sorafenib_failed", "valueBoolean", bool),
    "startingRegorafenib": ("starting_regorafenib", "valueBoolean", bool),
    "childPughClass": ("child_pugh_class", "valueCode", str),
    "ecog": ("ecog", "valueInteger", int),
}
_DATES = {"bloodCountDate": "blood_count", "afpDate": "afp"}
_RESOURCES = {"observation": "Observation", "bundle": "Bundle"}


@dataclass(frozen=True, slots=True)
class OperationInput:
    """The values with their sources, what is known of the patient, and whose record it is."""

    reading: LabReading
    population: Population
    patient: Patient


def read_operation(body: Any, rules: ReadingRules, now: datetime) -> OperationInput:
    """Read the body of the operation. Raises FhirError 400 for a wrong shape; values are the assessment's matter."""
    if isinstance(body, dict) and body.get("resourceType") == "Bundle":
        return _from_observations(observations_in(body), rules, now, Population(), Patient())
    if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
        raise _refusal("structure", "The body is neither Parameters nor a Bundle.")
    named = _parameters(body)
    patient = _patient(named)
    population = _population(named)
    sent = [pair for name in _RESOURCES for entry in named.get(name, []) for pair in _resources(entry, name)]
    quantities = [name for name in (analyte.value for analyte in Analyte) if name in named]
    if any(name in named for name in _RESOURCES):
        if quantities or any(name in named for name in _DATES):
            raise _refusal("structure", "Send either quantities or Observations, not both.")
        return _from_observations(sent, rules, now, population, patient)
    return OperationInput(_from_quantities(named), population, patient)


def _from_observations(
    sent: Iterable[tuple[str | None, Resource]],
    rules: ReadingRules,
    now: datetime,
    population: Population,
    patient: Patient,
) -> OperationInput:
    """Read the Observations of the patient; if the caller names none, of the one whom they all name."""
    named = _PATIENT.fullmatch(patient.reference or "")
    reading = read_labs(sent, rules, now=now, patient=named[1] if named else None)
    if named is None and _PATIENT.fullmatch(reading.subject or ""):
        patient = Patient(reading.subject)
    return OperationInput(reading, population, patient)


def _resources(entry: Resource, name: str) -> Iterator[tuple[str | None, Resource]]:
    resource = entry.get("resource")
    if not isinstance(resource, dict) or resource.get("resourceType") != _RESOURCES[name]:
        raise _refusal("structure", f"The parameter {name} has no resource of type {_RESOURCES[name]}.", name)
    if name == "bundle":
        yield from observations_in(resource)
    else:
        yield reference_of(resource), resource


def _parameters(body: Resource) -> dict[str, list[Resource]]:
    entries = body.get("parameter")
    if not isinstance(entries, list):
        raise _refusal("required", "There are no parameters.")
    known = {"subject", *_RESOURCES, *_POPULATION, *_DATES, *(analyte.value for analyte in Analyte)}
    named: dict[str, list[Resource]] = {}
    for entry in entries:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            raise _refusal("structure", "A parameter has no name.")
        if name not in known:
            raise _refusal(
                "not-supported", f"There is a parameter that is not known. Known are: {', '.join(sorted(known))}."
            )
        named.setdefault(name, []).append(entry)
    for name, found in named.items():
        if len(found) > 1 and name not in _RESOURCES:
            raise _refusal("structure", f"The parameter {name} stands there more than once.", name)
    return named


def _patient(named: Mapping[str, list[Resource]]) -> Patient:
    if "subject" not in named:
        return Patient()
    value = named["subject"][0].get("valueReference")
    reference = value.get("reference") if isinstance(value, dict) else None
    if not isinstance(reference, str) or not _PATIENT.fullmatch(reference):
        raise _refusal("value", "The subject is no reference to a Patient, such as Patient/p1.", "subject")
    return Patient(reference)


def _population(named: Mapping[str, list[Resource]]) -> Population:
    found: dict[str, Any] = {}
    for name, (field, kind, expected) in _POPULATION.items():
        if name in named:
            value = named[name][0].get(kind)
            if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
                raise _refusal("value", f"The parameter {name} has no {kind}.", name)
            found[field] = value
    return Population(**found)


def _from_quantities(named: Mapping[str, list[Resource]]) -> LabReading:
    labs: dict[Analyte, Measurement | InputError] = {}
    labelled = []
    for analyte in Analyte:
        if analyte.value not in named:
            labs[analyte] = InputError(
                analyte.value, "missing", "The value is missing.", "Send it as a valueQuantity, or send Observations."
            )
            continue
        try:
            labs[analyte], is_label = read_quantity(analyte, named[analyte.value][0].get("valueQuantity"))
            labelled += [analyte] if is_label else []
        except InputError as error:
            labs[analyte] = error
    dates = {field: _date(named[name][0], name) for name, field in _DATES.items() if name in named}
    return LabReading(labs, SampleDates(**dates), {}, (), labelled=tuple(labelled))


def _date(entry: Resource, name: str) -> date:
    day = calendar_day(entry.get("valueDate"))
    if day is None:
        raise _refusal("value", f"The parameter {name} is no valueDate such as 2026-01-02.", name)
    return day


def _refusal(code: str, text: str, name: str | None = None) -> FhirError:
    expression = f"Parameters.parameter.where(name='{name}')" if name else None
    return FhirError(400, [Issue(code, text, expression=expression)])
