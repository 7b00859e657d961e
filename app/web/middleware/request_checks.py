"""Refuse requests before they are read: unknown host, form of another site, too large, too many."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import addresses
from app.config.settings import Settings
from app.presentation.translation import gettext as _
from app.presentation.translation import ngettext
from app.store.protocol import Store
from app.web.middleware.rate_limit import RateLimit, network_of
from app.web.problems import ENCODING, FORBIDDEN, HOST, RATE, TOO_LARGE, Problem, ProblemError
from app.web.request_body import media_type

RawHeaders = Mapping[bytes, str]  # names in lower case, as ASGI gives them
_IDENTITY = "identity"
_ENCODINGS = ("gzip", "deflate", "br", "zstd", "compress")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
# A report of 20 kB takes up to three times as much in a form. The page says more of one that is longer than a 413 does.
_REPORT_BODY_BYTES = 131_072
_CHECKS_PER_REQUEST = 10  # a form is checked after each value, and sent once
_PORTS = {"http": 80, "https": 443}
Answer = Callable[[Request, Problem, str, dict[str, str]], Response]


class Gate:
    """ASGI middleware that refuses with a problem, or lets the request through with its body limited."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        answer: Answer,
        owner_of: Callable[[Headers], str | None],
        store: Store,
    ) -> None:
        self.app = app
        self.settings = settings
        self.answer = answer
        self.allowed = {allowed.strip("[]").lower() for allowed in settings.allowed_hosts}
        self.owner_of = owner_of
        self.rates = RateLimit(store)
        self.has_rates = bool(settings.rate_limit_per_minute or settings.expensive_limit_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check an HTTP request and pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        refused = self._refusal(scope, {name: value.decode("latin-1") for name, value in scope["headers"]}, limit)
        if refused is None and self.has_rates:
            refused = await self._rate_refusal(scope)
        if refused:
            problem, detail, headers = refused
            response = self.answer(Request(scope), problem, detail, headers)
            await response(scope, receive, send)
            return
        size = 0

        async def limited_receive() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise ProblemError(TOO_LARGE, _too_large(limit))
            return message

        await self.app(scope, limited_receive, send)

    def _refusal(self, scope: Scope, headers: RawHeaders, limit: int) -> tuple[Problem, str, dict[str, str]] | None:
        host = headers.get(b"host", "")
        if not (self._is_allowed(host) or addresses.is_for_operator(scope["path"])):
            return HOST, _("The Host header is not one that this service was set up for."), {}
        length = headers.get(b"content-length", "0")
        if length.isdecimal() and int(length) > limit:
            return TOO_LARGE, _too_large(limit), {}
        encoding = headers.get(b"content-encoding", _IDENTITY).strip().lower()
        if encoding not in ("", _IDENTITY):
            shown = encoding if encoding in _ENCODINGS else _("another encoding")
            detail = _("The Content-Encoding header says {encoding}; send the body as it is.").format(encoding=shown)
            return ENCODING, detail, {"Accept-Encoding": _IDENTITY}
        if scope["method"] == "POST" and _is_form(headers):
            own = f"{scope['scheme']}://{host}"
            if not _is_same_site(headers, own, self.settings.public_url):
                return FORBIDDEN, _("The form was sent from another site."), {}
        return None

    def _is_allowed(self, host: str) -> bool:
        return "*" in self.allowed or _name_of(host) in self.allowed

    async def _rate_refusal(self, scope: Scope) -> tuple[Problem, str, dict[str, str]] | None:
        for kind, most in self._rates_of(scope["path"]):
            wait = await self.rates.wait_seconds((kind, *self._client_of(scope)), most) if most else 0
            if wait:
                detail = ngettext(
                    "More than {number} request in a minute.", "More than {number} requests in a minute.", most
                ).format(number=most)
                return RATE, detail, {"Retry-After": str(wait)}
        return None

    def _rates_of(self, path: str) -> tuple[tuple[str, int], ...]:
        """Return what a request counts as, with how many of each a client may send in a minute; 0 is no limit."""
        if addresses.is_health(path) or addresses.is_static(path):
            return ()
        most = self.settings.rate_limit_per_minute
        if path == addresses.CHECK:
            return (("check", most * _CHECKS_PER_REQUEST),)
        if addresses.is_expensive(path):
            return ("any", most), ("expensive", self.settings.expensive_limit_per_minute)
        return (("any", most),)

    def _client_of(self, scope: Scope) -> tuple[str, str]:
        """Return the owner of the API key, or the address. A key that is not known counts for its address."""
        owner = self.owner_of(Headers(scope=scope))
        if owner is not None:
            return "key", owner
        return "address", network_of((scope.get("client") or ("unknown", 0))[0])

    def _limit(self, path: str) -> int:
        """Return the most bytes that the body of a request may have."""
        if addresses.is_fhir(path):
            return self.settings.record_body_limit_bytes
        least = _REPORT_BODY_BYTES if path == addresses.REPORT else 0
        return max(least, self.settings.body_limit_bytes)


def _too_large(limit: int) -> str:
    return _("The body has more than {limit} bytes.").format(limit=limit)


def _name_of(host: str) -> str:
    """Return the name or address in a Host header, without its port and the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_form(headers: RawHeaders) -> bool:
    kind = media_type(headers.get(b"content-type", ""))
    return kind in _FORMS or not kind


def _is_same_site(headers: RawHeaders, own_address: str, public_url: str) -> bool:
    """Return whether a form comes from this site: by Sec-Fetch-Site, else by Origin. Programs send neither header.

    Browsers leave out Sec-Fetch-Site on plain http. The site is at the address that was called, and at its public one,
    because a proxy may end TLS.
    """
    fetch_site = headers.get(b"sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    given = headers.get(b"origin")
    if given is None:
        return True
    origin = _origin_of(given)
    return origin is not None and origin in (_origin_of(own_address), _origin_of(public_url))


def _origin_of(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an http or https address; None for any other text, such as `null`."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port  # an invalid port raises
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        return None
    return parts.scheme, host, _PORTS[parts.scheme] if port is None else port
