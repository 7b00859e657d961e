"""Read the body of `$hcc-risk`: Parameters with four quantities or with Observations, or a Bundle of Observations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.core.analytes import Analyte
from app.core.applicability import Population
from app.core.dates import SampleDates, day_from_iso
from app.core.errors import InputError
from app.core.labs import Lab
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.ehr.fhir.places import Places
from app.ehr.fhir.reading.bundles import BundleContent, BundleError, found_alone, read_bundle
from app.ehr.fhir.reading.criteria import population_from, read_criteria
from app.ehr.fhir.reading.lab_results import INCLUDED, LabReading, ReadingRules, age_errors, read_labs
from app.ehr.fhir.reading.quantities import read_quantity
from app.ehr.fhir.reading.references import Reference
from app.ehr.fhir.reading.resources import Resource, is_bundle
from app.ehr.fhir.reading.subjects import Unresolved, named_patient
from app.ehr.fhir.risk_assessment import Patient
from app.presentation.rejection_messages import bundle_message, incomplete_message
from app.presentation.translation import gettext as _

_POPULATION = {
    "sorafenibFailed": ("sorafenib_failed", "valueBoolean", bool),
    "startingRegorafenib": ("starting_regorafenib", "valueBoolean", bool),
    "childPughClass": ("child_pugh_class", "valueCode", str),
    "ecog": ("ecog", "valueInteger", int),
    "sorafenibTolerated": ("sorafenib_tolerated", "valueBoolean", bool),
}
_DATES = {"bloodCountDate": "blood_count", "afpDate": "afp"}
_START = "regorafenibStart"
_RESOURCES = {"observation": "Observation", "bundle": "Bundle"}
PARAMETERS = {
    **{f"population.{field}": name for name, (field, _kind, _expected) in _POPULATION.items()},
    **{f"sampled_on.{field}": name for name, field in _DATES.items()},
}
"""The parameter of each field of an InputError that has another name."""
_Named = Mapping[str, list[Resource]]


@dataclass(frozen=True, slots=True)
class OperationInput:
    """The values with their sources, the patient, the answers on the study criteria, and the start of treatment."""

    reading: LabReading
    patient: Patient
    population: Population
    regorafenib_start: date | None = None


class _RefusedError(Exception):
    """The body is refused because of one part of it; `names` lead to an element below, as far as it was sent.

    `path` names the element instead where that is known: from the part, or from the body if there is no part.
    """

    def __init__(
        self, code: str, text: str, part: object = None, *names: str, path: str = "", status: int = 400
    ) -> None:
        super().__init__(text)
        self.issue = code, text
        self.part = part
        self.names = names
        self.path = path
        self.status = status

    def as_fhir_error(self, body: Resource) -> FhirError:
        """Return the error with the place of the part in the body."""
        place = ".".join(filter(None, (Places(body).of(self.part, *self.names), self.path)))
        return FhirError(self.status, [Issue(*self.issue, expression=place)])


def read_operation(body: Any, rules: ReadingRules, now: datetime) -> OperationInput:
    """Read the body of the operation. Values are checked by the assessment.

    Raises FhirError: 400 for a malformed body, 422 for a Bundle that is incomplete or reports a failed query.
    """
    if not is_bundle(body) and (not isinstance(body, dict) or body.get("resourceType") != "Parameters"):
        raise FhirError(400, [Issue("structure", _("The body is neither Parameters nor a Bundle."))])
    try:
        return _read(body, rules, now)
    except _RefusedError as error:
        raise error.as_fhir_error(body) from None


def _read(body: Resource, rules: ReadingRules, now: datetime) -> OperationInput:
    if is_bundle(body):
        return _from_observations([_content(body)], rules, now, None, Population(), None)
    named = _parameters(body)
    subject, population, start = _subject(named), _population(named), _start(named)
    sent = [_sent(entry, name) for name in _RESOURCES for entry in named.get(name, [])]
    if any(name in named for name in _RESOURCES):
        of_quantities = [name for name in (*(analyte.value for analyte in Analyte), *_DATES) if name in named]
        if of_quantities:
            text = _("Send either quantities or Observations, not both.")
            raise _RefusedError("structure", text, named[of_quantities[0]][0])
        return _from_observations(sent, rules, now, subject, population, start)
    reading = _from_quantities(named, rules, now)
    return OperationInput(reading, Patient(subject.element if subject else None), population, start)


def _from_observations(
    sent: Sequence[BundleContent],
    rules: ReadingRules,
    now: datetime,
    subject: Reference | Unresolved | None,
    population: Population,
    start: date | None,
) -> OperationInput:
    """Read the Observations of the patient named by the caller, or otherwise of the one patient that they all name.

    They also answer the criteria of the study that the caller does not state.
    """
    found = [one for content in sent for one in content.matches]
    reading = read_labs(found, rules, now=now, patient=subject)
    if included := sum(content.included for content in sent):
        reading = replace(reading, counted={**reading.counted, INCLUDED: included})
    if reading.subject:
        criteria = read_criteria(found, patient=reading.subject, oldest=rules.oldest, now=now)
        answers = tuple(one for one in criteria if getattr(population, one.id) is None)
        reading, population = replace(reading, criteria=answers), population_from(answers, population)
    return OperationInput(reading, Patient(reading.subject.element if reading.subject else None), population, start)


def _sent(entry: Resource, name: str) -> BundleContent:
    """Return the results in one parameter `observation` or `bundle`."""
    resource = entry.get("resource")
    if not isinstance(resource, dict) or resource.get("resourceType") != _RESOURCES[name]:
        text = _("The parameter {name} has no resource of type {type}.")
        raise _RefusedError("structure", text.format(name=name, type=_RESOURCES[name]), entry, "resource")
    if name == "bundle":
        return _content(resource)
    return BundleContent((found_alone(resource),))


def _content(bundle: Resource) -> BundleContent:
    """Return the content of a Bundle. Raises FhirError: 400 if it is malformed, 422 if it is incomplete."""
    try:
        content = read_bundle(bundle)
    except BundleError as error:
        text = bundle_message(error.code, f"Bundle.{error.path}")
        is_sent = error.code != "missing"  # otherwise its parent is named
        path = error.path if is_sent else error.path.rpartition(".")[0]
        raise _RefusedError("structure", text, bundle, path=path) from None
    if content.failed_entry is not None:
        text = _("The Bundle has an OperationOutcome or a response that reports a failed query. Repeat the query.")
        raise _RefusedError("incomplete", text, bundle, path=content.failed_entry, status=422)
    if why := content.incomplete:
        reason = incomplete_message(why.code, why.parameters, "Bundle")
        text = _("The Bundle is incomplete. {reason} Send every page of the search.").format(reason=reason)
        raise _RefusedError("incomplete", text, bundle, status=422)
    return content


def _parameters(body: Resource) -> _Named:
    entries = body.get("parameter")
    if not isinstance(entries, list):
        raise _RefusedError("required", _("Parameters.parameter is missing or is not a list."), body, "parameter")
    known = {"subject", _START, *_RESOURCES, *_POPULATION, *_DATES, *(analyte.value for analyte in Analyte)}
    named: dict[str, list[Resource]] = {}
    for at, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            raise _RefusedError("structure", _("A parameter has no name."), path=f"parameter[{at}]")
        if "modifierExtension" in entry:
            text = _("A parameter has a modifierExtension, which is not supported.")
            raise _RefusedError("not-supported", text, entry, "modifierExtension")
        if name not in known:
            text = _("A parameter has an unknown name. The known names are: {names}.")
            raise _RefusedError("not-supported", text.format(names=", ".join(sorted(known))), entry, "name")
        named.setdefault(name, []).append(entry)
    for name, found in named.items():
        if len(found) > 1 and name not in _RESOURCES:
            text = _("The parameter {name} appears more than once.").format(name=name)
            raise _RefusedError("structure", text, found[1])
    return named


def _subject(named: _Named) -> Reference | Unresolved | None:
    if "subject" not in named:
        return None
    found = named_patient(named["subject"][0].get("valueReference"))
    if found is None:
        text = _(
            "The subject is not a reference to a Patient, such as Patient/p1 or urn:uuid:..., or an identifier with "
            "system and value."
        )
        raise _RefusedError("value", text, named["subject"][0], "value")
    return found


def _start(named: _Named) -> date | None:
    return _date(named[_START][0], _START) if _START in named else None


def _population(named: _Named) -> Population:
    found: dict[str, Any] = {}
    for name, (field, kind, expected) in _POPULATION.items():
        if name in named:
            entry = named[name][0]
            value = entry.get(kind)
            if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
                text = _("The parameter {name} has no {type}.").format(name=name, type=kind)
                raise _RefusedError("value", text, entry, "value")
            found[field] = value
    return Population(**found)


def _from_quantities(named: _Named, rules: ReadingRules, now: datetime) -> LabReading:
    labs: dict[Analyte, Lab | InputError] = {}
    labelled = []
    for analyte in Analyte:
        if analyte.value not in named:
            labs[analyte] = InputError(analyte.value, "missing", "parameter")
            continue
        try:
            labs[analyte], is_label = read_quantity(analyte, named[analyte.value][0].get("valueQuantity"), rules.units)
            labelled += [analyte] if is_label else []
        except InputError as error:
            labs[analyte] = error
    dates = SampleDates(**{field: _date(named[name][0], name) for name, field in _DATES.items() if name in named})
    for analyte, too_old in age_errors(dates, rules, now).items():
        labs[analyte] = labs[analyte] if isinstance(labs[analyte], InputError) else too_old
    return LabReading(labs, dates, {}, (), labelled=tuple(labelled))


def _date(entry: Resource, name: str) -> date:
    day = day_from_iso(entry.get("valueDate"))
    if day is None:
        text = _("The parameter {name} has no valueDate such as 2026-01-02.")
        raise _RefusedError("value", text.format(name=name), entry, "value")
    return day
