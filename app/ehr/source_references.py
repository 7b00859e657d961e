"""Where the four values are from, as FHIR refers to it: the record's own Observations, or copies held inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.labs import Lab
from app.ehr.canonical import UCUM, Canonical
from app.ehr.observations import Result


@dataclass(frozen=True, slots=True)
class Sources:
    """References to the four inputs, and the Observations that must be contained because the record has no such id."""

    references: Mapping[Analyte, dict[str, str]]
    contained: tuple[dict[str, Any], ...]


def sources_of(assessment: Assessment, results: Mapping[Analyte, Result], canonical: Canonical) -> Sources:
    """Refer to each result that came with a reference of its own; copy the others."""
    references, contained = {}, []
    for analyte, lab in assessment.labs.items():
        result = results.get(analyte)
        if result is not None and result.reference is not None:
            references[analyte] = {"reference": result.reference}
        else:
            references[analyte] = {"reference": f"#{analyte.value}"}
            contained.append(_observation(lab, result, canonical))
    return Sources(references, tuple(contained))


def _observation(lab: Lab, result: Result | None, canonical: Canonical) -> dict[str, Any]:
    concept = canonical.concept(lab.analyte.value)
    if result is not None:
        system, code = result.code
        concept = {"coding": [{"system": system, "code": code}], "text": lab.analyte.label}
    return {
        "resourceType": "Observation",
        "id": lab.analyte.value,
        "status": "final",
        "code": concept,
        **({"effectiveDateTime": result.effective.text} if result else {}),
        "valueQuantity": quantity_as_given(lab),
    }


def quantity_as_given(lab: Lab) -> dict[str, Any]:
    """Return the value with its unit as it was given; the UCUM code stands there only where the unit is one."""
    given = lab.given
    comparator = {"comparator": given.comparator.value} if given.comparator else {}
    unit = {"unit": given.unit}
    if not lab.unit.is_label:
        unit |= {"system": UCUM, "code": lab.unit.code}
    return {"value": given.value, **comparator, **unit}
