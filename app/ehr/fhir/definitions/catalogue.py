"""The definitions that a FHIR client may read: the operation, the codes, the extensions and a questionnaire."""

from typing import Any

from app.config.version import software
from app.ehr.fhir.canonical import Canonical
from app.ehr.fhir.definitions.code_systems import code_systems
from app.ehr.fhir.definitions.extensions import extension_definitions
from app.ehr.fhir.definitions.operation import operation_definition
from app.ehr.fhir.definitions.questionnaire import questionnaire

# The day on which the definitions last changed.
DEFINED_ON = "2026-11-25"
Definitions = dict[tuple[str, str], dict[str, Any]]


def definitions(canonical: Canonical) -> Definitions:
    """Return every definition by resource type and id."""
    found: Definitions = {}
    for resource_type, name, content in (
        operation_definition(canonical),
        *code_systems(),
        *extension_definitions(canonical),
        questionnaire(),
    ):
        found[resource_type, name] = {
            "resourceType": resource_type,
            "id": name,
            "url": canonical.address(resource_type, name),
            "version": software().version,
            "status": "active",
            "experimental": False,
            "date": DEFINED_ON,
            **content,
        }
    return found


def capability_statement(canonical: Canonical, public_url: str, resource_types: list[str]) -> dict[str, Any]:
    """Return what this server can do."""
    return {
        "resourceType": "CapabilityStatement",
        "url": canonical.address("CapabilityStatement", "sii-afp"),
        "version": software().version,
        "name": "SiiAfp",
        "title": "SII-AFP calculator",
        "status": "active",
        "date": DEFINED_ON,
        "description": "Answers the operation hcc-risk. It keeps no patient data: only definitions can be read.",
        "kind": "instance",
        "software": {"name": "SII-AFP calculator", "version": software().version},
        "implementation": {"description": "This installation", "url": f"{public_url}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "The operation needs an API key or a signed token, if the site says so."},
                "resource": [{"type": one, "interaction": [{"code": "read"}]} for one in resource_types],
                "operation": [{"name": "hcc-risk", "definition": canonical.address("OperationDefinition", "hcc-risk")}],
            }
        ],
    }
