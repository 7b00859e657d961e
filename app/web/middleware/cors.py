"""Send CORS headers for CDS Hooks, to the origins that the site configuration names."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import addresses


class CrossOrigin:
    """ASGI middleware that answers preflights and adds the headers, only for these paths and never for cookies."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.with_headers = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=("authorization", "content-type"),
            allow_private_network=True,  # a listed page may call a service in the hospital's network
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers for CDS Hooks; pass on other paths unchanged."""
        is_shared = scope["type"] == "http" and addresses.is_cds_hooks(scope["path"])
        await (self.with_headers if is_shared else self.app)(scope, receive, send)
