"""The three extensions of RiskAssessment, for what R4 has no element for."""

from typing import Any

from app.ehr.fhir.canonical import Canonical
from app.ehr.fhir.definitions.code_systems import Definition

_BASE = "http://hl7.org/fhir/StructureDefinition/Extension"
Part = tuple[str, str, str]  # name, type, what it holds


def extension_definitions(canonical: Canonical) -> tuple[Definition, ...]:
    """Return type, id and content of each."""
    return (
        _extension(
            canonical,
            "hazard-ratio",
            "HazardRatio",
            "RiskAssessment",
            "Hazard ratio of death with its 95 % interval. `relativeRisk` is not used: it compares with a population.",
            (
                ("factor", "code", "sii, afp, or combined for both against neither"),
                ("value", "decimal", "The hazard ratio"),
                ("ci95", "Range", "Its 95 % confidence interval"),
                ("reference", "string", "What it compares with"),
                ("present", "boolean", "Whether the patient has the factor"),
            ),
        ),
        _extension(
            canonical,
            "survival-interval",
            "SurvivalInterval",
            "RiskAssessment.prediction",
            "Probability of death in percent with its 95 % interval, by one of two estimators.",
            (
                ("months", "integer", "Months from the start of regorafenib"),
                ("estimator", "code", "kaplan-meier: observed in the risk group; cox-predicted: by the model"),
                ("probability", "decimal", "Probability of death in percent"),
                ("ci95", "Range", "Its 95 % confidence interval in percent"),
            ),
        ),
        _applicability(canonical),
    )


def _extension(
    canonical: Canonical, name: str, computable_name: str, context: str, description: str, parts: tuple[Part, ...]
) -> Definition:
    elements = [
        {"id": "Extension", "path": "Extension", "min": 0, "max": "*"},
        {
            "id": "Extension.extension",
            "path": "Extension.extension",
            "slicing": {"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"},
            "min": len(parts),
        },
        *(element for part in parts for element in _part(*part)),
        {"id": "Extension.url", "path": "Extension.url", "fixedUri": canonical.extension(name)},
        {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"},
    ]
    return "StructureDefinition", name, _content(computable_name, context, description, elements)


def _applicability(canonical: Canonical) -> Definition:
    elements: list[dict[str, Any]] = [
        {"id": "Extension", "path": "Extension", "min": 0, "max": "1"},
        {"id": "Extension.extension", "path": "Extension.extension", "max": "0"},
        {"id": "Extension.url", "path": "Extension.url", "fixedUri": canonical.extension("applicability")},
        {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "type": [{"code": "code"}]},
    ]
    description = "Whether the patient is like those of the study: matches, differs, or not-stated."
    return (
        "StructureDefinition",
        "applicability",
        _content("Applicability", "RiskAssessment", description, elements),
    )


def _content(name: str, context: str, description: str, elements: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": context}],
        "type": "Extension",
        "baseDefinition": _BASE,
        "derivation": "constraint",
        "differential": {"element": elements},
    }


def _part(name: str, kind: str, short: str) -> tuple[dict[str, Any], ...]:
    path = "Extension.extension"
    slice_id = f"{path}:{name}"
    return (
        {"id": slice_id, "path": path, "sliceName": name, "short": short, "min": 1, "max": "1"},
        {"id": f"{slice_id}.extension", "path": f"{path}.extension", "max": "0"},
        {"id": f"{slice_id}.url", "path": f"{path}.url", "fixedUri": name},
        {"id": f"{slice_id}.value[x]", "path": f"{path}.value[x]", "min": 1, "type": [{"code": kind}]},
    )
