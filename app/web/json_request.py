"""Reading the JSON body of a request."""

from typing import Any

from starlette.requests import Request

from app.strict_json import StrictJsonError, parse_json
from app.web.off_loop import run_sized
from app.web.problems import MALFORMED, MEDIA, ProblemError


async def read_json(request: Request) -> Any:
    """Return the body with numbers as int or exact Decimal. Raises ProblemError: 415 or 400 with the reason."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError(MEDIA, "The Content-Type header does not say application/json.")
    try:
        body = await request.body()
        return await run_sized(len(body), parse_json, body)
    except StrictJsonError as error:
        raise ProblemError(MALFORMED, str(error)) from None
