"""Load the published FHIR definitions from the JSON files beside this module.

A file is named after its resource type and id. It has placeholders: `{{canonical}}` is the base of the canonical
addresses, `{{public_url}}` the address of this installation, and `{{version}}` the version of the software.
"""

from pathlib import Path
from typing import Any

import orjson

from app.config.version import software

Definitions = dict[tuple[str, str], dict[str, Any]]
_FOLDER = Path(__file__).parent
_CAPABILITIES = ("CapabilityStatement", "sii-afp")


def definitions(canonical: str) -> Definitions:
    """Return every definition that a client can read, by resource type and id. `canonical` is their base address."""
    version = software().version
    names = [file.stem.partition("-") for file in sorted(_FOLDER.glob("*.json"))]
    return {
        (resource_type, name): load_definition(resource_type, name, canonical=canonical, version=version)
        for resource_type, _, name in names
        if (resource_type, name) != _CAPABILITIES
    }


def capability_statement(canonical: str, public_url: str) -> dict[str, Any]:
    """Return the CapabilityStatement."""
    values = {"canonical": canonical, "public_url": public_url, "version": software().version}
    return load_definition(*_CAPABILITIES, **values)


def load_definition(resource_type: str, name: str, **values: str) -> dict[str, Any]:
    """Return the definition in one file, with these values in place of their placeholders."""
    text = (_FOLDER / f"{resource_type}-{name}.json").read_text(encoding="utf-8")
    for placeholder, value in values.items():
        escaped = orjson.dumps(value).decode()[1:-1]
        text = text.replace(f"{{{{{placeholder}}}}}", escaped)
    found: dict[str, Any] = orjson.loads(text)
    return found
