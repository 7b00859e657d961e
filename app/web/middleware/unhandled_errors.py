"""Turn unhandled exceptions into a 500 response that leaks no internals."""

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config.logs import logger

Answer = Callable[[Request], Awaitable[Response]]


class Failures:
    """Innermost ASGI middleware that logs only the type of an unhandled exception and answers with 500."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on and answer for it if it fails."""
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            extra = {"error": type(error).__name__, "request_id": scope["state"].get("request_id")}
            logger.log(logging.ERROR, "failed", extra=extra)
            response = await self.answer(Request(scope))
            await response(scope, receive, send)
