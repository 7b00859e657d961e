"""Give the codes of this project and the canonical addresses of its FHIR definitions.

LOINC has no code for the index, the model or the risk groups, so the project has its own CodeSystems.
"""

from dataclasses import dataclass
from typing import Any

from app.core.clinical_codes import UcumCode
from app.ehr.fhir.definitions.catalogue import load_definition

UCUM = UcumCode.system


@dataclass(frozen=True, slots=True)
class Term:
    """The display and the definition of a code."""

    display: str
    definition: str


def _terms(code_system: str) -> dict[str, Term]:
    concepts = load_definition("CodeSystem", code_system)["concept"]
    return {one["code"]: Term(one["display"], one["definition"]) for one in concepts}


TERMS = _terms("sii-afp")
OVERRIDE_REASONS = _terms("sii-afp-override-reason")


@dataclass(frozen=True, slots=True)
class Canonical:
    """Addresses of the definitions below one base."""

    base: str

    def address(self, resource_type: str, name: str) -> str:
        """Return the address of a definition."""
        return f"{self.base}/{resource_type}/{name}"

    @property
    def codes(self) -> str:
        """The code system of index, method and risk groups."""
        return self.address("CodeSystem", "sii-afp")

    @property
    def override_reasons(self) -> str:
        """The code system of the reasons to override a card."""
        return self.address("CodeSystem", "sii-afp-override-reason")

    def extension(self, name: str) -> str:
        """Return the address of an extension: `hazard-ratio`, `survival-interval`, `applicability`."""
        return self.address("StructureDefinition", name)

    def concept(self, code: str, text: str | None = None, version: str | None = None) -> dict[str, Any]:
        """Return a CodeableConcept of this project's code system; its text defaults to the term's display."""
        display = TERMS[code].display
        coding = {"system": self.codes, "code": code, "display": display}
        return {"coding": [{**coding, "version": version} if version else coding], "text": text or display}
