"""Compress answers for clients that accept gzip."""

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware, IdentityResponder
from starlette.types import Receive, Scope, Send

from app.net.accept import is_accepted

_GZIP = "gzip"


class Compression(GZipMiddleware):
    """ASGI middleware of the framework that also respects a refusal: `gzip;q=0`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress the answer of an HTTP request unless its client does not accept that."""
        if scope["type"] == "http":
            accepted = Headers(scope=scope).get("accept-encoding", "")
            if _GZIP in accepted and not is_accepted(accepted, _GZIP):
                plain = IdentityResponder(self.app, self.minimum_size, exclude_content_types=self.exclude_content_types)
                await plain(scope, receive, send)
                return
        await super().__call__(scope, receive, send)
