"""Refuse requests before they are read: unknown host, form of another site, too large, too many."""

import time
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import addresses
from app.config.settings import Settings
from app.presentation.translation import gettext as _
from app.presentation.translation import ngettext
from app.web.middleware.same_site import is_same_site
from app.web.problems import ENCODING, FORBIDDEN, HOST, RATE, TOO_LARGE, Problem, ProblemError
from app.web.request_body import media_type

Headers = Mapping[bytes, str]  # names in lower case, as ASGI gives them
_IDENTITY = "identity"
_ENCODINGS = ("gzip", "deflate", "br", "zstd", "compress")
_MINUTE = 60.0
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_MOST_CLIENTS = 10_000
# A report of 20 kB takes up to three times as much in a form. The page says more of one that is longer than a 413 does.
_REPORT_BODY_BYTES = 131_072
_CHECKS_PER_REQUEST = 10  # a form is checked after each value, and sent once
Answer = Callable[[Request, Problem, str, dict[str, str]], Response]


class Gate:
    """ASGI middleware that refuses with a problem, or lets the request through with its body limited."""

    def __init__(
        self, app: ASGIApp, settings: Settings, answer: Answer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self.settings = settings
        self.answer = answer
        self.allowed = {allowed.strip("[]").lower() for allowed in settings.allowed_hosts}
        self.clock = clock
        self.window_start = clock()
        self.counts: dict[tuple[str, bool], int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check an HTTP request and pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._refusal(scope, {name: value.decode("latin-1") for name, value in scope["headers"]})
        if refused:
            problem, detail, headers = refused
            response = self.answer(Request(scope), problem, detail, headers)
            await response(scope, receive, send)
            return
        limit = self._limit(scope)
        size = 0

        async def limited_receive() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise ProblemError(TOO_LARGE, _too_large(limit))
            return message

        await self.app(scope, limited_receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[Problem, str, dict[str, str]] | None:
        host = headers.get(b"host", "")
        if not (self._is_allowed(host) or addresses.is_for_operator(scope["path"])):
            return HOST, _("The Host header is not one that this service was set up for."), {}
        length = headers.get(b"content-length", "0")
        limit = self._limit(scope)
        if length.isdecimal() and int(length) > limit:
            return TOO_LARGE, _too_large(limit), {}
        encoding = headers.get(b"content-encoding", _IDENTITY).strip().lower()
        if encoding not in ("", _IDENTITY):
            shown = encoding if encoding in _ENCODINGS else _("another encoding")
            detail = _("The Content-Encoding header says {encoding}; send the body as it is.").format(encoding=shown)
            return ENCODING, detail, {"Accept-Encoding": _IDENTITY}
        if scope["method"] == "POST" and _is_form(headers):
            own = f"{scope['scheme']}://{host}"
            if not is_same_site(headers, own, self.settings.public_url):
                return FORBIDDEN, _("The form was sent from another site."), {}
        most = self._most_in_a_minute(scope)
        wait = self._wait_seconds(scope, most) if most else 0
        if wait:
            detail = ngettext(
                "More than {number} request in a minute.", "More than {number} requests in a minute.", most
            ).format(number=most)
            return RATE, detail, {"Retry-After": str(wait)}
        return None

    def _is_allowed(self, host: str) -> bool:
        return "*" in self.allowed or _name_of(host) in self.allowed

    def _most_in_a_minute(self, scope: Scope) -> int:
        """Return how many requests of this kind a client may send in a minute; 0 is no limit."""
        if addresses.is_health(scope["path"]):
            return 0
        checks = _CHECKS_PER_REQUEST if scope["path"] == addresses.CHECK else 1
        return self.settings.rate_limit_per_minute * checks

    def _wait_seconds(self, scope: Scope, most: int) -> int:
        """Count a request of this client in the current minute; return the seconds to wait if it exceeds the limit.

        Checks of values while they are typed are counted apart from all other requests.
        """
        now = self.clock()
        if now - self.window_start >= _MINUTE or len(self.counts) > _MOST_CLIENTS:
            self.window_start, self.counts = now, {}
        client = ((scope.get("client") or ("unknown", 0))[0], scope["path"] == addresses.CHECK)
        self.counts[client] = self.counts.get(client, 0) + 1
        return 0 if self.counts[client] <= most else max(1, int(self.window_start + _MINUTE - now) + 1)

    def _limit(self, scope: Scope) -> int:
        if addresses.is_fhir(scope["path"]):
            return self.settings.record_body_limit_bytes
        least = _REPORT_BODY_BYTES if scope["path"] == addresses.REPORT else 0
        return max(least, self.settings.body_limit_bytes)


def _too_large(limit: int) -> str:
    return _("The body has more than {limit} bytes.").format(limit=limit)


def _name_of(host: str) -> str:
    """Return the name or address in a Host header, without its port and the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_form(headers: Headers) -> bool:
    kind = media_type(headers.get(b"content-type", ""))
    return kind in _FORMS or not kind
