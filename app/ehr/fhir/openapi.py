"""Describe the FHIR interface in the OpenAPI document: the body of the operation, and errors as OperationOutcome."""

from pathlib import Path
from typing import Any

from app.ehr.fhir.operation_outcome import FHIR_JSON
from app.ehr.fhir.terminology import UCUM
from app.web.openapi import Described, request_body
from app.web.routing import Responses

DESCRIBED = Described((), Path(__file__).with_name("examples.json"))

_RESOURCE = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string"}},
}
_OUTCOME = {
    "type": "object",
    "required": ["resourceType", "issue"],
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "issue": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["severity", "code", "details"],
                "properties": {
                    "severity": {"enum": ["error", "warning", "information"]},
                    "code": {"type": "string"},
                    "details": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
                    "diagnostics": {"type": "string"},
                    "expression": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}
_MEANINGS = {
    400: "The body is malformed.",
    401: "Credentials are needed.",
    403: "A proxy passed on a call without credentials, and nothing is set up to admit it.",
    404: "There is no definition with this type and id.",
    406: "Only JSON is supported.",
    413: "The body is too large.",
    415: "The Content-Type header does not name JSON.",
    422: "Values cannot be used. Each issue names one.",
    429: "Too many requests.",
    503: "The self-test failed at start. The service does not answer.",
}

EXAMPLE_PARAMETERS: dict[str, Any] = {
    "resourceType": "Parameters",
    "parameter": [
        {
            "name": name,
            "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        }
        for name, value, unit in (
            ("neutrophils", 4.2, "10*9/L"),
            ("lymphocytes", 1.1, "10*9/L"),
            ("platelets", 145, "10*9/L"),
            ("afp", 620, "ng/mL"),
        )
    ],
}


def resource(description: str) -> Responses:
    """Return the response 200 that is a FHIR resource."""
    return {200: {"description": description, "content": {FHIR_JSON: {"schema": _RESOURCE}}}}


def outcomes(*statuses: int) -> Responses:
    """Return the responses that are an OperationOutcome."""
    return {status: outcome_response(_MEANINGS[status]) for status in statuses}


def outcome_response(description: str) -> dict[str, Any]:
    """Return one response that is an OperationOutcome."""
    return {"description": description, "content": {FHIR_JSON: {"schema": _OUTCOME}}}


def operation_request() -> dict[str, Any]:
    """Return the body of the operation."""
    schema = {
        "type": "object",
        "required": ["resourceType", "parameter"],
        "properties": {
            "resourceType": {"const": "Parameters"},
            "parameter": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["name"]}},
        },
    }
    return request_body(schema, EXAMPLE_PARAMETERS, FHIR_JSON)
