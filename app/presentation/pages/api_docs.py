"""Make the context of the API page from the parts of the OpenAPI document."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.fitted_model import FittedModel
from app.presentation.templating import Site, site_of


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
    """One method of one path: its answers in order, and its errors, which a table explains for all endpoints."""

    method: str
    path: str
    description: str
    parameters: tuple[ApiParameter, ...]
    answers: tuple[ApiResponse, ...]
    errors: tuple[ApiResponse, ...]


@dataclass(frozen=True, slots=True)
class ExampleCall:
    """A call of the API: the address of this service as the reader reaches it, the body, and a part of the answer."""

    address: str
    body: Mapping[str, Any]
    answer: Mapping[str, Any]


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
    errors: tuple[ApiResponse, ...]
    problems: tuple[ProblemLine, ...]
    address: str
    body: str
    answer: str


def api_page(
    fitted: FittedModel,
    endpoints: tuple[ApiEndpoint, ...],
    problems: tuple[ProblemLine, ...],
    example: ExampleCall,
) -> ApiPage:
    """Return the page of the API."""
    errors = dict.fromkeys(error for endpoint in endpoints for error in endpoint.errors)
    return ApiPage(
        site_of(fitted, "api"),
        endpoints,
        tuple(sorted(errors, key=lambda error: (error.media_type, error.status))),
        problems,
        example.address,
        _json(example.body),
        _json(_shortened(example.answer, fitted.headline_months)),
    )


def problems_page(fitted: FittedModel, problems: tuple[ProblemLine, ...]) -> ApiPage:
    """Return the page of the problems alone."""
    return ApiPage(site_of(fitted, "problems"), (), (), problems, "", "", "")


def _shortened(answer: Mapping[str, Any], months: int) -> dict[str, Any]:
    """Return the parts of an answer that its reader looks for first: SII, group, hazard ratios, one survival."""
    ratios = ("factor", "label", "hazard_ratio", "ci_95", "present")
    return {
        "model": {name: answer["model"][name] for name in ("id", "version")},
        "indices": {"sii": answer["indices"]["sii"]},
        "risk_group": answer["risk_group"],
        "hazard_ratios": [{name: row[name] for name in ratios} for row in answer["hazard_ratios"]],
        "survival": {"at": [at for at in answer["survival"]["at"] if at["months"] == months]},
    }


def _json(value: Mapping[str, Any]) -> str:
    """Return a value as JSON, with each inner list or object that has only plain values on one line."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return re.sub(r"(?<=[\[{])\s+([^\[\]{}]+?)\s+(?=[\]}])", lambda found: re.sub(r"\s*\n\s+", " ", found[1]), text)
