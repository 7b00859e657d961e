"""Reading the JSON body of a request, for the JSON API and for FHIR."""

from typing import Any

from starlette.requests import Request

from app.net.strict_json import StrictJsonError, parse_json
from app.presentation.translation import gettext as _
from app.web.off_loop import run_sized
from app.web.problems import MALFORMED, MEDIA, ProblemError

JSON = "application/json"


def media_type(header: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return header.split(";", maxsplit=1)[0].strip().lower()


async def parse_body(request: Request) -> Any:
    """Return the body with numbers as int or exact Decimal, parsed in a thread if it is large.

    Raises StrictJsonError with the reason.
    """
    body = await request.body()
    return await run_sized(len(body), parse_json, body)


async def read_json(request: Request) -> Any:
    """Return the body of a JSON API or CDS Hooks request. Raises ProblemError: 415, or 400 with the reason."""
    if media_type(request.headers.get("content-type", "")) != JSON:
        raise ProblemError(MEDIA, _("The Content-Type header does not say application/json."))
    try:
        return await parse_body(request)
    except StrictJsonError as error:
        raise ProblemError(MALFORMED, _(error.text).format(**error.parameters)) from None
