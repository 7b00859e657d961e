"""Calls of the CDS service for the patient of `smart_site`, who has a carcinoma on the problem list."""

from typing import Any

from tests.ehr.smart_site import PATIENT, RECORD

INSTANCE = "0f5cbe3e-6f1c-4f53-9a59-9a3c1f5e9a2b"
PATH = "/cds-services/hcc-sii-afp"
CARCINOMA: dict[str, Any] = {
    "resourceType": "Condition",
    "id": "hcc",
    "subject": {"reference": f"Patient/{PATIENT}"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "109841003"}]},
}
# SII by hand: 145 x 4.2 / 1.1 = 553.6, high from 340; AFP above 1210 ng/mL, high from 400.
SUMMARY = (
    "HCC risk group: high, on regorafenib after sorafenib (SII 553.6 on 2026-01-02, AFP > 1210 ng/mL on 2026-01-05); "
    "one study, n = 58"
)


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def _results(code: str) -> dict[str, Any]:
    return bundle(*(one for one in RECORD[1:] if one["code"]["coding"][0]["code"] == code))


PREFETCH = {
    "hcc": bundle(CARCINOMA),
    "neutrophils": _results("751-8"),
    "lymphocytes": _results("731-0"),
    "platelets": _results("777-3"),
    "afp": _results("1834-1"),
}


def hooks_call(prefetch: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return the body of a call; without `prefetch` the service must fetch all itself."""
    return {
        "hook": "patient-view",
        "hookInstance": INSTANCE,
        "context": {"userId": "Practitioner/clinician", "patientId": PATIENT},
        **({"prefetch": prefetch} if prefetch is not None else {}),
        **more,
    }


def fetching_call(server: object, token: str | None = None) -> dict[str, Any]:
    """Return the body of a call without prefetch that names the FHIR server, and a token for it."""
    authorization = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "subject": "calculator"}
    return hooks_call(fhirServer=server, **({"fhirAuthorization": authorization} if token else {}))
