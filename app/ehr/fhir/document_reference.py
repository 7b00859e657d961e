"""Write the PDF document of a result as a FHIR DocumentReference, which holds the document itself.

It is `preliminary`, because a clinician decides whether it is final.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from app.config.version import software
from app.core.analytes import Analyte
from app.core.assessment import Assessment
from app.core.clinical_codes import LoincCode
from app.core.dates import utc_second
from app.ehr.fhir.reading.observations import Result
from app.ehr.fhir.risk_assessment import Patient
from app.presentation.model_texts import in_language
from app.presentation.subject import subject
from app.presentation.translation import gettext as _

# LOINC: "a clinical interpretation of the risk factors for a particular patient", as a document. It is no laboratory
# report, because no laboratory answers for it, and no note, because a program wrote it.
_TYPE = {"system": LoincCode.system, "code": LoincCode("71482-4").value, "display": "Risk assessment Document"}
# The only category that US Core defines.
_CATEGORY = {
    "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
    "code": "clinical-note",
    "display": "Clinical Note",
}
_FORMAT = {
    "system": "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
    "code": "urn:ihe:iti:xds:2017:mimeTypeSufficient",
    "display": "mimeType Sufficient",
}


def document_reference(
    assessment: Assessment, document: bytes, language: str, results: Mapping[Analyte, Result], patient: Patient
) -> dict[str, Any]:
    """Return the DocumentReference of a PDF in a language. It is related to the `results` that the EHR can find."""
    title, time = subject(in_language(assessment).fitted), utc_second(assessment.computed_at)
    related = [{"reference": result.reference} for result in results.values() if result.reference]
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "docStatus": "preliminary",
        "type": {"coding": [_TYPE], "text": _("Risk assessment")},
        "category": [{"coding": [_CATEGORY]}],
        "subject": patient.subject,
        "date": time,
        "author": [{"display": f"SII-AFP calculator {software().version}"}],
        "description": title,
        "content": [
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "language": language,
                    "data": base64.b64encode(document).decode(),
                    "size": len(document),
                    # FHIR R4 defines the hash as SHA-1.
                    "hash": base64.b64encode(hashlib.sha1(document, usedforsecurity=False).digest()).decode(),
                    "title": title,
                    "creation": time,
                },
                "format": _FORMAT,
            }
        ],
        **({"context": {"related": related}} if related else {}),
    }
