"""Answer in the language that was chosen on a page or that the browser prefers, of those that the site offers."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.presentation.languages import ENGLISH, Catalogue, preferred
from app.presentation.translation import ENGLISH_TEXTS, offering, using

PARAMETER = "language"
_STATIC = "/static/"
_ONE_YEAR = 365 * 24 * 3600


class Languages:
    """ASGI middleware that chooses the language: of the address, else of the cookie, else of Accept-Language.

    A choice in an address, `?language=ko`, is kept in a cookie if a page answers. Without a wish the answer is English.
    """

    def __init__(self, app: ASGIApp, catalogues: Sequence[Catalogue], *, secure: bool) -> None:
        self.app = app
        self.catalogues: dict[str, Catalogue | None] = {ENGLISH: None, **{one.tag: one for one in catalogues}}
        # Browsers refuse a cookie with this prefix that was set on http.
        self.cookie = f"__Secure-{PARAMETER}" if secure else PARAMETER
        self.attributes = f"Max-Age={_ONE_YEAR}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an HTTP request in its language; files have none."""
        if scope["type"] != "http" or scope["path"].startswith(_STATIC):
            await self.app(scope, receive, send)
            return
        chosen, tag = self._language(HTTPConnection(scope))
        offered = tuple(one for one in self.catalogues.values() if one)

        async def send_with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Language", tag)  # a document may have a language of its own
                headers.add_vary_header("Accept-Language")
                headers.add_vary_header("Cookie")
                if chosen and headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", self._cookie(tag, scope.get("root_path", "")))
            await send(message)

        with using(self.catalogues[tag] or ENGLISH_TEXTS), offering(offered):
            await self.app(scope, receive, send_with_language)

    def _language(self, request: HTTPConnection) -> tuple[bool, str]:
        """Return whether the address chooses the language, and its tag."""
        tag = request.query_params.get(PARAMETER)
        if tag in self.catalogues:
            return True, tag
        tag = request.cookies.get(self.cookie)
        if tag in self.catalogues:
            return False, tag
        wished = preferred(",".join(request.headers.getlist("accept-language")), tuple(self.catalogues))
        return False, wished or ENGLISH

    def _cookie(self, tag: str, root: str) -> str:
        return f"{self.cookie}={tag}; Path={root or '/'}; {self.attributes}"
