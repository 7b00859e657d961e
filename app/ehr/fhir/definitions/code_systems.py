"""The two code systems, complete: the project's own terms, and the reasons to set a card aside."""

from collections.abc import Mapping
from typing import Any

from app.ehr.fhir.terminology import OVERRIDE_REASONS, TERMS, Term

Definition = tuple[str, str, dict[str, Any]]


def code_systems() -> tuple[Definition, Definition]:
    """Return type, id and content of both."""
    return (
        _code_system("sii-afp", "SiiAfp", "SII-AFP calculator: index, method and risk groups", TERMS),
        _code_system(
            "sii-afp-override-reason",
            "SiiAfpOverrideReason",
            "SII-AFP calculator: why a card was set aside",
            OVERRIDE_REASONS,
        ),
    )


def _code_system(name: str, computable_name: str, title: str, terms: Mapping[str, Term]) -> Definition:
    content = {
        "name": computable_name,
        "title": title,
        "caseSensitive": True,
        "content": "complete",
        "count": len(terms),
        "concept": [
            {"code": code, "display": term.display, "definition": term.definition} for code, term in terms.items()
        ],
    }
    return "CodeSystem", name, content
