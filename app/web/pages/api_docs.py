"""Serve the API page, made from the OpenAPI document, and the list of problems. Both work offline."""

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.config import addresses
from app.presentation.pages.api_docs import (
    ApiEndpoint,
    ApiParameter,
    ApiResponse,
    ExampleCall,
    ProblemLine,
    api_page,
    problems_page,
)
from app.presentation.templating import render
from app.presentation.translation import gettext as _
from app.web.openapi import EXAMPLE_REQUEST
from app.web.pages.routes import PAGE_METHODS
from app.web.problems import PROBLEMS
from app.web.state import service_of

router = APIRouter(include_in_schema=False)

_FIRST_ERROR = "400"
_PLAIN_ADDRESS = re.compile(r"https?://[\w.:\[\]-]+(/[\w.~/-]*)?", re.ASCII)


@router.api_route("/api", methods=PAGE_METHODS)
def show_api(request: Request) -> HTMLResponse:
    """Show an example call with its answer, and every endpoint with its parameters and answers."""
    fitted = service_of(request).fitted
    paths = request.app.openapi()["paths"]
    endpoints = tuple(
        _endpoint(method, path, operation)
        for path, operations in paths.items()
        for method, operation in operations.items()
    )
    (content,) = paths[addresses.ASSESSMENTS]["post"]["responses"]["200"]["content"].values()
    example = ExampleCall(own_address(request), EXAMPLE_REQUEST, content["example"])
    return HTMLResponse(render(api_page(fitted, endpoints, _problem_lines(), example)))


@router.api_route(addresses.PROBLEMS, methods=PAGE_METHODS)
def show_problems(request: Request) -> HTMLResponse:
    """Show every problem type with its remedy: where the `type` of a problem leads."""
    return HTMLResponse(render(problems_page(service_of(request).fitted, _problem_lines())))


def own_address(request: Request) -> str:
    """Return the address of this service without a final slash: the public one if it is set, else that of the request.

    The host of a request is one of SII_AFP_ALLOWED_HOSTS. If those allow any, it may have characters that a shell would
    run, and the public address is used.
    """
    settings = service_of(request).settings
    called = str(request.base_url).rstrip("/")
    is_set = "public_url" in settings.model_fields_set
    return settings.public_url if is_set or not _PLAIN_ADDRESS.fullmatch(called) else called


def _problem_lines() -> tuple[ProblemLine, ...]:
    return tuple(ProblemLine(p.name, p.status, _(p.title), _(p.remedy)) for p in PROBLEMS)


def _endpoint(method: str, path: str, operation: dict[str, Any]) -> ApiEndpoint:
    responses = [
        ApiResponse(status, response["description"], ", ".join(response.get("content", {})))
        for status, response in operation["responses"].items()
    ]
    return ApiEndpoint(
        method=method.upper(),
        path=path,
        description=operation["description"],
        parameters=tuple(
            ApiParameter(parameter["name"], ", ".join(parameter["schema"].get("enum", ())))
            for parameter in operation.get("parameters", ())
        ),
        answers=tuple(one for one in responses if one.status < _FIRST_ERROR),
        errors=tuple(sorted((one for one in responses if one.status >= _FIRST_ERROR), key=lambda one: one.status)),
    )
