"""Find hepatocellular carcinoma on the problem list. Only a Condition that is certain counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.config.site import SiteConfiguration
from app.core.clinical_codes import Coding, Icd10CmCode, Icd10Code, SnomedCode
from app.ehr.fhir.reading.bundles import Found, newest_versions
from app.ehr.fhir.reading.codes import codes_in, codings_of
from app.ehr.fhir.reading.references import Reference
from app.ehr.fhir.reading.resources import Resource, is_modified, is_test_data, objects_in
from app.ehr.fhir.reading.subjects import mismatch_with

# SNOMED CT: liver cell carcinoma (disorder). ICD-10: C22.0, liver cell carcinoma, in WHO's and in the US edition.
STANDARD_CODES: tuple[Coding, ...] = (
    SnomedCode("109841003").coding,
    Icd10CmCode("C22.0").coding,
    Icd10Code("C22.0").coding,
)
# The codes of an established, present disease, in FHIR's own code systems.
_ESTABLISHED: Mapping[str, tuple[str, frozenset[str]]] = {
    "clinicalStatus": (
        "http://terminology.hl7.org/CodeSystem/condition-clinical",
        frozenset({"active", "recurrence", "relapse"}),
    ),
    "verificationStatus": ("http://terminology.hl7.org/CodeSystem/condition-ver-status", frozenset({"confirmed"})),
}
# Codes of other systems that contradict it: the disease is over, refuted or not established.
_CONTRADICTING = frozenset(
    {
        *("refuted", "entered-in-error", "unconfirmed", "provisional", "differential"),
        *("resolved", "inactive", "remission", "ruled-out", "excluded", "suspected"),
    }
)
# German diagnoses carry their certainty beside the code: G is established; A excluded, V suspected, Z over.
_CERTAINTY = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
_ESTABLISHED_IN_GERMANY = "G"


def condition_codes(site: SiteConfiguration) -> tuple[Coding, ...]:
    """Return the codes that this site uses."""
    return (*STANDARD_CODES, *(coding for one in site.condition_code for coding in codings_of(one)))


def carcinoma_in(conditions: Iterable[Found], codes: tuple[Coding, ...], patient: Reference) -> Found | None:
    """Return the first Condition with one of these codes that is certainly the patient's, established and present.

    A Condition without any status and without an abatement is taken as present, like the diagnosis of an encounter. A
    status that cannot be read, an abatement in any form, or a modifier of the meaning rules it out.
    """
    for one in newest_versions(conditions):
        if _is_established(one, codes, patient):
            return one
    return None


def has_code(found: Found, codes: Sequence[Coding]) -> bool:
    """Return whether a Condition has one of these codes, certain or not."""
    return not set(codes).isdisjoint(codes_in(found.resource.get("code")))


def _is_established(found: Found, codes: tuple[Coding, ...], patient: Reference) -> bool:
    condition = found.resource
    return (
        condition.get("resourceType") == "Condition"
        and has_code(found, codes)
        and not found.is_disputed
        and not _is_uncertain(condition.get("code"))
        and mismatch_with(patient, found) is None
        and not is_test_data(condition)
        and not is_modified(condition)
        and not [name for name in condition if name.lstrip("_").startswith("abatement")]
        and _has_status(condition, "clinicalStatus")
        and _has_status(condition, "verificationStatus")
    )


def _has_status(condition: Resource, name: str) -> bool:
    """Return whether a status is absent, or is one of a present disease without a contradicting code."""
    if name not in condition:
        return f"_{name}" not in condition
    system, states = _ESTABLISHED[name]
    found = codes_in(condition[name])
    has_state = False
    for where, code in found:
        if (where == system and code not in states) or code.lower() in _CONTRADICTING:
            return False
        has_state = has_state or where == system
    return has_state and len(found) == _number_of_codings(condition[name])


def _is_uncertain(concept: Any) -> bool:
    """Return whether the German extension of a coding marks the diagnosis as anything but established."""
    for coding in objects_in(concept, "coding"):
        for extension in objects_in(coding, "extension"):
            certainty = extension.get("valueCoding")
            is_established = isinstance(certainty, dict) and certainty.get("code") == _ESTABLISHED_IN_GERMANY
            if extension.get("url") == _CERTAINTY and not is_established:
                return True
    return False


def _number_of_codings(concept: Any) -> int:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return len(codings) if isinstance(codings, list) else 0
