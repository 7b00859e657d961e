"""Add to FastAPI's OpenAPI document the parts that FastAPI cannot read from the routes.

These are bodies that handlers read themselves, errors with their own media type, and examples that contain null.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.constants import REF_PREFIX, REF_TEMPLATE
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from app.web.problems import MEDIA_TYPE, PROBLEMS, ProblemOut
from app.web.request_body import JSON
from app.web.routing import DirectRoute, Responses

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
        "sorafenib_tolerated": True,
    },
}


@dataclass(frozen=True, slots=True)
class Described:
    """The parts that one interface adds to the document.

    Its routes refer to `models` with `reference`. `examples` is a JSON file with the body of each example answer by
    operation, such as "GET /api/v1/groups", and status.
    """

    models: tuple[type, ...]
    examples: Path


EXAMPLES = Path(__file__).with_name("examples.json")
"""The examples of the JSON API and of the probes."""


def describe(application: FastAPI, interfaces: Iterable[Described]) -> dict[str, Any]:
    """Return the OpenAPI document. It is written once, when it is first asked for."""
    if application.openapi_schema is None:
        routes = [route.described() if isinstance(route, DirectRoute) else route for route in application.routes]
        document = get_openapi(
            title=application.title,
            version=application.version,
            summary=application.summary,
            description=application.description,
            routes=routes,
        )
        for interface in interfaces:
            _, schemas = TypeAdapter.json_schemas(
                [(model, "validation", TypeAdapter(model)) for model in interface.models], ref_template=REF_TEMPLATE
            )
            document["components"]["schemas"] |= schemas.get("$defs", {})
            _add_examples(document["paths"], interface.examples)
        application.openapi_schema = document
    return application.openapi_schema


def _add_examples(paths: dict[str, Any], file: Path) -> None:
    for operation, answers in json.loads(file.read_text("utf-8")).items():
        method, path = operation.split()
        for status, body in answers.items():
            (content,) = paths[path][method.lower()]["responses"][status]["content"].values()
            content["example"] = body


def reference(model: type) -> dict[str, Any]:
    """Return the reference to the schema of a model that `Described` names."""
    return {"$ref": f"{REF_PREFIX}{model.__name__}"}


def request_body(schema: dict[str, Any], example: dict[str, Any], media_type: str = JSON) -> dict[str, Any]:
    """Return the OpenAPI description of a body that the handler reads itself."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema, "example": example}}}}


def path_parameters(**schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI description of the variable parts of a path."""
    parts = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in schemas.items()]
    return {"parameters": parts}


def query_parameter(name: str, description: str) -> dict[str, Any]:
    """Return the OpenAPI description of a text that may be in the query."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": "string"}}


def picture(media_type: str) -> Responses:
    """Return the OpenAPI response 200 that is a picture."""
    return {200: {"description": "The picture", "content": {media_type: {}}}}


def problems(*statuses: int) -> Responses:
    """Return the OpenAPI responses of the given error statuses."""
    content = {MEDIA_TYPE: {"schema": reference(ProblemOut)}}
    return {status: {"description": _meaning(status), "content": content} for status in statuses}


def _meaning(status: int) -> str:
    return " Or: ".join(f"{problem.title}. {problem.remedy}" for problem in PROBLEMS if problem.status == status)
