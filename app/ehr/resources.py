"""What every door needs to know of FHIR resources: their ids and references, and what lies in a Bundle."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Resource = Mapping[str, Any]
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def reference_of(resource: Resource) -> str | None:
    """Return `Observation/id`, or None for a resource without a proper id."""
    found = resource.get("id")
    return f"{resource.get('resourceType')}/{found}" if isinstance(found, str) and ID.fullmatch(found) else None


def entries_of(bundle: Any) -> list[Resource]:
    """Return the entries of a Bundle; what is malformed is left out."""
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def resources_in(bundle: Any) -> list[Resource]:
    """Return the resources of a Bundle."""
    return [entry["resource"] for entry in entries_of(bundle) if isinstance(entry.get("resource"), dict)]


def observations_in(bundle: Any) -> Iterator[tuple[str | None, Resource]]:
    """Yield the Observations of a Bundle, each with its reference; other resources are passed over."""
    for resource in resources_in(bundle):
        if resource.get("resourceType") == "Observation":
            yield reference_of(resource), resource
