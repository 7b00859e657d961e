"""Decide whether a resource is about the patient. A resource that may be about somebody else is not used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.ehr.fhir.reading.bundles import Found
from app.ehr.fhir.reading.references import Reference, parse_reference
from app.ehr.fhir.reading.resources import Resource, contained_in, objects_in

TEST_DATA = "HTEST"
_FOCUS_EXTENSIONS = (
    "http://hl7.org/fhir/StructureDefinition/observation-focusCode",
    "http://hl7.org/fhir/StructureDefinition/observation-focal-subject",  # before R4
)


@dataclass(frozen=True, slots=True)
class Unidentified:
    """A subject without a reference that can be resolved. Two are the same if their `key` is."""

    key: tuple[object, ...]


Subject = Reference | Unidentified | None


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
    """Return the subject that a resource names. `urn:uuid` references are resolved in the resource's Bundle.

    A contained or unreadable subject differs from every other subject.
    """
    subject = found.resource.get(element)
    if subject is None:
        return None
    unlike_any = Unidentified((id(found.resource),))
    if not isinstance(subject, dict):
        return unlike_any
    text = subject.get("reference")
    if text is not None:
        return _resolved(text, subject, found) or unlike_any
    identifier = subject.get("identifier")
    number = identifier if isinstance(identifier, dict) else {}
    texts = (number.get("system"), number.get("value"), subject.get("display"))
    known = tuple(text if isinstance(text, str) else None for text in texts)
    return Unidentified(known) if any(known) else unlike_any


def mismatches_of(
    observations: Sequence[Found], subjects: Sequence[Subject], patient: Reference | None
) -> list[Mismatch | None]:
    """Return, for each Observation, why it is not certain to be about the one patient, or None.

    `subjects` are those of the Observations.
    """
    if patient is None:
        if not is_one_subject(subjects):
            return [_SEVERAL] * len(observations)
        return [aside_from(subject, one) for subject, one in zip(subjects, observations, strict=True)]
    found = [_mismatch_of(subject, patient, one) for subject, one in zip(subjects, observations, strict=True)]
    kept = [subject for subject, mismatch in zip(subjects, found, strict=True) if mismatch is None]
    if not is_one_server([patient, *(subject for subject in kept if isinstance(subject, Reference))]):
        return [mismatch or _SEVERAL_SERVERS for mismatch in found]
    return found


def common_patient(subjects: Sequence[Subject]) -> Reference | None:
    """Return the patient that all subjects name, with the server if any of them gives it."""
    if not is_one_subject(subjects):
        return None
    named = [subject for subject in subjects if isinstance(subject, Reference) and subject.type == "Patient"]
    return max(named, key=lambda one: (one.is_absolute, one.base is not None), default=None)


def mismatch_with(patient: Reference, found: Found) -> Mismatch | None:
    """Return why a resource is not certain to be about the patient, or None."""
    return _mismatch_of(subject_of(found), patient, found)


def _mismatch_of(subject: Subject, patient: Reference, found: Found) -> Mismatch | None:
    if isinstance(subject, Reference):
        if not subject.is_same(patient):
            return _difference(subject, patient)
    elif not isinstance(subject, Unidentified) or _contained_type(found) in (None, "Patient"):
        return _UNKNOWN
    else:
        return _NOT_A_PATIENT
    return aside_from(subject, found)


def aside_from(subject: Subject, found: Found) -> Mismatch | None:
    """Return why a resource with this subject is about something else, or None.

    The reasons are a focus, such as a donor or a fetus; a specimen of another subject; or a subject that is not a
    Patient.
    """
    if isinstance(subject, Reference) and subject.type != "Patient":
        return _NOT_A_PATIENT
    return _focus_mismatch(subject, found) or _specimen_mismatch(subject, found)


def is_one_subject(subjects: Sequence[Subject]) -> bool:
    """Return whether all name the same subject, or no subject. All known servers must be the same."""
    references = [subject for subject in subjects if isinstance(subject, Reference)]
    if not references:
        return len(set(subjects)) <= 1
    if len(references) != len(subjects) or len({(one.type, one.id) for one in references}) != 1:
        return False
    has_absolute = any(one.is_absolute for one in references)
    return is_one_server(references) and not (has_absolute and any(one.base is None for one in references))


def references_of(*found: Found) -> list[Reference]:
    """Return the references of subjects, each with its server if it is known."""
    return [subject for subject in map(subject_of, found) if isinstance(subject, Reference)]


def is_one_server(references: Sequence[Reference]) -> bool:
    """Return whether all known servers of references are the same."""
    return len({one.base for one in references if one.base is not None}) <= 1


def is_test_data(resource: Resource) -> bool:
    """Return whether a resource is labelled as test data."""
    return any(label.get("code") == TEST_DATA for label in objects_in(resource.get("meta"), "security"))


def _difference(subject: Reference, patient: Reference) -> Mismatch:
    if subject.type != patient.type:
        return _NOT_A_PATIENT
    if subject.id != patient.id:
        return _OTHER
    return _UNKNOWN_SERVER if None in (subject.base, patient.base) else _OTHER_SERVER


def _resolved(text: Any, subject: Mapping[str, Any], found: Found) -> Subject:
    if isinstance(text, str) and text.startswith("urn:"):
        resource = found.beside_it(text)
        if resource is None:
            return Unidentified((text,))
        parsed = parse_reference(f"{resource['resourceType']}/{resource.get('id')}", found.base)
        return parsed or Unidentified((text,))
    parsed = parse_reference(text, found.base)
    if parsed is not None and subject.get("type", parsed.type) != parsed.type:
        return None
    return parsed


def _contained_type(found: Found) -> str | None:
    """Return the type of a subject that is contained in the resource, or None."""
    subject = found.resource.get("subject")
    text = subject.get("reference") if isinstance(subject, dict) else None
    inside = contained_in(found.resource, text)
    kind = inside.get("resourceType") if inside else None
    return kind if isinstance(kind, str) else None


def _focus_mismatch(subject: Subject, found: Found) -> Mismatch | None:
    if any(one.get("url") in _FOCUS_EXTENSIONS for one in objects_in(found.resource, "extension")):
        return _FOCUS
    if "focus" not in found.resource:
        return None
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
