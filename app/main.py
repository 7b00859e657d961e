"""The application: model loaded and self-tested once, doors attached, middleware around them."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from app.core.artefact import Artefact, load_artefact
from app.settings import Settings
from app.vectors import read_vectors, replay
from app.version import software
from app.web import api, api_page, health, pages
from app.web.compression import Compression
from app.web.failures import Failures
from app.web.gate import Gate
from app.web.observability import Observability, logger
from app.web.openapi import describe
from app.web.problems import INTERNAL, NOT_FOUND, PROBLEMS, Problem, ProblemError, problem_response
from app.web.security_headers import SecurityHeaders
from app.web.state import Service, new_metrics
from app.web.static_files import static_files

_COMPRESS_FROM_BYTES = 1000


def create_app(settings: Settings | None = None, artefact: Artefact | None = None) -> FastAPI:
    """Return the service. It loads the model and replays reference vectors; if one fails it answers 503 to everything.

    Raises ArtefactError if the model cannot be loaded at all.
    """
    settings = settings or Settings()
    artefact = artefact or load_artefact()
    vectors = read_vectors(about=settings.startup_vectors)
    failures = tuple(f"vector {failure.id}" for failure in replay(artefact, vectors))
    metrics = new_metrics()
    if failures:
        logger.error("self-test failed", extra={"model": artefact.digest})
    application = FastAPI(
        title="SII-AFP calculator",
        version=software().version,
        summary="Risk group, hazard ratios and survival from neutrophils, lymphocytes, platelets and AFP",
        description=(
            "One published study of 58 patients, reconstructed; intervals beside every number. "
            "It supports a conversation about prognosis and must not choose a treatment."
        ),
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Observability, metrics=metrics, model=artefact.digest),
            Middleware(SecurityHeaders),
            Middleware(Gate, settings=settings),
            Middleware(Compression, minimum_size=_COMPRESS_FROM_BYTES),
            Middleware(Failures, answer=_on_failure),
        ],
        exception_handlers={
            ProblemError: _on_problem,
            HTTPException: _on_http_exception,
            RequestValidationError: _on_unknown_path,
        },
    )
    application.state.service = Service(settings, artefact, failures, len(vectors), metrics)
    for router in (api.router, api.with_group, pages.router, api_page.router, health.router):
        application.router.routes += router.routes  # flat: a route of an included router is matched twice
    application.openapi = lambda: describe(application)  # type: ignore[method-assign]
    application.mount("/static", static_files(), name="static")
    return application


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - how the handler is registered
    return _answer(request, error.problem, error.detail, error=error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - how the handler is registered
    problem = next((known for known in PROBLEMS if known.status == error.status_code), NOT_FOUND)
    return _answer(request, problem, problem.remedy, headers=dict(error.headers or {}))


async def _on_unknown_path(request: Request, _error: Exception) -> Response:
    return _answer(request, NOT_FOUND, "There is no such risk group: low, intermediate and high exist.")


async def _on_failure(request: Request) -> Response:
    return _answer(request, INTERNAL, INTERNAL.remedy)


def _answer(
    request: Request,
    problem: Problem,
    detail: str,
    *,
    error: ProblemError | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/"):
        return pages.error_response(request, problem, detail, headers)
    errors = error.errors if error else ()
    return problem_response(problem, detail, errors, request_id=_request_id(request), headers=headers)


def _request_id(request: Request) -> str | None:
    found: str | None = request.scope.get("state", {}).get("request_id")
    return found
