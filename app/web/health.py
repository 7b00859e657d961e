"""Is it alive, is it ready, how is it doing: for the operator and the container."""

from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from app.version import software
from app.web import openapi
from app.web.state import Service, service_of

router = APIRouter(tags=["operation"])


@router.get("/health/live", summary="The process answers")
async def live() -> dict[str, str]:
    """Return that the process runs, whatever its readiness."""
    return {"status": "live"}


@router.get("/health/ready", summary="The model passed its self-test", responses=openapi.problems(503))
async def ready(request: Request) -> dict[str, Any]:
    """Return which model is served and how many reference vectors it reproduced at start; 503 if any failed."""
    service = service_of(request)
    return {
        "status": "ready",
        "model": service.artefact.id,
        "digest": service.artefact.digest,
        "software": software().version,
        "vectors_replayed": service.replayed,
    }


@router.get("/metrics", summary="Counters in the Prometheus format", response_class=Response)
async def metrics(request: Request) -> Response:
    """Return counts and times by route; no value of any patient is among them."""
    service: Service = request.app.state.service
    return Response(generate_latest(service.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
