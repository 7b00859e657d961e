"""Refer to the four values in FHIR: to Observations of the EHR, or to copies contained in the resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.clinical_codes import UcumCode
from app.core.labs import Lab
from app.ehr.fhir.reading.observations import Result
from app.ehr.fhir.terminology import Canonical
from app.presentation import wording
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_NO_OBSERVATION = N_("Sent to the calculator as a value, not as an Observation.")


@dataclass(frozen=True, slots=True)
class Sources:
    """References to the four inputs, and the Observations to contain because the EHR has no reference to them."""

    references: Mapping[Analyte, dict[str, str]]
    contained: tuple[dict[str, Any], ...]


def sources_of(
    assessment: Assessment,
    results: Mapping[Analyte, Result],
    canonical: Canonical,
    subject: Mapping[str, Any] | None,
    notes: Mapping[Analyte, str],
) -> Sources:
    """Refer to each result that has its own reference; copy the others.

    `subject` is the FHIR Reference to the patient, if there is one; `notes` tell the source of values that were typed.
    """
    references, contained = {}, []
    about: dict[str, Any] = {"subject": subject} if subject else {}
    for analyte, lab in assessment.labs.items():
        result = results.get(analyte)
        if result is not None and result.reference is not None:
            references[analyte] = {"reference": result.reference}
        else:
            references[analyte] = {"reference": f"#{analyte.value}"}
            copied = _copied(lab, result) if result else _typed(lab, assessment, canonical, notes.get(analyte))
            contained.append(copied | about)
    return Sources(references, tuple(contained))


def _copied(lab: Lab, result: Result) -> dict[str, Any]:
    """Return a copy of a result without an id; it keeps its code, status and time."""
    system, code = result.code
    return {
        "resourceType": "Observation",
        "id": lab.analyte.value,
        "status": result.status,
        "code": {"coding": [{"system": system, "code": code}], "text": wording.analyte(lab.analyte)},
        "effectiveDateTime": result.effective.text,
        "valueQuantity": quantity_as_given(lab),
    }


def _typed(lab: Lab, assessment: Assessment, canonical: Canonical, note: str | None) -> dict[str, Any]:
    """Return an Observation of a typed value: preliminary, because no laboratory reported it."""
    day = assessment.sampled_on.of(lab.analyte)
    return {
        "resourceType": "Observation",
        "id": lab.analyte.value,
        "status": "preliminary",
        "code": canonical.concept(lab.analyte.value),
        **({"effectiveDateTime": day.isoformat()} if day else {}),
        "valueQuantity": quantity_as_given(lab),
        "note": [{"text": note or _(_NO_OBSERVATION)}],
    }


def quantity_as_given(lab: Lab) -> dict[str, Any]:
    """Return the value with its unit as it was given, with a UCUM code only if the unit is a UCUM unit."""
    given = lab.given
    comparator = {"comparator": given.comparator.value} if given.comparator else {}
    unit = {"unit": given.unit_text}
    if not given.unit.is_label:
        unit |= {"system": UcumCode.system, "code": given.unit.code}
    return {"value": given.value, **comparator, **unit}
