"""Reading a FHIR request: its body and what it accepts, both JSON."""

from typing import Any

from starlette.requests import Request

from app.ehr.fhir.operation_outcome import FHIR_JSON, FhirError, Issue
from app.net.strict_json import StrictJsonError
from app.web.request_body import JSON, media_type, parse_body

_ACCEPTED = (FHIR_JSON, JSON)


async def read_fhir(request: Request) -> Any:
    """Return the body with exact decimals. Raises FhirError 406, 415 or 400."""
    check_accept(request)
    if media_type(request.headers.get("content-type", "")) not in _ACCEPTED:
        raise FhirError(415, [Issue("not-supported", f"Send Content-Type: {FHIR_JSON}.")])
    try:
        return await parse_body(request)
    except StrictJsonError as error:
        raise FhirError(400, [Issue("invalid", str(error))]) from None


def check_accept(request: Request) -> None:
    """Raise FhirError 406 if the caller accepts no JSON."""
    wanted = [media_type(part) for part in request.headers.get("accept", "*/*").split(",")]
    if not any(part in (*_ACCEPTED, "*/*", "application/*") for part in wanted):
        raise FhirError(406, [Issue("not-supported", f"This service answers in {FHIR_JSON} only.")])
