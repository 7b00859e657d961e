"""Look into a FHIR resource as it was sent, which may be malformed anywhere."""

from collections.abc import Mapping
from typing import Any

from app.ehr.fhir.reading.references import ID, TYPE, key_on

Resource = Mapping[str, Any]
_TEST_DATA = "HTEST"  # of HL7's ActReason


def reference_of(resource: Resource) -> str | None:
    """Return `Observation/id`, or None for a resource without a proper id."""
    found = resource.get("id")
    return f"{resource.get('resourceType')}/{found}" if isinstance(found, str) and ID.fullmatch(found) else None


def key_of(resource: Resource, base: str | None = None) -> str | None:
    """Return the key of a resource itself (see `resource_key`), or None for one without a proper type and id."""
    kind, found = resource.get("resourceType"), resource.get("id")
    if not isinstance(kind, str) or not isinstance(found, str) or not TYPE.fullmatch(kind) or not ID.fullmatch(found):
        return None
    return key_on(base, kind, found)


def objects_in(parent: Any, name: str) -> list[Resource]:
    """Return the objects in a list element of a resource or of a part of one, without malformed entries."""
    found = parent.get(name) if isinstance(parent, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def contained_in(resource: Resource, reference: Any) -> Resource | None:
    """Return the contained resource that a reference such as `#m` names, or None."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    return next((one for one in objects_in(resource, "contained") if one.get("id") == reference[1:]), None)


def is_modified(resource: Resource) -> bool:
    """Return whether an extension or rules that are not known change the meaning of a resource."""
    return "modifierExtension" in resource or "implicitRules" in resource


def is_bundle(value: Any) -> bool:
    """Return whether a value is a Bundle."""
    return isinstance(value, dict) and value.get("resourceType") == "Bundle"


def is_outcome(value: Any) -> bool:
    """Return whether a value is an OperationOutcome."""
    return isinstance(value, dict) and value.get("resourceType") == "OperationOutcome"


def is_test_data(resource: Resource) -> bool:
    """Return whether a resource is labelled as test data."""
    return "meta" in resource and any(
        label.get("code") == _TEST_DATA for label in objects_in(resource["meta"], "security")
    )
