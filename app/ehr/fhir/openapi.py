"""The FHIR and CDS Hooks interfaces in the OpenAPI document: bodies with examples, errors as OperationOutcome."""

from typing import Any

from app.ehr.fhir.canonical import UCUM
from app.ehr.fhir.operation_outcome import FHIR_JSON
from app.ehr.fhir.reading import searches
from app.web.openapi import Responses, answer

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
    404: "There is nothing of this name.",
    406: "JSON is all there is.",
    412: "Results that are needed were neither sent nor to be had.",
    413: "The body is too large.",
    415: "The body is not sent as JSON.",
    422: "Values cannot be used; each issue names one.",
    429: "Too many requests.",
    503: "The self-test of this installation failed at start.",
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
    return answer(_RESOURCE, description, FHIR_JSON)


def json_object(description: str, name: str) -> Responses:
    """Return the response 200 that is a JSON object with one list in it."""
    return answer({"type": "object", "required": [name], "properties": {name: {"type": "array"}}}, description)


def outcomes(*statuses: int) -> Responses:
    """Return the responses that are an OperationOutcome, each with an example."""
    return {status: _outcome(_MEANINGS[status]) for status in statuses}


def bare_401() -> Responses:
    """Return the response 401 of CDS Hooks, which has no body."""
    return {401: {"description": "Credentials are needed. Nothing more is said."}}


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
    return _request(FHIR_JSON, schema, EXAMPLE_PARAMETERS)


def hooks_request() -> dict[str, Any]:
    """Return the body of a call of the CDS service."""
    resource_or_null = {"anyOf": [_RESOURCE, {"type": "null"}]}
    identifier = {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}
    schema = {
        "type": "object",
        "required": ["hook", "hookInstance", "context"],
        "properties": {
            "hook": {"const": "patient-view"},
            "hookInstance": {"type": "string", "format": "uuid"},
            "fhirServer": {"type": ["string", "null"], "format": "uri", "pattern": "^https://"},
            "fhirAuthorization": {"type": ["object", "null"], "required": ["access_token"]},
            "context": {
                "type": "object",
                "required": ["patientId", "userId"],
                "properties": {"patientId": identifier, "userId": {"type": "string", "minLength": 1}},
            },
            "prefetch": {"type": ["object", "null"], "properties": dict.fromkeys(searches.KEYS, resource_or_null)},
        },
    }
    example = {
        "hook": "patient-view",
        "hookInstance": "6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e",
        "context": {"patientId": "p1", "userId": "Practitioner/d1"},
        # Nothing was found, as a Bundle says it: OpenAPI drops a null from an example.
        "prefetch": {key: {"resourceType": "Bundle", "type": "searchset"} for key in searches.KEYS},
    }
    return _request("application/json", schema, example)


def feedback_request() -> dict[str, Any]:
    """Return the body of a report of what became of cards."""
    item = {
        "type": "object",
        "required": ["card", "outcome", "outcomeTimestamp"],
        "properties": {
            "card": {"type": "string", "pattern": "^[!-~]{1,100}$"},
            "outcome": {"enum": ["accepted", "overridden"]},
            "outcomeTimestamp": {"type": "string", "format": "date-time"},
            "acceptedSuggestions": {"type": "array"},
        },
    }
    schema = {
        "type": "object",
        "required": ["feedback"],
        "properties": {"feedback": {"type": "array", "minItems": 1, "maxItems": 100, "items": item}},
    }
    report = {
        "card": "4b8d1c34-6b0e-4c0f-9a3c-1f5e9a2b7d10",
        "outcome": "overridden",
        "outcomeTimestamp": "2026-11-25T09:30:00Z",
    }
    return _request("application/json", schema, {"feedback": [report]})


def _outcome(text: str) -> dict[str, Any]:
    example = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "invalid", "details": {"text": text}}],
    }
    return {"description": text, "content": {FHIR_JSON: {"schema": _OUTCOME, "example": example}}}


def _request(media_type: str, schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    content = {media_type: {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}
