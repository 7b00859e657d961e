"""The third-party parts of the service, with their licences as SPDX expressions."""

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing
from packaging.utils import canonicalize_name

from scripts.third_party.locks import ROOT, locked_python, version_of

# The image: CPython on Linux.
SYSTEM = {
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.13.0",
    "python_version": "3.13",
    "sys_platform": "linux",
}
_FILE = Path(__file__).with_name("embedded.toml")
_SPDX = get_spdx_licensing()

Component = dict[str, Any]


class LicenceError(Exception):
    """A licence is unknown or not accepted, or a locked package is not installed in its version."""


@dataclass(frozen=True)
class Embedded:
    """Material of others that is not a package."""

    name: str
    kind: str
    licence: str
    paths: list[str]
    source: str
    note: str
    version: str = ""


@dataclass(frozen=True)
class Rules:
    """What `embedded.toml` says of licences."""

    accepted: set[str]
    licences: dict[str, str] = field(default_factory=dict)


def rules() -> Rules:
    """Return the accepted licences, and the licences of packages that do not name theirs."""
    document = tomllib.loads(_FILE.read_text("utf-8"))
    return Rules(set(document["accepted"]), document["licences"])


def embedded() -> list[Embedded]:
    """Return the material that is not a package.

    Raises LicenceError if a licence is not accepted or a path is gone.
    """
    found = [Embedded(**part) for part in tomllib.loads(_FILE.read_text("utf-8"))["part"]]
    for part in found:
        accepted_expression(part.name, part.licence, rules())
        gone = [path for path in part.paths if not (ROOT / path).exists()]
        if gone:
            raise LicenceError(f"{part.name}: there is no {', '.join(gone)}")
    return found


def environment() -> Component:
    """Return the bill of materials of this Python environment, by cyclonedx-py."""
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    command = [program, "environment", "--output-reproducible", "--spec-version", "1.6", sys.executable]
    answer: Component = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return answer


def packages(lock: Path, installed: Component) -> list[Component]:
    """Return the components of the packages that a lock file installs in the image, each with one licence expression.

    Raises LicenceError.
    """
    by_name: dict[str, Component] = {canonicalize_name(one["name"]): one for one in installed["components"]}
    found = []
    for name, requirement in locked_python(lock).items():
        if requirement.marker and not requirement.marker.evaluate(SYSTEM):
            continue
        if by_name.get(name, {}).get("version") != version_of(requirement):
            raise LicenceError(f"{name} {version_of(requirement)} is not installed: run scripts/setup dev")
        licences = [_name_of(one) for one in by_name[name].get("licenses", [])]
        known = rules()
        expression = accepted_expression(name, known.licences.get(name) or " AND ".join(licences), known)
        licence = {"expression": expression, "acknowledgement": "concluded"}
        found.append({**by_name[name], "licenses": [licence]})
    return found


def accepted_expression(name: str, text: str, known: Rules) -> str:
    """Return the SPDX expression. Raises LicenceError if it is none, or no choice of it is accepted."""
    try:
        parsed = _SPDX.parse(text, validate=False)
    except ExpressionError as error:
        raise LicenceError(f"{name}: the licence '{text}' is not an SPDX expression") from error
    if parsed is None:
        raise LicenceError(f"{name}: the licence is unknown")
    unknown = [key for key in _SPDX.unknown_license_keys(text) if not key.startswith("LicenseRef-")]
    if unknown:
        raise LicenceError(f"{name}: the licence '{text}' is not an SPDX expression")
    if not _is_accepted(parsed, known.accepted):
        raise LicenceError(f"{name}: the licence '{text}' is not accepted")
    return str(parsed)


def _is_accepted(expression: Any, accepted: set[str]) -> bool:
    if isinstance(expression, _SPDX.OR):
        return any(_is_accepted(one, accepted) for one in expression.args)
    if isinstance(expression, _SPDX.AND):
        return all(_is_accepted(one, accepted) for one in expression.args)
    return str(expression) in accepted


def _name_of(licence: Component) -> str:
    if "expression" in licence:
        return f"({licence['expression']})"
    return str(licence["license"].get("id") or licence["license"]["name"])
