"""Write errors of the FHIR and CDS Hooks interfaces as an OperationOutcome, without internals of the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.core.errors import SiiAfpError

FHIR_JSON = "application/fhir+json"
Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue: a code of FHIR's issue-type value set, a sentence, and the element that it is about, if known.

    `text` is in the language of the answer; `diagnostics` is a stable code or a technical detail.
    """

    code: str
    text: str
    severity: Severity = "error"
    expression: str | None = None
    diagnostics: str | None = None


class FhirError(SiiAfpError):
    """Raised to answer with an OperationOutcome."""

    def __init__(self, status: int, issues: Sequence[Issue]) -> None:
        super().__init__(status)
        self.status = status
        self.issues = tuple(issues)


def outcome(issues: Sequence[Issue]) -> dict[str, Any]:
    """Return the OperationOutcome of some issues."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": issue.severity,
                "code": issue.code,
                "details": {"text": issue.text},
                **({"diagnostics": issue.diagnostics} if issue.diagnostics else {}),
                **({"expression": [issue.expression]} if issue.expression else {}),
            }
            for issue in issues
        ],
    }
