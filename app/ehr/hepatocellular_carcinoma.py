"""Is hepatocellular carcinoma on the problem list? Without it a record is none of this calculator's business."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.ehr.laboratory_codes import Code, codes_in
from app.integration import Integration

# SNOMED CT: liver cell carcinoma (disorder). ICD-10: C22.0, liver cell carcinoma, in WHO's and in the US edition.
STANDARD_CODES: tuple[Code, ...] = (
    ("http://snomed.info/sct", "109841003"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "C22.0"),
    ("http://hl7.org/fhir/sid/icd-10", "C22.0"),
)
# Over, wrong, or not established: a suspicion must not bring up a prognosis.
_NOT_SO = {
    "refuted",
    "entered-in-error",
    "unconfirmed",
    "provisional",
    "differential",
    "resolved",
    "inactive",
    "remission",
}


def condition_codes(integration: Integration) -> tuple[Code, ...]:
    """Return the codes that hold at this site."""
    return (*STANDARD_CODES, *((one.system, one.code) for one in integration.condition_code))


def carcinoma_in(conditions: Iterable[Mapping[str, Any]], codes: tuple[Code, ...]) -> Mapping[str, Any] | None:
    """Return the first Condition of these codes that is established and not over, or None."""
    for condition in conditions:
        states = {
            code for name in ("clinicalStatus", "verificationStatus") for _, code in codes_in(condition.get(name))
        }
        if not states & _NOT_SO and any(code in codes for code in codes_in(condition.get("code"))):
            return condition
    return None
