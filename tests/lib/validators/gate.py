"""Check the FHIR output and the unit table with two independent FHIR R4 validators and one UCUM converter.

Neither validator is complete: pyrofile checks value sets, time zones and periods, which medplum ignores; medplum checks
extensions inside backbone elements, which pyrofile ignores. An emitted resource has to satisfy both.
"""

import contextlib
import io
import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig

_HERE = Path(__file__).parent
_R4 = _HERE / "node_modules" / "@medplum" / "definitions" / "dist" / "fhir" / "r4"
PACKAGES_ARE_INSTALLED = (_HERE / "node_modules" / ".package-lock.json").exists()
INSTALL_PACKAGES = "npm ci --prefix tests/lib/validators"
# dom-6 recommends a narrative for human readers, which a calculated resource does not need. pyrofile reports
# modifierExtension.present for every modifier element, such as the status that each Observation must have.
_NOT_COUNTED_BY_PYROFILE = frozenset({"invariant.dom-6", "modifierExtension.present"})
_NOT_COUNTED_BY_MEDPLUM = "Constraint dom-6 not met"


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: `severity` as in an OperationOutcome, the element, and its fault."""

    severity: str
    expression: str
    text: str

    @property
    def is_error(self) -> bool:
        """Whether the resource is invalid, not only doubtful."""
        return self.severity in {"error", "fatal"}


class Medplum:
    """The validator of medplum with the R4 definitions, in one process of Node. It checks no value sets."""

    def __init__(self) -> None:
        self._process = _LineProcess("medplum.mjs")

    def issues(self, resource: Mapping[str, Any]) -> list[Issue]:
        """Return the faults of the resource; a Decimal in it is written as a JSON number."""
        found = (Issue(**issue) for issue in self._process.ask(resource))
        return [issue for issue in found if not issue.text.startswith(_NOT_COUNTED_BY_MEDPLUM)]

    def close(self) -> None:
        """End the process."""
        self._process.close()


class Pyrofile:
    """The validator of pyrofile with HL7's R4 4.0.1 definitions, and `extra` definitions of our own.

    An extension without a known StructureDefinition is an error, and so is one that disagrees with its definition.
    Extensions inside a backbone element, such as RiskAssessment.prediction, are not checked.
    """

    def __init__(self, extra: Sequence[Mapping[str, Any]] = ()) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for number, definition in enumerate((*_r4_definitions(), *extra)):
                Path(folder, f"{number:05}.json").write_text(_as_json(definition), "utf-8")
            self._validator = Validator(ValidatorConfig(local_package_paths=[folder]))

    def issues(self, resource: Mapping[str, Any]) -> list[Issue]:
        """Return the faults of the resource; each text begins with the name of the rule."""
        # FHIRPath's trace(), which the definitions use, prints.
        with contextlib.redirect_stdout(io.StringIO()):
            report = self._validator.validate_resource(json.loads(_as_json(resource)))
        return [
            Issue(issue.severity.value, issue.path or "", f"{issue.code}: {issue.message}")
            for issue in report.issues
            if issue.code not in _NOT_COUNTED_BY_PYROFILE
        ]


class Ucum:
    """The unit converter of the National Library of Medicine, in one process of Node. It computes with floats."""

    def __init__(self) -> None:
        self._process = _LineProcess("ucum.mjs")

    def convert(self, value: Decimal | int, from_: str, to: str) -> Decimal | None:
        """Return the value in the other unit, or None if a unit is not a UCUM code or the quantities differ."""
        answer = self._process.ask({"from": from_, "to": to, "value": value})
        return Decimal(answer["value"]) if answer["status"] == "succeeded" else None

    def is_code(self, code: str) -> bool:
        """Return whether this is a UCUM code as it stands."""
        return bool(self._process.ask({"from": code})["status"] == "valid")

    def close(self) -> None:
        """End the process."""
        self._process.close()


class FhirPath:
    """The FHIRPath engine of medplum, in one process of Node. It computes with floats."""

    def __init__(self) -> None:
        self._process = _LineProcess("fhirpath.mjs")

    def evaluate(self, expression: str, resource: Mapping[str, Any]) -> list[Any]:
        """Return the result of the expression; `%resource` is the resource."""
        found: list[Any] = self._process.ask({"expression": expression, "resource": resource})
        return found

    def close(self) -> None:
        """End the process."""
        self._process.close()


class _LineProcess:
    """A script run by Node that answers each line of JSON with one line of JSON."""

    def __init__(self, script: str) -> None:
        self._script = script
        self._process = subprocess.Popen(
            ["node", _HERE / script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def ask(self, question: Mapping[str, Any]) -> Any:
        """Return the answer, its fractions as Decimal. Raises RuntimeError if the process has ended."""
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(_as_json(question) + "\n")
        asked.flush()
        answer = answered.readline()
        if not answer:
            raise RuntimeError(f"{self._script} ended with {self._process.wait()}; its reason is on stderr.")
        return json.loads(answer, parse_float=Decimal)

    def close(self) -> None:
        """Close the pipes, which ends the script, and wait for its end."""
        self._process.communicate()


def _r4_definitions() -> Iterable[Mapping[str, Any]]:
    for name in ("profiles-types", "profiles-resources", "valuesets"):
        for entry in json.loads((_R4 / f"{name}.json").read_text("utf-8"))["entry"]:
            yield entry["resource"]


def _as_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, default=_number)


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} is not JSON")
