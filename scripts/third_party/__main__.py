"""Write docs/third-party.md, and with a folder as argument the bills of materials of the service."""

import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.third_party.locks import ROOT
from scripts.third_party.parts import Component, Embedded, LicenceError, embedded, environment, packages

LIST = ROOT / "docs" / "third-party.md"
LOCKS = {"serve": "the service", "pdf": "the service with the extra for PDF documents"}
_HEAD = """# Third-party parts

Written by `scripts/sbom`; do not edit. It lists what is in the image beside the base image with Python: the packages
that `requirements/serve.txt` and `requirements/pdf.txt` lock for Linux, and the material of others in the repository.
Packages that only tests and the making of the model need are in `requirements/dev.txt`.
[Supply chain](supply-chain.md) says how to make the bills of materials, and how to check a copy.

## Packages

| Package | Version | Licence |
|---|---|---|
"""
_MATERIAL = """
## Other material

| Name | Kind | Licence | Where | What |
|---|---|---|---|---|
"""


def bill(kind: str, installed: Component) -> Component:
    """Return the bill of materials of a lock file. Raises LicenceError, also if it is not valid CycloneDX."""
    components = packages(ROOT / "requirements" / f"{kind}.txt", installed)
    known = {one["bom-ref"] for one in components}
    root = {"bom-ref": "sii-afp", "name": "sii-afp", "type": "application", "licenses": [{"license": {"id": "MIT"}}]}
    found = {
        **{name: value for name, value in installed.items() if name not in ("components", "dependencies")},
        "metadata": {**installed["metadata"], "component": root},
        "components": [*components, *(_material(part) for part in embedded())],
        "dependencies": [
            {**one, "dependsOn": [ref for ref in one.get("dependsOn", []) if ref in known]}
            for one in installed["dependencies"]
            if one["ref"] in known
        ],
    }
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(found))
    if error:
        raise LicenceError(f"the bill of {LOCKS[kind]} is not valid CycloneDX: {error}")
    return found


def third_party(installed: Component) -> str:
    """Return the list for people. Raises LicenceError."""
    serving = {one["name"] for one in packages(ROOT / "requirements" / "serve.txt", installed)}
    listed = sorted(packages(ROOT / "requirements" / "pdf.txt", installed), key=lambda one: one["name"].lower())
    rows = [
        f"| {one['name']}{'' if one['name'] in serving else ' (PDF documents)'} | {one['version']} "
        f"| {one['licenses'][0]['expression']} |\n"
        for one in listed
    ]
    material = [
        f"| [{part.name}]({part.source}){' ' + part.version if part.version else ''} | {part.kind} | {part.licence} "
        f"| {', '.join(f'`{path}`' for path in part.paths) or '-'} | {part.note} |\n"
        for part in embedded()
    ]
    return _HEAD + "".join(rows) + _MATERIAL + "".join(material)


def _material(part: Embedded) -> Component:
    return {
        "bom-ref": part.name,
        "name": part.name,
        "type": "data" if part.kind == "data" else "file",
        **({"version": part.version} if part.version else {}),
        "description": part.note,
        "licenses": [{"expression": part.licence, "acknowledgement": "concluded"}],
        "externalReferences": [{"type": "website", "url": part.source}],
        "properties": [{"name": "sii-afp:path", "value": path} for path in part.paths],
    }


def main() -> int:
    """Write them; return 1 if a licence is unknown or not accepted."""
    try:
        installed = environment()
        LIST.write_text(third_party(installed), "utf-8")
        for kind, what in LOCKS.items():
            found = bill(kind, installed)
            print(f"{what}: {len(found['components'])} components, no licence unknown")
            for folder in sys.argv[1:]:
                Path(folder, f"sbom-{kind}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    except LicenceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
