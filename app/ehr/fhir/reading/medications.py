"""Find an order for regorafenib among the draft orders of a session. Only an order that is certain counts."""

from collections.abc import Iterable
from typing import Any

from app.config.site import SiteConfiguration
from app.core.clinical_codes import AtcCode, Coding, RxNormCode
from app.ehr.fhir.reading.bundles import Found, newest_versions
from app.ehr.fhir.reading.codes import codes_in, codings_of
from app.ehr.fhir.reading.references import Reference
from app.ehr.fhir.reading.resources import Resource, contained_in, is_modified, is_test_data, reference_of
from app.ehr.fhir.reading.subjects import mismatch_with

# Regorafenib: the ingredient in RxNorm, and the ATC codes since 2021 and before.
STANDARD_CODES: tuple[Coding, ...] = (
    RxNormCode("1312397").coding,
    AtcCode("L01EX05").coding,
    AtcCode("L01XE21").coding,
)
# The statuses of an order that is not signed yet, and of one that is in force. Orders in any other status do not count.
_NEW = {"MedicationRequest": "draft", "MedicationStatement": "intended"}
_IN_FORCE = "active"


def medication_codes(site: SiteConfiguration) -> tuple[Coding, ...]:
    """Return the codes of regorafenib at this site."""
    return (*STANDARD_CODES, *(coding for one in site.medication_code for coding in codings_of(one)))


def regorafenib_orders(orders: Iterable[Found], codes: tuple[Coding, ...], patient: Reference) -> list[Found]:
    """Return the orders with one of these codes that are certainly the patient's and not cancelled or reversed."""
    return [one for one in newest_versions(orders) if _counts(one, patient) and _has_code(one, codes)]


def is_selected(order: Found, selections: Iterable[str]) -> bool:
    """Return whether one of the references names an order, by its type and id or by its `fullUrl`."""
    own = reference_of(order.resource)
    return any(one == own or order.beside_it(one) is order.resource for one in selections)


def starts_treatment(order: Found) -> bool:
    """Return whether an order starts a treatment: it is not signed yet, and it does not continue an earlier one."""
    resource = order.resource
    return resource.get("status") == _NEW[resource["resourceType"]] and "priorPrescription" not in resource


def _counts(order: Found, patient: Reference) -> bool:
    resource = order.resource
    return (
        resource.get("resourceType") in _NEW
        and resource.get("status") in (_NEW[resource["resourceType"]], _IN_FORCE)
        and resource.get("doNotPerform", False) is False
        and "_doNotPerform" not in resource
        and not order.is_disputed
        and mismatch_with(patient, order) is None
        and _is_plain(resource)
    )


def _has_code(order: Found, codes: tuple[Coding, ...]) -> bool:
    return not set(codes).isdisjoint(codes_in(_medication(order)))


def _medication(order: Found) -> Any:
    """Return the CodeableConcept of an order's medication, or None if it is not one that can be read."""
    kinds = [name for name in order.resource if name.startswith("medication")]
    if kinds == ["medicationCodeableConcept"]:
        return order.resource["medicationCodeableConcept"]
    reference = order.resource["medicationReference"] if kinds == ["medicationReference"] else None
    text = reference.get("reference") if isinstance(reference, dict) else None
    named = contained_in(order.resource, text) or order.beside_it(text)
    if named is None or named.get("resourceType") != "Medication" or named.get("status") == "entered-in-error":
        return None
    return named.get("code") if _is_plain(named) else None


def _is_plain(resource: Resource) -> bool:
    return not is_test_data(resource) and not is_modified(resource)
