"""Serve liveness, readiness and metrics, for the operator and the container."""

from typing import Literal, NotRequired

from fastapi import APIRouter, Request
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from app.config.addresses import HEALTH, METRICS
from app.config.version import software
from app.presentation.translation import gettext as _
from app.processes.shared_state import counts_of_all
from app.web import openapi
from app.web.problems import NOT_READY, ProblemError
from app.web.routing import DirectRoute
from app.web.state import Service, tested_service_of

router = APIRouter(route_class=DirectRoute, default_response_class=Response, tags=["operation"])


class LiveOut(TypedDict, closed=True):
    """The process runs."""

    status: Literal["live"]


class ReadyOut(TypedDict, closed=True):
    """The model, how many reference vectors the service reproduced at start, and the reason of a withdrawal."""

    status: Literal["ready", "withdrawn"]
    model: str
    digest: str
    software: str
    vectors_replayed: int
    reason: NotRequired[str]


@router.get(f"{HEALTH}/live", summary="The process answers", responses={200: {"model": LiveOut}})
async def live(_request: Request) -> Response:
    """Return that the process runs, whatever its readiness."""
    return JSONResponse({"status": "live"})


@router.get(
    f"{HEALTH}/ready",
    summary="The model passed its self-test",
    responses={200: {"model": ReadyOut}, **openapi.problems(503)},
)
async def ready(request: Request) -> Response:
    """Return which model is served and its reproduced vectors; 503 if one failed, or if the process is about to end."""
    # The process of a withdrawn model is ready. If it were not, no proxy would send users to it, so that nobody would
    # read the reason. And a rolling update would keep the old processes, which still answer with the model.
    service = tested_service_of(request)
    if service.lifecycle.is_stopping:
        raise ProblemError(NOT_READY, _("The service is stopping."))
    body: ReadyOut = {
        "status": "ready",
        "model": service.fitted.id,
        "digest": service.fitted.digest,
        "software": software().version,
        "vectors_replayed": service.replayed,
    }
    if service.withdrawal is not None:
        body |= {"status": "withdrawn", "reason": service.withdrawal}
    return JSONResponse(body)


@router.get(METRICS, summary="Counters in the Prometheus format")
async def metrics(request: Request) -> Response:
    """Return counts and times; no value of any patient is among them."""
    service: Service = request.app.state.service
    service.metrics.ready.set(service.is_ready)
    registry = counts_of_all(service.metrics.registry)
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
