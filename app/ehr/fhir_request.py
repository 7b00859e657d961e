"""Reading a FHIR request: what it sends and what it accepts, both JSON."""

from typing import Any

from starlette.requests import Request

from app.ehr.outcome import FHIR_JSON, FhirError, Issue
from app.strict_json import StrictJsonError, parse_json
from app.web.off_loop import run_sized

_JSON = (FHIR_JSON, "application/json")


async def read_fhir(request: Request) -> Any:
    """Return the body with exact decimals. Raises FhirError 406, 415 or 400."""
    check_accept(request)
    if _media_type(request.headers.get("content-type", "")) not in _JSON:
        raise FhirError(415, [Issue("not-supported", "Send Content-Type: application/fhir+json.")])
    try:
        body = await request.body()
        return await run_sized(len(body), parse_json, body)
    except StrictJsonError as error:
        raise FhirError(400, [Issue("invalid", str(error))]) from None


def check_accept(request: Request) -> None:
    """Raise FhirError 406 if the caller wants something else than JSON."""
    wanted = [_media_type(part) for part in request.headers.get("accept", "*/*").split(",")]
    if not any(part in (*_JSON, "*/*", "application/*") for part in wanted):
        raise FhirError(406, [Issue("not-supported", "This service answers in application/fhir+json only.")])


def _media_type(text: str) -> str:
    return text.split(";", maxsplit=1)[0].strip().lower()
