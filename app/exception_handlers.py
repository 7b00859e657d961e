"""Answer every error in the form of its interface: a page, a problem, an OperationOutcome, or a 401 without a body."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.auth.caller import ForwardedError, NotAdmittedError
from app.config import addresses
from app.config.logs import logger
from app.ehr.fhir.http import outcome_response
from app.ehr.fhir.operation_outcome import FhirError, Issue
from app.net.accept import is_named
from app.presentation.translation import gettext as _
from app.store.protocol import StoreError
from app.web.pages import routes as pages
from app.web.problems import (
    FORWARDED,
    INTERNAL,
    INVALID,
    MALFORMED,
    MEDIA,
    NOT_FOUND,
    PROBLEMS,
    STORE,
    UNAUTHORISED,
    FieldProblem,
    Problem,
    ProblemError,
    problem_response,
)
from app.web.state import Service

Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]
# FHIR's issue type for each status.
_ISSUE_CODES = {400: "invalid", 404: "not-found", 405: "not-supported", 413: "too-long", 415: "not-supported"}
_ISSUE_CODES |= {401: "login", 403: "forbidden", 429: "throttled", 500: "exception", 503: "transient"}

# As which problem a FhirError is counted.
_FHIR_PROBLEMS = {400: MALFORMED.name, 404: NOT_FOUND.name, 406: "not-acceptable", 412: "not-retrieved"}
_FHIR_PROBLEMS |= {415: MEDIA.name, 422: INVALID.name}


def answer(
    request: Request,
    problem: Problem,
    detail: str,
    headers: dict[str, str] | None = None,
    errors: tuple[FieldProblem, ...] = (),
) -> Response:
    """Return a problem in the form that the caller reads, and count it."""
    _count(request, problem.name)
    path = request.scope["path"]
    if addresses.is_fhir(path):
        issue = Issue(_ISSUE_CODES.get(problem.status, "processing"), f"{_(problem.title)}. {detail}")
        return outcome_response(problem.status, [issue], headers)
    if is_named(request.headers.get("accept", ""), "text/html") and not addresses.is_api(path):
        return pages.error_response(request, problem, detail, headers)
    request_id = request.scope.get("state", {}).get("request_id")
    return problem_response(problem, detail, errors, request_id=request_id, headers=headers)


async def on_problem(request: Request, error: Exception) -> Response:
    """Answer a ProblemError."""
    assert isinstance(error, ProblemError)  # noqa: S101 - how the handler is registered
    return answer(request, error.problem, error.detail, errors=error.errors)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer an error of the router: an unknown path or a wrong method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - how the handler is registered
    problem = next((known for known in PROBLEMS if known.status == error.status_code), NOT_FOUND)
    return answer(request, problem, _(problem.remedy), dict(error.headers or {}))


async def on_fhir_error(request: Request, error: Exception) -> Response:
    """Answer a FhirError."""
    assert isinstance(error, FhirError)  # noqa: S101 - how the handler is registered
    _count(request, _FHIR_PROBLEMS[error.status])
    return outcome_response(error.status, error.issues)


async def on_not_admitted(request: Request, error: Exception) -> Response:
    """Answer 401 and log the reason for the operator. CDS Hooks gets no body."""
    assert isinstance(error, NotAdmittedError)  # noqa: S101 - how the handler is registered
    extra = {"error": error.reason, "request_id": request.scope["state"].get("request_id")}
    logger.log(logging.WARNING, "not admitted", extra=extra)
    headers = {"WWW-Authenticate": "Bearer"}
    if addresses.is_cds_hooks(request.scope["path"]):
        _count(request, UNAUTHORISED.name)
        return Response(status_code=401, headers=headers)
    return answer(request, UNAUTHORISED, _(UNAUTHORISED.remedy), headers)


async def on_forwarded(request: Request, _error: Exception) -> Response:
    """Answer a call that a proxy passed on although nothing is set up."""
    return answer(request, FORWARDED, _(FORWARDED.remedy))


async def on_no_store(request: Request, _error: Exception) -> Response:
    """Answer a request that needs the shared state while it cannot be reached. The store has logged why."""
    return answer(request, STORE, _(STORE.remedy))


async def on_failure(request: Request) -> Response:
    """Answer an unexpected error."""
    return answer(request, INTERNAL, _(INTERNAL.remedy))


def _count(request: Request, problem: str) -> None:
    service: Service = request.app.state.service
    service.metrics.problem_of(problem).inc()


HANDLERS: dict[int | type[Exception], Handler] = {
    ProblemError: on_problem,
    FhirError: on_fhir_error,
    NotAdmittedError: on_not_admitted,
    ForwardedError: on_forwarded,
    StoreError: on_no_store,
    HTTPException: on_http_exception,
}
