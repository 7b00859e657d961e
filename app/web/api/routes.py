"""Serve the JSON API, version 1: assessments, the model, the risk groups and their curves."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.artefact.schema import ArtefactFile
from app.auth.authenticator import admit
from app.config.addresses import API, CELL, curve
from app.core.fitted_model import FittedModel
from app.core.risk_groups import RISK_GROUP_IDS, Cell, RiskGroup
from app.presentation import wording
from app.presentation.assessment_json import curve_part, dumps, json_bytes, model_document, model_part
from app.presentation.charts.export import curve_file_name, curve_png, curve_svg
from app.presentation.translation import gettext as _
from app.web import openapi
from app.web.api.assessments import assess_body
from app.web.api.group_responses import GroupCurveOut, GroupsOut
from app.web.api.requests import AssessmentIn
from app.web.api.responses import AssessmentOut
from app.web.problems import NOT_FOUND, ProblemError, ProblemOut
from app.web.request_body import read_json
from app.web.routing import DirectRoute
from app.web.state import service_of

router = APIRouter(prefix=API, route_class=DirectRoute, default_response_class=Response)
_JSON = "application/json"
DESCRIBED = openapi.Described((AssessmentIn, ProblemOut), openapi.EXAMPLES)
_GROUP = openapi.path_parameters(group_id={"enum": list(RISK_GROUP_IDS)})
_PICTURE = {
    "parameters": [
        *_GROUP["parameters"],
        openapi.query_parameter(
            CELL, "A cell of the group: the curve that the Cox model predicts for it is drawn too."
        ),
    ]
}


@router.post(
    "/assessments",
    summary="Assess one patient",
    tags=["assessment"],
    responses={200: {"model": AssessmentOut}, **openapi.problems(400, 401, 403, 413, 415, 422, 429, 503)},
    openapi_extra=openapi.request_body(openapi.reference(AssessmentIn), openapi.EXAMPLE_REQUEST),
)
async def create_assessment(request: Request) -> Response:
    """Return risk group, hazard ratios, survival and curve for four laboratory values. Nothing is stored."""
    caller = await admit(request, "api")
    service = service_of(request)
    body = await read_json(request)
    assessment = service.metrics.assessments.counted(
        "api", caller.name, assess_body, service.fitted, body, service.clock(), service.read_unit
    )
    return Response(json_bytes(assessment), media_type=_JSON)


@router.get(
    "/model",
    summary="The fitted model",
    tags=["model"],
    responses={200: {"model": ArtefactFile}, **openapi.problems(429, 503)},
)
async def get_model(request: Request) -> Response:
    """Return the artefact: coefficients, curves, evidence, limits and provenance."""
    return Response(model_document(service_of(request).fitted), media_type=_JSON)


@router.get(
    "/groups",
    summary="The three risk groups",
    tags=["model"],
    responses={200: {"model": GroupsOut}, **openapi.problems(429, 503)},
)
async def get_groups(request: Request) -> Response:
    """Return the risk groups with their sizes and the links to their curves."""
    fitted = service_of(request).fitted
    groups = [_group(fitted, group) for group in fitted.risk_groups]
    return Response(dumps({"model": model_part(fitted), "groups": groups}), media_type=_JSON)


@router.get(
    "/groups/{group_id}/curve.json",
    summary="A group's Kaplan-Meier curve as numbers",
    tags=["model"],
    responses={200: {"model": GroupCurveOut}, **openapi.problems(404, 429, 503)},
    openapi_extra=_GROUP,
)
async def get_curve(request: Request) -> Response:
    """Return the curve with its band and the numbers at risk."""
    fitted = service_of(request).fitted
    group = _group_of(fitted, request)
    curve = fitted.kaplan_meier[group.id]
    body = {"model": model_part(fitted), "group": _group(fitted, group), "curve": curve_part(curve)}
    return Response(dumps(body), media_type=_JSON)


@router.get(
    "/groups/{group_id}/curve.svg",
    summary="A group's Kaplan-Meier curve as SVG",
    tags=["model"],
    responses=openapi.picture("image/svg+xml") | openapi.problems(404, 429, 503),
    openapi_extra=_PICTURE,
)
async def get_curve_svg(request: Request) -> Response:
    """Return the drawing with title and description."""
    fitted = service_of(request).fitted
    group = _group_of(fitted, request)
    cell = _cell_of(fitted, group, request)
    headers = _named(curve_file_name(fitted, group, "svg", cell))
    return Response(curve_svg(fitted, group, cell), media_type="image/svg+xml", headers=headers)


@router.get(
    "/groups/{group_id}/curve.png",
    summary="A group's Kaplan-Meier curve as PNG",
    tags=["model"],
    responses=openapi.picture("image/png") | openapi.problems(404, 429, 503),
    openapi_extra=_PICTURE,
)
async def get_curve_png(request: Request) -> Response:
    """Return the drawing as a picture, made from the same SVG."""
    fitted = service_of(request).fitted
    group = _group_of(fitted, request)
    cell = _cell_of(fitted, group, request)
    headers = _named(curve_file_name(fitted, group, "png", cell))
    return Response(await run_in_threadpool(curve_png, fitted, group, cell), media_type="image/png", headers=headers)


def _group_of(fitted: FittedModel, request: Request) -> RiskGroup:
    """Return the group that the path names. Raises ProblemError 404."""
    for group in fitted.risk_groups:
        if group.id == request.path_params["group_id"]:
            return group
    groups = wording.joined([group.id for group in fitted.risk_groups])
    raise ProblemError(NOT_FOUND, _("There is no such risk group: {groups} exist.").format(groups=groups))


def _cell_of(fitted: FittedModel, group: RiskGroup, request: Request) -> Cell | None:
    """Return the cell of the group that the query names, or None if it names none. Raises ProblemError 404."""
    wanted = request.query_params.get(CELL)
    if wanted is None:
        return None
    for cell in fitted.cells:
        if cell.id == wanted and cell.id in group.cells:
            return cell
    cells = ", ".join(group.cells)
    raise ProblemError(
        NOT_FOUND, _("There is no such cell in this risk group. Send one of: {cells}.").format(cells=cells)
    )


def _named(file_name: str) -> dict[str, str]:
    """Return the header that names a picture for readers who save it."""
    return {"Content-Disposition": f'inline; filename="{file_name}"'}


def _group(fitted: FittedModel, group: RiskGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "label": group.label,
        "meaning": group.meaning,
        "n": fitted.kaplan_meier[group.id].n,
        "links": {kind: curve(group.id, kind) for kind in ("json", "svg", "png")},
    }
