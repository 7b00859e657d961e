"""The operation `hcc-risk` as a FHIR definition."""

from typing import Any

from app.core.analytes import Analyte
from app.ehr.fhir.canonical import Canonical
from app.ehr.fhir.definitions.code_systems import Definition

PATIENT = "http://hl7.org/fhir/StructureDefinition/Patient"


def operation_definition(canonical: Canonical) -> Definition:
    """Return type, id and content."""
    content = {
        "name": "HccRisk",
        "title": "Risk group of hepatocellular carcinoma by SII and AFP",
        "kind": "operation",
        "description": (
            "Risk group, survival and hazard ratios with intervals at the start of regorafenib after sorafenib failed. "
            "Send four quantities, or Observations, or a Bundle of them; a Bundle may also be the whole body. "
            "Nothing is stored."
        ),
        "affectsState": False,
        "code": "hcc-risk",
        "system": True,
        "type": False,
        "instance": False,
        "parameter": [*_inputs(), *_outputs(canonical)],
    }
    return "OperationDefinition", "hcc-risk", content


def _inputs() -> list[dict[str, Any]]:
    quantities = [
        _in(
            analyte.value, "Quantity", f"Value in UCUM, such as {analyte.canonical_unit}, or as printed, without system"
        )
        for analyte in Analyte
    ]
    return [
        {**_in("subject", "Reference", "Whose record the resources are for"), "targetProfile": [PATIENT]},
        *quantities,
        _in("bloodCountDate", "date", "Day of the blood count, with quantities"),
        _in("afpDate", "date", "Day of the AFP sample, with quantities"),
        _in("observation", "Observation", "A laboratory result, instead of the quantities", maximum="*"),
        _in("bundle", "Bundle", "Laboratory results, instead of the quantities", maximum="*"),
        _in("regorafenibStart", "date", "Day on which regorafenib was or will be started; times count from it"),
        _in("sorafenibFailed", "boolean", "Whether the tumour progressed on sorafenib"),
        _in("startingRegorafenib", "boolean", "Whether regorafenib is about to be started"),
        _in("childPughClass", "code", "A, B or C"),
        _in("ecog", "integer", "ECOG performance status, 0 to 5"),
    ]


def _outputs(canonical: Canonical) -> list[dict[str, Any]]:
    rejected = _out("rejected", None, "An Observation that was not used", maximum="*")
    rejected["part"] = [
        _out("observation", "string", "Its reference, if it has an id"),
        _out("code", "code", "Why, as a stable code", minimum=1),
        _out("reason", "string", "Why, as a sentence", minimum=1),
    ]
    counted = _out("counted", None, "How many Observations are not listed", maximum="*")
    counted["part"] = [
        _out("code", "code", "Why, as a stable code", minimum=1),
        _out("count", "integer", "How many", minimum=1),
    ]
    return [
        _out("riskGroup", "code", f"low, intermediate or high, of {canonical.codes}", minimum=1),
        _out("sii", "Observation", "The index, derived from the three counts", minimum=1),
        _out("riskAssessment", "RiskAssessment", "Probability of death, and hazard ratios", minimum=1),
        _out("applicability", "code", "matches, differs or not-stated", minimum=1),
        _out("warning", "string", "What to mind", maximum="*"),
        _out("unitLabel", "string", "A unit that was read as printed, not as UCUM", maximum="*"),
        rejected,
        counted,
        _out("model", "string", "Id, version and digest of the model", minimum=1),
    ]


def _in(name: str, kind: str, documentation: str, maximum: str = "1") -> dict[str, Any]:
    return _parameter(name, "in", 0, maximum, documentation, kind)


def _out(name: str, kind: str | None, documentation: str, *, minimum: int = 0, maximum: str = "1") -> dict[str, Any]:
    return _parameter(name, "out", minimum, maximum, documentation, kind)


def _parameter(name: str, use: str, minimum: int, maximum: str, documentation: str, kind: str | None) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": name, "use": use, "min": minimum, "max": maximum}
    return {**parameter, "documentation": documentation, **({"type": kind} if kind else {})}
