"""Decide whether a resource is about the patient. A resource that may be about somebody else is not used."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.references import Reference, parse_reference
from app.ehr.fhir.reading.resources import Resource, contained_in, objects_in

_URN = re.compile(r"urn:(uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|oid:[0-2](\.(0|[1-9][0-9]*))+)", re.IGNORECASE)
_FOCUS_EXTENSIONS = (
    "http://hl7.org/fhir/StructureDefinition/observation-focusCode",
    "http://hl7.org/fhir/StructureDefinition/observation-focal-subject",  # before R4
)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A subject without a reference to a resource: a number with its system, a `urn:`, a name, or none of these.

    Two are the same if their `key` is. `element` is the FHIR Reference to a patient so named; None if a name alone, or
    nothing, is known.
    """

    key: tuple[object, ...]
    element: Mapping[str, Any] | None = field(default=None, compare=False)


Subject = Reference | Unresolved | None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a resource is not used for the patient, as the case of a Rejection with the code `subject`.

    `is_certain`: the resource is certainly not about the patient.
    """

    case: str
    is_certain: bool


_OTHER = Mismatch("other_patient", is_certain=True)
_SEVERAL = Mismatch("several_patients", is_certain=True)
_SEVERAL_SERVERS = Mismatch("several_servers", is_certain=True)
_UNKNOWN = Mismatch("unknown_patient", is_certain=False)
_OTHER_SERVER = Mismatch("other_server", is_certain=True)
_UNKNOWN_SERVER = Mismatch("unknown_server", is_certain=False)
_NOT_A_PATIENT = Mismatch("not_a_patient", is_certain=True)
_FOCUS = Mismatch("other_focus", is_certain=True)
_UNKNOWN_FOCUS = Mismatch("unknown_focus", is_certain=False)
_SPECIMEN = Mismatch("other_specimen", is_certain=True)
_UNKNOWN_SPECIMEN = Mismatch("unknown_specimen", is_certain=False)


def subject_of(found: Found, element: str = "subject") -> Subject:
    """Return the subject that a resource names. `urn:` references are resolved in the resource's Bundle.

    A contained or unreadable subject differs from every other subject.
    """
    subject = found.resource.get(element)
    if subject is None:
        return None
    if not isinstance(subject, dict):
        return _unlike_any(found)
    text = subject.get("reference")
    if text is not None:
        return _resolved(text, subject, found) or _unlike_any(found)
    if numbered := _numbered(subject):
        return numbered
    identifier = subject.get("identifier")
    number = identifier if isinstance(identifier, dict) else {}
    texts = (number.get("system"), number.get("value"), subject.get("display"))
    known = tuple(text if isinstance(text, str) else None for text in texts)
    return Unresolved(known) if any(known) else _unlike_any(found)


def _unlike_any(found: Found) -> Unresolved:
    return Unresolved((id(found.resource),))


def named_patient(element: Any) -> Reference | Unresolved | None:
    """Return the patient that a caller names: a reference, a `urn:`, or a number with its system. Otherwise None."""
    if not isinstance(element, dict) or element.get("type", "Patient") != "Patient":
        return None
    text = element.get("reference")
    if text is None:
        return _numbered(element)
    if isinstance(text, str) and _URN.fullmatch(text):
        return Unresolved((text,), {"reference": text})
    named = parse_reference(text)
    return named if named and named.type == "Patient" else None


def mismatches_of(
    observations: Sequence[Found], subjects: Sequence[Subject], patient: Reference | Unresolved | None
) -> list[Mismatch | None]:
    """Return, for each Observation, why it is not certain to be about the one patient, or None.

    `subjects` are those of the Observations.
    """
    if patient is None:
        if not is_one_subject(subjects):
            return [_SEVERAL] * len(observations)
        return [aside_from(subject, one) for subject, one in zip(subjects, observations, strict=True)]
    found: list[Mismatch | None] = []
    kept: list[Subject] = []
    for subject, one in zip(subjects, observations, strict=True):
        mismatch = _mismatch_of(subject, patient, one)
        found.append(mismatch)
        if mismatch is None:
            kept.append(subject)
    if not is_one_server([patient, *kept]):
        return [mismatch or _SEVERAL_SERVERS for mismatch in found]
    return found


def common_patient(subjects: Sequence[Subject]) -> Reference | Unresolved | None:
    """Return the patient that all subjects name, with the server if any of them gives it."""
    if not subjects or not is_one_subject(subjects):
        return None
    first = subjects[0]
    if isinstance(first, Unresolved):
        return first if first.element else None
    named = [subject for subject in subjects if isinstance(subject, Reference) and subject.type == "Patient"]
    return max(named, key=lambda one: (one.is_absolute, one.base is not None), default=None)


def mismatch_with(patient: Reference, found: Found) -> Mismatch | None:
    """Return why a resource is not certain to be about the patient, or None."""
    return _mismatch_of(subject_of(found), patient, found)


def _mismatch_of(subject: Subject, patient: Reference | Unresolved, found: Found) -> Mismatch | None:
    if isinstance(patient, Unresolved):
        if not _is_named(subject, patient, found):
            return _difference_from_name(subject, patient)
    elif isinstance(subject, Reference):
        if not subject.is_same(patient):
            return _difference(subject, patient)
    elif not isinstance(subject, Unresolved) or _stated_type(found) in (None, "Patient"):
        return _UNKNOWN
    else:
        return _NOT_A_PATIENT
    return aside_from(subject, found)


def aside_from(subject: Subject, found: Found) -> Mismatch | None:
    """Return why a resource with this subject is about something else, or None.

    The reasons are a focus, such as a donor or a fetus; a specimen of another subject; or a subject that is not a
    Patient.
    """
    kind = subject.type if isinstance(subject, Reference) else _stated_type(found)
    if kind not in (None, "Patient"):
        return _NOT_A_PATIENT
    resource = found.resource
    if "extension" in resource and _has_focus_extension(resource):
        return _FOCUS
    if "focus" in resource and (mismatch := _focus_mismatch(subject, found)):
        return mismatch
    return _specimen_mismatch(subject, found) if "specimen" in resource else None


def is_one_subject(subjects: Sequence[Subject]) -> bool:
    """Return whether all name the same subject, or no subject. All known servers must be the same."""
    references = [subject for subject in subjects if isinstance(subject, Reference)]
    if not references:
        return len(set(subjects)) <= 1
    if len(references) != len(subjects) or len({(one.type, one.id) for one in references}) != 1:
        return False
    has_absolute = any(one.is_absolute for one in references)
    return is_one_server(references) and not (has_absolute and any(one.base is None for one in references))


def is_one_server(subjects: Sequence[Subject]) -> bool:
    """Return whether all known servers of subjects are the same."""
    return len({one.base for one in subjects if isinstance(one, Reference) and one.base is not None}) <= 1


def _difference(subject: Reference, patient: Reference) -> Mismatch:
    if subject.type != patient.type:
        return _NOT_A_PATIENT
    if subject.id != patient.id:
        return _OTHER
    return _UNKNOWN_SERVER if None in (subject.base, patient.base) else _OTHER_SERVER


def _is_named(subject: Subject, patient: Unresolved, found: Found) -> bool:
    """Return whether a subject is the patient that a caller named by a `urn:` or a number.

    The Patient in the resource's Bundle may tell which resource that is.
    """
    if subject == patient:
        return True
    if not isinstance(subject, Reference) or patient.element is None:
        return False
    if "reference" in patient.element:
        return _is_same(_resolved(patient.element["reference"], {}, found), subject)
    resource = found.beside_it(str(subject)) or {}
    numbers = (_numbered({"identifier": one}) for one in objects_in(resource, "identifier"))
    return subject.type == "Patient" and patient in numbers


def _difference_from_name(subject: Subject, patient: Unresolved) -> Mismatch:
    """Return why a subject is not the patient that a caller named. Two numbers of one system are two patients."""
    if isinstance(subject, Reference) and subject.type != "Patient":
        return _NOT_A_PATIENT
    system = _system_of(patient)
    return _OTHER if system is not None and _system_of(subject) == system else _UNKNOWN


def _system_of(subject: Subject) -> str | None:
    """Return the system of a subject that is named by a number."""
    element = subject.element if isinstance(subject, Unresolved) else None
    return element["identifier"]["system"] if element and "identifier" in element else None


def _numbered(element: Mapping[str, Any]) -> Unresolved | None:
    """Return the subject that a number names together with its system, or None."""
    identifier = element.get("identifier")
    number = identifier if isinstance(identifier, dict) else {}
    system, value = number.get("system"), number.get("value")
    if not isinstance(system, str) or not isinstance(value, str) or not system or not value:
        return None
    return Unresolved((system, value), {"identifier": {"system": system, "value": value}})


def _resolved(text: Any, subject: Mapping[str, Any], found: Found) -> Subject:
    if isinstance(text, str) and text.startswith("urn:"):
        resource = found.beside_it(text)
        parsed = None
        if resource is not None:
            parsed = parse_reference(f"{resource['resourceType']}/{resource.get('id')}", found.base)
        return parsed or Unresolved((text,), {"reference": text} if _URN.fullmatch(text) else None)
    parsed = parse_reference(text, found.base)
    if parsed is not None and subject.get("type", parsed.type) != parsed.type:
        return None
    return parsed


def _stated_type(found: Found) -> str | None:
    """Return the type of a subject that is contained in the resource, or that is only named by `type`, or None."""
    subject = found.resource.get("subject")
    if not isinstance(subject, dict):
        return None
    if "reference" in subject:
        kind = (contained_in(found.resource, subject["reference"]) or {}).get("resourceType")
    else:
        kind = subject.get("type")
    return kind if isinstance(kind, str) else None


def _has_focus_extension(resource: Resource) -> bool:
    return any(one.get("url") in _FOCUS_EXTENSIONS for one in objects_in(resource, "extension"))


def _focus_mismatch(subject: Subject, found: Found) -> Mismatch | None:
    focus = found.resource["focus"]
    named = [
        _resolved(one.get("reference"), one, found) if isinstance(one, dict) else None
        for one in (focus if isinstance(focus, list) and focus else [None])
    ]
    if any(_is_certainly_other(one, subject) for one in named):
        return _FOCUS
    return None if all(_is_same(one, subject) for one in named) else _UNKNOWN_FOCUS


def _specimen_mismatch(subject: Subject, found: Found) -> Mismatch | None:
    specimen = _specimen_of(found)
    if specimen is None or "subject" not in specimen:
        return None
    of = subject_of(Found(specimen, found.base, found.beside))
    if _is_certainly_other(of, subject):
        return _SPECIMEN
    return None if _is_same(of, subject) else _UNKNOWN_SPECIMEN


def _is_same(one: Subject, subject: Subject) -> bool:
    if isinstance(one, Reference) and isinstance(subject, Reference):
        return one.is_same(subject)
    return one is not None and one == subject


def _is_certainly_other(one: Subject, subject: Subject) -> bool:
    """Return whether a reference certainly names something else: another type, another id, or another server."""
    if not isinstance(one, Reference) or not isinstance(subject, Reference):
        return isinstance(one, Reference) and one.type != "Patient"
    return not one.is_same(subject) and _difference(one, subject).is_certain


def _specimen_of(found: Found) -> Resource | None:
    """Return the specimen of an Observation, if it is contained in it or is in the same Bundle."""
    specimen = found.resource.get("specimen")
    text = specimen.get("reference") if isinstance(specimen, dict) else None
    if not isinstance(text, str):
        return None
    return contained_in(found.resource, text) or found.beside_it(text)
