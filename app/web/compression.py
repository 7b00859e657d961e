"""Compression for those who accept it; who does not is answered without being asked twice."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send


class Compression(GZipMiddleware):
    """Starlette's gzip, and nothing at all for a request that does not accept it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer compressed if the request accepts gzip."""
        accepts = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope.get("headers", ()))
        await (super().__call__ if accepts else self.app)(scope, receive, send)
