"""Make the context of the API page from the parts of the OpenAPI document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.fitted_model import FittedModel
from app.presentation.pages.contexts import Site
from app.presentation.templating import site_of


@dataclass(frozen=True, slots=True)
class ApiParameter:
    """A parameter of a path and the values it may have."""

    name: str
    values: str


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """One answer: status, meaning and media type."""

    status: str
    description: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ApiEndpoint:
    """One method of one path."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[ApiParameter, ...]
    responses: tuple[ApiResponse, ...]
    has_body: bool


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem type."""

    name: str
    status: int
    title: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The page of the API, or of its problems alone if there are no endpoints."""

    template: ClassVar[str] = "api.html.jinja"
    site: Site
    endpoints: tuple[ApiEndpoint, ...]
    problems: tuple[ProblemLine, ...]
    example: str


def api_page(
    fitted: FittedModel,
    name: str,
    endpoints: tuple[ApiEndpoint, ...],
    problems: tuple[ProblemLine, ...],
    example: Mapping[str, Any],
) -> ApiPage:
    """Return the page; `name` tells the navigation where the reader is."""
    return ApiPage(site_of(fitted, name), endpoints, problems, json.dumps(example, indent=2))
