"""The codes of this project, read from its CodeSystems: LOINC has none for the index, the model or the risk groups."""

from dataclasses import dataclass

from app.ehr.fhir.definitions.catalogue import load_definition


@dataclass(frozen=True, slots=True)
class Term:
    """What a code is called and what it means."""

    display: str
    definition: str


def _terms(code_system: str) -> dict[str, Term]:
    concepts = load_definition("CodeSystem", code_system)["concept"]
    return {one["code"]: Term(one["display"], one["definition"]) for one in concepts}


TERMS = _terms("sii-afp")
OVERRIDE_REASONS = _terms("sii-afp-override-reason")
