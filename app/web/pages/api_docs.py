"""Serve the API page, made from the OpenAPI document, and the list of problems. Both work offline."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.config import addresses
from app.presentation.pages.api_docs import ApiEndpoint, ApiParameter, ApiResponse, ProblemLine, api_page
from app.presentation.templating import render
from app.presentation.translation import gettext as _
from app.web.openapi import EXAMPLE_REQUEST
from app.web.problems import PROBLEMS
from app.web.state import service_of

router = APIRouter(include_in_schema=False)


@router.get("/api")
def show_api(request: Request) -> HTMLResponse:
    """Show every endpoint with its parameters, answers and an example call."""
    document = request.app.openapi()
    endpoints = tuple(
        _endpoint(method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    )
    return _page(request, endpoints, "api")


@router.get(addresses.PROBLEMS)
def show_problems(request: Request) -> HTMLResponse:
    """Show every problem type with its remedy: where the `type` of a problem leads."""
    return _page(request, (), "problems")


def _page(request: Request, endpoints: tuple[ApiEndpoint, ...], name: str) -> HTMLResponse:
    lines = tuple(ProblemLine(p.name, p.status, _(p.title), _(p.remedy)) for p in PROBLEMS)
    return HTMLResponse(render(api_page(service_of(request).fitted, name, endpoints, lines, EXAMPLE_REQUEST)))


def _endpoint(method: str, path: str, operation: dict[str, Any]) -> ApiEndpoint:
    return ApiEndpoint(
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        parameters=tuple(
            ApiParameter(parameter["name"], ", ".join(parameter["schema"].get("enum", ())))
            for parameter in operation.get("parameters", ())
        ),
        responses=tuple(
            ApiResponse(status, response["description"], ", ".join(response.get("content", {})))
            for status, response in operation["responses"].items()
        ),
        has_body="requestBody" in operation,
    )
