"""Read the JSON body of a request, and run the work on a large one in a thread."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.net.strict_json import StrictJsonError, parse_json
from app.presentation.translation import gettext as _
from app.web.problems import MALFORMED, MEDIA, ProblemError

JSON = "application/json"
_P = ParamSpec("_P")
_T = TypeVar("_T")
LARGE_BYTES = 50_000  # A thread costs about 0.1 ms, as long as it takes to read a few kilobytes.


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


async def run_sized(size: int, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return the result of `work`, which runs in a thread if the request is large."""
    if size < LARGE_BYTES:
        return work(*args, **kwargs)
    return await run_in_threadpool(work, *args, **kwargs)
