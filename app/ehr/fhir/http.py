"""Read FHIR requests and write the responses: check that the caller sends and accepts JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.ehr.fhir.operation_outcome import FHIR_JSON, FhirError, Issue, outcome
from app.net.accept import is_accepted, weighted
from app.net.strict_json import StrictJsonError
from app.presentation.assessment_json import dumps
from app.presentation.translation import gettext as _
from app.web.request_body import JSON, media_type, parse_body

_ACCEPTED = (FHIR_JSON, JSON)
_ANY_TYPE = "*/*"


async def read_fhir(request: Request) -> Any:
    """Return the body with exact decimals. Raises FhirError 406, 415 or 400."""
    check_accept(request)
    if media_type(request.headers.get("content-type", "")) not in _ACCEPTED:
        text = _("Send Content-Type: {media_type}.").format(media_type=FHIR_JSON)
        raise FhirError(415, [Issue("not-supported", text)])
    try:
        return await parse_body(request)
    except StrictJsonError as error:
        raise FhirError(400, [Issue("invalid", _(error.text).format(**error.parameters))]) from None


def check_accept(request: Request) -> None:
    """Raise FhirError 406 if the caller accepts no JSON."""
    accepted = ",".join(request.headers.getlist("accept")) or _ANY_TYPE
    is_refused = any(name == FHIR_JSON and not weight > 0 for name, weight in weighted(accepted))
    if is_refused or not any(is_accepted(accepted, kind) for kind in _ACCEPTED):
        text = _("This service answers in JSON only. Send Accept: {media_type}.").format(media_type=FHIR_JSON)
        raise FhirError(406, [Issue("not-supported", text)])


def outcome_response(status: int, issues: Sequence[Issue], headers: Mapping[str, str] | None = None) -> Response:
    """Return the response of some issues."""
    return fhir_response(outcome(issues), status, headers)


def fhir_response(resource: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a FHIR resource as a response."""
    return Response(dumps(resource), status, dict(headers or {}), FHIR_JSON)
