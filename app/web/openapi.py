"""What OpenAPI cannot see by itself: the request body that is read by hand, and every error with an example."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.web.api.requests import AssessmentIn
from app.web.problems import MEDIA_TYPE, PROBLEMS, Problem

Responses = dict[int | str, dict[str, Any]]
_REF = "#/components/schemas/"
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
    """Return the OpenAPI document, written once; the shapes of answers are put together with the first look at it."""
    if application.openapi_schema is None:
        document = get_openapi(
            title=application.title,
            version=application.version,
            summary=application.summary,
            description=application.description,
            routes=application.routes,
        )
        document["components"] = {"schemas": _shapes()}
        application.openapi_schema = document
    return application.openapi_schema


def _shapes() -> dict[str, Any]:
    from app.web.api.responses import ANSWERS  # noqa: PLC0415 - no start waits for a description

    models: tuple[type[BaseModel], ...] = (AssessmentIn, *ANSWERS)
    _, shapes = models_json_schema([(model, "validation") for model in models], ref_template=_REF + "{model}")
    found: dict[str, Any] = shapes["$defs"]
    return found


def answer(
    schema: dict[str, Any], description: str = "Successful response", media_type: str = "application/json"
) -> Responses:
    """Return the OpenAPI response 200 of this shape."""
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}


def shape(model: str) -> dict[str, Any]:
    """Return the reference to a shape of request or answer."""
    return {"$ref": _REF + model}


def picture(media_type: str) -> Responses:
    """Return the OpenAPI response 200 that is a picture."""
    return {200: {"description": "The picture", "content": {media_type: {}}}}


def path_parameters(**schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI description of the variable parts of a path."""
    parts = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in schemas.items()]
    return {"parameters": parts}


def problems(*statuses: int) -> Responses:
    """Return the OpenAPI responses of the given error statuses, each with an example."""
    return {status: _response(_problem(status)) for status in statuses}


def assessment_request() -> dict[str, Any]:
    """Return the OpenAPI description of the body of an assessment."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": shape("AssessmentIn"), "example": EXAMPLE_REQUEST}},
        }
    }


def _problem(status: int) -> Problem:
    return next(problem for problem in PROBLEMS if problem.status == status)


def _response(problem: Problem) -> dict[str, Any]:
    return {
        "description": f"{problem.title}. {problem.remedy}",
        "content": {
            MEDIA_TYPE: {
                "schema": shape("ProblemOut"),
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
