"""What OpenAPI cannot see by itself: the request body that is read by hand, and every error with an example."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.web.problems import MEDIA_TYPE, PROBLEMS, Problem
from app.web.schemas import AssessmentIn, ProblemOut

EXAMPLE_REQUEST: dict[str, Any] = {
    "neutrophils": {"value": 4.2, "unit": "10*9/L"},
    "lymphocytes": {"value": 1.1, "unit": "10*9/L"},
    "platelets": {"value": 145, "unit": "10*9/L"},
    "afp": {"value": 620, "unit": "ng/mL"},
    "sampled_on": {"blood_count": "2026-11-02", "afp": "2026-11-01"},
    "population": {
        "sorafenib_failed": True,
        "starting_regorafenib": True,
        "child_pugh_class": "A",
        "ecog": 1,
    },
}
_EXAMPLE_ERRORS = {
    422: [
        {
            "pointer": "/neutrophils",
            "code": "implausible",
            "message": "3000 10*3/uL is above what is possible for Neutrophils (0.01 to 200 10*9/L).",
            "hint": "It would be usual in /uL: check the unit that the laboratory printed.",
        },
        {
            "pointer": "/platelets/unit",
            "code": "missing",
            "message": "Field required.",
            "hint": 'Give the unit, for example "10*9/L".',
        },
    ]
}
_DETAILS = {
    400: "Expecting value (line 1, column 1).",
    401: "Send an API key or a signed token.",
    404: "There is no such risk group: low, intermediate and high exist.",
    413: "The body has more than 16384 bytes.",
    415: "The Content-Type header does not say application/json.",
    422: "2 values cannot be used.",
    429: "More than 60 requests in a minute.",
    503: "The self-test of this installation failed at start; nothing is answered.",
}


def describe(application: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, written once, without error shapes that FastAPI adds and this API never sends."""
    if application.openapi_schema is None:
        document = get_openapi(
            title=application.title,
            version=application.version,
            summary=application.summary,
            description=application.description,
            routes=application.routes,
        )
        for operations in document["paths"].values():
            for operation in operations.values():
                if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                    del operation["responses"]["422"]
        for unused in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(unused, None)
        application.openapi_schema = document
    return application.openapi_schema


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of the given error statuses, each with an example."""
    return {status: _response(_problem(status)) for status in statuses}


def assessment_request() -> dict[str, Any]:
    """Return the OpenAPI description of the body of an assessment."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _inline(AssessmentIn.model_json_schema()), "example": EXAMPLE_REQUEST}
            },
        }
    }


def _problem(status: int) -> Problem:
    return next(problem for problem in PROBLEMS if problem.status == status)


def _response(problem: Problem) -> dict[str, Any]:
    return {
        "description": f"{problem.title}. {problem.remedy}",
        "content": {
            MEDIA_TYPE: {
                "schema": _problem_schema(),
                "example": {
                    "type": problem.type,
                    "title": problem.title,
                    "status": problem.status,
                    "detail": _DETAILS[problem.status],
                    "errors": _EXAMPLE_ERRORS.get(problem.status, []),
                    "instance": "urn:uuid:6f1c3a52-9d6a-4a55-8a2e-2f0c6b2f6a0e",
                },
            }
        },
    }


@cache
def _problem_schema() -> dict[str, Any]:
    return _inline(ProblemOut.model_json_schema())


def _inline(schema: dict[str, Any]) -> dict[str, Any]:
    """Put every definition in the place of its reference: the schema then stands on its own."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return {**resolve(definitions[node["$ref"].rsplit("/", 1)[1]]), **resolve(rest)}
        return {key: resolve(value) for key, value in node.items()}

    resolved: dict[str, Any] = resolve(schema)
    return resolved
