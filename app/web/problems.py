"""Define the problems (RFC 9457) of the JSON API and the pages: one stable type per kind of error."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired

from starlette.responses import Response
from typing_extensions import TypedDict

from app.config import addresses
from app.core.errors import SiiAfpError
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of error: its name in the type URI, title, status and remedy.

    Title and remedy are keys of the catalogue and are looked up when they are shown.
    """

    name: str
    title: str
    status: int
    remedy: str

    @property
    def type(self) -> str:
        """The type URI: the place on the page that explains it."""
        return addresses.problem(self.name)


MALFORMED = Problem(
    "malformed",
    N_("The body cannot be read"),
    400,
    N_("Send one JSON object in UTF-8, without duplicate names."),
)
HOST = Problem("host", N_("Unknown host"), 400, N_("Use a host name that the service was set up for."))
UNAUTHORISED = Problem("unauthorised", N_("Credentials are needed"), 401, N_("Send an API key or a signed token."))
FORBIDDEN = Problem(
    "cross-site", N_("Form sent from another site"), 403, N_("Send the form from the page of this service.")
)
FORWARDED = Problem(
    "forwarded",
    N_("The call came through a proxy"),
    403,
    N_(
        "Nothing is set up to admit it. The operator must set SII_AFP_API_KEYS_FILE, list clients in "
        "SII_AFP_INTEGRATION_FILE, or set SII_AFP_ANONYMOUS_CALLS=true to admit everyone."
    ),
)
NOT_FOUND = Problem("not-found", N_("Not found"), 404, N_("Check the address. /openapi.json lists every endpoint."))
METHOD = Problem("method", N_("Method not allowed"), 405, N_("Use a method that the Allow header names."))
TOO_LARGE = Problem("too-large", N_("The body is too large"), 413, N_("An assessment needs less than one kilobyte."))
ENCODING = Problem(
    "content-encoding",
    N_("The body is compressed or encoded"),
    415,
    N_("Send it as it is, without Content-Encoding."),
)
MEDIA = Problem("media-type", N_("Media type not supported"), 415, N_("Send Content-Type: application/json."))
INVALID = Problem(
    "invalid",
    N_("Values cannot be used"),
    422,
    N_("Each entry of `errors` names the value, the reason and the fix."),
)
RATE = Problem("rate", N_("Too many requests"), 429, N_("Wait for the seconds that Retry-After names."))
INTERNAL = Problem("internal", N_("The service failed"), 500, N_("Report the instance to the operator."))
NO_PDF = Problem(
    "no-pdf",
    N_("This installation makes no PDF documents"),
    501,
    N_("Install the service with its extra `pdf`: pip install 'sii-afp[pdf]'."),
)
NOT_READY = Problem("not-ready", N_("The service is not ready"), 503, N_("Its self-test failed: tell the operator."))
STORE = Problem(
    "no-store", N_("The service cannot reach its database"), 503, N_("Try again in a moment, then tell the operator.")
)
WITHDRAWN = Problem(
    "withdrawn", N_("The model is withdrawn"), 503, N_("Do not rely on its earlier answers; ask the operator.")
)
PROBLEMS = (
    MALFORMED,
    HOST,
    UNAUTHORISED,
    FORBIDDEN,
    FORWARDED,
    NOT_FOUND,
    METHOD,
    TOO_LARGE,
    ENCODING,
    MEDIA,
    INVALID,
    RATE,
    INTERNAL,
    NO_PDF,
    NOT_READY,
    WITHDRAWN,
    STORE,
)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One value that cannot be used: JSON pointer into the body, stable code, sentence, likely fix."""

    pointer: str
    code: str
    message: str
    hint: str


class FieldProblemOut(TypedDict, closed=True):
    """One value that cannot be used."""

    pointer: str
    code: str
    message: str
    hint: str


class ProblemOut(TypedDict):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblemOut]
    instance: NotRequired[str]


class ProblemError(SiiAfpError):
    """Raised by a handler to answer with a problem."""

    def __init__(self, problem: Problem, detail: str, errors: Sequence[FieldProblem] = ()) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.detail = detail
        self.errors = tuple(errors)


def problem_response(
    problem: Problem,
    detail: str,
    errors: Sequence[FieldProblem] = (),
    *,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response of a problem. It never contains a stack trace, a file path or a value that was not sent."""
    body: dict[str, Any] = {
        "type": problem.type,
        "title": _(problem.title),
        "status": problem.status,
        "detail": detail,
        "errors": [
            {"pointer": error.pointer, "code": error.code, "message": error.message, "hint": error.hint}
            for error in errors
        ],
    }
    if request_id:
        body["instance"] = f"urn:uuid:{request_id}"
    return Response(json.dumps(body, ensure_ascii=False), problem.status, headers, MEDIA_TYPE)
